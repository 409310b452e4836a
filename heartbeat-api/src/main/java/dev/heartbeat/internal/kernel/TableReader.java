package dev.heartbeat.internal.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;

/** Cuts the table into lines and keeps what they tell of wanted sockets, without an object for any other line. One thread. */
final class TableReader {

    /** More than the kernel gives at a time, and no more than the JDK reads without a buffer from the C heap. */
    static final int CHUNK = 8 * 1024;

    private final byte[] chunk = new byte[CHUNK];
    private final TableRow row;
    private final WantedSockets sockets;
    private long rows;

    TableReader(ByteOrder order, WantedSockets sockets) {
        this.row = new TableRow(order);
        this.sockets = sockets;
    }

    /** How many lines have been read. */
    long rows() {
        return rows;
    }

    /** Reads to the end. A last line that does not end was cut, and does not count. */
    void read(InputStream in) throws IOException {
        int kept = 0;
        boolean tooLong = false;
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk, kept, CHUNK - kept)) {
            int end = kept + count;
            int start = 0;
            for (int i = kept; i < end; i++) {
                if (chunk[i] == '\n') {
                    rows++;
                    if (!tooLong) {
                        take(start, i);
                    }
                    tooLong = false;
                    start = i + 1;
                }
            }
            kept = end - start;
            if (kept == CHUNK) {
                tooLong = true;
                kept = 0;
            }
            System.arraycopy(chunk, start, chunk, 0, kept);
        }
    }

    private void take(int start, int end) {
        if (row.readEnds(chunk, start, end)) {
            WantedSockets.Entry entry = sockets.find(row.ports(), row.remoteHigh(), row.remoteLow());
            if (entry != null && row.readNumbers()) {
                entry.found(row.inode(), row.state());
            }
        }
    }
}
