package dev.heartbeat;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.internal.text.LogText;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Something a {@link LivenessListener} is told; immutable. Each callback has its own record, and a record may gain
 * components in later versions: read them by name.
 */
public sealed interface LivenessEvent {

    /** Something that happened to one connection. */
    sealed interface OfConnection extends LivenessEvent {

        /**
         * The connection it happened to, as the adapter showed it to the detector.
         *
         * @return the connection
         */
        Connection connection();
    }

    /**
     * A pong that echoes the latest ping.
     *
     * @param connection the connection
     * @param roundTrip from handing the ping to the transport to the pong's arrival; never negative
     */
    record Pong(Connection connection, Duration roundTrip) implements OfConnection {}

    /**
     * The peer is suspect.
     *
     * @param connection the connection
     * @param evidence what is known of the silence
     */
    record Timeout(Connection connection, Evidence evidence) implements OfConnection {}

    /**
     * The peer is no longer suspect.
     *
     * @param connection the connection
     * @param sincePing from the ping that made it suspect to the sign of life
     */
    record Recovery(Connection connection, Duration sincePing) implements OfConnection {}

    /**
     * The peer is a zombie.
     *
     * @param connection the connection, not yet terminated
     * @param reason why
     * @param evidence what the verdict rests on
     * @param termination completes on a detector's thread when the connection has been terminated, never exceptionally
     */
    record Reap(Connection connection, ReapReason reason, Evidence evidence, CompletionStage<Termination> termination)
            implements OfConnection {

        /**
         * The verdict in one line: the reason, then the evidence, which counts from the beginning of a close if the reason is
         * {@link ReapReason#CLOSE_UNFINISHED}.
         *
         * @return a line for a log or a dashboard
         */
        public String explain() {
            String since = reason == ReapReason.CLOSE_UNFINISHED ? " since the close began" : Evidence.SINCE_PING;
            return reason.phrase() + "; " + evidence.explain(since);
        }
    }

    /**
     * The transport has closed the connection.
     *
     * @param connection the connection
     */
    record Closed(Connection connection) implements OfConnection {}

    /**
     * The peer has a quirk.
     *
     * @param connection the connection
     * @param quirk the habit
     */
    record Quirky(Connection connection, Quirk quirk) implements OfConnection {}

    /**
     * The application behind the peer has fallen silent.
     *
     * @param connection the connection
     * @param silence since the application said anything, or since the watch began
     */
    record Stale(Connection connection, Duration silence) implements OfConnection {}

    /**
     * A connection has taken an identity over.
     *
     * @param connection the newer connection, which holds the identity now
     * @param identity as the application gave it to {@link Heartbeat#identify}
     * @param superseded the older connection
     * @param lately how often the identity has been taken over within the last minute, this time included
     */
    record Takeover(Connection connection, String identity, Connection superseded, int lately) implements OfConnection {

        /**
         * Whether the identity changes hands so often that two devices seem to share it.
         *
         * @return true from the fourth takeover within a minute on
         */
        public boolean isContested() {
            return lately > 3;
        }
    }

    /**
     * A verdict of a dry run was wrong.
     *
     * @param connection the connection, still open
     * @param afterVerdict from the verdict to the sign of life
     * @param mistakes how many verdicts of the detector have been wrong so far
     * @param verdicts how many verdicts the detector has reached so far
     */
    record Mistake(Connection connection, Duration afterVerdict, long mistakes, long verdicts)
            implements OfConnection {}

    /**
     * This process did not listen for a while: a garbage collection, a stopped process, a moved or starved machine, a
     * blocked event loop. No peer is charged for it.
     *
     * @param lost the time that does not count
     * @param pingsOut how many pings were unanswered when it happened, whose verdicts are put off by it
     */
    record Stall(Duration lost, int pingsOut) implements LivenessEvent {}

    /**
     * This process was late again and again: an event loop or a scheduler with other work that takes long, a starved machine.
     * No peer is charged for it, and therefore dead peers are found later: what takes {@link HeartbeatPolicy#detectionTime()} otherwise takes that, divided by
     * the factor.
     *
     * @param factor active time divided by real time, from 0 to 0.8
     * @param length the real time over which that was measured, a minute or a little more
     */
    record Lag(double factor, Duration length) implements LivenessEvent {}

