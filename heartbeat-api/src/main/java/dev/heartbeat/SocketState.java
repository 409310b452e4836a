package dev.heartbeat;

import dev.heartbeat.internal.text.LogText;

/**
 * What the kernel knows of a connection's socket at one moment: what a peer's own kernel acknowledges, and what nobody here has
 * read yet, cannot be seen from above it.
 *
 * @param unacknowledged bytes written but not acknowledged by the other end of the TCP connection, sent and unsent; never negative
 * @param unread bytes that have arrived and that nobody has read; never negative
 * @param retransmissions how often in a row the oldest unacknowledged bytes have been sent anew without an answer; never negative
 */
public record SocketState(long unacknowledged, long unread, int retransmissions) {

    /**
     * Refuses what cannot be.
     *
     * @param unacknowledged from 0
     * @param unread from 0
     * @param retransmissions from 0
     * @throws IllegalArgumentException if one is negative
     */
    public SocketState {
        requireNotNegative("unacknowledged", unacknowledged);
        requireNotNegative("unread", unread);
        requireNotNegative("retransmissions", retransmissions);
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
                        + (retransmissions == 0 ? "" : " after " + LogText.count(retransmissions, "retransmission"));
        return unread == 0 ? out : out + ", " + LogText.count(unread, "byte") + " unread";
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
    }
}
