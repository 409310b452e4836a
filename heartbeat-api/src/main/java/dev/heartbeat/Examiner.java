package dev.heartbeat;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what {@link Pulse} decides, for the connections of one pacemaker and on its thread: asks the connection what
 * hinders it, hands pings and terminations over to threads that may wait, tells the application, and arms the wheel.
 */
final class Examiner implements Wheel.Visitor {

    private static final Logger log = LoggerFactory.getLogger(ZombieDetector.class);

    /** How soon data that clears a suspicion is noticed, in stamps: half a second. */
    private static final int SUSPECT_LOOK = 477;

    /** How often a connection of a blocking transport comes round at least, in stamps: every five seconds. */
    private static final int NAP = 4_768;

    /** Pings in one tick beyond which they spread over the following ones, whatever the size of the herd. */
    private static final int FEWEST_PINGS_PER_TICK = 256;

    private final Pacemaker pacemaker;
    private final Wheel wheel;
    private final Pinger pinger;
    private final Reporter reporter;
    private final Reaper reaper;
    private final Reprieve reprieve;
    private final Echoes echoes;

    /** Whether nobody may report a close, so that every connection is asked now and then. */
    private final boolean asksWhetherOpen;

    private boolean judges = true;
    private boolean passesYoung;
    private int pingsLeft;
    private int pingsPerTick = 1;
    private int latestHeard;

    Examiner(
            Pacemaker pacemaker,
            Wheel wheel,
            Pinger pinger,
            Reporter reporter,
            Reaper reaper,
            boolean asksWhetherOpen) {
        this.pacemaker = pacemaker;
        this.wheel = wheel;
        this.pinger = pinger;
        this.reporter = reporter;
        this.reaper = reaper;
        this.reprieve = new Reprieve(pacemaker, reporter);
        this.echoes = new Echoes(reporter);
        this.asksWhetherOpen = asksWhetherOpen;
        this.latestHeard = pacemaker.now();
    }

    /** Takes a connection in. */
    void admit(Heartbeat heartbeat) {
        plan(heartbeat);
        if (Pulse.state(heartbeat.word()) != Pulse.ENDED) {
            arm(heartbeat);
        }
    }

    /** Plans the first ping of a connection that has had none, at random within the first interval. */
    void plan(Heartbeat heartbeat) {
        if (heartbeat.rhythm().limits.stale() > 0) {
            Chart chart = heartbeat.chart();
            if (chart != null) {
                chart.freshness(pacemaker.now());
            }
        }
        if (heartbeat.rhythm().learns) {
            pacemaker.facts().beginToLearn(heartbeat);
        }
        long word = heartbeat.word();
        if (Pulse.state(word) == Pulse.NEW) {
            int now = pacemaker.now();
            int first =
                    wheel.pick(now + 1, heartbeat.heard() + heartbeat.limits().idle());
            heartbeat.advance(word, Pulse.planned(first));
        }
    }

    /** Sets how many pings this tick may send: four times as many as there are if all are quiet and evenly spread. */
    void beginTick(int shortestInterval) {
        long level = (long) wheel.size() * wheel.grain() / shortestInterval;
        pingsPerTick = (int) Math.max(FEWEST_PINGS_PER_TICK, 4 * level);
        pingsLeft = pingsPerTick;
        passesYoung = !asksWhetherOpen && judges && !pacemaker.isClosed();
    }

    /** The latest stamp of hearing that an entry had which came round. */
    int latestHeard() {
        return latestHeard;
    }

    /** How long an entry can have been armed for, in stamps. */
    int longestArmed() {
        return asksWhetherOpen ? Math.min(NAP, wheel.horizon()) : wheel.horizon();
    }

    /** The earliest stamp of the window in which an active connection, the common case, is armed again; 0 for others. */
    @Override
    public long glance(Heartbeat heartbeat) {
        long word = heartbeat.word();
        int heard = heartbeat.heard();
        if (heard - latestHeard > 0) {
            latestHeard = heard;
        }
        Limits limits = heartbeat.rhythm().limits;
        int earliest = heard + limits.eager();
        int latest = earliest + limits.idle() - limits.eager();
        boolean young = passesYoung
                && Pulse.state(word) == Pulse.QUIET
                && pacemaker.now() - earliest < 0
                && latest - Stamp.coarse(Pulse.sent(word)) - limits.verify() < 0
                && !Pulse.owesEcho(word)
                && !heartbeat.rhythm().learns
                && limits.stale() == 0;
        return young ? ((long) earliest << 32) | 1 : 0;
    }

