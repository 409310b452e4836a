package dev.heartbeat.jakarta;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The remote endpoint that a wrapped endpoint sends by. It shows the application's send handlers the session that the application
 * holds and, where the container does not let bytes be counted, counts those of text and binary messages. Objects and streams are
 * not counted, since only their encoders know how long they are.
 */
final class RemoteProxy implements InvocationHandler {

    private final Object remote;
    private final @Nullable Session application;
    private final @Nullable AtomicLong sent;

    private RemoteProxy(Object remote, @Nullable Session application, @Nullable AtomicLong sent) {
        this.remote = remote;
        this.application = application;
        this.sent = sent;
    }

    /** The remote as an application may use it, its bytes counted. */
    static RemoteEndpoint.Basic basic(RemoteEndpoint.Basic remote, AtomicLong sent) {
        return of(RemoteEndpoint.Basic.class, new RemoteProxy(remote, null, sent));
    }

    /** The remote as an application may use it that holds that session; its bytes are counted if there is a counter. */
    static RemoteEndpoint.Async async(RemoteEndpoint.Async remote, Session application, @Nullable AtomicLong sent) {
        return of(RemoteEndpoint.Async.class, new RemoteProxy(remote, application, sent));
    }

    private static <T> T of(Class<T> type, RemoteProxy handler) {
        return type.cast(Proxy.newProxyInstance(RemoteProxy.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getName().equals("equals")) {
            return arguments != null && proxy == arguments[0];
        }
        if (sent != null && arguments != null && method.getName().startsWith("send")) {
            sent.addAndGet(length(method, arguments));
        }
        try {
            return method.invoke(remote, application == null ? arguments : withOwnHandler(arguments, application));
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static int length(Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "sendText" -> arguments[0] instanceof String text ? text.length() : 0;
            case "sendBinary" -> arguments[0] instanceof ByteBuffer bytes ? bytes.remaining() : 0;
            default -> 0;
        };
    }

    private static Object @Nullable [] withOwnHandler(Object @Nullable [] arguments, Session application) {
        int last = arguments == null ? -1 : arguments.length - 1;
        if (arguments == null || last < 0 || !(arguments[last] instanceof SendHandler handler)) {
            return arguments;
        }
        Object[] changed = arguments.clone();
        SendHandler own = result -> handler.onResult(of(application, result));
        changed[last] = own;
        return changed;
    }

    /** Results tell their session since version 2.2 of the API, where the container gives it to them. */
    private static SendResult of(Session application, SendResult result) {
        try {
            if (result.getSession() == null) {
                return result;
            }
            return result.isOK() ? new SendResult(application) : new SendResult(application, result.getException());
        } catch (NoSuchMethodError olderApi) {
            return result;
        }
    }
}
