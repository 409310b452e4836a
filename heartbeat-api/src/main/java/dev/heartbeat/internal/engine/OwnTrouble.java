package dev.heartbeat.internal.engine;

/**
 * Whether verdicts wait on most connections of a pacemaker because a handler runs or input lies unread: then what is slow is this
 * process and not the peers, and no cap ends the wait. The pacemaker's thread only.
 */
final class OwnTrouble {

    /** A verdict that waits comes round once in a pong timeout, which is ten seconds by default. */
    static final int WINDOW = 10_000;

    /** Of fewer connections nothing can be told. */
    private static final int FEWEST = 3;

    private int windowBegan;
    private int waiting;
    private int waitingBefore;

    /** A verdict waits because of us; told once in a window for each connection. */
    void waits(int now) {
        turn(now);
        waiting++;
    }

    /** Whether that is so of more than half of all that are watched. */
    boolean isLikely(int now, int watched) {
        turn(now);
        return watched >= FEWEST && 2 * Math.max(waiting, waitingBefore) > watched;
    }

    private void turn(int now) {
        if (now - windowBegan >= WINDOW) {
            waitingBefore = now - windowBegan < 2 * WINDOW ? waiting : 0;
            waiting = 0;
            windowBegan = now;
        }
    }
}
