package dev.heartbeat.jakarta;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Reflective access to the classes of a container; what is missing or inaccessible is null, not an error. */
final class Reflection {

    private Reflection() {}

    /** The value at the end of a path of fields, private ones too, each looked up in the value of the one before. */
    static @Nullable Object field(Object target, String... path) {
        Object value = target;
        for (String name : path) {
            value = value == null ? null : field(value, name);
        }
        return value;
    }

    /** A public method of the object's class. */
    static @Nullable Method method(Object target, String name, Class<?>... parameters) {
        try {
            Method method = target.getClass().getMethod(name, parameters);
            return method.canAccess(target) || method.trySetAccessible() ? method : null;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError missing) {
            return null;
        }
    }

    /** The result of a path of public methods without parameters, each called on the result of the one before. */
    static @Nullable Object invoke(Object target, String... path) {
        Object value = target;
        for (String name : path) {
            Method method = value == null ? null : method(value, name);
            try {
                value = method == null ? null : method.invoke(value);
            } catch (ReflectiveOperationException | RuntimeException failed) {
                return null;
            }
        }
        return value;
    }

    /** The result of a public method with one parameter. */
    static @Nullable Object invokeWith(Object target, String name, String argument) {
        Method method = method(target, name, String.class);
        try {
            return method == null ? null : method.invoke(target, argument);
        } catch (ReflectiveOperationException | RuntimeException failed) {
            return null;
        }
    }

    private static @Nullable Object field(Object target, String name) {
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Field field = type.getDeclaredField(name);
                return field.trySetAccessible() ? field.get(target) : null;
            } catch (NoSuchFieldException notHere) {
                // A superclass may declare it.
            } catch (ReflectiveOperationException | RuntimeException | LinkageError inaccessible) {
                return null;
            }
        }
        return null;
    }
}
