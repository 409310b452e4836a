package dev.heartbeat;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.internal.text.LogText;
import dev.heartbeat.internal.time.CoarseTime;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * When a peer is asked for a sign of life, when its silence makes it suspect, and when it is reaped; immutable.
 *
 * <table>
 * <caption>The settings, each a {@link Duration} from 1 ms to 1 day</caption>
 * <tr><th>Setting<th>Default<th>Meaning
 * <tr><td>{@code pingInterval}<td>30 s<td>the silence after which the one ping is sent
 * <tr><td>{@code pongTimeout}<td>10 s<td>no answer by then makes the peer suspect; nothing is closed
 * <tr><td>{@code reapAfter}<td>30 s<td>no answer by then, counted from the same ping, makes it a zombie
 * <tr><td>{@code verifyEvery}<td>5 min<td>the time after which a peer that talks is pinged too, to see whether it hears
 * <tr><td>{@code hindranceCap}<td>5 min<td>the longest that what is only supposed puts one ping's verdict off: a {@linkplain Hindrance
 * hindrance} where nothing better is known, or the allowance for what was sent
 * <tr><td>{@code holdCap}<td>90 s<td>the longest that a verdict is held while many peers are silent at once
 * </table>
 *
 * <p>Beside those, {@code slowestLink} is a rate, 8192 bytes a second: the time that is allowed for what was sent in front of a ping.
 *
 * <p>There is one ping and then patience, because on one TCP stream a second ping queues behind the first and proves
 * nothing more. The two deadlines run from that ping: suspicion is early and harmless and clears itself, reaping is late
 * and final. The defaults wait 30 s rather than the usual 10 s since TCP, after a loss, answers at doubling intervals, and
 * a sleeping radio only at its next cycle (20.48 s for common eDRX settings). Who prefers the usual recipe sets
 * {@code pongTimeout} and {@code reapAfter} both to 10 s.
 *
 * <p>Pings are spread: the first comes at a random moment of the first interval, whether or not the peer is silent, and
 * later ones when the interval is over, or up to an eighth of it before when many are due at once, never after.
 */
public final class HeartbeatPolicy {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final HeartbeatPolicy DEFAULTS = builder().build();

    private final Duration pingInterval;
    private final Duration pongTimeout;
    private final Duration reapAfter;
    private final Duration hindranceCap;
    private final Duration holdCap;
    private final Duration verifyEvery;
    private final @Nullable Duration staleAfter;
    private final boolean reapsStale;
    private final boolean supersedes;
    private final @Nullable Duration proxyIdleTimeout;
    private final @Nullable Integer wrongReaps;
    private final int slowestLink;

    private HeartbeatPolicy(Builder builder) {
        this.pingInterval = builder.pingInterval;
        this.pongTimeout = builder.pongTimeout();
        this.reapAfter = builder.reapAfter();
        this.hindranceCap = builder.hindranceCap;
        this.holdCap = builder.holdCap();
        this.verifyEvery = builder.verifyEvery;
        this.staleAfter = builder.staleAfter;
        this.reapsStale = builder.reapsStale;
        this.supersedes = builder.supersedes;
        this.proxyIdleTimeout = builder.proxyIdleTimeout;
        this.wrongReaps = builder.wrongReaps;
        this.slowestLink = builder.slowestLink;
    }

    /**
     * The policy with every default.
     *
     * @return ping after 30 s of silence, suspect after 10 s without an answer, reap after 30 s
     */
    public static HeartbeatPolicy defaults() {
        return DEFAULTS;
    }

    /**
     * A policy that learns how long live peers need, and keeps to a budget of wrong reaps; every other setting as it comes.
     *
     * @param wrongReapsPer1000Hours from 1 to 10 000; 100 suits most fleets
     * @return a policy as of {@link Builder#adaptive}
     * @throws IllegalArgumentException if the budget is out of range
     */
    public static HeartbeatPolicy adaptive(int wrongReapsPer1000Hours) {
        return builder().adaptive(wrongReapsPer1000Hours).build();
    }

