package dev.heartbeat.bench;

import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import pl.morgwai.base.servlet.utils.WebsocketPingerService;

/** The pinger of servlet-utils, in real time: a task per connection that pings everybody at each interval. */
final class Pinger implements Contender {

    private final WebsocketPingerService service;
    private final Session[] sessions;
    private final LongAdder pings = new LongAdder();

    Pinger(int connections, Pace pace) {
        sessions = new Session[connections];
        service = new WebsocketPingerService(pace.idle().toMillis(), TimeUnit.MILLISECONDS, 0);
    }

    @Override
    public void add(int i) {
        sessions[i] = new Peer(i).session;
        service.addConnection(sessions[i]);
    }

    @Override
    public void heard(int i) {}

    @Override
    public void remove(int i) {
        service.removeConnection(sessions[i]);
    }

    @Override
    public long pings() {
        return pings.sum();
    }

    @Override
    public void close() {
        service.shutdown();
    }

    /** As much of a session as the pinger uses. */
    private final class Peer {
        private final int number;
        private final Session session;
        private MessageHandler.Whole<PongMessage> pongHandler;

        Peer(int number) {
            this.number = number;
            RemoteEndpoint.Async remote = stub(RemoteEndpoint.Async.class, (method, args) -> {
                ping((ByteBuffer) args[0]);
                return null;
            });
            this.session = stub(Session.class, (method, args) -> call(method, args, remote));
        }

        @SuppressWarnings("unchecked") // the pinger adds a handler of pongs and no other
        private Object call(String method, Object[] args, RemoteEndpoint.Async remote) {
            switch (method) {
                case "getAsyncRemote":
                    return remote;
                case "addMessageHandler":
                    pongHandler = (MessageHandler.Whole<PongMessage>) args[1];
                    return null;
                case "close":
                    service.removeConnection(session);
                    add(number);
                    return null;
                default:
                    return null;
            }
        }

        private void ping(ByteBuffer payload) {
            pings.increment();
            if (!Contender.isSilent(number)) {
                ByteBuffer echo = payload.duplicate();
                pongHandler.onMessage(() -> echo);
            }
        }
    }

    private interface Call {
        Object on(String method, Object[] args);
    }

    private static <T> T stub(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            return switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(self);
                case "equals" -> self == args[0];
                default -> call.on(method.getName(), args);
            };
        }));
    }
}
