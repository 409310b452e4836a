package dev.heartbeat.jakarta;

import jakarta.websocket.CloseReason;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The session that a wrapped endpoint works with. It passes all calls on to the container's session, but decorates the
 * application's message handlers, so that each message is a sign of life, and lets the application add a pong handler
 * although ours has taken the one place. A dynamic proxy, so that it implements later versions of the API too.
 */
final class SessionProxy implements InvocationHandler {

    private final Session session;
    private final Watch watch;
    private final PongReceiver pongs;
    private final MessageHandlerDecorator decorator;
    private final Map<MessageHandler, MessageHandler> decorations =
            Collections.synchronizedMap(new IdentityHashMap<>());

    private volatile @Nullable Boolean counts;

    private SessionProxy(Session session, Watch watch, PongReceiver pongs) {
        this.session = session;
        this.watch = watch;
        this.pongs = pongs;
        this.decorator = new MessageHandlerDecorator(watch);
    }

    /** Creates the proxy of a session, which from now on its watch knows. */
    static Session create(Session session, Watch watch, PongReceiver pongs) {
        Session proxy = (Session) Proxy.newProxyInstance(
                SessionProxy.class.getClassLoader(),
                new Class<?>[] {Session.class},
                new SessionProxy(session, watch, pongs));
        watch.proxy(proxy);
        return proxy;
    }

    /** The container's session behind a proxy; any other session as it is. */
    static Session unwrap(Session session) {
        return Proxy.isProxyClass(session.getClass())
                        && Proxy.getInvocationHandler(session) instanceof SessionProxy handler
                ? handler.session
                : session;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object argument = arguments == null ? null : arguments[0];
        switch (method.getName()) {
            case "addMessageHandler" -> {
                add(method, arguments);
                return null;
            }
            case "removeMessageHandler" -> {
                remove((MessageHandler) argument);
                return null;
            }
            case "getMessageHandlers" -> {
                return handlers();
            }
            case "getOpenSessions" -> {
                return openSessions();
            }
            case "getBasicRemote" -> {
                return counts() ? RemoteProxy.basic(session.getBasicRemote(), sent()) : session.getBasicRemote();
            }
            case "getAsyncRemote" -> {
                return async((Session) proxy);
            }
            case "close" -> {
                if (argument == null || isSent((CloseReason) argument)) {
                    watch.closing(); // before the container, which may wait for what is to be sent before it
                }
                call(method, arguments);
                watch.closeCalled();
                return null;
            }
            case "equals" -> {
                return proxy == argument;
            }
            default -> {
                return call(method, arguments);
            }
        }
    }

    /** Whether nobody counts what is sent but this; found out when the first message is sent, for then the session is open. */
    private boolean counts() {
        Boolean known = counts;
        if (known == null) {
            known = !watch.showsTransport();
            counts = known;
        }
        return known;
    }

    private RemoteEndpoint.Async async(Session proxy) {
        return RemoteProxy.async(session.getAsyncRemote(), proxy, counts() ? sent() : null);
    }

    /** Whether a close frame may carry the code, so that no container ignores the call. */
    private static boolean isSent(CloseReason reason) {
        int code = reason.getCloseCode().getCode();
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    }

    private AtomicLong sent() {
        return watch.countSent();
    }

    private @Nullable Object call(Method method, Object @Nullable ... arguments) throws Throwable {
        try {
            return method.invoke(session, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private void add(Method method, Object @Nullable [] arguments) throws Throwable {
        Object handler = arguments == null ? null : arguments[arguments.length - 1];
        if (arguments == null || !(handler instanceof MessageHandler given)) {
            call(method, arguments);
        } else if (arguments.length == 2 && arguments[0] instanceof Class<?> type) {
            add(type, given, method.getParameterTypes()[1]);
        } else {
            Class<?> whole = HandlerTypes.handledBy(given.getClass(), MessageHandler.Whole.class);
            Class<?> partial = HandlerTypes.handledBy(given.getClass(), MessageHandler.Partial.class);
            if (whole != null && partial == null) {
                add(whole, given, MessageHandler.Whole.class);
            } else if (partial != null && whole == null) {
                add(partial, given, MessageHandler.Partial.class);
            } else {
                // The container decides: it refuses the handler, or calls it without a decorator.
                call(method, arguments);
            }
        }
    }

    @SuppressWarnings("unchecked") // the caller says so, or the handler's own class did
    private <T> void add(Class<T> type, MessageHandler handler, Class<?> kind) {
        if (handler instanceof MessageHandler.Partial<?> && kind == MessageHandler.Partial.class) {
            MessageHandler.Partial<T> decorated = decorator.partial((MessageHandler.Partial<T>) handler);
            session.addMessageHandler(type, decorated);
            decorations.put(handler, decorated);
        } else if (type == PongMessage.class) {
            pongs.forwardTo(session.getId(), (MessageHandler.Whole<PongMessage>) handler);
        } else {
            MessageHandler.Whole<T> decorated = decorator.whole((MessageHandler.Whole<T>) handler);
            session.addMessageHandler(type, decorated);
            decorations.put(handler, decorated);
        }
    }

    private void remove(@Nullable MessageHandler handler) {
        if (handler != null && pongs.stopForwardingTo(handler)) {
            return;
        }
        MessageHandler decorated = handler == null ? null : decorations.get(handler);
        session.removeMessageHandler(decorated == null ? handler : decorated);
        decorations.remove(handler);
    }

    private Set<MessageHandler> handlers() {
        Set<MessageHandler> handlers = new LinkedHashSet<>(session.getMessageHandlers());
        handlers.remove(pongs);
        synchronized (decorations) {
            decorations.forEach((handler, decorated) -> {
                if (handlers.remove(decorated)) {
                    handlers.add(handler);
                }
            });
        }
        MessageHandler pongHandler = pongs.applicationHandler();
        if (pongHandler != null) {
            handlers.add(pongHandler);
        }
        return handlers;
    }

    private Set<Session> openSessions() {
        Set<Session> sessions = new LinkedHashSet<>();
        for (Session open : session.getOpenSessions()) {
            Watch watch = Watch.find(open);
            Session proxy = watch == null ? null : watch.proxy();
            sessions.add(proxy == null ? open : proxy);
        }
        return sessions;
    }
}
