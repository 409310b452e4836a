package dev.heartbeat.netty.wireless;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import java.net.SocketAddress;

/**
 * A WebSocket channel without a wire: a hundred thousand of them take no socket from the machine and share the timer queue of
 * one event loop, as in a server. The benchmarks of both modules use it. Its peer answers pings at once, or never.
 */
public final class WirelessChannel extends AbstractChannel {

    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final byte PING = (byte) 0x89;
    private static final int HEADER = 2;

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final boolean answers;
    private final Runnable whenPinged;
    private boolean open = true;

    /** A channel whose peer says nothing. */
    public WirelessChannel() {
        this(false, () -> {});
    }

    /**
     * A channel with a peer.
     *
     * @param answers whether it answers pings
     * @param whenPinged run on the event loop for each ping
     */
    public WirelessChannel(boolean answers, Runnable whenPinged) {
        super(null);
        this.answers = answers;
        this.whenPinged = whenPinged;
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                throw new UnsupportedOperationException();
            }
        };
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return null;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return null;
    }

    @Override
    protected void doBind(SocketAddress local) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        open = false;
    }

    @Override
    protected void doBeginRead() {}

    @Override
    protected void doWrite(ChannelOutboundBuffer out) {
        while (out.current() != null) {
            ByteBuf frame = (ByteBuf) out.current();
            if (frame.getByte(frame.readerIndex()) == PING) {
                whenPinged.run();
                if (answers) {
                    ByteBuf echo = frame.copy(frame.readerIndex() + HEADER, frame.readableBytes() - HEADER);
                    eventLoop()
                            .execute(() -> pipeline()
                                    .fireChannelRead(new PongWebSocketFrame(echo))
                                    .fireChannelReadComplete());
                }
            }
            out.remove();
        }
    }
}
