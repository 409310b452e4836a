package dev.heartbeat.jakarta;

import jakarta.websocket.Session;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Reads what comes after our close frame, in place of Undertow's own reader of a session: that one takes a close frame with a code
 * of later RFCs, such as 1012, for a fault of the peer's, and tells the application of it. Whatever comes before the peer's close
 * frame is discarded, as Undertow does; at that frame the connection is closed (RFC 6455 section 7.1.1).
 */
final class UndertowCloseReader {

    private final Session session;
    private final Object channel;
    private final Object reader;

    private UndertowCloseReader(Session session, Object channel, Object reader) {
        this.session = session;
        this.channel = channel;
        this.reader = reader;
    }

    /** Takes the reader's place, where the version of Undertow allows it; nothing else changes until a close frame is sent. */
    static void readOn(Session session) {
        Object channel = Reflection.invoke(session, "getWebSocketChannel");
        Object reader = Reflection.field(session, "frameHandler");
        Object setter = channel == null ? null : Reflection.invoke(channel, "getReceiveSetter");
        if (channel == null || reader == null || setter == null) {
            return;
        }
        try {
            Class<?> type = Class.forName(
                    "org.xnio.ChannelListener", false, channel.getClass().getClassLoader());
            UndertowCloseReader ours = new UndertowCloseReader(session, channel, reader);
            Object listener = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, ours::call);
            Method set = Reflection.method(setter, "set", type);
            if (set != null) {
                set.invoke(setter, listener);
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError anotherVersion) {
            // Then Undertow reads on.
        }
    }

    private @Nullable Object call(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        switch (method.getName()) {
            case "handleEvent" -> {
                if (Boolean.TRUE.equals(Reflection.invoke(channel, "isCloseFrameSent"))) {
                    discard();
                    return null;
                }
                return passOn(method, arguments);
            }
            case "equals" -> {
                return arguments != null && proxy == arguments[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            default -> {
                return toString();
            }
        }
    }

    private @Nullable Object passOn(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(reader, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private void discard() {
        try {
            Method receive = Reflection.method(channel, "receive");
            Object frame = receive == null ? null : receive.invoke(channel);
            if (frame != null && "CLOSE".equals(String.valueOf(Reflection.invoke(frame, "getType")))) {
                Reflection.invoke(session, "forceClose");
            } else if (frame != null) {
                Reflection.invoke(frame, "close");
            }
        } catch (ReflectiveOperationException | RuntimeException broken) {
            Reflection.invoke(session, "forceClose");
        }
    }
}
