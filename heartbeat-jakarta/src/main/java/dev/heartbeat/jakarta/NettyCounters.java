package dev.heartbeat.jakarta;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Counts what a Netty channel reads, and what it is given to write, by two handlers in front of all others that pass everything on. */
final class NettyCounters {

    private static final String PACKAGE = "io.netty.channel.";

    private final ByteCounter received = new ByteCounter();
    private final ByteCounter written = new ByteCounter();
    private volatile boolean isInserted;

    private NettyCounters() {}

    /** Begins to count, unless the channel's classes are out of reach. Any thread. */
    static NettyCounters insert(Object channel) {
        NettyCounters counters = new NettyCounters();
        Object pipeline = Reflection.invoke(channel, "pipeline");
        try {
            ClassLoader netty = channel.getClass().getClassLoader();
            Class<?> inbound = Class.forName(PACKAGE + "ChannelInboundHandler", false, netty);
            Class<?> outbound = Class.forName(PACKAGE + "ChannelOutboundHandler", false, netty);
            Class<?> context = Class.forName(PACKAGE + "ChannelHandlerContext", false, netty);
            Class<?> handler = Class.forName(PACKAGE + "ChannelHandler", false, netty);
            Method addFirst = pipeline == null ? null : Reflection.method(pipeline, "addFirst", String.class, handler);
            if (addFirst != null) {
                Object reading =
                        handler(inbound, context, NettyCounters::fire, "channelRead", counters.received, () -> {});
                Object writing = handler(outbound, context, name -> name, "write", counters.written, counters::begin);
                addFirst.invoke(pipeline, "heartbeat-input", reading);
                addFirst.invoke(pipeline, "heartbeat-output", writing);
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError anotherVersion) {
            // Then nothing is counted.
        }
        return counters;
    }

    private static String fire(String event) {
        return "fire" + event.substring(0, 1).toUpperCase(Locale.ROOT) + event.substring(1);
    }

    /**
     * A handler that passes on every event of its type, by the method of the context that takes what the handler's takes after the
     * context.
     *
     * @param counted the event whose bytes are counted
     * @param begun called when it has become a part of the pipeline, which is at once on the event loop only
     */
    private static Object handler(
            Class<?> type,
            Class<?> context,
            UnaryOperator<String> passing,
            String counted,
            ByteCounter bytes,
            Runnable begun)
            throws NoSuchMethodException {
        Map<String, Method> methods = new HashMap<>();
        for (Method event : type.getDeclaredMethods()) {
            Class<?>[] taken = event.getParameterTypes();
            Class<?>[] passed = Arrays.copyOfRange(taken, 1, taken.length);
            methods.put(event.getName(), context.getMethod(passing.apply(event.getName()), passed));
        }
        return ByteCounter.listener(type, (event, arguments) -> {
            Method method = methods.get(event);
            if (method != null && arguments != null) {
                if (event.equals(counted)) {
                    bytes.add(Reflection.invoke(arguments[1], "readableBytes"));
                }
                passOn(method, arguments);
            } else if (event.equals("handlerAdded")) {
                begun.run();
            }
        });
    }

    private static void passOn(Method method, @Nullable Object[] arguments) {
        try {
            method.invoke(arguments[0], Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (ReflectiveOperationException refused) {
            throw new IllegalStateException(refused); // Netty takes it as an error of the channel
        }
    }

    private void begin() {
        isInserted = true;
    }

    /** Whether all is counted from now on. */
    boolean isInserted() {
        return isInserted;
    }

    long received() {
        return received.bytes();
    }

    /** Bytes handed to the channel, encrypted, of which some may wait. */
    long written() {
        return written.bytes();
    }
}
