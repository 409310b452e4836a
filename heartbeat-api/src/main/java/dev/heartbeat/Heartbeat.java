package dev.heartbeat;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One watched connection: what its adapter tells the detector, and what the application may ask of it.
 *
 * <p>Every method may be called from any thread, returns at once, and takes no lock for longer than some instructions. After the watch has ended, by
 * {@link #stop()}, {@link #closed()}, a reap or the detector's close, every method is without effect, and the heartbeat
 * holds no reference to its connection.
 */
public final class Heartbeat {

    private static final Duration LONGEST_SILENCE = Duration.ofDays(7);
    private static final VarHandle HEARD;
    private static final VarHandle WORD;
    private static final VarHandle PATIENT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEARD = lookup.findVarHandle(Heartbeat.class, "heard", int.class);
            WORD = lookup.findVarHandle(Heartbeat.class, "word", long.class);
            PATIENT = lookup.findVarHandle(Heartbeat.class, "patient", Object.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** The stamp at which something was heard last. Any thread, no fence: two racing stores differ by a tick at most. */
    @SuppressWarnings("UnusedVariable") // read and written through HEARD
    private int heard;

    /** The {@link Pulse}, changed by compare-and-set only. */
    @SuppressWarnings("UnusedVariable") // read and written through WORD
    private long word;

    /** Written under the intake's lock; read anywhere, its fields being final. */
    private Rhythm rhythm;

    /** The {@link Connection}, or the {@link Chart} that holds it as soon as there is more to know; null once ended. */
    @SuppressWarnings("UnusedVariable") // read and written through PATIENT
    private @Nullable Object patient;

    Heartbeat(Connection connection, Rhythm rhythm) {
        this.patient = connection;
        this.rhythm = rhythm;
        this.heard = rhythm.now();
        this.word = Pulse.planned(heard); // the pacemaker plans anew when it admits this
    }

    /**
     * Notes a sign of life: a message, a fragment, a ping, any bytes. Cheap enough to call for each of them.
     */
    public void dataReceived() {
        Rhythm current = rhythm;
        int now = current.mark();
        if (now != Pulse.heardAt(now)) {
            now = Pulse.heardAt(now);
            current.pacemaker.facts().learn(this, now);
        }
        HEARD.setOpaque(this, now);
    }

    /**
     * Notes that the application behind the peer has said something that counts, a meter value rather than a pong: a sign of
     * life that also keeps its data fresh, under a policy that asks for that by {@link HeartbeatPolicy#staleAfter()}.
     */
    public void messageReceived() {
        dataReceived();
        if (rhythm.limits.stale() > 0) {
            Chart chart = chart();
            if (chart != null) {
                chart.freshness(rhythm.now()).said(rhythm.now());
            }
        }
    }

    /**
     * Notes that the peer has announced a silence, as devices do that switch their radio off to save power (PSM, eDRX): a
     * sign of life, after which it is not pinged for so long. The first ping after that is given an eighth of the silence
     * more than the usual patience, at least the patience once more. What the peer sends meanwhile changes nothing;
     * announcing anew does.
     *
     * @param length from 1 ms to 7 days
     * @throws IllegalArgumentException if it is out of range
     * @throws NullPointerException if it is null
     */
    public void expectSilence(Duration length) {
        requireNonNull(length, "length");
        if (length.compareTo(Duration.ofMillis(1)) < 0 || length.compareTo(LONGEST_SILENCE) > 0) {
            throw new IllegalArgumentException("length must be from 1 ms to 7 days: " + length);
        }
        rhythm.pacemaker.facts().expectSilence(this, Stamp.of(length));
    }

    /**
     * Notes a pong. One that echoes the latest ping, while that is unanswered, gives a round trip; any other, asked for or
     * not, late, truncated, empty or forged, is a sign of life only.
     *
     * @param payload what the pong carries; read during the call, its position left as it was, never kept
     * @return whether it echoes the latest ping, and so is of no interest to anybody else
     * @throws NullPointerException if the payload is null
     */
    public boolean pongReceived(ByteBuffer payload) {
        requireNonNull(payload, "payload");
        dataReceived();
        return rhythm.pacemaker.facts().pongReceived(this, payload);
    }

    /**
     * Notes that a close frame was sent or received. From now on no ping is sent, since the peer need not answer any (RFC
     * 6455 section 5.5.1), and nothing that is heard counts; a connection that is still open when the patience of the
     * policy has passed is reaped with {@link ReapReason#CLOSE_UNFINISHED}. Calling it again does nothing.
     */
    public void closing() {
        rhythm.pacemaker.facts().closing(this);
    }

    /**
     * Notes that the transport has closed the connection, which {@link LivenessListener#onClose} then hears of. Calling it
     * again, or after the watch has ended, does nothing.
     */
    public void closed() {
        rhythm.pacemaker.facts().closed(this);
    }

    /**
     * Ends the watch without a word to any listener and without touching the connection. No callback for it begins after
     * this returns; one that has begun on another thread may still run. If the watch had ended before, by a verdict or a
     * close, that is carried out: its last callbacks, and the termination, may still follow. Calling it again does nothing.
     */
    public void stop() {
        rhythm.pacemaker.facts().stopped(this);
    }

    /**
     * Notes whose connection this is, once the application has made sure of it: a device that reconnects must not be locked
     * out by its own ghost. If another connection of this detector holds the identity it loses it to this one, which {@link
     * LivenessListener#onTakeover} hears of; it is probed at once and reaped as {@link ReapReason#SUPERSEDED} if it gives no
     * sign of life within the pong timeout, or reaped without a question if the policy {@linkplain
     * HeartbeatPolicy.Builder#supersede says so}. The end of the older connection never takes the identity from the newer.
     *
     * @param identity a serial number or the like, not blank
     * @throws IllegalArgumentException if it is blank
     * @throws IllegalStateException if this was given another one before
     * @throws NullPointerException if it is null
     */
    public void identify(String identity) {
        requireNotBlank("identity", identity);
        Chart chart = chart();
        String known = chart == null ? null : chart.identity;
        if (known != null && !known.equals(identity)) {
            throw new IllegalStateException("already identified as " + known + ", not as " + identity);
        }
        rhythm.pacemaker.facts().identify(this, identity);
    }

    /**
     * Names the peers that this one is like, under an {@linkplain HeartbeatPolicy#adaptive adaptive} policy: those on the
     * same carrier, of the same model, or in the same sleep mode. What live peers of the group have needed is what this one
     * is judged by while little is known of itself. Without a group it is compared with peers of similar round trips.
     *
     * @param group a name, not blank; a detector tells about a thousand of them apart
     * @throws IllegalArgumentException if it is blank
     * @throws NullPointerException if it is null
     */
    public void group(String group) {
        requireNotBlank("group", group);
        Chart chart = chart();
        if (chart != null) {
            chart.group = group;
        }
    }

    /**
     * Whose connection this is.
     *
     * @return as given to {@link #identify}; empty before that, and after the watch has ended
     */
    public Optional<String> identity() {
        Chart chart = chartIfAny();
        return chart == null ? Optional.empty() : Optional.ofNullable(chart.identity);
    }

    /**
     * Asks the peer for a sign of life now, however lately it was heard; the deadlines of the policy run from there. Does
     * nothing while a ping is unanswered, since a second one would queue behind it.
     */
    public void probe() {
        rhythm.pacemaker.facts().probe(this);
    }

    /**
     * The policy in force for this connection.
     *
     * @return the detector's policy, or the one given since
     */
    public HeartbeatPolicy policy() {
        return rhythm.policy;
    }

    /**
     * Puts another policy in force for this connection, within a tick; a ping already out is judged by the new one.
     *
     * @param policy the policy
     * @throws NullPointerException if it is null
     */
    public void policy(HeartbeatPolicy policy) {
        requireNonNull(policy, "policy");
        rhythm.pacemaker.intake().changePolicy(this, policy, rhythm.pacemaker);
    }

    /**
     * The latest round trip, to three digits or so.
     *
     * @return empty before the first one, and after the watch has ended
     */
    public Optional<Duration> lastRoundTrip() {
        long nanos = Pulse.roundTripNanos(word());
        return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }

    /**
     * Tells whether the peer is suspect: a ping has been unanswered for longer than the pong timeout, and nothing else has
     * been heard. Data clears a suspicion within half a second, a pong at once.
     *
     * @return false also after the watch has ended
     */
    public boolean isSuspect() {
        return Pulse.state(word()) == Pulse.SUSPECT;
    }

    /**
     * Tells whether the application behind the peer has been silent for longer than {@link HeartbeatPolicy#staleAfter()}. A
     * light of its own: a peer may be alive and stale, or suspect and fresh.
     *
     * @return false also if the policy does not ask for it, and after the watch has ended
     */
    public boolean isStale() {
        Chart chart = chartIfAny();
        return chart != null
                && rhythm.limits.stale() > 0
                && chart.freshness(rhythm.now()).isStale();
    }

    /**
     * Tells whether the watch goes on.
     *
     * @return false once it has ended, for whatever reason
     */
    public boolean isWatched() {
        return Pulse.state(word()) != Pulse.ENDED && !rhythm.pacemaker.isClosed();
    }

    private static void requireNotBlank(String name, String value) {
        if (requireNonNull(value, name).isBlank()) {
            throw new IllegalArgumentException(name + " must not be blank: \"" + value + "\"");
        }
    }

    int heard() {
        return (int) HEARD.getOpaque(this);
    }

    /** Marks what was heard up to now as no answer to the ping that is being decided on. */
    void askAfter(int heard) {
        HEARD.compareAndSet(this, heard, Pulse.heardBeforePing(heard));
    }

    long word() {
        return (long) WORD.getAcquire(this);
    }

    boolean advance(long from, long to) {
        if (!WORD.compareAndSet(this, from, to)) {
            return false;
        }
        int suspects = Pulse.suspects(to) - Pulse.suspects(from);
        if (suspects != 0) {
            rhythm.pacemaker.storm().suspects(suspects);
        }
        return true;
    }

    Rhythm rhythm() {
        return rhythm;
    }

    /** What has been learned, under an adaptive policy. */
    @Nullable
    Adaptation adaptation() {
        Chart chart = chartIfAny();
        return chart == null ? null : chart.adaptation;
    }

    /** The limits in force; the pacemaker's thread only. */
    Limits limits() {
        Rhythm current = rhythm;
        Adaptation adaptation = current.learns ? adaptation() : null;
        return adaptation == null ? current.limits : adaptation.limits(current);
    }

    /** Under the intake's lock. */
    void rhythm(Rhythm rhythm) {
        this.rhythm = rhythm;
    }

    /** The connection, or null once ended. */
    @Nullable
    Connection connection() {
        Object current = PATIENT.getAcquire(this);
        return current instanceof Chart chart ? chart.connection : (Connection) current;
    }

    /** The chart, if one has been started. */
    @Nullable
    Chart chartIfAny() {
        return PATIENT.getAcquire(this) instanceof Chart chart ? chart : null;
    }

    /** The chart, started if need be; null once ended. */
    @Nullable
    Chart chart() {
        while (true) {
            Object current = PATIENT.getAcquire(this);
            if (current == null) {
                return null;
            }
            if (current instanceof Chart chart) {
                return chart;
            }
            Chart fresh = new Chart((Connection) current);
            if (PATIENT.compareAndSet(this, current, fresh)) {
                return fresh;
            }
        }
    }

    /** Lets go of the connection, for whoever ended the watch, who gets what there was: the connection or its chart. */
    @Nullable
    Object release() {
        return PATIENT.getAndSet(this, null);
    }
}