    /**
     * Starts from the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts from this policy.
     *
     * @return a new builder that holds this policy's settings
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.pingInterval = pingInterval;
        builder.pongTimeout = pongTimeout;
        builder.reapAfter = reapAfter;
        builder.hindranceCap = hindranceCap;
        builder.holdCap = holdCap;
        builder.verifyEvery = verifyEvery;
        builder.staleAfter = staleAfter;
        builder.reapsStale = reapsStale;
        builder.supersedes = supersedes;
        builder.proxyIdleTimeout = proxyIdleTimeout;
        builder.wrongReaps = wrongReaps;
        builder.slowestLink = slowestLink;
        return builder;
    }

    /**
     * The silence after which the one ping is sent.
     *
     * @return from 1 ms to 1 day
     */
    public Duration pingInterval() {
        return pingInterval;
    }

    /**
     * The longest wait for an answer before the peer is suspect.
     *
     * @return from 1 ms to {@link #reapAfter()}
     */
    public Duration pongTimeout() {
        return pongTimeout;
    }

    /**
     * The patience: the longest wait for an answer before the peer is a zombie, from the same ping.
     *
     * @return from {@link #pongTimeout()} to 1 day
     */
    public Duration reapAfter() {
        return reapAfter;
    }

    /**
     * The longest that hindrances put off the verdict on one ping where nothing better is known, and the most that is allowed for
     * what was sent in front of it.
     *
     * @return from 1 ms to 1 day
     */
    public Duration hindranceCap() {
        return hindranceCap;
    }

    /**
     * The longest that a verdict is held while many peers are silent at once.
     *
     * @return from zero, for not at all, to 1 day
     */
    public Duration holdCap() {
        return holdCap;
    }

    /**
     * The time after which a peer that talks all the time is pinged too, to see whether it hears.
     *
     * @return from 1 ms to 1 day
     */
    public Duration verifyEvery() {
        return verifyEvery;
    }

    /**
     * The silence of the application, behind pongs however perfect, that makes its data stale.
     *
     * @return from 1 ms to 1 day; empty, as by default, for never
     */
    public Optional<Duration> staleAfter() {
        return Optional.ofNullable(staleAfter);
    }

    /**
     * Whether a connection whose data are stale is reaped.
     *
     * @return false by default: the application decides
     */
    public boolean reapsStale() {
        return reapsStale;
    }

    /**
     * Whether a connection with an identity reaps the older one that has the same without probing it first.
     *
     * @return false by default
     */
    public boolean supersedes() {
        return supersedes;
    }

    /**
     * The budget of an adaptive policy.
     *
     * @return wrong reaps in 1000 connection-hours; empty, as by default, if the policy is not adaptive
     */
    public OptionalInt wrongReapsPer1000Hours() {
        return wrongReaps == null ? OptionalInt.empty() : OptionalInt.of(wrongReaps);
    }

    /**
     * The slowest link worth serving.
     *
     * @return bytes a second, from 1
     */
    public int slowestLink() {
        return slowestLink;
    }

    /**
     * The longest time from a peer's last sign of life to its reap: {@link #pingInterval()}, then {@link #reapAfter()}, then
     * less than half a second, less still for short settings, in which the detector rounds up and makes sure that nothing
     * unread was waiting. Counted in active time, which is real time as long as this process comes to listen: where {@link
     * LivenessListener#onLag} tells that active time runs slow, a dead peer is found after this time divided by that factor.
     * Counted without hindrances, and without a hold while many peers are silent at once; after
     * a stall of our own, verdicts wait for as long as it took, two seconds at most, to read what arrived meanwhile.
     *
     * <p>It can take longer where more is known: for as long as output moves that is in front of the ping, or for what the {@linkplain
     * #slowestLink() slowest link} would take for what was sent in front of it; by one pong timeout more where output stands
     * that was not seen before; by the moment that the kernel takes to be asked; and for as long as the ping has not left this
     * process though no output stands, as when an executor refuses it. And where nothing is known below the
     * transport, a peer is given twice its latest round trip at least, up to the hindrance cap.
     *
     * @return the bound
     */
    public Duration detectionTime() {
        return pingInterval
                .plus(reapAfter)
                .plus(CoarseTime.duration(6L * CoarseTime.tick(pongTimeout, pingInterval) + 3));
    }

