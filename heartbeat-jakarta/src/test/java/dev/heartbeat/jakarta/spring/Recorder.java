package dev.heartbeat.jakarta.spring;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/** A handler as an application had it before Heartbeat: echoes, does as it is told, and keeps what it sees. */
class Recorder extends TextWebSocketHandler {

    static final String SLOW = "slow";
    static final String FLOOD = "flood";

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    final BlockingQueue<WebSocketSession> opened = new LinkedBlockingQueue<>();
    final Queue<String> pongs = new ConcurrentLinkedQueue<>();
    final Queue<Integer> closed = new ConcurrentLinkedQueue<>();
    final CountDownLatch done = new CountDownLatch(1);

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        opened.add(session);
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
        if (message.getPayload().equals(FLOOD)) {
            session.sendMessage(new BinaryMessage(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES)));
            return;
        }
        if (message.getPayload().equals(SLOW)) {
            done.await();
        }
        session.sendMessage(message);
    }

    @Override
    protected void handlePongMessage(WebSocketSession session, PongMessage message) {
        pongs.add(US_ASCII.decode(message.getPayload()).toString());
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        closed.add(status.getCode());
    }
}
