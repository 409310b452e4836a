package dev.heartbeat.internal.identity;

import dev.heartbeat.internal.state.StateWord;

/**
 * What becomes of a connection whose identity a newer one has taken over: it is pinged, and is not reaped if anything is heard
 * of it before it is suspect.
 *
 * @param isLostAtOnce whether it is not asked at all
 */
public record Contest(boolean isLostAtOnce) {

    /** Whether the older connection has to make room now. */
    public boolean isLost(long word) {
        return isLostAtOnce || StateWord.state(word) == StateWord.SUSPECT;
    }

    /** Whether the older connection, once it has been pinged, has shown that it lives. */
    public boolean isWon(long word) {
        return !StateWord.unanswered(word);
    }

    /** This contest and another one for the same connection. */
    public Contest with(Contest other) {
        return new Contest(isLostAtOnce || other.isLostAtOnce);
    }
}
