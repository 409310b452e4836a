package dev.heartbeat.internal.adaptive;

/**
 * A scale of lengths in stamps, eight steps to the octave, so that each is known to about a tenth.
 *
 * @param octave the binary logarithm of the shortest length on the scale
 * @param steps how many steps there are
 */
record LogLinearScale(int octave, int steps) {

    /** The step within which a length lies: negative for one below the scale, the last one for any beyond it. */
    int step(int length) {
        if (length < 1 << octave) {
            return -1;
        }
        int exponent = 31 - Integer.numberOfLeadingZeros(length);
        int eighth = (length >>> (exponent - 3)) & 7;
        return Math.min(steps - 1, (exponent - octave) * 8 + eighth);
    }

    /** The shortest length that is longer than any within a step. */
    int end(int step) {
        int next = step + 1;
        return (8 + (next & 7)) << (octave - 3 + (next >> 3));
    }
}
