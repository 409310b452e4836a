package dev.heartbeat.testkit;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A peer made of a socket: shakes hands and from then on does only what it is told to. A real WebSocket client answers every
 * ping by itself and can never be a zombie. At first it does not even read; {@link #live()}, {@link #mute()} and {@link
 * #answering} make it read everything, on a daemon thread of its own. Methods may be called from any thread.
 *
 * <pre>{@code
 * try (RawPeer peer = RawPeer.connect(URI.create("ws://127.0.0.1:8080/chat")).mute()) {
 *     // the server pings, hears nothing, and reaps it
 * }
 * }</pre>
 */
public final class RawPeer extends PeerSocket {

    /** So long that slowness is never a failure. */
    static final Duration LIMIT = Duration.ofMinutes(2);

    private final BlockingQueue<Frame> received = new LinkedBlockingQueue<>();
    private final AtomicInteger pings = new AtomicInteger();
    private final AtomicBoolean reading = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Function<byte[], @Nullable Frame> answer = RawPeer::noAnswer;

    private RawPeer(Socket socket, boolean isClient) throws IOException {
        super(socket, isClient);
    }

    /** How a connection ended. */
    public enum End {

        /** In good order, as far as TCP goes. */
        CLOSED,

        /** By a reset or another error. */
        RESET
    }

    /** Sends something in several steps. */
    @FunctionalInterface
    public interface Sending {

        /**
         * Sends.
         *
         * @throws IOException if the connection fails
         */
        void send() throws IOException;
    }

    /**
     * Connects to a server and shakes hands.
     *
     * @param uri the address, {@code ws} or {@code wss}; any certificate will do
     * @param headers further lines for the request, such as {@code "Sec-WebSocket-Protocol: ocpp2.0.1"}
     * @return a peer that reads nothing until it is told to
     * @throws IOException if the server cannot be reached within half a minute, or does not shake hands
     */
    public static RawPeer connect(URI uri, String... headers) throws IOException {
        RawPeer peer = connectWithoutHandshake(uri);
        try {
            Handshake.asClient(peer.in, peer.out, uri, headers);
            return peer;
        } catch (IOException | RuntimeException failed) {
            peer.close();
            throw failed;
        }
    }

    /**
     * Connects to a server that speaks WebSocket from the first byte.
     *
     * @param uri the address, whose path is for nobody
     * @return a peer that reads nothing until it is told to
     * @throws IOException if the server cannot be reached within half a minute
     */
    public static RawPeer connectWithoutHandshake(URI uri) throws IOException {
        return new RawPeer(open(uri), true);
    }

    /** The server's side of a connection that was accepted. */
    static RawPeer accepted(Socket socket) throws IOException {
        RawPeer peer = new RawPeer(socket, false);
        Handshake.asServer(peer.in, peer.out);
        return peer;
    }

    /**
     * Reads everything from now on, and answers pings as the RFC has it.
     *
     * @return this
     */
    public RawPeer live() {
        return answering(Frame::pong);
    }

    /**
     * Reads everything from now on, and answers no ping.
     *
     * @return this
     */
    public RawPeer mute() {
        return answering(RawPeer::noAnswer);
    }

    /**
     * Reads everything from now on, and answers each ping with its first bytes only, as some devices do.
     *
     * @param bytes how many bytes of the payload it sends back
     * @return this
     */
    public RawPeer truncating(int bytes) {
        return answering(ping -> Frame.pong(Arrays.copyOf(ping, Math.min(bytes, ping.length))));
    }

    /**
     * Reads everything from now on, and answers each ping with what nobody has sent.
     *
     * @param payload what its pongs say
     * @return this
     */
    public RawPeer forging(byte[] payload) {
        return answering(ping -> Frame.pong(payload));
    }

    /**
     * Reads everything from now on, and answers each ping with what a function makes of its payload.
     *
     * @param how runs on the peer's own thread; null stands for no answer
     * @return this
     */
    public RawPeer answering(Function<byte[], @Nullable Frame> how) {
        answer = how;
        if (reading.compareAndSet(false, true)) {
            Thread reader = new Thread(this::read, "raw-peer-" + localPort());
            reader.setDaemon(true);
            reader.start();
        }
        return this;
    }

    /**
     * Takes bytes in at a rate from now on, evenly, as over a slow link, whenever it reads; a ping behind a large message is
     * answered when it has read that far.
     *
     * @param bytesPerSecond how many at most, from 1
     * @return this
     */
    public RawPeer slow(int bytesPerSecond) {
        stream.pace(bytesPerSecond);
        return this;
    }

    /**
     * Stops reading, and so answering, until it is told to {@linkplain #thaw() go on}; its kernel acknowledges until its
     * buffers are full.
     *
     * @return this
     */
    public RawPeer freeze() {
        stream.freeze(true);
        return this;
    }

    /**
     * Goes on reading, if it did before.
     *
     * @return this
     */
    public RawPeer thaw() {
        stream.freeze(false);
        return this;
    }

    /**
     * Waits for the next frame of a kind; others before it are passed over.
     *
     * @param opcode the kind
     * @return the frame
     * @throws InterruptedException if interrupted
     * @throws AssertionError if none came within two minutes
     */
    public Frame await(int opcode) throws InterruptedException {
        return await("frame of kind " + opcode, frame -> frame.opcode() == opcode);
    }

    /**
     * Waits for the next frame of a message; others before it are passed over.
     *
     * @return the frame
     * @throws InterruptedException if interrupted
     * @throws AssertionError if none came within two minutes
     */
    public Frame awaitData() throws InterruptedException {
        return await("frame of a message", frame -> frame.opcode() < Frame.CLOSE);
    }

    /**
     * Waits for the next frame of any kind.
     *
     * @return the frame
     * @throws InterruptedException if interrupted
     * @throws AssertionError if none came within two minutes
     */
    public Frame awaitFrame() throws InterruptedException {
        return await("frame", frame -> true);
    }

    private Frame await(String what, Predicate<Frame> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        for (long left = LIMIT.toNanos(); left > 0; left = deadline - System.nanoTime()) {
            Frame frame = received.poll(left, TimeUnit.NANOSECONDS);
            if (frame != null && wanted.test(frame)) {
                return frame;
            }
        }
        throw new AssertionError("no " + what + " within " + LIMIT);
    }

    /**
     * Waits for the end of the connection, reading all that comes before.
     *
     * @return how it ended
     * @throws InterruptedException if interrupted
     * @throws AssertionError if it has not ended within two minutes
     */
    public End awaitEnd() throws InterruptedException {
        if (!reading.get()) {
            mute();
        }
        if (!ended.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the connection has not ended within " + LIMIT);
        }
        return stream.hasFailed() ? End.RESET : End.CLOSED;
    }

    /**
     * Tells whether the connection has ended, as far as it was read.
     *
     * @return true once all that came was read and no more can come
     */
    public boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /**
     * Counts the pings that came and were answered, if they are answered at all.
     *
     * @return how many so far
     */
    public int pings() {
        return pings.get();
    }

    private static @Nullable Frame noAnswer(byte[] ping) {
        return null;
    }

    private void read() {
        try {
            while (true) {
                Frame frame = Frame.read(in);
                if (frame.opcode() == Frame.PING) {
                    Frame reply = answer.apply(frame.payload());
                    if (reply != null) {
                        send(reply);
                    }
                    pings.incrementAndGet();
                }
                received.add(frame);
            }
        } catch (IOException | RuntimeException end) {
            ended.countDown();
        }
    }
}
