package dev.heartbeat.jakarta;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Reaches for what a container offers beyond the API; what is missing or out of reach is null, not an error. */
final class Reach {

    private Reach() {}

    /** Follows the names from field to field, private ones too. */
    static @Nullable Object field(Object from, String... names) {
        Object at = from;
        for (String name : names) {
            at = at == null ? null : field(at, name);
        }
        return at;
    }

    /** A public method of the object's class. */
    static @Nullable Method method(Object on, String name, Class<?>... parameters) {
        try {
            Method method = on.getClass().getMethod(name, parameters);
            return method.canAccess(on) || method.trySetAccessible() ? method : null;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError missing) {
            return null;
        }
    }

    /** What the first of the named public methods returns, of which the next is called, and so on. */
    static @Nullable Object call(Object from, String... names) {
        Object at = from;
        for (String name : names) {
            Method method = at == null ? null : method(at, name);
            try {
                at = method == null ? null : method.invoke(at);
            } catch (ReflectiveOperationException | RuntimeException failed) {
                return null;
            }
        }
        return at;
    }

    /** What a public method with one argument returns. */
    static @Nullable Object get(Object from, String name, String argument) {
        Method method = method(from, name, String.class);
        try {
            return method == null ? null : method.invoke(from, argument);
        } catch (ReflectiveOperationException | RuntimeException failed) {
            return null;
        }
    }

    private static @Nullable Object field(Object on, String name) {
        for (Class<?> type = on.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Field field = type.getDeclaredField(name);
                return field.trySetAccessible() ? field.get(on) : null;
            } catch (NoSuchFieldException elsewhere) {
                // A superclass may declare it.
            } catch (ReflectiveOperationException | RuntimeException | LinkageError outOfReach) {
                return null;
            }
        }
        return null;
    }
}
