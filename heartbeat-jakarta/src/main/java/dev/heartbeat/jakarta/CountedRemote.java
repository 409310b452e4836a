package dev.heartbeat.jakarta;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A remote endpoint that counts the bytes of the text and binary messages that it is given, in place of a container that does not
 * let them be counted. Objects and streams are not counted, since only their encoders know how long they are.
 */
final class CountedRemote implements InvocationHandler {

    private final Object remote;
    private final AtomicLong sent;

    private CountedRemote(Object remote, AtomicLong sent) {
        this.remote = remote;
        this.sent = sent;
    }

    /** The remote as an application may use it. */
    static <T> T of(Class<T> type, T remote, AtomicLong sent) {
        return type.cast(Proxy.newProxyInstance(
                CountedRemote.class.getClassLoader(), new Class<?>[] {type}, new CountedRemote(remote, sent)));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object message = arguments == null || arguments.length == 0 ? null : arguments[0];
        if (method.getName().equals("equals")) {
            return proxy == message;
        }
        boolean isSent = method.getName().equals("sendText") || method.getName().equals("sendBinary");
        if (isSent && message instanceof String text) {
            sent.addAndGet(text.length());
        } else if (isSent && message instanceof ByteBuffer bytes) {
            sent.addAndGet(bytes.remaining());
        }
        try {
            return method.invoke(remote, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
