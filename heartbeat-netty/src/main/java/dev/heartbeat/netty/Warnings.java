package dev.heartbeat.netty;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warnings that are logged once for all channels of a server channel, or else once for the channel. */
final class Warnings {

    /** Those that were logged: none keeps another from being logged. */
    private static final AttributeKey<Set<String>> LOGGED = AttributeKey.valueOf(Warnings.class, "LOGGED");

    private static final Logger log = LoggerFactory.getLogger(HeartbeatHandler.class);

    private Warnings() {}

    /**
     * Logs a warning.
     *
     * @param what the warning, the same for all channels
     * @param why what it is due to in this channel
     */
    static void log(Channel channel, String what, String why) {
        Channel owner = owner(channel);
        owner.attr(LOGGED).setIfAbsent(ConcurrentHashMap.newKeySet());
        if (owner.attr(LOGGED).get().add(what)) {
            log.warn("{}: {}{}", owner, what, why);
        }
    }

    private static Channel owner(Channel channel) {
        Channel owner = channel;
        while (owner.parent() != null) {
            owner = owner.parent();
        }
        return owner;
    }
}
