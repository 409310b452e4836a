package dev.heartbeat.jakarta;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Reflective access to the classes of a container; what is missing or inaccessible is null, not an error. Each field and
 * each method without parameters is looked for once in each class.
 */
final class Reflection {

    /** Kept with the container's class, in types of the JDK only, so that neither class loader keeps the other. */
    private static final ClassValue<ConcurrentMap<String, Optional<Field>>> FIELDS = new ByName<>();

    private static final ClassValue<ConcurrentMap<String, Optional<Method>>> METHODS = new ByName<>();

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
        return parameters.length == 0
                ? method(target.getClass(), name).orElse(null)
                : findMethod(target.getClass(), name, parameters).orElse(null);
    }

    /** A method of the object's class or of one above it that need not be public. */
    static @Nullable Method declaredMethod(Object target, String name, Class<?>... parameters) {
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Method method = type.getDeclaredMethod(name, parameters);
                return method.trySetAccessible() ? method : null;
            } catch (NoSuchMethodException notHere) {
                // A superclass may declare it.
            } catch (RuntimeException | LinkageError inaccessible) {
                return null;
            }
        }
        return null;
    }

    /** The result of a path of public methods without parameters, each called on the result of the one before. */
    static @Nullable Object invoke(Object target, String... path) {
        Object value = target;
        for (String name : path) {
            Method method =
                    value == null ? null : method(value.getClass(), name).orElse(null);
            try {
                value = method == null ? null : method.invoke(value);
            } catch (ReflectiveOperationException | RuntimeException failed) {
                return null;
            }
        }
        return value;
    }

    /**
     * Calls a method without parameters that its class keeps to itself; nothing happens where there is none.
     *
     * @throws ReflectiveOperationException if the method throws
     */
    static void invokeHidden(Object target, String name) throws ReflectiveOperationException {
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Method method = type.getDeclaredMethod(name);
                if (method.trySetAccessible()) {
                    method.invoke(target);
                }
                return;
            } catch (NoSuchMethodException notHere) {
                // A superclass may declare it.
            }
        }
    }

    private static @Nullable Object field(Object target, String name) {
        ConcurrentMap<String, Optional<Field>> known = FIELDS.get(target.getClass());
        Optional<Field> field = known.get(name);
        if (field == null) {
            field = findField(target.getClass(), name);
            known.put(name, field);
        }
        try {
            return field.isPresent() ? field.get().get(target) : null;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError inaccessible) {
            return null;
        }
    }

    private static Optional<Method> method(Class<?> type, String name) {
        ConcurrentMap<String, Optional<Method>> known = METHODS.get(type);
        Optional<Method> method = known.get(name);
        if (method == null) {
            method = findMethod(type, name);
            known.put(name, method);
        }
        return method;
    }

    private static Optional<Field> findField(Class<?> of, String name) {
        for (Class<?> type = of; type != null; type = type.getSuperclass()) {
            try {
                Field field = type.getDeclaredField(name);
                return field.trySetAccessible() ? Optional.of(field) : Optional.empty();
            } catch (NoSuchFieldException notHere) {
                // A superclass may declare it.
            } catch (RuntimeException | LinkageError inaccessible) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** A class that a module keeps to itself may have the method from a type that the module exports. */
    private static Optional<Method> findMethod(Class<?> of, String name, Class<?>... parameters) {
        for (Class<?> type = of; type != null; type = type.getSuperclass()) {
            Optional<Method> found = accessibleMethod(type, name, parameters);
            for (Class<?> implemented : type.getInterfaces()) {
                found = found.isPresent() ? found : findMethod(implemented, name, parameters);
            }
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<Method> accessibleMethod(Class<?> type, String name, Class<?>... parameters) {
        try {
            Method method = type.getMethod(name, parameters);
            return !Modifier.isStatic(method.getModifiers()) && method.trySetAccessible()
                    ? Optional.of(method)
                    : Optional.empty();
        } catch (NoSuchMethodException | RuntimeException | LinkageError missing) {
            return Optional.empty();
        }
    }

    /** What was found in a class, by name. */
    private static final class ByName<M> extends ClassValue<ConcurrentMap<String, Optional<M>>> {

        @Override
        protected ConcurrentMap<String, Optional<M>> computeValue(Class<?> type) {
            return new ConcurrentHashMap<>(4);
        }
    }
}
