package dev.heartbeat.jakarta;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counts what Undertow reads and writes on one connection, by conduits of its own that it uses to count for a whole
 * listener. A conduit keeps no state but the one below it, which goes on as it was, with whatever is suspended or waits
 * there; so one may be inserted at any time, and a thread that does not see it yet counts a little less.
 */
final class UndertowConduits {

    private final ByteCounter received = new ByteCounter();
    private final ByteCounter sent = new ByteCounter();
    private boolean isInserted;
    private boolean isEncryptedBelow;

    private UndertowConduits() {}

    /** Begins to count, where the version of Undertow allows it. */
    static UndertowConduits insert(Object webSocketChannel) {
        UndertowConduits conduits = new UndertowConduits();
        Object stream = Reflection.field(webSocketChannel, "channel");
        Object source = stream == null ? null : Reflection.invoke(stream, "getSourceChannel");
        Object sink = stream == null ? null : Reflection.invoke(stream, "getSinkChannel");
        try {
            if (source != null && sink != null) {
                ClassLoader undertow = webSocketChannel.getClass().getClassLoader();
                Insertion reading = Insertion.of(source, undertow, "BytesReceivedStreamSourceConduit");
                Insertion writing = Insertion.of(sink, undertow, "BytesSentStreamSinkConduit");
                reading.insert(conduits.received);
                writing.insert(conduits.sent);
                conduits.isInserted = true;
                conduits.isEncryptedBelow = isEncrypted(stream);
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError anotherVersion) {
            // Then nothing is counted.
        }
        return conduits;
    }

    /** The conduit of TLS keeps those below it for good, so that none can be put between them. */
    private static boolean isEncrypted(@Nullable Object stream) {
        for (Object below = stream; below != null; below = Reflection.field(below, "delegate")) {
            if (Reflection.method(below, "getSslSession") != null) {
                return true;
            }
        }
        return false;
    }

    /** Whether the bytes are encrypted only after they have been counted. */
    boolean isEncryptedBelow() {
        return isEncryptedBelow;
    }

    boolean isInserted() {
        return isInserted;
    }

    long received() {
        return received.bytes();
    }

    long sent() {
        return sent.bytes();
    }

    /** One conduit that is about to be inserted, all of whose methods have been found. */
    private record Insertion(Object channel, @Nullable Object below, Constructor<?> counting, Method setter) {

        static Insertion of(Object channel, ClassLoader undertow, String type) throws ReflectiveOperationException {
            Constructor<?> counting = Class.forName("io.undertow.conduits." + type, true, undertow)
                    .getConstructors()[0];
            Method setter = Arrays.stream(channel.getClass().getMethods())
                    .filter(method -> method.getName().equals("setConduit"))
                    .findFirst()
                    .orElseThrow(NoSuchMethodException::new);
            return new Insertion(channel, Reflection.invoke(channel, "getConduit"), counting, setter);
        }

        void insert(ByteCounter counter) throws ReflectiveOperationException {
            if (below == null) {
                throw new NoSuchMethodException("getConduit");
            }
            Class<?> callback = counting.getParameterTypes()[1];
            Object listener = ByteCounter.listener(
                    callback, (method, arguments) -> counter.add(arguments == null ? null : arguments[0]));
            setter.invoke(channel, counting.newInstance(below, listener));
        }
    }
}
