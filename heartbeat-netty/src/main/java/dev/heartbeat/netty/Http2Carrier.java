package dev.heartbeat.netty;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ReapReason;
import dev.heartbeat.ZombieDetector;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection whose streams are watched (RFC 8441), at the head of its pipeline. Before a stream is pinged of a connection
 * that has been silent, the connection is asked, by an HTTP/2 PING, and watched as a connection of its own until a byte comes: one
 * dead connection is asked once, whatever it carries, and takes its streams with it. Behind a proxy that answers, each stream is
 * another device, and is judged by its own ping. On the event loop; loaded only where the HTTP/2 codec is present.
 */
final class Http2Carrier extends ChannelConnection {

    /** The carriers of a connection, one for each detector that watches streams of it. */
    private static final AttributeKey<Map<ZombieDetector, Http2Carrier>> CARRIERS =
            AttributeKey.valueOf(Http2Carrier.class, "CARRIERS");

    private static final Optional<LivenessListener> LISTENER = Optional.of(new CarrierListener());

    /** No application speaks on the connection itself. */
    private static final Duration NEVER_STALE = Duration.ofDays(1);

    private final ZombieDetector detector;
    private final Http2ConnectionHandler codec;

    /** Its streams with a handler in their pipelines, watched or not yet. */
    private final Set<CarriedStream> streams = new LinkedHashSet<>();

    private final Http2PingAnswers answers;

    /** While the connection is asked, or is suspect. */
    private @Nullable Heartbeat heartbeat;

    /** Whether it is asked and has not been heard since. */
    private boolean isAsked;

    /** Whether a stream has been pinged all the same, since the connection is suspect: its peer may answer no HTTP/2 PING. */
    private boolean isStreamAsked;

    /** How often something was read. */
    private long reads;

    private Http2Carrier(ZombieDetector detector, Http2ConnectionHandler codec) {
        this.detector = detector;
        this.codec = codec;
        this.answers = Http2PingAnswers.of(codec);
    }

    /** The carrier of a stream for a detector; null if it is no stream, or its codec not Netty's. */
    static @Nullable Http2Carrier of(Channel stream, ZombieDetector detector) {
        if (!(stream instanceof Http2StreamChannel)) {
            return null;
        }
        Channel connection = stream.parent();
        Http2ConnectionHandler codec = connection.pipeline().get(Http2ConnectionHandler.class);
        if (codec == null) {
            return null;
        }
        Map<ZombieDetector, Http2Carrier> carriers = carriers(connection);
        Http2Carrier carrier = carriers.get(detector);
        if (carrier == null) {
            carriers.values().removeIf(Http2Carrier::leaveIfUnused);
            carrier = new Http2Carrier(detector, codec);
            connection.pipeline().addFirst(carrier);
            carriers.put(detector, carrier);
        }
        return carrier;
    }

    private static Map<ZombieDetector, Http2Carrier> carriers(Channel connection) {
        Attribute<Map<ZombieDetector, Http2Carrier>> attribute = connection.attr(CARRIERS);
        Map<ZombieDetector, Http2Carrier> known = attribute.get();
        if (known == null) {
            known = new HashMap<>(1);
            attribute.set(known);
        }
        return known;
    }

    /** Leaves the pipeline if no stream needs it any more; whether it does. */
    private boolean leaveIfUnused() {
        boolean isUnused = streams.isEmpty() && heartbeat == null;
        if (isUnused && !requireContext().isRemoved()) {
            channel().pipeline().remove(this);
        }
        return isUnused;
    }

    void join(CarriedStream stream) {
        streams.add(stream);
    }

    /** A stream is closed, or no longer watched: without one, nobody asks; what has been asked is still to be answered. */
    void leave(CarriedStream stream) {
        if (streams.remove(stream) && streams.isEmpty() && !isAsked && !isSuspect()) {
            endWatch();
        }
    }

    /** How often something was read so far. */
    long reads() {
        return reads;
    }

    /**
     * Whether the ping of a stream that is due has to wait until the connection has been heard, which is asked unless that happens
     * by itself between two looks at the stream.
     *
     * @param readsBefore the value of {@link #reads} at the look before, at which that ping was due as well; negative for none
     * @param readsWhenHeard its value when the stream was heard last
     */
    boolean holdsBack(long readsBefore, long readsWhenHeard) {
        if (isAsked) {
            boolean isFirst = isSuspect() && !isStreamAsked;
            isStreamAsked |= isFirst;
            return !isFirst;
        }
        if (readsBefore >= 0 && reads > readsBefore) {
            return false;
        }
        boolean isAsSilent = reads == readsWhenHeard;
        return (readsBefore < 0 && !isAsSilent) || ask();
    }

