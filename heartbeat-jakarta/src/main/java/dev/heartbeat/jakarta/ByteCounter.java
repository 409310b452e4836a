package dev.heartbeat.jakarta;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts bytes that a container reports to a listener of its own type. Held by the container's connection only, and
 * holding nothing, so that it goes when the connection does.
 */
final class ByteCounter {

    private final AtomicLong bytes = new AtomicLong();

    long bytes() {
        return bytes.get();
    }

    /** Counts the bytes if that is what the argument is. */
    void add(@Nullable Object count) {
        if (count instanceof Number number && number.longValue() > 0) {
            bytes.getAndAdd(number.longValue());
        }
    }

    /** A listener of a type that the container's own class loader knows. */
    static Object listener(Class<?> type, Event event) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return object(proxy, method, arguments);
            }
            event.happened(method.getName(), arguments);
            return null;
        };
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private static Object object(Object proxy, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "heartbeat's byte counter";
        };
    }

    /** What a listener is called for. */
    interface Event {

        void happened(String method, Object @Nullable [] arguments);
    }
}
