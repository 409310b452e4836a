package dev.heartbeat.netty;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Gives its channel a heartbeat: pings a silent peer, and reaps the channel when the peer is gone. For servers and
 * clients, one instance for each channel, all of them with the application's one {@link ZombieDetector}; a whole
 * program is in the {@linkplain dev.heartbeat.netty documentation of the package}:
 *
 * <pre>{@code
 * pipeline.addLast(new HttpServerCodec())
 *         .addLast(new HttpObjectAggregator(65_536))
 *         .addLast(new WebSocketServerProtocolHandler("/chat"))
 *         .addLast(new HeartbeatHandler(detector))
 *         .addLast(new ChatHandler());
 * }</pre>
 *
 * <p><b>Position.</b> Add it anywhere, before or after the opening handshake, on any executor: once the pipeline has a
 * frame decoder and encoder, the handler moves right behind them and keeps its name. There it sees every frame, also
 * the pongs that the protocol handlers drop by default, and needs none of their options. Since it moves, add other
 * handlers relative to your own handlers rather than to this one. If the codec is not Netty's, or runs on an executor
 * of its own, the handler moves to the head of the pipeline and watches the channel by its bytes: no live peer is
 * reaped, but there are no round trips, and a warning is logged, once for each server channel. That it is not Netty's is
 * told by a handshake's event, or by HTTP that has left the pipeline. A handler that has found no position when a ping interval has
 * passed says so once for each server channel, unless plain HTTP may still be upgraded.
 *
 * <p><b>Life.</b> Whatever the transport reads is a sign of life, down to a part of a frame. Pongs that answer pings of the
 * heartbeat are consumed; all other frames are passed on. While auto-read is off and no read is requested, the kernel tells
 * what has come; where it does not, silence is no evidence up to the {@linkplain HeartbeatPolicy#hindranceCap() cap}, and then
 * the channel is read once, whose message is the application's. What waits to be written, in the channel, in a handler or
 * behind an HTTP/2 window, and whether it moves, is told to the detector ({@link dev.heartbeat.TransportFacts}).
 *
 * <p><b>Events.</b> Beside the detector's listeners, the handlers behind the codec get {@link
 * dev.heartbeat.LivenessEvent.Timeout}, {@link dev.heartbeat.LivenessEvent.Recovery} and {@link
 * dev.heartbeat.LivenessEvent.Reap} as user events, the last one just before the channel is closed:
 *
 * <pre>{@code
 * public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
 *     if (event instanceof LivenessEvent.Reap reap) {
 *         registry.gone(ctx.channel(), reap.explain());
 *     }
 *     ctx.fireUserEventTriggered(event);
 * }
 * }</pre>
 *
 * <p>The connection of an event is this handler, whose {@link #channel()} is the channel.
 *
 * <p><b>Heartbeat.</b> The channel's heartbeat is its attribute {@link #HEARTBEAT}: it tells the latest round trip, and
 * takes a policy for this channel, an identity, an announced silence, or the request for a ping at once. It is present
 * from the handshake's event on, for handlers that were added behind this one:
 *
 * <pre>{@code
 * if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
 *     ctx.channel().attr(HeartbeatHandler.HEARTBEAT).get().policy(patientPolicy);
 * }
 * }</pre>
 *
 * <p><b>HTTP/2.</b> On the streams of an HTTP/2 connection (RFC 8441) the handler belongs into the pipeline of each stream. If the
 * connection is silent, it is asked before any of its streams is, by an HTTP/2 PING: one dead connection is asked once, is one suspect,
 * and takes its streams with it ({@link dev.heartbeat.ReapReason#CARRIER_LOST}). Behind a proxy that answers, each stream is judged by its own ping. A
 * stream that is reaped is reset; with the last of the watched ones the connection is closed, unless {@link #withUnwatchedStreams}
 * spares it. While the connection is asked, it counts as a connection of its own in {@link ZombieDetector#watched}; its events have one
 * that is no {@code HeartbeatHandler}, and reach the handlers in its own pipeline.
 *
 * <p><b>Reaping.</b> The socket is reset and closed at the transport, in milliseconds: no close frame, no close_notify.
 * Pending writes fail, their buffers are released, {@code channelInactive} follows. Once a close frame has been sent or
 * received, no more pings are sent, and the closing handshake may take as long as the patience of the policy.
 *
 * <p><b>Threads.</b> Everything happens on the channel's event loop, with one tick for all its channels, whatever
 * executor the handler is added with. A channel that is registered with another event loop gets a new heartbeat there,
 * with the same policy; an identity has to be given again.
 *
 * <p><b>Shutting down.</b> {@link ZombieDetector#drain} sends a close frame with a code and ends the output; a channel is closed as soon as
 * its peer has answered, a slow download before it notwithstanding, and what comes meanwhile is discarded;
 * closing the detector ends the watch, but closes no channel. The event loops shut down as fast as without a heartbeat.
 */
public final class HeartbeatHandler extends ChannelConnection {

    /**
     * The attribute with a channel's heartbeat: {@code channel.attr(HeartbeatHandler.HEARTBEAT).get()}. It is set from
     * the end of the opening handshake until the handler is removed, which it also is when the channel is closed; null
     * before and after.
     */
    public static final AttributeKey<Heartbeat> HEARTBEAT = AttributeKey.valueOf(HeartbeatHandler.class, "HEARTBEAT");

    /** The handler that a channel has. */
    private static final AttributeKey<HeartbeatHandler> HANDLER =
            AttributeKey.valueOf(HeartbeatHandler.class, "HANDLER");

    private final ZombieDetector detector;
    private boolean setsUserTimeout;
    private boolean sparesOtherStreams;
    private boolean refused;

    /** The channel as a stream of an HTTP/2 connection; null if it is none. */
    private @Nullable CarriedStream stream;

    /** A look at the latest ping that did not leave at once. */
    private @Nullable Future<?> pingLook;

    /** What is known of a channel in which no position was found; null in any other. */
    private @Nullable UpgradeSearch upgrade;

    /** Whether the channel was watched when it left its event loop, so that it is watched again on the next one. */
    private boolean resumesOnNextLoop;

    private @Nullable Heartbeat heartbeat;

    /**
     * A handler for one channel.
     *
     * @param detector watches the channel; the application closes it
     * @throws NullPointerException if the detector is null
     */
    public HeartbeatHandler(ZombieDetector detector) {
        this.detector = requireNonNull(detector, "detector");
    }

    /**
     * Lets the kernel, too, close a connection whose peer acknowledges or takes nothing ({@code TCP_USER_TIMEOUT}); the
     * kernel does so even while this process is stopped. Its timeout is the patience plus the {@linkplain
     * HeartbeatPolicy#holdCap() hold} of the policy in force at the latest ping, so that it never decides before the
     * detector would. But the kernel knows nothing of announced silences ({@link Heartbeat#expectSilence}): do not use
     * this for devices that sleep. On transports other than epoll and io_uring it does nothing.
     *
     * @return this handler
     */
    public HeartbeatHandler withTcpUserTimeout() {
        setsUserTimeout = true;
        return this;
    }

    /**
     * Keeps an HTTP/2 connection open when the last of its watched streams has been reaped for its own silence, for as long as it
     * carries streams that are not watched, plain requests for example. Otherwise the connection goes with that last stream; one
     * that does not answer itself goes in any case.
     *
     * @return this handler
     */
    public HeartbeatHandler withUnwatchedStreams() {
        sparesOtherStreams = true;
        return this;
    }

    /**
     * Sharable only for Netty, which lets no other handler be removed and added again, as this one is when it moves. An
     * instance belongs to one channel: a second one is refused.
     *
     * @return true
     */
    @Override
    public boolean isSharable() {
        return true;
    }

    /**
     * Begins to watch, as soon as the pipeline has a frame codec. A second one in a channel is removed with a warning.
     *
     * @throws IllegalStateException if this instance is in a pipeline already, or has been in that of another channel
     */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ChannelHandlerContext before = this.ctx;
        if (before != null && (!before.isRemoved() || before.channel() != ctx.channel())) {
            throw new IllegalStateException("a HeartbeatHandler must be in one pipeline only: " + id());
        }
        HeartbeatHandler other = ctx.channel().attr(HANDLER).get();
        if (other != null && other != this && ctx.pipeline().context(other) != null) { // or else this one replaces it
            // Netty's protocol handlers close the channel for any exception, be it of one handler too many.
            ctx.pipeline().remove(this);
            Warnings.log(
                    ctx.channel(),
                    "a second HeartbeatHandler has been removed, and the first goes on: add one only, or remove that one first",
                    "");
            return;
        }
        ctx.channel().attr(HANDLER).set(this);
        this.ctx = ctx;
        if (stream == null) {
            stream = CarriedStream.of(ctx.channel(), detector);
        }
        tryToWatch(false);
    }

    /** A stream is reset; with the last of those that are watched its connection is closed, which frees the descriptor. */
    @Override
    Termination closeAtOnce(Channel channel, ReapReason reason) {
        CarriedStream reset = stream;
        Termination closed = super.closeAtOnce(channel, reason);
        if (reset != null) {
            reset.reset(reason, sparesOtherStreams);
        }
        return ChannelFacts.ownsSocket(channel) ? closed : CarriedStream.termination(channel.parent());
    }

    @Override
    boolean waitsForCarrier() {
        return stream != null && stream.waits(closeFrameSent || closeFrameReceived);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (this.ctx == ctx) {
            ctx.channel().attr(HANDLER).compareAndSet(this, null);
            if (heartbeat != null) {
                heartbeat.stop();
                ctx.channel().attr(HEARTBEAT).compareAndSet(heartbeat, null);
                heartbeat = null;
            }
            endTransfer(ctx.channel());
            endLooks();
            leaveConnection();
            stream = null;
            refused = false;
        }
    }

    private void leaveConnection() {
        if (stream != null) {
            stream.leave();
        }
    }

    private void endLooks() {
        endSearch();
        if (pingLook != null) {
            pingLook.cancel(false);
        }
    }

    private void endSearch() {
        if (upgrade != null) {
            upgrade.end();
            upgrade = null;
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        tryToWatch(false);
        ctx.fireChannelActive();
    }

    /** Watches the channel again if it has moved to another event loop. */
    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        if (resumesOnNextLoop
                && heartbeat != null
                && !heartbeat.isWatched()
                && ctx.channel().isOpen()) {
            watch(ctx.channel(), heartbeat.policy());
        }
        ctx.fireChannelRegistered();
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        if (heartbeat != null) {
            resumesOnNextLoop = heartbeat.isWatched();
            heartbeat.stop();
        }
        ctx.fireChannelUnregistered();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (heartbeat != null) {
            heartbeat.closed();
        }
        leaveConnection();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        frameRead(message);
        if (isDrained && seesFrames) {
            closeFrameReceived |= message instanceof CloseWebSocketFrame;
            ReferenceCountUtil.release(message);
            closeIfBothHave();
            return;
        }
        if (message instanceof PongWebSocketFrame pong && isAnswer(pong)) {
            pong.release();
            if (!ctx.channel().config().isAutoRead()) {
                // The pong has used up the read that a handler requested for its next message.
                read(ctx);
            }
            return;
        }
        boolean isCloseFrame = message instanceof CloseWebSocketFrame;
        closeFrameReceived |= isCloseFrame;
        if (heartbeat == null && message instanceof WebSocketFrame) {
            tryToWatch(true);
        } else if (isCloseFrame) {
            reportClosing();
        }
        ctx.fireChannelRead(message);
    }

    private boolean isAnswer(PongWebSocketFrame pong) {
        return heartbeat != null && heartbeat.pongReceived(pong.content().nioBuffer());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        bytesRead();
        if (stream != null) {
            stream.heard();
        }
        if (heartbeat != null) {
            heartbeat.dataReceived();
        } else {
            tryToWatch(upgrade != null && upgrade.read(ctx.pipeline()));
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded();
        }
        if (heartbeat == null) {
            tryToWatch(event instanceof HandshakeComplete || event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof CloseCall call) {
            promise.setSuccess();
            call.arrive();
            return;
        }
        boolean isCloseFrame = message instanceof CloseWebSocketFrame;
        countWritten(message);
        var unused = ctx.write(message, promise);
        if (isCloseFrame) {
            closeFrameSent = true;
            reportClosing();
        } else if (heartbeat == null) {
            // A handshaker without a protocol handler fires no event, but adds the codec before it writes its response.
            tryToWatch(false);
        }
    }

    private void reportClosing() {
        if (heartbeat != null) {
            heartbeat.closing();
        }
    }

    @Override
    void beforePing(Channel channel) {
        if (stream != null) {
            stream.asked(true);
        }
        if (heartbeat != null) {
            setUserTimeout(channel, heartbeat.policy());
        }
    }

    private void setUserTimeout(Channel channel, HeartbeatPolicy policy) {
        if (setsUserTimeout) {
            TcpUserTimeout.set(channel, policy);
        }
    }

    @Override
    void pingRefused(Throwable cause) {
        if (stream != null) {
            stream.asked(false);
        }
        if (heartbeat != null && ctx != null) {
            // The peer was not asked, so it must not be reaped for its silence.
            heartbeat.dataReceived();
            Warnings.log(
                    ctx.channel(),
                    "silent peers are not reaped, since pings do not get through the pipeline",
                    ": " + cause);
        }
    }

    @Override
    void pingWaits(Future<?> sent) {
        if (heartbeat != null) {
            pingLook = HeldBackPing.lookLater(sent, this, heartbeat.policy().hindranceCap());
        }
    }

    /**
     * Moves to the right position and begins to watch; does nothing as long as that position is unknown.
     *
     * @param isWebSocket whether the opening handshake is known to be complete
     */
    private void tryToWatch(boolean isWebSocket) {
        ChannelHandlerContext here = ctx;
        if (here == null
                || here.isRemoved()
                || heartbeat != null
                || refused
                || !here.channel().isActive()) {
            return;
        }
        EventLoop loop = here.channel().eventLoop();
        if (!loop.inEventLoop()) {
            loop.execute(() -> tryToWatch(isWebSocket));
            return;
        }
        PipelinePosition position = PipelinePosition.of(here.pipeline(), isWebSocket);
        if (position == null) {
            search(here.channel());
            return;
        }
        endSearch();
        if (!position.supportsPings()) {
            refuseToWatch(here.channel(), "not watched: this draft of the protocol has no pings", "");
            return;
        }
        seesFrames = position.seesFrames();
        masksFrames = position.masksFrames();
        if (!seesFrames) {
            Warnings.log(
                    here.channel(), "no frame codec on the event loop: pongs cannot be seen, only that bytes come", "");
        }
        if (!position.isOccupiedBy(here)) {
            ctx = null;
            here.channel().attr(HANDLER).set(null);
            position.moveHere(here, this);
        }
        if (heartbeat == null) {
            watch(here.channel(), detector.policy());
        }
    }

    private void search(Channel channel) {
        if (!ChannelFacts.ownsSocket(channel)) {
            return; // most streams are requests, and there is no telling which will be no more than that
        }
        if (upgrade == null) {
            upgrade = new UpgradeSearch();
            upgrade.lookLater(channel, detector.policy().pingInterval(), () -> tryToWatch(true));
        }
        upgrade.isUpgraded(channel.pipeline());
    }

    private void watch(Channel channel, HeartbeatPolicy policy) {
        try {
            Heartbeat fresh = detector.watch(this, channel.eventLoop());
            if (!policy.equals(fresh.policy())) {
                fresh.policy(policy);
            }
            heartbeat = fresh;
            beginTransfer(channel);
            stream = stream == null ? CarriedStream.of(channel, detector) : stream;
            if (stream != null) {
                stream.watched(fresh);
            }
            resumesOnNextLoop = false;
            if (closeFrameSent || closeFrameReceived) {
                fresh.closing();
            }
            setUserTimeout(channel, policy);
            channel.attr(HEARTBEAT).set(fresh);
        } catch (IllegalStateException shutDown) {
            refuseToWatch(channel, "not watched", ": " + shutDown.getMessage());
        }
    }

    private void refuseToWatch(Channel channel, String what, String why) {
        refused = true;
        Warnings.log(channel, what, why);
    }
}