    @Override
    public void visit(Heartbeat heartbeat, long glance) {
        if (glance == 0) {
            visitClosely(heartbeat);
        } else {
            Limits limits = heartbeat.rhythm().limits;
            int earliest = (int) (glance >> 32);
            wheel.armBetween(heartbeat, earliest, earliest + limits.idle() - limits.eager());
        }
    }

    private void visitClosely(Heartbeat heartbeat) {
        if (pacemaker.isClosed()) {
            pacemaker.facts().stopped(heartbeat);
            return;
        }
        boolean goesOn = true;
        try {
            goesOn = examine(heartbeat);
        } catch (Throwable unforeseen) {
            log.warn("Examining a connection failed; it stays watched", unforeseen);
        }
        if (goesOn) {
            arm(heartbeat);
        }
    }

    /** Sends no ping and reaches no verdict from now on, but still notices who has closed. */
    void stopJudging() {
        judges = false;
    }

    /**
     * Brings one connection up to date; harmless at any time, as often as one likes.
     *
     * @return whether the watch goes on
     */
    boolean examine(Heartbeat heartbeat) {
        if (asksWhetherOpen && isClosed(heartbeat)) {
            return false;
        }
        if (!judges) {
            return Pulse.state(heartbeat.word()) != Pulse.ENDED;
        }
        while (true) {
            long word = heartbeat.word();
            int heard = heartbeat.heard();
            int putOff = Reprieve.putOff(heartbeat, word);
            Limits limits = heartbeat.limits();
            if (limits.stale() > 0 && isReapedAsStale(heartbeat, word, heard)) {
                return false;
            }
            if (isAsleep(heartbeat) && heard != Pulse.heardAt(heard)) {
                return true;
            }
            if (Echoes.owes(heartbeat, word)
                    && Pulse.isDeaf(word, Echoes.owedSince(heartbeat, word), pacemaker.listened(), limits, putOff)) {
                return reprieve.isHindered(heartbeat, word, limits.deaf(), limits)
                        || !reaper.reap(heartbeat, word, heard, ReapReason.DEAF);
            }
            switch (Pulse.decide(word, heard, pacemaker.now(), pacemaker.listened(), limits, putOff)) {
                case REST -> {
                    return true;
                }
                case FORGET -> {
                    return false;
                }
                case PING -> {
                    return mayWait(word, heard, limits) || ping(heartbeat);
                }
                case SETTLE -> heartbeat.advance(word, Pulse.settled(word));
                case RECOVER -> {
                    if (heartbeat.advance(word, Pulse.settled(word))) {
                        reporter.recovery(heartbeat, pacemaker.nanosSince(Pulse.sent(word)));
                    }
                }
                case SUSPECT -> {
                    if (isClosed(heartbeat)) {
                        return false;
                    }
                    if (reprieve.isHindered(heartbeat, word, limits.pong(), limits)) {
                        return true;
                    }
                    if (heartbeat.advance(word, Pulse.suspected(word))) {
                        reporter.timeout(heartbeat, () -> reaper.evidence(heartbeat.chartIfAny(), word, heard));
                    }
                }
                case REAP -> {
                    if (isClosed(heartbeat)) {
                        return false;
                    }
                    if (reprieve.isHindered(heartbeat, word, limits.reap(), limits)) {
                        return true;
                    }
                    if (reprieve.isHeld(heartbeat, word, limits)) {
                        return true;
                    }
                    reaper.reap(heartbeat, word, heard, Reaper.reason(word, heartbeat.chartIfAny()));
                    if (reaper.isDryRun()) {
                        return true;
                    }
                }
            }
        }
    }

    /** Whether a ping that might go out now has time left and no herd to make room for. */
    private boolean mayWait(long word, int heard, Limits limits) {
        int latest = heard + limits.idle();
        return Pulse.state(word) == Pulse.QUIET
                && latest - pacemaker.now() > 0
                && pacemaker.now() - Stamp.coarse(Pulse.sent(word)) < limits.verify()
                && !wheel.isCrowded(heard + limits.eager(), latest);
    }

    /** Sends a ping if nothing is in its way; whatever was heard before it does not answer it. */
    boolean ping(Heartbeat heartbeat) {
        if (!judges) {
            return true;
        }
        Connection connection = heartbeat.connection();
        if (connection == null || isClosed(heartbeat)) {
            return false;
        }
        boolean behindOutput = Ask.hindrance(connection) == Hindrance.OUTPUT_IN_PROGRESS;
        if ((behindOutput && reprieve.mayBeHeldBack(heartbeat)) || pingsLeft-- <= 0) {
            return true;
        }
        if (isAsleep(heartbeat)) {
            return true;
        }
        echoes.beforePing(heartbeat);
        adapt(heartbeat);
        boolean sent = pinger.ping(heartbeat);
        if (!sent && !reprieve.mayBeHeldBack(heartbeat)) {
            pinger.pingInVain(heartbeat);
        }
        return true;
    }

