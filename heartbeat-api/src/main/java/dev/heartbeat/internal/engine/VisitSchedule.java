package dev.heartbeat.internal.engine;

import static dev.heartbeat.internal.time.CoarseTime.earlier;

import dev.heartbeat.internal.state.DueStamps;
import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.state.TalkingPeers;
import dev.heartbeat.internal.wheel.TimingWheel;

/**
 * When each connection of a pacemaker is looked at next, and how many may be pinged in one tick. The pacemaker's thread
 * only.
 */
final class VisitSchedule {

    /** How soon data that clears a suspicion is noticed, in stamps: half a second. */
    private static final int SUSPECT_LOOK = 477;

    /** How often a connection of a blocking transport comes round at least, in stamps: every five seconds. */
    private static final int OPEN_CHECK = 4_768;

    /** Pings in one tick beyond which they spread over the following ones, whatever the size of the herd. */
    private static final int FEWEST_PINGS_PER_TICK = 256;

    private final Pacemaker pacemaker;
    private final TimingWheel<HeartbeatHandle> wheel;

    /** Whether each connection comes round now and then to be asked whether it is open. */
    private final boolean checksOpen;

    private int pingsLeft;
    private int pingsPerTick = 1;

    VisitSchedule(Pacemaker pacemaker, TimingWheel<HeartbeatHandle> wheel, boolean checksOpen) {
        this.pacemaker = pacemaker;
        this.wheel = wheel;
        this.checksOpen = checksOpen;
    }

    /** Sets how many pings this tick may send: four times as many as there are if all are quiet and evenly spread. */
    void beginTick(int shortestInterval) {
        long level = (long) wheel.size() * wheel.grain() / shortestInterval;
        pingsPerTick = (int) Math.max(FEWEST_PINGS_PER_TICK, 4 * level);
        pingsLeft = pingsPerTick;
    }

    /** Takes one of the pings that this tick may send; false if there is none left. */
    boolean takePing() {
        return pingsLeft-- > 0;
    }

    /** How long an entry can have been armed for, in stamps. */
    int longestArmed() {
        return checksOpen ? Math.min(OPEN_CHECK, wheel.horizon()) : wheel.horizon();
    }

    /** The stamp of the first ping of a connection: evenly at random within the first interval, however long that is. */
    int firstPing(HeartbeatHandle heartbeat) {
        return wheel.pickAhead(
                pacemaker.now() + 1, heartbeat.heard() + heartbeat.limits().idle());
    }

    /** Whether a ping that might go out now has time left and no herd to make room for. */
    boolean mayWait(Facts facts) {
        Limits limits = facts.limits;
        int earliest = facts.heard + limits.eager();
        int latest = facts.heard + limits.idle();
        return StateWord.state(facts.word) == StateWord.QUIET
                && facts.now - earliest >= 0
                && latest - facts.now > 0
                && facts.now - facts.sent() < limits.verify()
                && !wheel.isCrowded(earliest, latest);
    }

    /** Arms an active connection anywhere in the window before its next ping, which begins at a stamp. */
    void armActive(HeartbeatHandle heartbeat, int earliest) {
        Limits limits = heartbeat.binding().limits;
        int latest = earliest + limits.idle() - limits.eager();
        if (restsUntil(earliest, latest)) {
            put(heartbeat, lastRest(earliest), true);
        } else {
            wheel.armBetween(heartbeat, earliest, inReach(latest));
        }
    }

    /** Arms a connection for when it needs to be looked at next; a quiet one anywhere in the window before its ping. */
    void arm(HeartbeatHandle heartbeat, Facts facts) {
        int now = facts.now;
        if (!facts.isJudged) {
            put(heartbeat, now + SUSPECT_LOOK, false); // until it closes
            return;
        }
        int state = StateWord.state(facts.word);
        int due = DueStamps.due(facts);
        boolean rests = false;
        if (facts.isAwaited && !facts.hasVerdict) {
            put(heartbeat, now + 1, false);
            return;
        }
        if (due - now <= 0 && pingsLeft < 0) {
            // As many pings as fit into a tick go out now, as many again in the next tick, and so on.
            due = now + wheel.grain() * (1 - pingsLeft / pingsPerTick);
        } else if (due - now <= 0 && facts.isHeldBack && facts.isPingBehindOutput()) {
            due = now + Math.min(SUSPECT_LOOK, facts.limits.pong() / 4); // the kernel is asked each time
        } else if (state == StateWord.QUIET) {
            int earliest = due - facts.limits.idle() + facts.limits.eager();
            rests = restsUntil(earliest, due);
            due = DueStamps.dueIfDeaf(facts, rests ? lastRest(earliest) : wheel.pickLate(earliest, inReach(due)));
        }
        due = DueStamps.dueForTheApplication(facts, due);
        if (TalkingPeers.dueApart(facts) != null) {
            due = now + Math.min(SUSPECT_LOOK, facts.limits.eager()); // held
        }
        if (state == StateWord.CLOSING) {
            int look = now + SUSPECT_LOOK; // it may be free by then
            due = facts.hasVerdict ? look : earlier(due, look);
        }
        if (state == StateWord.SUSPECT) {
            int look = now + Math.min(SUSPECT_LOOK, facts.limits.eager());
            boolean isHeld = due - facts.listened < 0;
            due = isHeld ? look : earlier(due, look);
        }
        put(heartbeat, due, rests);
    }

    /** Whether an entry rests at least once before the window begins in which it is pinged. */
    private boolean restsUntil(int earliest, int latest) {
        return latest - inReach(latest) > 0 && lastRest(earliest) - pacemaker.now() > 0;
    }

    /** The last rest ends before the window begins, so that all of it is in reach when a moment is chosen. */
    private int lastRest(int earliest) {
        return earliest - wheel.grain();
    }

    private int inReach(int latest) {
        return checksOpen ? earlier(latest, pacemaker.now() + OPEN_CHECK) : latest;
    }

    private void put(HeartbeatHandle heartbeat, int due, boolean rests) {
        int check = pacemaker.now() + OPEN_CHECK;
        if (checksOpen && (rests || due - check > 0)) {
            wheel.rest(heartbeat, earlier(due, check));
        } else {
            wheel.arm(heartbeat, due);
        }
    }
}
