package dev.heartbeat;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what {@link Pulse} decides, for the connections of one pacemaker and on its thread: asks the connection what
 * hinders it, hands pings and terminations over to threads that may wait, tells the application.
 */
final class Examiner implements Wheel.Visitor {

    private static final Logger log = LoggerFactory.getLogger(ZombieDetector.class);

    private final Pacemaker pacemaker;
    private final Agenda agenda;
    private final Pinger pinger;
    private final Reporter reporter;
    private final Reaper reaper;
    private final Reprieve reprieve;
    private final Echoes echoes;

    /** Whether nobody may report a close, so that every connection is asked now and then. */
    private final boolean asksWhetherOpen;

    private boolean judges = true;
    private boolean passesYoung;
    private int latestHeard;

    Examiner(
            Pacemaker pacemaker,
            Agenda agenda,
            Pinger pinger,
            Reporter reporter,
            Reaper reaper,
            boolean asksWhetherOpen) {
        this.pacemaker = pacemaker;
        this.agenda = agenda;
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
        planFreshness(heartbeat);
        if (heartbeat.rhythm().learns) {
            pacemaker.facts().beginToLearn(heartbeat);
        }
        long word = heartbeat.word();
        if (Pulse.state(word) == Pulse.NEW) {
            heartbeat.advance(word, Pulse.planned(agenda.firstPing(heartbeat)));
        }
    }

    /** Begins to count the application's silence, or forgets it under a policy by which nobody notes what it says. */
    private void planFreshness(Heartbeat heartbeat) {
        boolean counts = heartbeat.rhythm().limits.stale() > 0;
        Chart chart = counts ? heartbeat.chart() : heartbeat.chartIfAny();
        if (chart != null && counts) {
            chart.freshness(pacemaker.now());
        } else if (chart != null) {
            chart.forgetFreshness();
        }
    }

    void beginTick(int shortestInterval) {
        agenda.beginTick(shortestInterval);
        passesYoung = judges && !pacemaker.isClosed();
    }

    /** The latest stamp of hearing that an entry had which came round. */
    int latestHeard() {
        return latestHeard;
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
        if (glance != 0 && (!asksWhetherOpen || isOpen(heartbeat))) {
            agenda.armQuiet(heartbeat, (int) (glance >> 32));
        } else {
            visitClosely(heartbeat);
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
            int sent = Stamp.coarse(Pulse.sent(word));
            Limits limits = heartbeat.limits();
            if (limits.stale() > 0 && Pulse.state(word) < Pulse.CLOSING && isReapedAsStale(heartbeat, word, heard)) {
                return false;
            }
            if (isAsleep(heartbeat) && heard != Pulse.heardAt(heard)) {
                return true;
            }
            if (Echoes.owes(heartbeat, word)
                    && Pulse.isDeaf(word, Echoes.owedSince(heartbeat, word), pacemaker.listened(), limits, putOff)) {
                int deadline = Echoes.owedSince(heartbeat, word) + limits.deaf();
                return reprieve.isHindered(heartbeat, word, deadline, limits)
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
                    return agenda.mayWait(word, heard, limits) || ping(heartbeat);
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
                    if (reprieve.isHindered(heartbeat, word, sent + limits.pong(), limits)) {
                        return true;
                    }
                    reporter.timeout(heartbeat, word, () -> reaper.evidence(heartbeat.chartIfAny(), word, heard));
                }
                case REAP -> {
                    if (isClosed(heartbeat)) {
                        return false;
                    }
                    if (reprieve.isHindered(heartbeat, word, sent + limits.reap(), limits)) {
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

    /** Sends a ping if nothing is in its way; whatever was heard before it does not answer it. */
    boolean ping(Heartbeat heartbeat) {
        if (!judges) {
            return true;
        }
        Connection connection = heartbeat.connection();
        if (connection == null || isClosed(heartbeat)) {
            return false;
        }
        if (isAsleep(heartbeat)) {
            return true;
        }
        boolean behindOutput = Ask.hindrance(connection) == Hindrance.OUTPUT_IN_PROGRESS;
        if ((behindOutput && reprieve.mayBeHeldBack(heartbeat)) || !agenda.takesPing()) {
            return true;
        }
        echoes.beforePing(heartbeat);
        adapt(heartbeat);
        boolean isOut = pinger.ping(heartbeat);
        if (!isOut && !reprieve.mayBeHeldBack(heartbeat)) {
            pinger.pingInVain(heartbeat);
            isOut = true;
        }
        if (isOut) {
            echoes.afterPing(heartbeat, pacemaker.now());
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

    private void arm(Heartbeat heartbeat) {
        if (judges) {
            agenda.arm(heartbeat);
        } else {
            agenda.armUnjudged(heartbeat);
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

    private boolean isClosed(Heartbeat heartbeat) {
        if (isOpen(heartbeat)) {
            return false;
        }
        pacemaker.facts().closed(heartbeat);
        return true;
    }

    private static boolean isOpen(Heartbeat heartbeat) {
        Connection connection = heartbeat.connection();
        return connection != null && Ask.isOpen(connection);
    }
}
