package dev.heartbeat.netty;

import dev.heartbeat.HeartbeatPolicy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/** The kernel's own deadline for unacknowledged data, where the transport can set it. */
final class TcpUserTimeout {

    private TcpUserTimeout() {}

    /**
     * Sets it to the patience plus the hold of a policy: in an outage for which verdicts are held, the kernel must not
     * close every connection by itself. The options are looked up by name, so that no native transport is needed here.
     */
    static void set(Channel channel, HeartbeatPolicy policy) {
        int millis = Math.toIntExact(policy.reapAfter().plus(policy.holdCap()).toMillis());
        channel.config().setOption(option("io.netty.channel.epoll.EpollChannelOption"), millis);
        channel.config().setOption(option("io.netty.channel.uring.IoUringChannelOption"), millis);
    }

    private static ChannelOption<Integer> option(String owner) {
        return ChannelOption.valueOf(owner + "#TCP_USER_TIMEOUT");
    }
}
