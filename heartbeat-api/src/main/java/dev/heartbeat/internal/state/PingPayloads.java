package dev.heartbeat.internal.state;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * The payloads of pings: twelve printable ASCII characters, because devices cut a pong at its first zero byte or drop an
 * empty one. A payload follows from the moment of its ping and a secret, so that nothing is stored for it and no peer can
 * answer a ping it has not had.
 */
public final class PingPayloads {

    static final int LENGTH = 12;

    private static final char[] DIGITS = "0123456789abcdefghijklmnopqrstuv".toCharArray();

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

    private static byte digit(long token, int i) {
        return (byte) DIGITS[(int) (token >>> (5 * i)) & 31];
    }

    /** The finalizer of splitmix64: every bit of the input changes every bit of the result. */
    private long token(long sentFine) {
        long z = sentFine + secret;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
