package dev.heartbeat.sim;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/** What one device has sent, at the server: read as soon as it arrives, unless reading is paused or the process frozen. */
final class ReceiveBuffer {

    private final VirtualLoop loop;
    private final Consumer<Object> application;
    private final ArrayDeque<Piece> unread = new ArrayDeque<>(2);
    private boolean paused;
    private long unreadBytes;
    private long readBytes;

    ReceiveBuffer(VirtualLoop loop, Consumer<Object> application) {
        this.loop = loop;
        this.application = application;
    }

    void arrived(Object payload, int bytes) {
        if (loop.isFrozen()) {
            loop.readLater(() -> take(payload, bytes));
        } else {
            take(payload, bytes);
        }
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        for (Piece piece = unread.poll(); piece != null; piece = unread.poll()) {
            unreadBytes -= piece.bytes();
            read(piece.payload(), piece.bytes());
        }
    }

    boolean isPaused() {
        return paused;
    }

    /** Bytes that have arrived and that nobody has read. */
    long unread() {
        return unreadBytes;
    }

    /** Bytes that have been read so far. */
    long read() {
        return readBytes;
    }

    private void take(Object payload, int bytes) {
        if (paused) {
            unread.add(new Piece(payload, bytes));
            unreadBytes += bytes;
        } else {
            read(payload, bytes);
        }
    }

    private void read(Object payload, int bytes) {
        readBytes += bytes;
        application.accept(payload);
    }
}
