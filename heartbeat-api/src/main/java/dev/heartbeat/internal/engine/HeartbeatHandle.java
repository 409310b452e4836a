package dev.heartbeat.internal.engine;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.state.HeardStamp;
import dev.heartbeat.internal.state.Limits;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.time.CoarseTime;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every watched connection has: 32 bytes, the state among them. Adapters and applications use it as a {@link Heartbeat},
 * and the engine by the methods below those.
 */
final class HeartbeatHandle implements Heartbeat {

    private static final Duration LONGEST_SILENCE = Duration.ofDays(7);
    private static final VarHandle HEARD;
    private static final VarHandle WORD;
    private static final VarHandle CONNECTION_OR_DETAILS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEARD = lookup.findVarHandle(HeartbeatHandle.class, "heard", int.class);
            WORD = lookup.findVarHandle(HeartbeatHandle.class, "word", long.class);
            CONNECTION_OR_DETAILS = lookup.findVarHandle(HeartbeatHandle.class, "connectionOrDetails", Object.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** A {@link HeardStamp}. Any thread, no fence: two racing stores differ by a tick at most. */
    @SuppressWarnings("UnusedVariable") // read and written through HEARD
    private int heard;

    /** A {@link StateWord}, changed by compare-and-set only. */
    @SuppressWarnings("UnusedVariable") // read and written through WORD
    private long word;

    /** Written under the inbox's lock; read anywhere, its fields being final. */
    private PolicyBinding binding;

    /** The {@link Connection}, or the {@link ConnectionDetails} that hold it as soon as there is more to know; null once ended. */
    @SuppressWarnings("UnusedVariable") // read and written through CONNECTION_OR_DETAILS
    private @Nullable Object connectionOrDetails;

    HeartbeatHandle(Connection connection, PolicyBinding binding) {
        this.connectionOrDetails = connection;
        this.binding = binding;
        this.heard = binding.now();
        this.word = StateWord.planned(heard); // the pacemaker plans anew when it admits this
    }

    @Override
    public void dataReceived() {
        PolicyBinding current = binding;
        int clock = current.clock();
        int now = HeardStamp.at(clock);
        if (PolicyBinding.learns(clock)) {
            current.pacemaker.learning().heard(this, now);
        }
        HEARD.setOpaque(this, now);
    }

    @Override
    public void messageReceived() {
        dataReceived();
        binding.pacemaker.inbound().messageReceived(this);
    }

    @Override
    public void expectSilence(Duration length) {
        requireNonNull(length, "length");
        if (length.compareTo(Duration.ofMillis(1)) < 0 || length.compareTo(LONGEST_SILENCE) > 0) {
            throw new IllegalArgumentException("length must be from 1 ms to 7 days: " + length);
        }
        binding.pacemaker.inbound().expectSilence(this, CoarseTime.of(length));
    }

    @Override
    public boolean pongReceived(ByteBuffer payload) {
        requireNonNull(payload, "payload");
        dataReceived();
        return binding.pacemaker.inbound().pongReceived(this, payload);
    }

    @Override
    public void closing() {
        binding.pacemaker.inbound().closing(this);
    }

    @Override
    public void closed() {
        binding.pacemaker.inbound().closed(this);
    }

    @Override
    public void carrierLost() {
        binding.pacemaker.carrierLost(this);
    }

    @Override
    public void stop() {
        binding.pacemaker.inbound().stopped(this);
    }

    @Override
    public void identify(String identity) {
        requireNotBlank("identity", identity);
        binding.pacemaker.takeovers().identify(this, identity);
    }

    @Override
    public void group(String group) {
        requireNotBlank("group", group);
        ConnectionDetails details = details();
        if (details != null) {
            details.group = group;
        }
    }

    @Override
    public Optional<String> identity() {
        ConnectionDetails details = detailsIfAny();
        return details == null ? Optional.empty() : Optional.ofNullable(details.identity);
    }

    @Override
    public void probe() {
        binding.pacemaker.inbound().probe(this);
    }

    @Override
    public HeartbeatPolicy policy() {
        return binding.policy;
    }

    @Override
    public void policy(HeartbeatPolicy policy) {
        requireNonNull(policy, "policy");
        binding.pacemaker.inbox().changePolicy(this, policy);
    }

    @Override
    public Optional<Duration> lastRoundTrip() {
        long nanos = StateWord.roundTripNanos(word());
        return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }

    @Override
    public boolean isSuspect() {
        return StateWord.state(word()) == StateWord.SUSPECT;
    }

    @Override
    public boolean isStale() {
        ConnectionDetails details = detailsIfAny();
        return details != null
                && binding.limits.stale() > 0
                && details.freshness(binding.now()).isStale();
    }

    @Override
    public boolean isAsleep() {
        ConnectionDetails details = detailsIfAny();
        return details != null && details.sleep != null;
    }

    @Override
    public boolean isWatched() {
        return StateWord.state(word()) != StateWord.ENDED && !binding.pacemaker.isClosed();
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
        HEARD.compareAndSet(this, heard, HeardStamp.askedSince(heard));
    }

    long word() {
        return (long) WORD.getAcquire(this);
    }

    boolean advance(long from, long to) {
        if (!WORD.compareAndSet(this, from, to)) {
            return false;
        }
        int suspects = StateWord.suspects(to) - StateWord.suspects(from);
        if (suspects != 0) {
            binding.pacemaker.storm().suspects(suspects);
        }
        boolean isUnanswered = StateWord.unanswered(to);
        if (isUnanswered != StateWord.unanswered(from)) {
            binding.pacemaker.storm().unanswered(isUnanswered ? 1 : -1);
        }
        return true;
    }

    PolicyBinding binding() {
        return binding;
    }

    /** Under the inbox's lock. */
    void binding(PolicyBinding binding) {
        this.binding = binding;
    }

    /** What has been learned, under an adaptive policy. */
    @Nullable
    AdaptiveLimits adaptive() {
        ConnectionDetails details = detailsIfAny();
        return details == null ? null : details.adaptive;
    }

    /** The limits in force; the pacemaker's thread only. */
    Limits limits() {
        PolicyBinding current = binding;
        AdaptiveLimits adaptive = current.learns ? adaptive() : null;
        return adaptive == null ? current.limits : adaptive.limits(current.limits, current.wrongReaps);
    }

    /** The connection, or null once ended. */
    @Nullable
    Connection connection() {
        Object current = CONNECTION_OR_DETAILS.getAcquire(this);
        return current instanceof ConnectionDetails details ? details.connection : (Connection) current;
    }

    /** The details, if there are any yet. */
    @Nullable
    ConnectionDetails detailsIfAny() {
        return CONNECTION_OR_DETAILS.getAcquire(this) instanceof ConnectionDetails details ? details : null;
    }

    /** The details, begun if need be; null once ended. */
    @Nullable
    ConnectionDetails details() {
        while (true) {
            Object current = CONNECTION_OR_DETAILS.getAcquire(this);
            if (current == null) {
                return null;
            }
            if (current instanceof ConnectionDetails details) {
                return details;
            }
            ConnectionDetails fresh = new ConnectionDetails((Connection) current);
            if (CONNECTION_OR_DETAILS.compareAndSet(this, current, fresh)) {
                return fresh;
            }
        }
    }

    /** Lets go of the connection, for whoever ended the watch, who gets what there was: the connection or its details. */
    @Nullable
    Object release() {
        return CONNECTION_OR_DETAILS.getAndSet(this, null);
    }
}
