package dev.heartbeat.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What the server writes to one device, on its way: the transport's own queue, then the kernel's send buffer, then the buffers
 * of a proxy if there is one, then the link. Whatever has not been acknowledged still fills the buffer in front of the link.
 */
final class SendBuffer implements Outlet {

    private final TcpStream link;
    private final Piece.Size size;
    private final Stage transport = new Stage(Long.MAX_VALUE);
    private final Stage kernel = new Stage(Assumptions.SEND_BUFFER);
    private final List<Stage> stages = new ArrayList<>(List.of(transport, kernel));
    private final Stage last;
    private long written;
    private long inFlight;
    private long stuffed;
    private boolean moving;
    private boolean closed;

    /**
     * Nothing is on its way.
     *
     * @param link to be told of every {@linkplain #acknowledged acknowledgement} at once
     * @param size how large the pieces are, and how many may be in flight
     */
    SendBuffer(TcpStream link, Piece.Size size, boolean proxied) {
        this.link = link;
        this.size = size;
        if (proxied) {
            stages.add(new Stage(Assumptions.PROXY_BUFFERS));
        }
        this.last = stages.get(stages.size() - 1);
    }

    @Override
    public void send(Object payload, int bytes) {
        int left = bytes;
        for (; left > size.most(); left -= size.most()) {
            transport.add(new Piece(Piece.PART, size.most()));
        }
        transport.add(new Piece(payload, left));
        move();
    }

    @Override
    public void close() {
        closed = true;
        link.close();
    }

    /** The other end of the link has acknowledged so many bytes. */
    void acknowledged(long bytes) {
        inFlight -= bytes;
        last.bytes -= bytes;
        move();
    }

    /** The device's kernel has so many bytes that nobody there will read. */
    void stuff(int bytes) {
        stuffed += bytes;
    }

    /** Bytes that the kernel has not taken yet. */
    long waiting() {
        return transport.bytes;
    }

    /** Bytes that the kernel has taken so far. */
    long written() {
        return written;
    }

    /** Bytes that the kernel has taken and that nobody has acknowledged to it. */
    long unacknowledged() {
        return kernel.bytes;
    }

    /** How often the kernel has sent its oldest bytes anew without an answer. */
    int retransmissions() {
        return last == kernel ? link.retransmissions() : 0;
    }

    /** Whether the kernel may send nothing of what it has, since the other end has no room for it. */
    boolean isWindowClosed() {
        Piece piece = kernel.queue.peek();
        return piece != null
                && (last == kernel ? inFlight == 0 && !hasRoom(piece) : last.bytes + piece.bytes() > last.capacity);
    }

    /** Whether the kernel has not taken something yet. */
    boolean holdsBack(Object payload) {
        return transport.queue.stream().anyMatch(piece -> piece.payload() == payload);
    }

    private void move() {
        if (moving) {
            return;
        }
        moving = true;
        for (boolean moved = true; moved && !closed; ) {
            moved = false;
            for (int stage = 1; stage < stages.size(); stage++) {
                moved |= pass(stages.get(stage - 1), stages.get(stage));
            }
            moved |= transmit();
        }
        moving = false;
    }

    private boolean pass(Stage from, Stage to) {
        Piece piece = from.queue.peek();
        if (piece == null || to.bytes + piece.bytes() > to.capacity) {
            return false;
        }
        from.queue.remove();
        from.bytes -= piece.bytes();
        to.add(piece);
        written += to == kernel ? piece.bytes() : 0;
        return true;
    }

    private boolean transmit() {
        Piece piece = last.queue.peek();
        if (piece == null || inFlight + piece.bytes() > size.window() || !hasRoom(piece)) {
            return false;
        }
        last.queue.remove();
        inFlight += piece.bytes();
        link.send(piece, piece.bytes());
        return true;
    }

    private boolean hasRoom(Piece piece) {
        return stuffed + inFlight + piece.bytes() <= Assumptions.DEVICE_BUFFER;
    }

    /** Something between two of them. What leaves the last one frees its room when it is acknowledged. */
    private static final class Stage {
        private final long capacity;
        private final ArrayDeque<Piece> queue = new ArrayDeque<>(2);
        private long bytes;

        Stage(long capacity) {
            this.capacity = capacity;
        }

        void add(Piece piece) {
            queue.add(piece);
            bytes += piece.bytes();
        }
    }
}
