package dev.heartbeat;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes known of a connection on other threads than its pacemaker's; each fact is one compare-and-set of its word. */
final class Facts {

    private final Pacemaker pacemaker;
    private static final Logger log = LoggerFactory.getLogger(ZombieDetector.class);

    /** Takeovers of an identity within a minute from which on two devices seem to share it. */
    private static final int SUSPICIOUS = 4;

    private final Payloads payloads;
    private final Identities identities;
    private final Experience experience;
    private final Reporter reporter;
    private final Intake intake;

    private volatile int latestPong;

    Facts(
            Pacemaker pacemaker,
            Payloads payloads,
            Identities identities,
            Experience experience,
            Reporter reporter,
            Intake intake) {
        this.identities = identities;
        this.experience = experience;
        this.pacemaker = pacemaker;
        this.payloads = payloads;
        this.reporter = reporter;
        this.intake = intake;
        this.latestPong = pacemaker.now();
    }

    /** The stamp of the latest pong of any peer. */
    int latestPong() {
        return latestPong;
    }

    /** Whether the pong echoes the latest ping. */
    boolean pongReceived(Heartbeat heartbeat, ByteBuffer payload) {
        latestPong = heartbeat.heard();
        while (!pacemaker.isClosed()) {
            long word = heartbeat.word();
            int state = Pulse.state(word);
            if (state == Pulse.NEW || state >= Pulse.CLOSING) {
                return false;
            }
            boolean echo = payloads.echoes(payload, Pulse.sent(word));
            boolean first = echo && Pulse.isOwed(word);
            long nanos = pacemaker.nanosSince(Pulse.sent(word));
            long next = first ? Pulse.answered(word, nanos) : Pulse.ponged(word);
            next = state == Pulse.SUSPECT ? Pulse.settled(next) : next;
            if (next != word && !heartbeat.advance(word, next)) {
                continue;
            }
            if (state == Pulse.SUSPECT) {
                reporter.recovery(heartbeat, nanos);
            }
            if (first) {
                learnRoundTrip(heartbeat, nanos);
                reporter.pong(heartbeat, nanos);
            } else if (!echo) {
                boolean truncated = payloads.truncates(payload, Pulse.sent(word));
                reporter.quirk(heartbeat, truncated ? Quirk.TRUNCATED_PONGS : Quirk.FOREIGN_PONGS);
            }
            return echo;
        }
        return false;
    }

    /** Something is heard under an adaptive policy; before it is noted. */
    void learn(Heartbeat heartbeat, int now) {
        Adaptation adaptation = heartbeat.adaptation();
        if (adaptation == null) {
            return;
        }
        int heard = heartbeat.heard();
        if (heard != Pulse.heardAt(heard)) {
            long word = heartbeat.word();
            if (Pulse.unanswered(word)) {
                if (pacemaker.storm().holds()) {
                    adaptation.spoilInStorm();
                }
                adaptation.answered(now - Stamp.coarse(Pulse.sent(word)));
            }
        }
        adaptation.habits.heard(now);
    }

    private static void learnRoundTrip(Heartbeat heartbeat, long nanos) {
        Adaptation adaptation = heartbeat.adaptation();
        if (adaptation != null) {
            adaptation.roundTrip(nanos);
        }
    }

    /** Begins to learn about a connection under an adaptive policy, unless that has begun. */
    void beginToLearn(Heartbeat heartbeat) {
        Chart chart = heartbeat.chart();
        if (chart == null) {
            return;
        }
        synchronized (chart) {
            if (chart.adaptation == null) {
                Habits habits = experience.begin(
                        chart.identity, chart.group, heartbeat.rhythm().now());
                chart.adaptation = new Adaptation(chart, habits, experience, heartbeat.rhythm());
            }
        }
    }

    /** Goes on with what is known of a device that has just been identified. */
    private void recall(Heartbeat heartbeat, Chart chart, @Nullable Heartbeat before) {
        Adaptation known = before == null ? null : before.adaptation();
        int now = heartbeat.rhythm().now();
        synchronized (chart) {
            Habits habits =
                    known == null ? experience.begin(chart.identity, chart.group, now) : new Habits(now, known.habits);
            chart.adaptation = new Adaptation(chart, habits, experience, heartbeat.rhythm());
        }
    }

