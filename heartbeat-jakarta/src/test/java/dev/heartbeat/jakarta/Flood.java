package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingQueue;

/** How an application sends to a session without a pause until that fails; it never asks whether the session is open. */
enum Flood {
    BLOCKING {
        @Override
        void send(Session session) throws Exception {
            RemoteEndpoint.Basic remote = session.getBasicRemote();
            while (true) {
                remote.sendBinary(ByteBuffer.allocate(LENGTH));
            }
        }
    },

    /** The next message as soon as the handler of the one before was called, which some containers do inside the call. */
    ASYNCHRONOUS {
        @Override
        void send(Session session) throws Exception {
            RemoteEndpoint.Async remote = session.getAsyncRemote();
            LinkedBlockingQueue<SendResult> results = new LinkedBlockingQueue<>();
            do {
                remote.sendBinary(ByteBuffer.allocate(LENGTH), results::add);
            } while (results.take().isOK());
        }
    };

    private static final int LENGTH = 1_000;

    abstract void send(Session session) throws Exception;

    void begin(Session session) {
        Thread sender = new Thread(() -> {
            try {
                send(session);
            } catch (Exception closed) {
                assertThat(closed).isNotNull();
            }
        });
        sender.setDaemon(true);
        sender.start();
    }
}
