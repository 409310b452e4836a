package dev.heartbeat.internal.state;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * The payloads of pings: twelve printable ASCII characters, because devices cut a pong at its first zero byte or drop an
 * empty one. A payload is the moment of its ping, enciphered, so that nothing is stored for it, and the echo of any earlier ping
 * tells which one it answers; of the payloads that a peer could make up one in 262 144 is the moment of anything.
 */
public final class PingPayloads {

    static final int LENGTH = 12;

    private static final char[] DIGITS = "0123456789abcdefghijklmnopqrstuv".toCharArray();

    private static final int BITS = 5 * LENGTH;
    private static final long MASK = (1L << BITS) - 1;
    private static final long FINE_MASK = (1L << 42) - 1;
    private static final long FIRST = 0xBF58476D1CE4E5B9L;
    private static final long SECOND = 0x94D049BB133111EBL;
    private static final long FIRST_INVERSE = inverse(FIRST);
    private static final long SECOND_INVERSE = inverse(SECOND);

    private final long secret = new SecureRandom().nextLong();

    /** A fresh buffer with the payload for a ping sent at a fine stamp. */
    public ByteBuffer payload(long sentFine) {
        long token = token(sentFine);
        byte[] bytes = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            bytes[i] = digit(token, i);
        }
        return ByteBuffer.wrap(bytes);
    }

    /** Whether a pong echoes the ping sent at a fine stamp. */
    public boolean echoes(ByteBuffer pong, long sentFine) {
        if (pong.remaining() != LENGTH) {
            return false;
        }
        long token = token(sentFine);
        int start = pong.position();
        for (int i = 0; i < LENGTH; i++) {
            if (pong.get(start + i) != digit(token, i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a pong carries the beginning of the payload of the ping sent at a fine stamp, or nothing. */
    public boolean truncates(ByteBuffer pong, long sentFine) {
        long token = token(sentFine);
        boolean same = pong.remaining() < LENGTH;
        for (int i = 0; same && i < pong.remaining(); i++) {
            same = pong.get(pong.position() + i) == digit(token, i);
        }
        return same;
    }

    /** The fine stamp of the ping that a pong echoes, whenever that was sent; negative if it echoes none. */
    public long sentOf(ByteBuffer pong) {
        if (pong.remaining() != LENGTH) {
            return -1;
        }
        long token = 0;
        for (int i = LENGTH - 1; i >= 0; i--) {
            int value = Character.digit(pong.get(pong.position() + i), 32);
            if (value < 0) {
                return -1;
            }
            token = token << 5 | value;
        }
        long sentFine = sent(token);
        return sentFine <= FINE_MASK && echoes(pong, sentFine) ? sentFine : -1;
    }

    private static byte digit(long token, int i) {
        return (byte) DIGITS[(int) (token >>> (5 * i)) & 31];
    }

    /** The finalizer of splitmix64, on 60 bits: every bit of the input changes every bit of the result, and it can be undone. */
    private long token(long sentFine) {
        long z = (sentFine + secret) & MASK;
        z = (z ^ z >>> 30) * FIRST & MASK;
        z = (z ^ z >>> 27) * SECOND & MASK;
        return z ^ z >>> 31;
    }

    private long sent(long token) {
        long z = (token ^ token >>> 31) * SECOND_INVERSE & MASK;
        z = (z ^ z >>> 27 ^ z >>> 54) * FIRST_INVERSE & MASK;
        return ((z ^ z >>> 30) - secret) & MASK;
    }

    /** What undoes a multiplication by an odd number: each of Newton's steps doubles the bits that are right, from three on. */
    private static long inverse(long odd) {
        long inverse = odd;
        for (int bits = 3; bits < Long.SIZE; bits *= 2) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }
}
