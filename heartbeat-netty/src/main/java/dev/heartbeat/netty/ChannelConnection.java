package dev.heartbeat.netty;

import dev.heartbeat.Connection;
import dev.heartbeat.Hindrance;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the detector sees of a channel. One object with the handler, so that a channel costs one handler and one
 * context; everything runs on the channel's event loop.
 */
abstract class ChannelConnection extends ChannelDuplexHandler implements Connection {

    private static final Optional<LivenessListener> PIPELINE = Optional.of(new PipelineListener());

    /** Where the handler is, or was last: a connection has its name also after it was closed. Null in a new handler. */
    @Nullable
    ChannelHandlerContext ctx;

    private final LongSupplier clock;
    private @Nullable OutputProgress outputProgress;

    /** Whether the handler sits behind the frame codec and so writes frames from its place; if not, at the head. */
    boolean seesFrames;

    /** Whether the pipeline let the latest ping out. */
    private boolean pingsGetThrough = true;

    /** Whether a close frame of ours has passed; a second one would break the protocol. */
    boolean saidGoodbye;

    /** Whether a read was asked for that has not brought a frame yet. */
    private boolean reading;

    /** Whether that read was asked for one by one; auto-read's own is void as soon as auto-read is turned off. */
    private boolean readingByHand;

    /** Whether reading went on after a pause, so that what has arrived meanwhile may still be unread. */
    private boolean resumed;

    /**
     * A connection that has no channel yet.
     *
     * @param clock nanoseconds, to time the output by
     */
    ChannelConnection(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * The channel of this connection.
     *
     * @return the channel whose pipeline this handler is in, or was last
     * @throws IllegalStateException if it has never been in one
     */
    public final Channel channel() {
        return requireContext().channel();
    }

    @Override
    public final String id() {
        Channel channel = channel();
        SocketAddress peer = channel.remoteAddress();
        return peer == null ? channel.id().asShortText() : channel.id().asShortText() + " " + peer;
    }

    @Override
    public final boolean isOpen() {
        return channel().isOpen();
    }

    @Override
    public final void ping(ByteBuffer payload) {
        pinging(channel());
        PingWebSocketFrame ping = new PingWebSocketFrame(Unpooled.wrappedBuffer(payload));
        var unused = out().writeAndFlush(ping).addListener(this::pinged);
    }

    /**
     * A pipeline that cannot encode a ping is no fault of the peer; a transport that fails is not told apart from it.
     */
    private void pinged(Future<?> sent) {
        Throwable cause = sent.cause();
        pingsGetThrough = cause == null || cause instanceof IOException;
        if (cause != null && !pingsGetThrough) {
            pingRefused(cause);
        }
    }

    @Override
    public final boolean seesPongs() {
        return seesFrames && pingsGetThrough;
    }

    /** How long a live peer may keep silent, or take nothing of what is sent to it. */
    abstract Duration patience();

    /** A ping is about to be sent. */
    abstract void pinging(Channel channel);

    /** The pipeline, not the transport, did not let a ping out: the peer has not been asked. */
    abstract void pingRefused(Throwable cause);

    @Override
    public final void read(ChannelHandlerContext ctx) {
        resumed |= reading;
        reading = true;
        readingByHand = !ctx.channel().config().isAutoRead();
        ctx.read();
    }

    /** A frame has come: whoever wants another one asks for another read. */
    final void hasRead() {
        reading = false;
    }

    @Override
    public final Hindrance hindrance() {
        Channel channel = channel();
        boolean paused = !channel.config().isAutoRead() && !(reading && readingByHand);
        boolean unread = paused || resumed;
        resumed = paused;
        if (outputMoves(channel)) {
            return Hindrance.OUTPUT_IN_PROGRESS;
        }
        return unread ? Hindrance.READING_PAUSED : Hindrance.NONE;
    }

    /**
     * Whether what waits to be sent has moved within the patience, or all that waited when this was last asked is out.
     */
    private boolean outputMoves(Channel channel) {
        OutputProgress before = outputProgress;
        long now = clock.getAsLong();
        outputProgress = OutputProgress.of(channel, before, now);
        return outputProgress == null ? before != null : outputProgress.moves(now, patience());
    }

    @Override
    public final Optional<LivenessListener> listener() {
        return PIPELINE;
    }

    /**
     * Closes at the transport, past every handler: {@code ctx.close()} waits for a close frame and a close_notify to be
     * flushed to a peer that is gone (10 s and 13 s on Netty 4.2.20), {@code closeForcibly()} releases no pending
     * buffer.
     */
    @Override
    public final Termination terminate(ReapReason reason) {
        Channel channel = channel();
        if (channel.eventLoop().inEventLoop()) {
            return close(channel);
        }
        try {
            channel.eventLoop().execute(() -> close(channel));
            return Termination.notFreed("close, left to the event loop");
        } catch (RejectedExecutionException shutDown) {
            // A loop that has shut down has closed its channels.
            return new Termination(!channel.isOpen(), "shutdown of the event loop");
        }
    }

    /**
     * Says goodbye and closes as soon as the close frame is on its way. The protocol handler would wait for the peer's
     * own, for as long as it is set up to, so it is passed by.
     */
    @Override
    public final void close(int code) {
        Channel channel = channel();
        if (channel.eventLoop().inEventLoop()) {
            sayGoodbye(code);
        } else {
            channel.eventLoop().execute(() -> sayGoodbye(code));
        }
    }

    private void sayGoodbye(int code) {
        ChannelOutboundInvoker out = out();
        Object last = saidGoodbye ? Unpooled.EMPTY_BUFFER : new CloseWebSocketFrame(code, "");
        saidGoodbye = true;
        var unused = out.writeAndFlush(last).addListener(flushed -> {
            var unusedFuture = out.close();
        });
    }

    /** Where frames go in: as near to the wire as they can be encoded. */
    private ChannelOutboundInvoker out() {
        ChannelHandlerContext here = requireContext();
        return seesFrames ? here : here.pipeline();
    }

    private static Termination close(Channel channel) {
        channel.remoteAddress(); // remembered by the channel from now on, so that the id stays the same
        boolean reset = lingersNoLonger(channel);
        ChannelPromise closed = channel.newPromise();
        channel.unsafe().close(closed);
        // On io_uring the kernel has the order and answers a moment later; on the others it is done.
        return new Termination(closed.cause() == null, reset ? "reset" : "close");
    }

    /**
     * Without this the kernel keeps a closed socket whose peer does not answer for 109 to 344 s, with all its buffers.
     */
    private static boolean lingersNoLonger(Channel channel) {
        try {
            return channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (RuntimeException notASocketOrGone) {
            return false;
        }
    }

    private ChannelHandlerContext requireContext() {
        ChannelHandlerContext here = ctx;
        if (here == null) {
            throw new IllegalStateException("the handler has never been in a pipeline");
        }
        return here;
    }

    @Override
    public final String toString() {
        return ctx == null ? "unused" : id();
    }
}
