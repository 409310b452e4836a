package dev.heartbeat;

/**
 * A habit of a peer that departs from RFC 6455 or from what it leads one to expect. A peer is watched in spite of it, and the
 * application is told once for each connection.
 *
 * @see LivenessListener#onQuirk
 */
public enum Quirk {

    /**
     * It sends data, but no pong to a ping. Its data alone tell that it lives, so that it is given four times the usual time
     * from a ping to its next sign of life.
     */
    PONG_MUTE("it answers no ping"),

    /** Its pongs carry the beginning of our payload, or nothing. They are signs of life without a round trip. */
    TRUNCATED_PONGS("it truncates pongs"),

    /** It sends pongs that echo no ping of ours: unasked, late, altered or forged. They are signs of life only. */
    FOREIGN_PONGS("it sends pongs that nobody asked for");

    private final String phrase;

    Quirk(String phrase) {
        this.phrase = phrase;
    }

    /**
     * The quirk in words.
     *
     * @return a phrase in lower case
     */
    public String phrase() {
        return phrase;
    }
}
