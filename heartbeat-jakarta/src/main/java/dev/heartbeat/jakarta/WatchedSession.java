package dev.heartbeat.jakarta;

import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
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
import org.jspecify.annotations.Nullable;

/**
 * The session that a wrapped endpoint works with: the container's own, but that it hears each message before the
 * application's handlers do, and shares the one pong handler with the application. A proxy rather than a class, so that
 * later versions of the API are served too.
 */
final class WatchedSession implements InvocationHandler {

    private final Session session;
    private final PongReceiver pongs;
    private final MessageHandlerDecorator decorator;
    private final Map<MessageHandler, MessageHandler> registered = Collections.synchronizedMap(new IdentityHashMap<>());

    private WatchedSession(Session session, Watch watch, PongReceiver pongs) {
        this.session = session;
        this.pongs = pongs;
        this.decorator = new MessageHandlerDecorator(watch);
    }

    /** Puts itself before a session, once. */
    static Session over(Session session, Watch watch, PongReceiver pongs) {
        Session facade = (Session) Proxy.newProxyInstance(
                WatchedSession.class.getClassLoader(),
                new Class<?>[] {Session.class},
                new WatchedSession(session, watch, pongs));
        watch.facade(facade);
        return facade;
    }

    /** The container's session behind one of these; any other session as it is. */
    static Session behind(Session session) {
        return Proxy.isProxyClass(session.getClass())
                        && Proxy.getInvocationHandler(session) instanceof WatchedSession watched
                ? watched.session
                : session;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object first = arguments == null ? null : arguments[0];
        switch (method.getName()) {
            case "addMessageHandler" -> {
                add(method, arguments);
                return null;
            }
            case "removeMessageHandler" -> {
                remove((MessageHandler) first);
                return null;
            }
            case "getMessageHandlers" -> {
                return handlers();
            }
            case "getOpenSessions" -> {
                return openSessions();
            }
            case "equals" -> {
                return first instanceof Session other && session.equals(behind(other));
            }
            default -> {
                return call(method, arguments);
            }
        }
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
                // What we cannot tell apart, the container may: it says what is wrong, or hears the messages alone.
                call(method, arguments);
            }
        }
    }

    @SuppressWarnings("unchecked") // the caller says so, or the handler's own class did
    private <T> void add(Class<T> type, MessageHandler handler, Class<?> kind) {
        if (handler instanceof MessageHandler.Partial<?> && kind == MessageHandler.Partial.class) {
            MessageHandler.Partial<T> decorated = decorator.partial((MessageHandler.Partial<T>) handler);
            session.addMessageHandler(type, decorated);
            registered.put(handler, decorated);
        } else if (type == PongMessage.class) {
            pongs.share(session.getId(), (MessageHandler.Whole<PongMessage>) handler);
        } else {
            MessageHandler.Whole<T> decorated = decorator.whole((MessageHandler.Whole<T>) handler);
            session.addMessageHandler(type, decorated);
            registered.put(handler, decorated);
        }
    }

    private void remove(@Nullable MessageHandler handler) {
        if (handler != null && pongs.unshare(handler)) {
            return;
        }
        MessageHandler decorated = handler == null ? null : registered.get(handler);
        session.removeMessageHandler(decorated == null ? handler : decorated);
        registered.remove(handler);
    }

    private Set<MessageHandler> handlers() {
        Set<MessageHandler> handlers = new LinkedHashSet<>(session.getMessageHandlers());
        handlers.remove(pongs);
        synchronized (registered) {
            registered.forEach((application, decorated) -> {
                if (handlers.remove(decorated)) {
                    handlers.add(application);
                }
            });
        }
        MessageHandler shared = pongs.shared();
        if (shared != null) {
            handlers.add(shared);
        }
        return handlers;
    }

    private Set<Session> openSessions() {
        Set<Session> sessions = new LinkedHashSet<>();
        for (Session open : session.getOpenSessions()) {
            Watch watch = Watch.find(open);
            Session facade = watch == null ? null : watch.facade();
            sessions.add(facade == null ? open : facade);
        }
        return sessions;
    }
}
