package dev.heartbeat.internal.engine;

import dev.heartbeat.Termination;
import dev.heartbeat.internal.kernel.HeldInquiry;
import dev.heartbeat.internal.kernel.SocketAddresses;
import dev.heartbeat.internal.kernel.SocketLooks;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Terminations of which the kernel is asked whether the descriptor is free, whatever the transport says of it. They are added on any
 * thread; everything else happens on the pacemaker's.
 */
final class Confirmations {

    /** How long the kernel may go on to have a socket before that is told, in stamps: five seconds, in which some containers finish. */
    private static final int LONGEST_HELD = 4_768;

    /** How long its answers may take in all, on a host with very many sockets: thirty seconds. */
    private static final int LONGEST_AWAITED = 28_610;

    private final SocketLooks looks;
    private final ConcurrentLinkedQueue<Confirmation> pending = new ConcurrentLinkedQueue<>();

    /** Terminations that will be added, or are pending. */
    private final AtomicInteger expected = new AtomicInteger();

    Confirmations(SocketLooks looks) {
        this.looks = looks;
    }

    private record Confirmation(Reaping reaping, Termination told, HeldInquiry inquiry, int since) {}

    /** A termination is under way which will be added. */
    void expect() {
        expected.incrementAndGet();
    }

    /**
     * A transport has done what it could, as it says, with the connection that had a socket.
     *
     * @param number that of the socket, if the kernel has shown it before, else 0
     */
    void add(Reaping reaping, Termination told, SocketAddresses socket, long number, int now) {
        // One pass confirms what the transport says; against it, or where it does not know, one may have missed the
        // socket.
        HeldInquiry inquiry = new HeldInquiry(looks, socket, number, told.freed() ? 1 : 2);
        pending.add(new Confirmation(reaping, told, inquiry, now));
    }

    /** Tells of those that the kernel has answered for. */
    void tick(int now) {
        if (expected.get() == 0) {
            return;
        }
        for (Confirmation one : pending) {
            Termination result = result(one, now);
            if (result != null && pending.remove(one)) {
                finish(one, result);
            }
        }
    }

    /** Nobody asks the kernel any more: what transports say is told. */
    void giveUp() {
        for (Confirmation one = pending.poll(); one != null; one = pending.poll()) {
            finish(one, one.told());
        }
    }

    boolean isIdle() {
        return expected.get() == 0;
    }

    private void finish(Confirmation one, Termination result) {
        expected.decrementAndGet();
        one.reaping().finish(result);
    }

    /** What became of it; null if that is not known yet. */
    private static @Nullable Termination result(Confirmation one, int now) {
        Termination told = one.told();
        int waited = now - one.since();
        return switch (one.inquiry().ask()) {
            // If it has never been seen, it may be looked for by the wrong ends.
            case GONE -> one.inquiry().number() == 0 ? told : Termination.freed(told.means());
            case UNKNOWN -> told;
            case AWAITED -> waited < LONGEST_AWAITED ? null : told;
            case HELD ->
                waited < LONGEST_HELD || (one.inquiry().answers() < 2 && waited < LONGEST_AWAITED)
                        ? null
                        : Termination.notFreed(told.means() + "; the kernel still has its socket");
        };
    }
}
