package dev.heartbeat.internal.engine;

import dev.heartbeat.Connection;
import dev.heartbeat.Quirk;
import dev.heartbeat.ReapReason;
import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.dispatch.SerialQueue;
import dev.heartbeat.internal.kernel.HeldInquiry;
import dev.heartbeat.internal.state.Freshness;
import dev.heartbeat.internal.state.Sleep;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.state.TransportHistory;
import dev.heartbeat.internal.storm.StormGuard;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection beyond its state word, begun when there is something to know: an event for somebody, trouble
 * with a ping, a hindrance. The pacemaker's thread only, but for what is volatile or synchronized.
 */
final class ConnectionDetails {

    final Connection connection;

    /** Where the connection's events wait for each other. */
    final SerialQueue events = new SerialQueue();

    /** What troubles its latest ping; null until something has. */
    private @Nullable PingTrouble trouble;

    /** What is remembered of the transport; null until there is something worth it. */
    volatile @Nullable TransportHistory transport;

    /** Whether the transport took no ping when it was last asked to. */
    volatile boolean refused;

    /** Whether the adapter has said that it is closed. */
    volatile boolean closed;

    /** Whether the kernel still has the socket of the connection, once that is called closed; null before. */
    @Nullable
    HeldInquiry heldInquiry;

    private volatile @Nullable Throwable pingFailure;

    private volatile Set<Quirk> quirks = Set.of();

    /** A silence that the peer has announced, until the first ping after it. */
    volatile @Nullable Sleep sleep;

    /** How much longer than usual the peer may take to answer the latest ping, in stamps. */
    int grace;

    /** Whose connection it is, as the application says. */
    volatile @Nullable String identity;

    /** Whom the application compares it with. */
    volatile @Nullable String group;

    /** The limits that follow from what is known of the device; null unless the policy is adaptive. */
    volatile @Nullable AdaptiveLimits adaptive;

    private @Nullable Freshness freshness;

    /** The fine stamp of a verdict in a dry run, which no sign of life has refuted yet; 0 if there is none. */
    private volatile long verdict;

    private boolean verdictIsStale;

    /** The kind of verdict that is due and counted for the storm guard; null if none is. */
    private @Nullable ReapReason due;

    private int dueSince;

    /** Whether its application has said something, and counts for the storm guard. */
    private volatile boolean speaks;

    private boolean hasEnded;

    private boolean owes;
    private int owedSince;

    ConnectionDetails(Connection connection) {
        this.connection = connection;
    }

    /** The details that were kept of a connection, or fresh ones for it; null for null. */
    static @Nullable ConnectionDetails of(@Nullable Object connectionOrDetails) {
        return connectionOrDetails == null || connectionOrDetails instanceof ConnectionDetails
                ? (ConnectionDetails) connectionOrDetails
                : new ConnectionDetails((Connection) connectionOrDetails);
    }

    /**
     * A new ping is going out: what troubled the one before it is history.
     *
     * @param owedSince the stamp of the ping before it if that has not been echoed by a peer that echoes; the first such
     *     stamp since the latest echo counts
     */
    synchronized void beginPing(boolean owesEcho, int owedSince) {
        pingFailure = null;
        if (trouble != null) {
            trouble.beginPing();
        }
        Sleep announced = sleep;
        grace = announced == null ? 0 : announced.grace();
        if (owesEcho && !owes) {
            this.owedSince = owedSince;
        }
        owes = owesEcho;
    }

    /**
     * An earlier ping than the latest has been echoed, which proves that the peer heard it; any thread.
     *
     * @return false if it was sent before the first one that is owed an echo, so that it has had its own
     */
    synchronized boolean echoedLate(int sent, int latestPing) {
        if (!owes || sent - owedSince < 0 || sent - latestPing >= 0) {
            return false;
        }
        owedSince = latestPing;
        return true;
    }

    /** The stamp of the first ping since the latest echo, given that of the latest ping. */
    synchronized int owedSince(int latestPing) {
        return owes ? owedSince : latestPing;
    }

    /** By how much the verdicts on the latest ping are put off: by hindrances, after a silence, for a peer that echoes none. */
    int putOff(long word, int patience) {
        long sent = StateWord.sent(word);
        int hindered = trouble == null ? 0 : trouble.hinderedFor(sent) + trouble.provenFor(sent);
        if (!StateWord.unanswered(word)) {
            return hindered;
        }
        boolean isMute = !StateWord.hasPonged(word) && has(Quirk.PONG_MUTE);
        return hindered + grace + (isMute ? 3 * patience : 0);
    }

