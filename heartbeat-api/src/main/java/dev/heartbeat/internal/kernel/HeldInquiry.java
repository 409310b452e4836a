package dev.heartbeat.internal.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Finds out, by one look after the other, whether somebody still holds a socket. A pass over the table may miss a socket while others
 * come and go, so that it counts as gone when so many passes in a row have not seen it. One thread at a time.
 */
public final class HeldInquiry {

    private final SocketLooks looks;
    private final SocketAddresses socket;
    private final int enough;
    private @Nullable SocketLook look;
    private long number;
    private int misses;
    private int answers;
    private Answer latest = Answer.AWAITED;

    /** What is known so far. */
    public enum Answer {

        /** Nothing yet. */
        AWAITED,

        /** The latest look has seen it. */
        HELD,

        /** It is not there any more. */
        GONE,

        /** The kernel cannot be asked. */
        UNKNOWN
    }

    /**
     * An inquiry that has not begun.
     *
     * @param looks whom to ask
     * @param socket about which socket
     * @param number that of the socket if it has been seen before, else 0
     * @param enough how many passes in a row must have missed it
     */
    public HeldInquiry(SocketLooks looks, SocketAddresses socket, long number, int enough) {
        this.looks = looks;
        this.socket = socket;
        this.number = number;
        this.enough = enough;
    }

    /** What is known now; looks again unless that is final, or the kernel has yet to answer. */
    public Answer ask() {
        if (latest == Answer.GONE || latest == Answer.UNKNOWN) {
            return latest;
        }
        SocketLook current = look;
        if (current != null && !current.isDone()) {
            return latest;
        }
        if (current != null) {
            answers++;
            latest = conclude(current);
        }
        if (latest == Answer.AWAITED || latest == Answer.HELD) {
            look = looks.look(socket);
            latest = look == null ? Answer.UNKNOWN : latest;
        }
        return latest;
    }

    /** The number of the socket; 0 if no look has seen it. */
    public long number() {
        return number;
    }

    /** How many looks have been answered. */
    public int answers() {
        return answers;
    }

    private Answer conclude(SocketLook answered) {
        if (answered.isAbsent()) {
            misses++;
            return misses >= enough ? Answer.GONE : latest;
        }
        misses = 0;
        if (!answered.isFound()) {
            return Answer.UNKNOWN;
        }
        if (number != 0 && answered.number() != 0 && number != answered.number()) {
            return Answer.GONE; // that is the socket of a peer that has come back from the same port
        }
        number = answered.number();
        return Answer.HELD;
    }
}
