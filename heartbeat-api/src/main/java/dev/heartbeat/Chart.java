package dev.heartbeat;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection beyond its pulse, started when there is something to know: an event for somebody, trouble
 * with a ping, a hindrance. But for quirks and the failure of a ping, the pacemaker's thread only.
 */
final class Chart {

    final Connection connection;

    /** Where the connection's events wait for each other. */
    final Lane lane = new Lane();

    private @Nullable EnumSet<Hindrance> hindrances;

    private int putOff;
    private long putOffPing;

    private boolean heldBack;
    private int heldBackSince;
    private int heldBackHeard;

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

    /** What is known of the device, and the limits that follow from it; null unless the policy is adaptive. */
    volatile @Nullable Adaptation adaptation;

    private @Nullable Freshness freshness;

    /** The fine stamp of a verdict in a dry run, which no sign of life has refuted yet; 0 if there is none. */
    private volatile long condemned;

    private boolean condemnedAsStale;

    private boolean owes;
    private int owedSince;

    Chart(Connection connection) {
        this.connection = connection;
    }

    /** The chart that was kept for a patient, or a fresh one for its connection; null for null. */
    static @Nullable Chart of(@Nullable Object patient) {
        return patient == null || patient instanceof Chart ? (Chart) patient : new Chart((Connection) patient);
    }

    /** A new ping is going out: what troubled the one before it is history. */
    void beginPing() {
        hindrances = null;
        pingFailure = null;
    }

    /** By how much hindrances have put off the verdicts on the ping that was sent at a fine stamp. */
    int putOff(long sent) {
        return putOffPing == sent ? putOff : 0;
    }

    void putOff(Hindrance hindrance, long sent, int stamps) {
        seen(hindrance);
        putOffPing = sent;
        putOff = stamps;
    }

    void seen(Hindrance hindrance) {
        if (hindrances == null) {
            hindrances = EnumSet.of(hindrance);
        } else {
            hindrances.add(hindrance);
        }
    }

    Set<Hindrance> hindrances() {
        return hindrances == null ? Set.of() : hindrances;
    }

    /** For how long the ping has been held back that is due because nothing has been heard since a stamp. */
    int heldBackFor(int now, int heard) {
        if (!heldBack || heldBackHeard != heard) {
            heldBack = true;
            heldBackSince = now;
            heldBackHeard = heard;
        }
        return now - heldBackSince;
    }

    /** Notes a quirk; whether it is news. Any thread. */
    boolean learns(Quirk quirk) {
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
        }
        return freshness;
    }

    /** Forgets how fresh the data are, so that the next silence begins anew. */
    synchronized void forgetFreshness() {
        freshness = null;
    }

    /**
     * Notes a verdict in a dry run, unless there is one already.
     *
     * @param stale whether the application's silence is the reason
     */
    synchronized boolean condemn(long fine, boolean stale) {
        if (condemned != 0) {
            return false;
        }
        condemned = fine;
        condemnedAsStale = stale;
        return true;
    }

    /**
     * Takes the verdict back that a sign of life has refuted: its fine stamp, or 0 if there was none. No pong refutes that
     * an application is silent.
     */
    long pardon() {
        return condemned == 0 ? 0 : pardoned();
    }

    private synchronized long pardoned() {
        if (condemnedAsStale && freshness != null && freshness.isStale()) {
            return 0;
        }
        long fine = condemned;
        condemned = 0;
        return fine;
    }

    /** Notes that a ping goes out although the one of a stamp has not been echoed; the first such stamp counts. */
    void owes(int stamp) {
        if (!owes) {
            owes = true;
            owedSince = stamp;
        }
    }

    void owesNothing() {
        owes = false;
    }

    /** The stamp of the first ping since the latest echo, given that of the latest ping. */
    int owedSince(int latestPing) {
        return owes ? owedSince : latestPing;
    }

    @Nullable
    Throwable pingFailure() {
        return pingFailure;
    }

    void pingFailed(Throwable failure) {
        pingFailure = failure;
    }
}