    /** What troubles its latest ping, from now on. */
    PingTrouble trouble() {
        if (trouble == null) {
            trouble = new PingTrouble();
        }
        return trouble;
    }

    /** What troubles its latest ping; null if nothing ever has troubled any. */
    @Nullable
    PingTrouble troubleIfAny() {
        return trouble;
    }

    /** The number of its socket, on an earlier look at the kernel; 0 if that has not shown it. */
    long socketNumber() {
        long seen = trouble == null ? 0 : trouble.socketNumber;
        HeldInquiry inquiry = heldInquiry;
        return seen == 0 && inquiry != null ? inquiry.number() : seen;
    }

    /** What is remembered of the transport, from now on. */
    TransportHistory transport() {
        TransportHistory known = transport;
        if (known == null) {
            known = new TransportHistory();
            transport = known;
        }
        return known;
    }

    /**
     * Notes whose connection it is; whether that is news. Any thread.
     *
     * @throws IllegalStateException if it is another's
     */
    synchronized boolean identify(String name) {
        String known = identity;
        if (known != null && !known.equals(name)) {
            throw new IllegalStateException("already identified as " + known + ", not as " + name);
        }
        identity = name;
        return known == null;
    }

    /** Notes a quirk; whether it is news. Any thread. */
    boolean noteQuirk(Quirk quirk) {
        if (quirks.contains(quirk)) {
            return false;
        }
        synchronized (this) {
            EnumSet<Quirk> more = EnumSet.of(quirk);
            more.addAll(quirks);
            boolean news = more.size() > quirks.size();
            quirks = Set.copyOf(more);
            return news;
        }
    }

    boolean has(Quirk quirk) {
        return quirks.contains(quirk);
    }

    /** How fresh the application's data are, kept from the first call on. */
    synchronized Freshness freshness(int now) {
        if (freshness == null) {
            freshness = new Freshness(now);
            if (sleep != null) {
                freshness.expectSilence(sleep.until());
            }
        }
        return freshness;
    }

    /** The peer announces a silence, in which its application need not say anything either. Any thread. */
    synchronized void sleep(Sleep announced) {
        sleep = announced;
        if (freshness != null) {
            freshness.expectSilence(announced.until());
        }
    }

    /** Forgets how fresh the data are, so that the next silence begins anew. */
    synchronized void forgetFreshness(StormGuard storm) {
        freshness = null;
        speaks(false, storm);
    }

    /** The application has said something: that it falls silent can be told from then on. Any thread. */
    void speaks(StormGuard storm) {
        if (!speaks) {
            speaks(true, storm);
        }
    }

    private synchronized void speaks(boolean now, StormGuard storm) {
        if (now != speaks && !hasEnded) {
            speaks = now;
            storm.speakers(now ? 1 : -1);
        }
    }

    /**
     * Counts, for the storm guard, that a verdict of a kind is due, or that none is.
     *
     * @return for how long it has been due, in stamps
     */
    synchronized int due(@Nullable ReapReason kind, int now, StormGuard storm) {
        if (kind != due && !hasEnded) {
            if (due != null) {
                storm.due(due, -1);
            }
            if (kind != null) {
                storm.due(kind, 1);
            }
            due = kind;
            dueSince = now;
        }
        return now - dueSince;
    }

    synchronized boolean isDue() {
        return due != null;
    }

    /** The watch has ended, so that the connection counts for nothing any more. Any thread. */
    synchronized void end(StormGuard storm) {
        due(null, dueSince, storm);
        speaks(false, storm);
        hasEnded = true;
    }

    /** Whether a verdict of a dry run stands. */
    boolean hasVerdict() {
        return verdict != 0;
    }

    /**
     * Notes a verdict in a dry run, unless there is one already.
     *
     * @param stale whether the application's silence is the reason
     */
    synchronized boolean reachVerdict(long fine, boolean stale) {
        if (verdict != 0) {
            return false;
        }
        verdict = fine;
        verdictIsStale = stale;
        return true;
    }

    /**
     * Takes the verdict back that a sign of life has refuted: its fine stamp, or 0 if there was none. No pong refutes that
     * an application is silent.
     */
    long refuteVerdict() {
        return verdict == 0 ? 0 : refuted();
    }

    private synchronized long refuted() {
        if (verdictIsStale && freshness != null && freshness.isStale()) {
            return 0;
        }
        long fine = verdict;
        verdict = 0;
        return fine;
    }

    @Nullable
    Throwable pingFailure() {
        return pingFailure;
    }

    void pingFailed(Throwable failure) {
        pingFailure = failure;
    }
}