    /** Asks by the most patient policy of all that would be lost; not while one of them sleeps, which may be the device itself. */
    private boolean ask() {
        HeartbeatPolicy policy = detector.policy();
        boolean isFirst = true;
        for (CarriedStream stream : streams) {
            Heartbeat other = stream.heartbeat();
            if (other != null && other.isAsleep()) {
                return false;
            }
            if (other != null && (isFirst || isMorePatient(other.policy(), policy))) {
                isFirst = false;
                policy = other.policy();
            }
        }
        return ask(policy);
    }

    private static boolean isMorePatient(HeartbeatPolicy one, HeartbeatPolicy other) {
        return one.reapAfter().compareTo(other.reapAfter()) > 0;
    }

    private boolean ask(HeartbeatPolicy policy) {
        try {
            if (heartbeat == null || !heartbeat.isWatched()) {
                Heartbeat fresh = detector.watch(this, channel().eventLoop());
                adopt(fresh, policy.staleAfter().isEmpty() ? policy : neverStale(policy));
                heartbeat = fresh;
            }
            heartbeat.probe();
            isAsked = true;
        } catch (IllegalStateException closedOrDraining) {
            isAsked = false;
        }
        return isAsked;
    }

    private static void adopt(Heartbeat fresh, HeartbeatPolicy policy) {
        if (!policy.equals(fresh.policy())) {
            fresh.policy(policy);
        }
    }

    private static HeartbeatPolicy neverStale(HeartbeatPolicy policy) {
        return policy.toBuilder().staleAfter(NEVER_STALE).build();
    }

    /** Whether it has been asked for longer than an answer may take. */
    boolean isSuspect() {
        return heartbeat != null && heartbeat.isSuspect();
    }

    /** It is dead, and its streams with it. */
    void lost() {
        for (CarriedStream stream : List.copyOf(streams)) {
            Heartbeat one = stream.heartbeat();
            if (one != null) {
                one.carrierLost();
            }
        }
    }

    /**
     * Closes the connection, now that a stream has been reaped, if no watched one is left. Where it is to be spared, or nothing
     * says that it is silent, it is asked instead, and goes if it does not answer.
     *
     * @param isSilent whether the stream was reaped for its silence
     * @param sparesOthers whether it stays open for a stream that is not watched
     * @param policy of the stream
     */
    void closeIfUnused(boolean isSilent, boolean sparesOthers, HeartbeatPolicy policy) {
        if (!channel().isOpen()
                || carriers(channel()).values().stream().anyMatch(carrier -> !carrier.streams.isEmpty())) {
            return;
        }
        if (!isSilent || (sparesOthers && hasStreams())) {
            var unused = isAsked || ask(policy);
        } else {
            var unused = closeAtOnce(channel(), ReapReason.NO_ANSWER);
        }
    }

    /** Whether a stream is open that has not been reset. */
    private boolean hasStreams() {
        try {
            return codec.connection().forEachActiveStream(Http2Stream::isResetSent) != null;
        } catch (Http2Exception impossible) {
            return true;
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        countPending(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reads++;
        isAsked = false;
        isStreamAsked = false;
        frameRead(message);
        if (heartbeat != null) {
            heartbeat.dataReceived();
            if (!heartbeat.isSuspect()) { // or else its recovery is still to be told
                endWatch();
            }
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        bytesRead();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        countWritten(message);
        var unused = ctx.write(message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (heartbeat != null) {
            heartbeat.closed();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        endWatch();
        ctx.fireChannelUnregistered();
    }

    private void endWatch() {
        isAsked = false;
        isStreamAsked = false;
        if (heartbeat != null) {
            heartbeat.stop();
            heartbeat = null;
        }
    }

    @Override
    Future<?> sendPing(Channel channel, ByteBuffer payload) {
        isAsked = true;
        return answers.ask(channel, payload.getLong(payload.position()));
    }

    @Override
    void beforePing(Channel channel) {
        // nothing to be done
    }

    @Override
    void pingWaits(Future<?> sent) {
        // a handler below HTTP/2 that swallows bytes swallows all of them
    }

    /** Without a ping of its own the connection cannot be asked: its streams are. */
    @Override
    void pingRefused(Throwable cause) {
        endWatch();
    }

    @Override
    boolean waitsForCarrier() {
        return false;
    }

    /** Its answer is not passed on, since it counts by its bytes as everything does. */
    @Override
    public boolean seesPongs() {
        return false;
    }

    /** The streams are closed in an orderly way, and the connection is the application's. */
    @Override
    public void close(int code) {
        channel().eventLoop().execute(this::endWatch);
    }

    @Override
    public Optional<LivenessListener> listener() {
        return LISTENER;
    }
}
