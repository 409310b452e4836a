package dev.heartbeat.netty;

import dev.heartbeat.Connection;
import dev.heartbeat.Hindrance;
import dev.heartbeat.LivenessListener;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.TransportFacts;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A channel as the detector's connection. The handler extends it, so that a channel costs one handler and one context.
 * Runs on the channel's event loop.
 */
abstract class ChannelConnection extends ChannelInput implements Connection {

    private static final Optional<LivenessListener> PIPELINE = Optional.of(new PipelineListener());

    /** The latest context of the handler, kept after its removal for {@link #id}; null if there has been none. */
    @Nullable
    ChannelHandlerContext ctx;

    /** What was seen at the latest look at the output. */
    private @Nullable OutputProgress outputProgress;

    /** The latest ping, until it is written. */
    private @Nullable Future<?> pingUnderway;

    /** The bytes that have been written to the channel, before they are encrypted. */
    private long written;

    /** Counts them where they are encrypted; null where they are not, or where the handler is at the head itself. */
    private @Nullable EncryptedOutput encrypted;

    /** Whether the frames that are sent are masked, as a client's are. */
    boolean masksFrames;

    /** Whether the pipeline has passed the latest ping on to the transport. */
    private boolean pingsGetThrough = true;

    /** Whether this side has sent a close frame; the protocol forbids a second one. */
    boolean closeFrameSent;

    /** Whether this side's close frame is known to have been written. */
    private boolean closeFrameWritten;

