package dev.heartbeat.sim;

/** Some bytes of a message, all of it if it is small; whoever gets the last piece has the message. */
record Piece(Object payload, int bytes) {

    /** Stands for the message in all pieces but its last. */
    static final Object PART = "part";

    /** How large the pieces on one link are at most, and how much of them may be on their way. */
    record Size(int most, int window) {

        private static final int SMALLEST = 1400;
        private static final int LARGEST = 32 << 10;

        /** A quarter of a second each, and two seconds together, which then queue in front of the link. */
        static Size on(double rate) {
            int most = (int) Math.max(SMALLEST, Math.min(LARGEST, rate / 4));
            return new Size(most, (int) Math.max(4 * most, 2 * rate));
        }
    }
}
