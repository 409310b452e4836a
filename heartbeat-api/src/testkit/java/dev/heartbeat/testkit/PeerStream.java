package dev.heartbeat.testkit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What a peer takes in: at a rate, or not at all for a while. Remembers how it ended. */
final class PeerStream extends FilterInputStream {

    /** Small, so that a pause begins soon after it was asked for, and a rate is even. */
    private static final int MOST_AT_ONCE = 8 * 1024;

    /** Often, as a sender sees a reader that pauses for long as one that has stopped. */
    private static final int PACED_READS_PER_SECOND = 10;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private int bytesPerSecond = Integer.MAX_VALUE;
    private long dueAt;
    private volatile long taken;
    private boolean frozen;
    private volatile boolean failed;

    PeerStream(InputStream in) {
        super(in);
    }

    synchronized void pace(int rate) {
        bytesPerSecond = rate;
        dueAt = System.nanoTime();
    }

    /** How many bytes have been taken in since it was opened. */
    long taken() {
        return taken;
    }

    synchronized void freeze(boolean freeze) {
        frozen = freeze;
        notifyAll();
    }

    /** Whether it ended in an error, such as a reset, and not in good order. */
    boolean hasFailed() {
        return failed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            await();
            int some = super.read(bytes, offset, Math.min(length, atOnce()));
            take(Math.max(0, some));
            // What was on its way when the peer froze is not seen before it thaws.
            await();
            return some;
        } catch (IOException end) {
            failed = true;
            throw end;
        }
    }

    private synchronized int atOnce() {
        return Math.min(MOST_AT_ONCE, Math.max(1, bytesPerSecond / PACED_READS_PER_SECOND));
    }

    /** What was not taken in while there was nothing, or while it was frozen, is not made up for: no link does so. */
    private synchronized void take(int some) {
        taken += some;
        long earliest = System.nanoTime() - NANOS_PER_SECOND / PACED_READS_PER_SECOND;
        dueAt = Math.max(dueAt, earliest) + some * NANOS_PER_SECOND / bytesPerSecond;
    }

    private synchronized void await() throws IOException {
        try {
            for (long early = early(); frozen || early > 0; early = early()) {
                wait(frozen ? 0 : early / 1_000_000, frozen ? 0 : (int) (early % 1_000_000));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    /** For how many nanoseconds what was taken in so far is to be enough. */
    private long early() {
        return bytesPerSecond == Integer.MAX_VALUE ? 0 : dueAt - System.nanoTime();
    }
}