    /**
     * This policy for a connection that is closed when it has been idle for so long: its ping interval is three quarters of
     * that at most. The detector applies it by itself where the {@linkplain Connection#idleTimeout() transport} tells.
     *
     * @param idleTimeout the silence after which the connection is closed
     * @return a policy that differs in its ping interval only, which is at least 1 ms and may be below what {@linkplain
     *     Builder#adaptive adaptive} policies start from; this policy if its interval is short enough
     * @throws IllegalArgumentException if the timeout is not positive
     * @throws NullPointerException if it is null
     */
    public HeartbeatPolicy forIdleTimeout(Duration idleTimeout) {
        requireNonNull(idleTimeout, "idleTimeout");
        if (idleTimeout.isNegative() || idleTimeout.isZero()) {
            throw new IllegalArgumentException("idleTimeout must be positive: " + idleTimeout);
        }
        Duration latest = idleTimeout.minus(idleTimeout.dividedBy(4));
        Duration interval = latest.compareTo(SHORTEST) < 0 ? SHORTEST : latest;
        if (pingInterval.compareTo(interval) <= 0) {
            return this;
        }
        Builder builder = toBuilder();
        builder.pingInterval = interval;
        return builder.build();
    }

    static Duration inRange(String name, Duration value) {
        requireNonNull(value, name);
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be from 1 ms to 1 day: " + value);
        }
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeartbeatPolicy that
                && pingInterval.equals(that.pingInterval)
                && pongTimeout.equals(that.pongTimeout)
                && reapAfter.equals(that.reapAfter)
                && hindranceCap.equals(that.hindranceCap)
                && holdCap.equals(that.holdCap)
                && verifyEvery.equals(that.verifyEvery)
                && Objects.equals(staleAfter, that.staleAfter)
                && reapsStale == that.reapsStale
                && supersedes == that.supersedes
                && Objects.equals(proxyIdleTimeout, that.proxyIdleTimeout)
                && Objects.equals(wrongReaps, that.wrongReaps)
                && slowestLink == that.slowestLink;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                pingInterval,
                pongTimeout,
                reapAfter,
                hindranceCap,
                holdCap,
                verifyEvery,
                staleAfter,
                reapsStale,
                supersedes,
                proxyIdleTimeout,
                wrongReaps,
                slowestLink);
    }

    /**
     * The policy as a sentence.
     *
     * @return for example {@code ping after 30 s of silence, suspect 10 s later, reap 30 s after the ping: a dead peer is
     *     found within 60.4 s}
     */
    @Override
    public String toString() {
        if (wrongReaps != null) {
            return "ping after " + LogText.of(pingInterval) + " of silence, or sooner where that is unusual, reap "
                    + wrongReaps + " live peers in 1000 connection-hours at most: a dead peer is found within "
                    + LogText.of(detectionTime());
        }
        return "ping after " + LogText.of(pingInterval) + " of silence, suspect " + LogText.of(pongTimeout)
                + " later, reap " + LogText.of(reapAfter) + " after the ping: a dead peer is found within "
                + LogText.of(detectionTime());
    }

    /** Collects settings; each setter refuses a bad value at once and then leaves the builder as it was. Not thread-safe. */
    public static final class Builder {

        private static final Duration USUAL_PONG_TIMEOUT = Duration.ofSeconds(10);
        private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);
        private static final Duration USUAL_PATIENCE_CAP = Duration.ofSeconds(60);
        private static final Duration USUAL_HOLD_CAP = Duration.ofSeconds(90);
        private static final Duration SHORTEST_ADAPTED = Duration.ofSeconds(5);
        private static final int LARGEST_BUDGET = 10_000;

        private Duration pingInterval = Duration.ofSeconds(30);
        private @Nullable Duration pongTimeout;
        private @Nullable Duration reapAfter;
        private Duration hindranceCap = Duration.ofMinutes(5);
        private @Nullable Duration holdCap;
        private Duration verifyEvery = Duration.ofMinutes(5);
        private @Nullable Duration staleAfter;
        private boolean reapsStale;
        private boolean supersedes;
        private @Nullable Duration proxyIdleTimeout;
        private @Nullable Integer wrongReaps;
        private int slowestLink = 8192;

        private Builder() {}

        /**
         * Sets the silence after which the one ping is sent. Keep it well below the idle timeout of every proxy on the way.
         *
         * @param value from 1 ms to 1 day; 30 s unless set
         * @return this builder
         * @throws IllegalArgumentException if the value is out of range, or too close to the proxies' idle timeout set before
         * @throws NullPointerException if it is null
         */
        public Builder pingInterval(Duration value) {
            requireBelowProxies(inRange("pingInterval", value), proxyIdleTimeout);
            requireAdaptable("pingInterval", value, wrongReaps);
            this.pingInterval = value;
            return this;
        }

        /**
         * Sets the longest wait for an answer before the peer is suspect.
         *
         * @param value from 1 ms to 1 day, at most the patience; unless set, 10 s or the patience if that is shorter
         * @return this builder
         * @throws IllegalArgumentException if the value is out of range, or above the patience set before
         * @throws NullPointerException if it is null
         */
        public Builder pongTimeout(Duration value) {
            inRange("pongTimeout", value);
            if (reapAfter != null && value.compareTo(reapAfter) > 0) {
                throw new IllegalArgumentException(
                        "pongTimeout must be at most reapAfter (" + reapAfter + "): " + value);
            }
            this.pongTimeout = value;
            return this;
        }

        /**
         * Sets the patience: the longest wait for an answer, from the ping, before the peer is reaped.
         *
         * @param value from 1 ms to 1 day, at least the pong timeout; unless set, 30 s or the pong timeout if that is longer
         * @return this builder
         * @throws IllegalArgumentException if the value is out of range, or below the pong timeout set before
         * @throws NullPointerException if it is null
         */
        public Builder reapAfter(Duration value) {
            inRange("reapAfter", value);
            if (pongTimeout != null && value.compareTo(pongTimeout) < 0) {
                throw new IllegalArgumentException(
                        "reapAfter must be at least pongTimeout (" + pongTimeout + "): " + value);
            }
            requireAdaptable("reapAfter", value, wrongReaps);
            this.reapAfter = value;
            return this;
        }

        /**
         * Sets the longest that what is only supposed puts off the verdict on one ping, or the ping itself: a {@linkplain
         * Hindrance hindrance} where nothing better is known, or the allowance for what was {@linkplain #slowestLink(int)
         * sent} in front of the ping. What is seen has no cap: output that moves, input that grows, a ping that has not left.
         *
         * @param value from 1 ms to 1 day; 5 min unless set
         * @return this builder
         * @throws IllegalArgumentException if the value is out of range
         * @throws NullPointerException if it is null
         */
        public Builder hindranceCap(Duration value) {
            this.hindranceCap = inRange("hindranceCap", value);
            return this;
        }

        /**
         * Sets the longest that a verdict is held while many peers are silent at once: when nothing at all is heard from twenty
         * connections or more, or when more than ten peers, more than 3 % of all and more than three times the usual share are
         * suspect. Of fewer than twenty connections it is one fault when three pings at least are unanswered and nothing has
         * been heard from anyone since the first of them; of one or two nothing can be told, and they are reaped with the usual
         * patience. Peers that turn {@linkplain ReapReason#DEAF deaf} or {@linkplain ReapReason#STALE stale} are counted apart,
         * and hold the verdicts of their own kind only; those of takeovers are never held and never counted. Suspicions are
         * told as ever. A dead carrier and a dead neighbourhood look the same for the first minute or two, so a real death of
         * many is found later by as much; when the cap is reached, reaping goes on with 2 % of the connections in a second.
         *
         * <p>By default a verdict falls two minutes after the ping at the latest: after an outage of a minute, TCP's next
         * attempt comes before that. A short patience shortens the hold with it, to three times its length.
         *
         * @param value from zero, for not at all, to 1 day; 90 s, or three times the patience if that is shorter, unless set
         * @return this builder
         * @throws IllegalArgumentException if the value is out of range
         * @throws NullPointerException if it is null
         */
        public Builder holdCap(Duration value) {
            requireNonNull(value, "holdCap");
            if (value.isNegative() || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("holdCap must be from 0 to 1 day: " + value);
            }
            this.holdCap = value;
            return this;
        }

        /**
         * Sets the time after which a peer that talks all the time is pinged too. No silence ever asks such a peer, so
         * nobody would notice that it has gone deaf: that it sends but receives nothing. It is reaped as {@link
         * ReapReason#DEAF} when it owes an echo for half of this time, or for the patience if that is longer, but only if it
         * has echoed pings before on the same connection.
         *
         * @param value from 1 ms to 1 day, in effect at least the ping interval; 5 min unless set
         * @return this builder
         * @throws IllegalArgumentException if the value is out of range
         * @throws NullPointerException if it is null
         */
        public Builder verifyEvery(Duration value) {
            this.verifyEvery = inRange("verifyEvery", value);
            return this;
        }

        /**
         * Sets the silence of the application that makes its data stale, for hardware that answers pings perfectly while what
         * it should report has stopped. What the application says is told by {@link Heartbeat#messageReceived()}; the first
         * silence begins with the watch. Told by {@link LivenessListener#onStale}, once for each silence. A silence that {@linkplain
         * Heartbeat#expectSilence was announced} does not count. A detector that has never been told of a message, on any
         * connection, says so once in a WARN line and judges nobody by it: no {@code onStale}, no reap.
         *
         * @param value from 1 ms to 1 day; never unless set
         * @return this builder
         * @throws IllegalArgumentException if the value is out of range
         * @throws NullPointerException if it is null
         */
        public Builder staleAfter(Duration value) {
            this.staleAfter = inRange("staleAfter", value);
            return this;
        }

        /**
         * Sets whether a connection whose data are stale is reaped, as {@link ReapReason#STALE}. In a fleet the reap follows up to
         * five seconds later, to see whether others turn stale too: many at once, or nothing said by anyone for half the time, look
         * like a standstill of our own, and are {@linkplain #holdCap held}.
         *
         * @param value false unless set: the application decides
         * @return this builder
         */
        public Builder reapStale(boolean value) {
            this.reapsStale = value;
            return this;
        }

        /**
         * Sets whether a connection that is {@linkplain Heartbeat#identify given} the identity of an older one reaps that one
         * without probing it first. Where an identity is authenticated and a device has one connection at a time, its new
         * one is proof enough.
         *
         * @param value false unless set: the older one is probed, and reaped if it does not answer
         * @return this builder
         */
        public Builder supersede(boolean value) {
            this.supersedes = value;
            return this;
        }

        /**
         * Tells the shortest idle timeout of the proxies, load balancers and gateways in front, so that a ping interval that
         * would let them close live connections is refused: it may be three quarters of the timeout at most, which leaves a
         * quarter for a ping that has to wait or is lost once.
         *
         * @param value from 1 ms to 1 day; unknown unless set
         * @return this builder
         * @throws IllegalArgumentException if the value is out of range, or the ping interval too close to it
         * @throws NullPointerException if it is null
         */
        public Builder proxyIdleTimeout(Duration value) {
            requireBelowProxies(pingInterval, inRange("proxyIdleTimeout", value));
            this.proxyIdleTimeout = value;
            return this;
        }

        /**
         * Sets the slowest link worth serving. A proxy in front acknowledges for the peer, and a ping waits unseen in its
         * buffers, behind whatever was sent since the latest echo; that is given the time such a link takes for it, up to the
         * {@linkplain #hindranceCap(Duration) hindrance cap}, before a deadline begins. Where output is seen to wait, whether it
         * moves decides, and nothing need be assumed; the allowance runs from the ping, so that it is used up while output moves.
         * A device to which little is sent is judged as fast as ever; one that
         * dies right after 100 KB is found 12 s later than usual with the default.
         *
         * @param bytesPerSecond at least 1; 8192 unless set, which is 64 kbit/s
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder slowestLink(int bytesPerSecond) {
            if (bytesPerSecond < 1) {
                throw new IllegalArgumentException("slowestLink must be at least 1 byte a second: " + bytesPerSecond);
            }
            this.slowestLink = bytesPerSecond;
            return this;
        }

        /**
         * Makes the policy learn. The detector counts how long each device is silent between its messages, and how long it
         * and its like take to answer a ping. It asks a peer when it has been silent for longer than it almost ever is, five
         * seconds at least and the ping interval at most, and reaps when live peers exceed the wait no more often than the
         * budget. Quick peers are found out within seconds, slow ones are given the time that they have shown to need.
         *
         * <p>The pong timeout counts only until twenty connection-hours of like peers are known; after that a peer is suspect
         * when live ones exceed the wait no more than once an hour. {@link #reapAfter} becomes a cap, 60 s unless set, which
         * only a device that was probably reaped wrongly twice may exceed, up to five minutes. A reap was probably wrong if
         * the same {@linkplain Heartbeat#identify identity} is back within three minutes. What is known of an identified
         * device outlives its connections; what is known of its {@linkplain Heartbeat#group group} judges newcomers.
         *
         * <p>It costs about 420 bytes a connection, and some comparisons for each message.
         *
         * @param wrongReapsPer1000Hours the budget: how many live peers may be reaped in 1000 connection-hours, from 1 to
         *     10 000; 300 finds the dead fast, 100 suits most fleets, 30 is patient
         * @return this builder
         * @throws IllegalArgumentException if the budget is out of range, or the ping interval or patience set before is
         *     below 5 s, which leaves nothing to learn
         */
        public Builder adaptive(int wrongReapsPer1000Hours) {
            if (wrongReapsPer1000Hours < 1 || wrongReapsPer1000Hours > LARGEST_BUDGET) {
                throw new IllegalArgumentException(
                        "wrongReapsPer1000Hours must be from 1 to " + LARGEST_BUDGET + ": " + wrongReapsPer1000Hours);
            }
            requireAdaptable("pingInterval", pingInterval, wrongReapsPer1000Hours);
            requireAdaptable("reapAfter", reapAfter, wrongReapsPer1000Hours);
            this.wrongReaps = wrongReapsPer1000Hours;
            return this;
        }

        /**
         * Makes the policy.
         *
         * @return a policy with the settings of this builder
         */
        public HeartbeatPolicy build() {
            return new HeartbeatPolicy(this);
        }

        private static void requireAdaptable(String name, @Nullable Duration value, @Nullable Integer budget) {
            if (budget != null && value != null && value.compareTo(SHORTEST_ADAPTED) < 0) {
                throw new IllegalArgumentException(
                        name + " must be at least " + SHORTEST_ADAPTED + " for an adaptive policy: " + value);
            }
        }

        private static void requireBelowProxies(Duration pingInterval, @Nullable Duration proxyIdleTimeout) {
            if (proxyIdleTimeout != null
                    && pingInterval.multipliedBy(4).compareTo(proxyIdleTimeout.multipliedBy(3)) > 0) {
                throw new IllegalArgumentException(
                        "pingInterval must be at most three quarters of proxyIdleTimeout (" + proxyIdleTimeout
                                + "), or the proxy closes idle connections before they are pinged: " + pingInterval);
            }
        }

        private Duration pongTimeout() {
            if (pongTimeout != null) {
                return pongTimeout;
            }
            return reapAfter != null && reapAfter.compareTo(USUAL_PONG_TIMEOUT) < 0 ? reapAfter : USUAL_PONG_TIMEOUT;
        }

        private Duration holdCap() {
            if (holdCap != null) {
                return holdCap;
            }
            Duration threefold = reapAfter().multipliedBy(3);
            return threefold.compareTo(USUAL_HOLD_CAP) < 0 ? threefold : USUAL_HOLD_CAP;
        }

        private Duration reapAfter() {
            if (reapAfter != null) {
                return reapAfter;
            }
            Duration usual = wrongReaps == null ? USUAL_PATIENCE : USUAL_PATIENCE_CAP;
            return pongTimeout != null && pongTimeout.compareTo(usual) > 0 ? pongTimeout : usual;
        }
    }
}
