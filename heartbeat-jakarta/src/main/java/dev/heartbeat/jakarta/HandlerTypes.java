package dev.heartbeat.jakarta;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the message type of a handler by its class, as containers do for handlers that are added without a type. */
final class HandlerTypes {

    private HandlerTypes() {}

    /** The type argument of a generic interface in a class, or null if the class does not tell, as that of a lambda. */
    static @Nullable Class<?> handledBy(Class<?> handler, Class<?> generic) {
        return argument(handler, generic, Map.of()) instanceof Class<?> type ? type : null;
    }

    private static @Nullable Type argument(@Nullable Type at, Class<?> generic, Map<TypeVariable<?>, Type> known) {
        Class<?> raw = raw(at);
        if (at == null || raw == null) {
            return null;
        }
        Map<TypeVariable<?>, Type> bound = new HashMap<>();
        if (at instanceof ParameterizedType parameterized) {
            for (int i = 0; i < raw.getTypeParameters().length; i++) {
                Type actual = parameterized.getActualTypeArguments()[i];
                bound.put(raw.getTypeParameters()[i], known.getOrDefault(actual, actual));
            }
        }
        if (raw == generic) {
            return bound.get(raw.getTypeParameters()[0]);
        }
        for (Type parent : raw.getGenericInterfaces()) {
            Type found = argument(parent, generic, bound);
            if (found != null) {
                return found;
            }
        }
        return argument(raw.getGenericSuperclass(), generic, bound);
    }

    private static @Nullable Class<?> raw(@Nullable Type type) {
        return type instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : type instanceof Class<?> plain ? plain : null;
    }
}
