package dev.heartbeat;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Counts what the kernel has taken, in small parts, so that a large frame is seen to move. */
final class CountedOutput extends FilterOutputStream {

    private static final int PART = 8 * 1024;

    private volatile long count;

    CountedOutput(OutputStream out) {
        super(out);
    }

    long count() {
        return count;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; done += PART) {
            int part = Math.min(PART, length - done);
            out.write(bytes, offset + done, part);
            count += part;
        }
    }
}
