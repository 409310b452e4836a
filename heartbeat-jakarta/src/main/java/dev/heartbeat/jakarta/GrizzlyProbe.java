package dev.heartbeat.jakarta;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Counts what Grizzly reads and writes on one connection, by a probe, which is Grizzly's way to be monitored. */
final class GrizzlyProbe {

    private final ByteCounter read = new ByteCounter();
    private final ByteCounter written = new ByteCounter();
    private boolean isAdded;

    private GrizzlyProbe() {}

    /** Begins to count, where the version of Grizzly allows it. */
    static GrizzlyProbe addTo(Object connection) {
        GrizzlyProbe probe = new GrizzlyProbe();
        Object monitoring = Reflection.invoke(connection, "getMonitoringConfig");
        Method add = monitoring == null ? null : Reflection.method(monitoring, "addProbes", Object[].class);
        try {
            if (add != null) {
                Class<?> type = Class.forName(
                        "org.glassfish.grizzly.ConnectionProbe",
                        false,
                        connection.getClass().getClassLoader());
                Object probes = Array.newInstance(type, 1);
                Array.set(probes, 0, listener(type, probe.read, probe.written));
                add.invoke(monitoring, probes);
                probe.isAdded = true;
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError anotherVersion) {
            // Then nothing is counted.
        }
        return probe;
    }

    boolean isAdded() {
        return isAdded;
    }

    long read() {
        return read.bytes();
    }

    long written() {
        return written.bytes();
    }

    private static Object listener(Class<?> type, ByteCounter read, ByteCounter written) {
        return ByteCounter.listener(type, (method, arguments) -> {
            switch (method) {
                case "onReadEvent" -> read.add(size(arguments));
                case "onWriteEvent" -> written.add(size(arguments));
                default -> {
                    // of no interest
                }
            }
        });
    }

    /** The size of the transfer, which both events have last. */
    private static @Nullable Object size(Object @Nullable [] arguments) {
        return arguments == null ? null : arguments[arguments.length - 1];
    }
}