    /** Works out, under an adaptive policy, what the ping that is about to be sent is judged by. */
    private void adapt(Heartbeat heartbeat) {
        Rhythm rhythm = heartbeat.rhythm();
        Adaptation adaptation = rhythm.learns ? heartbeat.adaptation() : null;
        if (adaptation != null) {
            int now = pacemaker.now();
            boolean silent = Pulse.state(heartbeat.word()) == Pulse.QUIET
                    && now - heartbeat.heard() >= heartbeat.limits().eager();
            adaptation.ask(rhythm, silent, now);
        }
    }

    /** Arms an entry for when it needs to be looked at next; a quiet one anywhere in the window before its ping. */
    private void arm(Heartbeat heartbeat) {
        int now = pacemaker.now();
        long word = heartbeat.word();
        int heard = heartbeat.heard();
        Chart chart = heartbeat.chartIfAny();
        Adaptation adaptation = chart == null ? null : chart.adaptation;
        if (adaptation != null && Pulse.state(word) == Pulse.QUIET) {
            adaptation.settle(heartbeat.rhythm());
        }
        Limits limits = heartbeat.limits();
        int due = Pulse.due(word, heard, limits, Reprieve.putOff(heartbeat, word));
        boolean naps = false;
        if (due - now <= 0 && pingsLeft < 0) {
            // The k-th ping too many waits so many ticks that each of them has its share.
            due = now + wheel.grain() * (1 - pingsLeft / pingsPerTick);
        } else if (Pulse.state(word) == Pulse.QUIET) {
            int latest = due;
            int earliest = latest - limits.idle() + limits.eager();
            // The last nap ends before the window begins, so that all of it is in reach when a moment is chosen.
            int lastNap = earliest - wheel.grain();
            int reach = asksWhetherOpen ? now + NAP : latest;
            naps = latest - reach > 0 && lastNap - now > 0;
            due = naps ? lastNap : wheel.pickLate(earliest, earlier(latest, reach));
            if (Echoes.owes(heartbeat, word)) {
                due = earlier(
                        due, Echoes.owedSince(heartbeat, word) + limits.deaf() + Reprieve.putOff(heartbeat, word) + 1);
            }
        }
        Sleep sleep = chart == null ? null : chart.sleep;
        if (sleep != null && Sleep.lasts(sleep, now)) {
            due = sleep.until();
        }
        if (chart != null && limits.stale() > 0 && !chart.freshness(now).isStale()) {
            due = earlier(due, chart.freshness(now).due(limits.stale()));
        }
        if (!judges) {
            due = now + SUSPECT_LOOK;
        } else if (Pulse.state(word) == Pulse.SUSPECT) {
            int look = now + Math.min(SUSPECT_LOOK, limits.eager());
            boolean held = due - pacemaker.listened() < 0;
            due = held ? look : earlier(due, look);
        }
        if (asksWhetherOpen && (naps || due - now > NAP)) {
            wheel.nap(heartbeat, earlier(due, now + NAP));
        } else {
            wheel.arm(heartbeat, due);
        }
    }

    /** Ends the watch of a connection in whose place a newer one has come. */
    void supersede(Heartbeat heartbeat) {
        if (judges) {
            reaper.reapSuperseded(heartbeat);
        }
    }

    private boolean isAsleep(Heartbeat heartbeat) {
        Chart chart = heartbeat.chartIfAny();
        return chart != null
                && Sleep.lasts(chart.sleep, pacemaker.now())
                && Pulse.state(heartbeat.word()) < Pulse.CLOSING;
    }

    /** Tells of an application that has fallen silent, and ends its watch if the policy asks for it. */
    private boolean isReapedAsStale(Heartbeat heartbeat, long word, int heard) {
        Chart chart = heartbeat.chart();
        if (chart == null) {
            return false;
        }
        Rhythm rhythm = heartbeat.rhythm();
        Freshness freshness = chart.freshness(pacemaker.now());
        if (freshness.goesStale(pacemaker.listened(), rhythm.limits.stale())) {
            reporter.stale(heartbeat, Stamp.duration(freshness.age(pacemaker.now())));
        }
        return freshness.isStale()
                && rhythm.policy.reapsStale()
                && reaper.reap(heartbeat, word, heard, ReapReason.STALE);
    }

    private static int earlier(int stamp, int other) {
        return stamp - other < 0 ? stamp : other;
    }

    private boolean isClosed(Heartbeat heartbeat) {
        Connection connection = heartbeat.connection();
        if (connection != null && Ask.isOpen(connection)) {
            return false;
        }
        pacemaker.facts().closed(heartbeat);
        return true;
    }
}
