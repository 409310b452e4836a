package dev.heartbeat.netty;

import io.netty.channel.Channel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.Optional;

/** When the kernel last received data for a channel, where the transport can ask it: epoll and io_uring. */
final class LatestArrival {

    /**
     * From a channel to milliseconds, for each class of channels once. Found by name, so that no native transport is needed
     * here; a class remembers nothing but its own methods, so that it keeps no class loader of an application.
     */
    private static final ClassValue<Optional<MethodHandle>> LAST_DATA_RECEIVED = new ClassValue<>() {
        @Override
        protected Optional<MethodHandle> computeValue(Class<?> type) {
            return find(type);
        }
    };

    private LatestArrival() {}

    /** How long ago that was, by one system call; nothing if it cannot be asked. */
    static Optional<Duration> ago(Channel channel) {
        return LAST_DATA_RECEIVED.get(channel.getClass()).flatMap(millis -> ask(millis, channel));
    }

    private static Optional<Duration> ask(MethodHandle millis, Channel channel) {
        try {
            return Optional.of(Duration.ofMillis((long) millis.invokeExact((Object) channel)));
        } catch (Throwable closedMeanwhile) {
            return Optional.empty();
        }
    }

    private static Optional<MethodHandle> find(Class<?> type) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle info = lookup.unreflect(type.getMethod("tcpInfo"));
            MethodHandle millis = lookup.unreflect(info.type().returnType().getMethod("lastDataRecv"));
            return Optional.of(MethodHandles.filterReturnValue(info, millis)
                    .asType(MethodType.methodType(long.class, Object.class)));
        } catch (ReflectiveOperationException | RuntimeException absent) {
            return Optional.empty();
        }
    }
}
