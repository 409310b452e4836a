package dev.heartbeat.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** The transports, found by name so that the tests compile and run without the native ones and on Netty 4.1. */
enum Transport {
    NIO("", "", ""),
    EPOLL("io.netty.channel.epoll.Epoll", "io.netty.channel.epoll.EpollIoHandler", "io.netty.channel.epoll.Epoll"),
    IO_URING(
            "io.netty.channel.uring.IoUring",
            "io.netty.channel.uring.IoUringIoHandler",
            "io.netty.channel.uring.IoUring");

    private final String availability;
    private final String handler;
    private final String channels;

    Transport(String availability, String handler, String channels) {
        this.availability = availability;
        this.handler = handler;
        this.channels = channels;
    }

    /** Skips the test where this transport is not there. */
    Transport orSkip() {
        assumeTrue(isAvailable(), this + " is not available");
        return this;
    }

    boolean isAvailable() {
        try {
            return this == NIO
                    || (boolean)
                            Class.forName(availability).getMethod("isAvailable").invoke(null);
        } catch (ReflectiveOperationException | LinkageError absent) {
            return false;
        }
    }

    @SuppressWarnings("deprecation") // the one constructor that 4.1 has as well
    EventLoopGroup group(int threads) {
        try {
            if (this == NIO) {
                return new NioEventLoopGroup(threads);
            }
            if (exists("io.netty.channel.MultiThreadIoEventLoopGroup")) {
                Object factory = Class.forName(handler).getMethod("newFactory").invoke(null);
                return (EventLoopGroup) Class.forName("io.netty.channel.MultiThreadIoEventLoopGroup")
                        .getConstructor(int.class, Class.forName("io.netty.channel.IoHandlerFactory"))
                        .newInstance(threads, factory);
            }
            return (EventLoopGroup) Class.forName(channels + "EventLoopGroup")
                    .getConstructor(int.class)
                    .newInstance(threads);
        } catch (ReflectiveOperationException absent) {
            throw new IllegalStateException(absent);
        }
    }

    Class<? extends ServerChannel> serverChannel() {
        return this == NIO
                ? NioServerSocketChannel.class
                : type("ServerSocketChannel").asSubclass(ServerChannel.class);
    }

    Class<? extends SocketChannel> channel() {
        return this == NIO ? NioSocketChannel.class : type("SocketChannel").asSubclass(SocketChannel.class);
    }

    /** The native transports' option of that name. */
    @SuppressWarnings("unchecked") // as declared there
    ChannelOption<Integer> userTimeout() {
        try {
            return (ChannelOption<Integer>)
                    type("ChannelOption").getField("TCP_USER_TIMEOUT").get(null);
        } catch (ReflectiveOperationException absent) {
            throw new IllegalStateException(absent);
        }
    }

    private Class<?> type(String suffix) {
        try {
            return Class.forName(channels + suffix);
        } catch (ClassNotFoundException absent) {
            throw new IllegalStateException(absent);
        }
    }

    private static boolean exists(String type) {
        try {
            Class.forName(type);
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }
}
