package dev.heartbeat.internal.kernel;

import dev.heartbeat.SocketState;
import java.nio.ByteOrder;

/**
 * One line of the table at a time, read where it lies. Addresses are hexadecimal words in the order of the host, an IPv4 address
 * counts as the IPv6 address that stands for it:
 *
 * <pre>{@code
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *    1: 0100007F:1F90 0100007F:D2F0 01 0000000E:00000014 01:00000019 00000002     0        0 27313 2 ...
 * }</pre>
 */
final class TableRow {

    private static final int TIME_WAIT = 0x06;
    private static final int CLOSE_WAIT = 0x08;
    private static final int LAST_ACK = 0x09;
    private static final int LISTEN = 0x0A;
    private static final int CLOSING = 0x0B;

    /** The timer that runs while the other end takes no more bytes. */
    private static final int WINDOW_PROBE = 0x04;

    private final boolean reversed;
    private byte[] bytes = {};
    private int at;
    private int end;
    private boolean malformed;

    private long high;
    private long low;
    private long ports;
    private int unacknowledged;
    private int unread;
    private int timer;
    private int retransmissions;
    private long inode;

    TableRow(ByteOrder order) {
        this.reversed = order == ByteOrder.LITTLE_ENDIAN;
    }

    /** Reads whose line it is; false if it is no line of a socket. */
    boolean readEnds(byte[] from, int start, int stop) {
        bytes = from;
        at = start;
        end = stop;
        malformed = false;
        spaces();
        word();
        spaces();
        int localPort = addressAndPort();
        spaces();
        int remotePort = addressAndPort();
        ports = WantedSockets.ports(localPort, remotePort);
        return !malformed;
    }

    /** Reads the rest of the line; false if that is malformed, or there is no connection behind it that somebody holds. */
    boolean readNumbers() {
        spaces();
        int status = hex(2);
        spaces();
        unacknowledged = hex(8);
        expect(':');
        unread = hex(8);
        spaces();
        timer = hex(2);
        word();
        spaces();
        retransmissions = hex(8);
        for (int skipped = 0; skipped < 2; skipped++) {
            spaces();
            word();
        }
        spaces();
        inode = decimal();
        if (unread > 0 && (status == CLOSE_WAIT || status == LAST_ACK || status == CLOSING)) {
            unread--; // the end of the peer's stream takes a number of its own, which is no byte
        }
        return !malformed && status != TIME_WAIT && status != LISTEN && inode != 0;
    }

    /** The two ports, as {@link WantedSockets#ports} packs them. */
    long ports() {
        return ports;
    }

    /** The upper half of the far end's address. */
    long remoteHigh() {
        return high;
    }

    /** The lower half of it. */
    long remoteLow() {
        return low;
    }

    /** The number of the socket, by which two lines of one are told from two sockets. */
    long inode() {
        return inode;
    }

    /** The numbers; one that was read while it changed may be negative, which is none. */
    SocketState state() {
        return new SocketState(
                Math.max(0, unacknowledged), Math.max(0, unread), Math.max(0, retransmissions), timer == WINDOW_PROBE);
    }

    private int addressAndPort() {
        int first = networkOrder();
        if (at < end && bytes[at] == ':') {
            high = 0;
            low = WantedSockets.mapped(first);
        } else {
            high = joined(first, networkOrder());
            low = joined(networkOrder(), networkOrder());
        }
        expect(':');
        return hex(4);
    }

    private int networkOrder() {
        int word = hex(8);
        return reversed ? Integer.reverseBytes(word) : word;
    }

    private static long joined(int upper, int lower) {
        return (long) upper << 32 | Integer.toUnsignedLong(lower);
    }

    private int hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            value = value << 4 | digit(16);
        }
        return value;
    }

    private long decimal() {
        long value = digit(10);
        while (at < end && bytes[at] != ' ') {
            value = value * 10 + digit(10);
        }
        return value;
    }

    private int digit(int radix) {
        int digit = at < end ? Character.digit(bytes[at++] & 0xFF, radix) : -1;
        malformed |= digit < 0;
        return Math.max(0, digit);
    }

    private void expect(char wanted) {
        malformed |= at >= end || bytes[at++] != wanted;
    }

    private void spaces() {
        while (at < end && bytes[at] == ' ') {
            at++;
        }
    }

    private void word() {
        while (at < end && bytes[at] != ' ') {
            at++;
        }
    }
}
