package dev.heartbeat.netty;

import dev.heartbeat.Hindrance;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * How far a channel has been read, and whether somebody reads on. A part of the handler, which extends it, so that a channel costs
 * one object. Runs on the channel's event loop.
 */
abstract class ChannelInput extends ChannelDuplexHandler {

    /** Whether the handler is behind the frame codec; if not, it is at the head of the pipeline. */
    boolean seesFrames;

    /** Whether the peer has sent a close frame, behind which nothing comes that could be missed. */
    boolean closeFrameReceived;

    /** Whether a fragment of a message has come, and not the last one. */
    private boolean isMessageOpen;

    /** Whether some bytes of a frame have come, and not all of them. */
    private boolean isFrameIncomplete;

    /** Whether a frame was among the bytes that are being read. */
    private boolean hasFrameCompleted;

    /**
     * Whether a read was requested that is still to come: one that Netty requests by itself, until some bytes have been read;
     * one that was requested while auto-read was off, until they make a frame, since the decoder asks for the rest.
     */
    private boolean readPending;

    /** Whether that read was requested while auto-read was off; turning auto-read off cancels a read of its own. */
    private boolean isReadExplicit;

    /** Whether reading was resumed after a pause, so that input that arrived during the pause may still be unread. */
    private boolean readResumed;

    @Override
    public final void read(ChannelHandlerContext ctx) {
        // Auto-read asks again only after it has read, unless it was turned off in between.
        readResumed |= readPending && !isReadExplicit;
        readPending = true;
        isReadExplicit = !ctx.channel().config().isAutoRead();
        ctx.read();
    }

    /** A frame has been read, which completes the pending read. */
    final void frameRead(Object frame) {
        readPending = false;
        hasFrameCompleted = true;
        isFrameIncomplete = false;
        boolean isData = frame instanceof TextWebSocketFrame
                || frame instanceof BinaryWebSocketFrame
                || frame instanceof ContinuationWebSocketFrame;
        if (isData) {
            isMessageOpen = !((WebSocketFrame) frame).isFinalFragment();
        }
    }

    /** All bytes that were there have been read: those of a frame that is not complete yet if there was none. */
    final void bytesRead() {
        isFrameIncomplete |= seesFrames && !hasFrameCompleted;
        hasFrameCompleted = false;
        readPending &= isReadExplicit;
    }

    /** What is being read is the end of the handshake. */
    final void beginInput() {
        hasFrameCompleted = true;
    }

    /** What is read from now on is not seen. */
    final void endInput() {
        readPending = false;
        readResumed = false;
        isMessageOpen = false;
        isFrameIncomplete = false;
    }

    /** What of all that could keep a pong from being seen. */
    final Hindrance inputHindrance(Channel channel) {
        boolean paused = (!channel.config().isAutoRead() && !(readPending && isReadExplicit)) || isInputFull(channel);
        boolean unread = paused || readResumed;
        readResumed = paused;
        if (closeFrameReceived) {
            return Hindrance.NONE;
        }
        if (unread) {
            return Hindrance.READING_PAUSED;
        }
        return isMessageOpen || isFrameIncomplete ? Hindrance.MESSAGE_INCOMPLETE : Hindrance.NONE;
    }

    /** Whether an HTTP/2 stream's peer has used up what it may send, as it has when nobody reads a sibling of the stream. */
    private static boolean isInputFull(Channel channel) {
        if (ChannelFacts.ownsSocket(channel)) {
            return false; // without throwing, where there is no HTTP/2, before each ping
        }
        try {
            return Http2Input.isFull(channel);
        } catch (NoClassDefFoundError noHttp2) {
            return false;
        }
    }
}
