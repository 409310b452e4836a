package dev.heartbeat;

import dev.heartbeat.internal.text.LogText;

/**
 * What the kernel knows of a connection's socket at one moment: what a peer's own kernel acknowledges, and what nobody here has
 * read yet, cannot be seen from above it.
 *
 * @param unacknowledged bytes written but not acknowledged by the other end of the TCP connection, sent and unsent; never negative
 * @param unread bytes that have arrived and that nobody has read; never negative
 * @param retransmissions how often in a row the oldest unacknowledged bytes have been sent anew without an answer; never negative
 * @param windowClosed whether the other end takes no more bytes at present, its receive buffer being full
 */
public record SocketState(long unacknowledged, long unread, int retransmissions, boolean windowClosed) {

    /**
     * Refuses what cannot be.
     *
     * @param unacknowledged from 0
     * @param unread from 0
     * @param retransmissions from 0
     * @param windowClosed any
     * @throws IllegalArgumentException if one is negative
     */
    public SocketState {
        requireNotNegative("unacknowledged", unacknowledged);
        requireNotNegative("unread", unread);
        requireNotNegative("retransmissions", retransmissions);
    }

    /**
     * Tells whether bytes are on their way whose acknowledgement is not overdue: the oldest of them was sent less than a
     * retransmission timeout ago, so that the other end has acknowledged what was before them.
     *
     * @return false also if nothing is unacknowledged
     */
    public boolean isInFlight() {
        return unacknowledged > 0 && retransmissions == 0 && !windowClosed;
    }

    /**
     * The state in one phrase.
     *
     * @return for example {@code 14 bytes unacknowledged after 6 retransmissions}
     */
    public String explain() {
        String out = unacknowledged == 0
                ? "all bytes acknowledged"
                : LogText.count(unacknowledged, "byte") + " unacknowledged"
                        + (retransmissions == 0 ? "" : " after " + LogText.count(retransmissions, "retransmission"))
                        + (windowClosed ? ", receive window closed" : "");
        return unread == 0 ? out : out + ", " + LogText.count(unread, "byte") + " unread";
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
    }
}