    /** Whether an orderly close has begun here: what comes from now on is read, so that the peer can end, and is of no interest. */
    boolean isDrained;

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
        beforePing(channel());
        Future<?> sent = sendPing(channel(), payload);
        pingUnderway = sent;
        var unused = sent.addListener(this::afterPing);
        if (!sent.isDone()) {
            pingWaits(sent);
        }
    }

    /** Writes and flushes a ping with this payload. */
    Future<?> sendPing(Channel channel, ByteBuffer payload) {
        return send(new PingWebSocketFrame(Unpooled.wrappedBuffer(payload)));
    }

    /**
     * A failure in the pipeline, such as an encoder's, says nothing of the peer; one of the transport may be due to it.
     */
    private void afterPing(Future<?> sent) {
        if (pingUnderway == sent) {
            pingUnderway = null;
        }
        Throwable cause = sent.cause();
        pingsGetThrough = cause == null || cause instanceof IOException;
        if (cause != null && !pingsGetThrough) {
            pingRefused(cause);
        }
    }

    @Override
    public boolean seesPongs() {
        return seesFrames && pingsGetThrough;
    }

    /** Whether the connection that carries this one is being asked, and pings and verdicts wait for that. */
    abstract boolean waitsForCarrier();

    /** A ping is about to be sent. */
    abstract void beforePing(Channel channel);

    /** The ping is neither on its way nor failed. */
    abstract void pingWaits(Future<?> sent);

    /** The pipeline, not the transport, has failed a ping: the peer has not been asked. */
    abstract void pingRefused(Throwable cause);

    /** The watch begins; what is being read is the end of the handshake. */
    final void beginTransfer(Channel channel) {
        beginInput();
        if (seesFrames && encrypted == null) {
            encrypted = EncryptedOutput.of(channel);
        }
    }

    /** The handler is removed, and does not see what is read and written from now on. */
    final void endTransfer(Channel channel) {
        if (encrypted != null) {
            encrypted.remove(channel.pipeline());
            encrypted = null;
        }
        endInput();
    }

    @Override
    public final Hindrance hindrance() {
        Hindrance input = inputHindrance(channel());
        boolean isOfInput = closeFrameReceived || input == Hindrance.READING_PAUSED;
        return !isOfInput && waitsForCarrier() ? Hindrance.CARRIER_ASKED : input;
    }

    @Override
    public final boolean readOnce() {
        channel().read();
        return true;
    }

    @Override
    public final TransportFacts facts() {
        Channel channel = channel();
        outputProgress = OutputProgress.of(channel, outputProgress);
        long sent = encrypted == null ? written : encrypted.bytes();
        return ChannelFacts.of(channel, outputProgress, sent, pingUnderway != null);
    }

    /** What waits already will be subtracted from what is counted, as will be all that waits. */
    final void countPending(Channel channel) {
        ChannelOutboundBuffer output = channel.unsafe().outboundBuffer();
        written += output == null ? 0 : BufferedOutput.pending(output);
    }

    /** A message is about to be written; it must not have been released. */
    final void countWritten(Object message) {
        written += FrameSize.of(message, masksFrames);
    }

    @Override
    public Optional<LivenessListener> listener() {
        return PIPELINE;
    }

    /**
     * Closes at the transport, bypassing all handlers: {@code ctx.close()} waits for a close frame and a close_notify
     * to be flushed to a peer that is gone (10 s and 13 s on Netty 4.2.20), {@code closeForcibly()} releases no pending
     * buffer.
     */
    @Override
    public final Termination terminate(ReapReason reason) {
        Channel channel = channel();
        if (channel.eventLoop().inEventLoop()) {
            return closeAtOnce(channel, reason);
        }
        try {
            channel.eventLoop().execute(() -> closeAtOnce(channel, reason));
            return Termination.notFreed("close, left to the event loop");
        } catch (RejectedExecutionException shutDown) {
            // A loop that has shut down has closed its channels.
            return new Termination(!channel.isOpen(), "shutdown of the event loop");
        }
    }

    /**
     * Sends a close frame, behind whatever handlers hold back of what was written before, and then the end of the output, and
     * leaves it to the peer to answer and to end when it has read all that: a socket that is closed before is reset by what
     * still comes, and the reset destroys what the kernel holds for a slow peer. Bypasses the protocol handler, which would
     * close within a time of its own.
     */
    @Override
    public void close(int code) {
        Channel channel = channel();
        if (channel.eventLoop().inEventLoop()) {
            beginClose(channel, code);
        } else {
            channel.eventLoop().execute(() -> beginClose(channel, code));
        }
    }

    private void beginClose(Channel channel, int code) {
        isDrained = true;
        if (seesFrames) {
            channel.config().setAutoRead(true);
            new CloseCall(this, code).send();
        } else {
            sendCloseFrame(code);
        }
    }

    /** All that was written before is on its way. */
    final void sendCloseFrame(int code) {
        Object last = closeFrameSent ? Unpooled.EMPTY_BUFFER : new CloseWebSocketFrame(code, "");
        closeFrameSent = true;
        var unused = send(last).addListener(this::closeFrameSent);
    }

    /** How many bytes have come to the handler to be written. */
    final long written() {
        return written;
    }

    private void closeFrameSent(Future<?> sent) {
        closeFrameWritten = sent.isSuccess();
        if (!closeFrameWritten) {
            var unused = outbound().close();
        } else if (!closeIfBothHave()) {
            OutputEnd.send(channel());
        }
    }

    /**
     * Closes at once if both sides have sent a close frame, as a server does (RFC 6455 section 7.1.1); a client waits for that, and
     * a stream for the end of its peer's output.
     *
     * @return whether it has closed
     */
    final boolean closeIfBothHave() {
        boolean closes = closeFrameWritten && closeFrameReceived && !masksFrames && ChannelFacts.ownsSocket(channel());
        if (closes) {
            var unused = outbound().close();
        }
        return closes;
    }

    /** The peer has ended its output, and the channel is one that its user closes after that. */
    final void inputEnded() {
        if (isDrained) {
            var unused = outbound().close();
        }
    }

    private ChannelFuture send(Object frame) {
        if (seesFrames) {
            countWritten(frame);
        }
        return outbound().writeAndFlush(frame);
    }

    /** Where frames are written: as near to the transport as they can be encoded. */
    private ChannelOutboundInvoker outbound() {
        ChannelHandlerContext here = requireContext();
        return seesFrames ? here : here.pipeline();
    }

    /** On the event loop. */
    Termination closeAtOnce(Channel channel, ReapReason reason) {
        channel.remoteAddress(); // cached by the channel from now on, so that the id stays the same
        boolean reset = disableLinger(channel);
        ChannelPromise closed = channel.newPromise();
        channel.unsafe().close(closed);
        // On io_uring the kernel completes the close a moment later; on other transports it is complete.
        return new Termination(closed.cause() == null, reset ? "reset" : "close");
    }

    /**
     * With the default the kernel keeps a closed socket and its buffers for 109 to 344 s if the peer does not answer.
     */
    private static boolean disableLinger(Channel channel) {
        try {
            return channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (RuntimeException notASocketOrGone) {
            return false;
        }
    }

    final ChannelHandlerContext requireContext() {
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