    /**
     * Verdicts are held because many peers fell silent at once, or are held no longer. A hold is told when the first verdict
     * waits because of it.
     *
     * @param over whether the hold is over
     * @param suspects how many peers are suspect, or how many are deaf or stale if it is for those that verdicts are held
     * @param watched how many connections are watched
     * @param lasted since the fault was first noticed
     */
    record Hold(boolean over, int suspects, int watched, Duration lasted) implements LivenessEvent {}

    /**
     * What a suspicion or a verdict rests on. Times are active time: time during which this process was not listening,
     * stopped by a garbage collection or a starved machine, is left out.
     *
     * @param silence since anything was heard from the peer, or since the watch began
     * @param sincePing since the latest ping was handed to the transport, or since the unfinished close began; zero if the peer
     *     was given up before its first ping
     * @param lastRoundTrip the latest round trip, to three digits or so, if there ever was one
     * @param hindrances seen since that ping, or since that close began; never holds {@link Hindrance#NONE}
     * @param pingFailure what the transport threw instead of sending the ping, if it did; none of an unfinished close
     * @param neededLonger under an {@linkplain HeartbeatPolicy#adaptive adaptive} policy that knows enough: how often in 1000
     *     connection-hours a live peer needs longer than this one was given
     * @param socket what the kernel knew of the socket, where it could be asked
     */
    record Evidence(
            Duration silence,
            Duration sincePing,
            Optional<Duration> lastRoundTrip,
            Set<Hindrance> hindrances,
            Optional<Throwable> pingFailure,
            OptionalDouble neededLonger,
            Optional<SocketState> socket) {

        private static final String SINCE_PING = " since the ping";

        /**
         * Copies the set.
         *
         * @param silence since anything was heard
         * @param sincePing since the ping
         * @param lastRoundTrip the latest round trip
         * @param hindrances seen
         * @param pingFailure what the transport threw
         * @param neededLonger how often live peers need longer
         * @param socket what the kernel knew
         * @throws NullPointerException if one is null
         */
        public Evidence {
            requireNonNull(silence, "silence");
            requireNonNull(sincePing, "sincePing");
            requireNonNull(lastRoundTrip, "lastRoundTrip");
            hindrances = Set.copyOf(hindrances);
            requireNonNull(pingFailure, "pingFailure");
            requireNonNull(neededLonger, "neededLonger");
            requireNonNull(socket, "socket");
        }

        /**
         * Evidence without a word of the kernel.
         *
         * @param silence since anything was heard
         * @param sincePing since the ping
         * @param lastRoundTrip the latest round trip
         * @param hindrances seen
         * @param pingFailure what the transport threw
         * @param neededLonger how often live peers need longer
         * @throws NullPointerException if one is null
         */
        public Evidence(
                Duration silence,
                Duration sincePing,
                Optional<Duration> lastRoundTrip,
                Set<Hindrance> hindrances,
                Optional<Throwable> pingFailure,
                OptionalDouble neededLonger) {
            this(silence, sincePing, lastRoundTrip, hindrances, pingFailure, neededLonger, Optional.empty());
        }

        /**
         * The evidence in one line.
         *
         * @return for example {@code silent for 60.1 s, 30.1 s since the ping, last round trip 84 ms, 14 bytes unacknowledged after 6
         *     retransmissions}
         */
        public String explain() {
            return explain(SINCE_PING);
        }

        private String explain(String sinceWhat) {
            StringBuilder line = new StringBuilder("silent for ").append(LogText.of(silence));
            if (!sincePing.isZero()) {
                line.append(", ").append(LogText.of(sincePing)).append(sinceWhat);
            }
            line.append(lastRoundTrip
                    .map(trip -> ", last round trip " + LogText.of(trip))
                    .orElse(", never a round trip"));
            neededLonger.ifPresent(times -> line.append(", live peers need longer ")
                    .append(LogText.number(times))
                    .append(" times in 1000 connection-hours"));
            socket.ifPresent(state -> line.append(", ").append(state.explain()));
            hindrances.stream()
                    .sorted()
                    .forEach(hindrance -> line.append(", although ").append(hindrance.phrase()));
            pingFailure.ifPresent(failure -> line.append(", ").append(LogText.of(failure)));
            return line.toString();
        }
    }
}