    /** The peer has announced that it will be silent for so many stamps, which is a sign of life. */
    void expectSilence(Heartbeat heartbeat, int length) {
        heartbeat.dataReceived();
        Chart chart = heartbeat.chart();
        if (chart != null) {
            int patience = heartbeat.rhythm().limits.reap();
            chart.sleep = Sleep.of(Stamp.coarse(pacemaker.fineNow()), length, patience);
            forgive(heartbeat);
            intake.add(Errand.look(heartbeat));
        }
    }

    /** Asks for no echo of the ping that is out: a radio that is about to be switched off need not send it. */
    private static void forgive(Heartbeat heartbeat) {
        long word;
        do {
            word = heartbeat.word();
        } while (Pulse.isOwed(word) && !heartbeat.advance(word, Pulse.forgiven(word)));
    }

    /** The application says whose connection it is; whoever held that identity before is put to the question. */
    void identify(Heartbeat heartbeat, String identity) {
        Chart chart = heartbeat.chart();
        if (chart == null) {
            return;
        }
        boolean isNews = chart.identity == null;
        chart.identity = identity;
        Identities.Seat seat = identities.take(identity, heartbeat, pacemaker.nanoTime());
        if (Pulse.state(heartbeat.word()) == Pulse.ENDED) {
            identities.leave(identity, heartbeat);
        }
        Heartbeat before = seat.before();
        if (isNews && heartbeat.rhythm().learns) {
            recall(heartbeat, chart, before);
        }
        Connection superseded = before == null ? null : before.connection();
        if (before != null && superseded != null) {
            int lately = seat.takeovers().size();
            reporter.takeover(heartbeat, identity, superseded, lately);
            if (lately == SUSPICIOUS) {
                log.warn(
                        "{} was taken over {} times within a minute: two devices may share it",
                        Ask.oneLine(identity),
                        lately);
            }
            before.rhythm().pacemaker.facts().contest(before, heartbeat.policy().supersedes());
        }
    }

    /** Puts an older connection to the question, though it may have announced a silence: the device is awake elsewhere. */
    private void contest(Heartbeat heartbeat, boolean atOnce) {
        Chart chart = heartbeat.chartIfAny();
        if (chart != null) {
            chart.sleep = null;
        }
        intake.add(Errand.contest(heartbeat, atOnce));
    }

    /** The watch of a connection has ended, so that it holds its identity no longer. */
    void leave(Heartbeat heartbeat, Chart chart) {
        String identity = chart.identity;
        if (identity == null) {
            return;
        }
        Adaptation adaptation = chart.adaptation;
        if (identities.leave(identity, heartbeat) && adaptation != null) {
            experience.keep(identity, adaptation.habits);
        }
    }

    void closing(Heartbeat heartbeat) {
        long word;
        do {
            word = heartbeat.word();
            if (Pulse.state(word) >= Pulse.CLOSING) {
                return;
            }
        } while (!heartbeat.advance(word, Pulse.closing(word, pacemaker.fineNow())));
        intake.add(Errand.look(heartbeat));
    }

    /** Asks the peer at the next tick, unless it is being asked, or the connection is closing or has ended. */
    void probe(Heartbeat heartbeat) {
        if (Pulse.state(heartbeat.word()) <= Pulse.QUIET) {
            intake.add(Errand.probe(heartbeat));
        }
    }

    void closed(Heartbeat heartbeat) {
        Chart chart = Chart.of(end(heartbeat));
        if (chart != null && !pacemaker.isClosed()) {
            reporter.closed(chart);
        }
    }

    void stopped(Heartbeat heartbeat) {
        if (end(heartbeat) instanceof Chart chart) {
            chart.lane.cancel();
        }
    }

    /** Ends a watch: the connection or its chart for the caller who did it, null for everyone else. */
    private @Nullable Object end(Heartbeat heartbeat) {
        long word;
        do {
            word = heartbeat.word();
            if (Pulse.state(word) == Pulse.ENDED) {
                return null;
            }
        } while (!heartbeat.advance(word, Pulse.ended()));
        intake.leave(heartbeat);
        pacemaker.left();
        Object patient = heartbeat.release();
        if (patient instanceof Chart chart) {
            leave(heartbeat, chart);
        }
        return patient;
    }
}
