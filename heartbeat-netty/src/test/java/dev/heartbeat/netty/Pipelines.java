package dev.heartbeat.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;

/** The parts of which the tests' pipelines are made. */
final class Pipelines {

    private static final URI CHAT = URI.create("ws://localhost/chat");

    private Pipelines() {}

    static ChannelHandler[] serverHttp() {
        return new ChannelHandler[] {new HttpServerCodec(), new HttpObjectAggregator(65_536)};
    }

    static ChannelHandler[] clientHttp() {
        return new ChannelHandler[] {new HttpClientCodec(), new HttpObjectAggregator(65_536)};
    }

    /** As an application would set it up that knows nothing of heartbeats. */
    static WebSocketServerProtocolHandler serverProtocol() {
        return serverProtocol(true);
    }

    static WebSocketServerProtocolHandler serverProtocol(boolean dropsPongs) {
        return new WebSocketServerProtocolHandler(WebSocketServerProtocolConfig.newBuilder()
                .websocketPath("/chat")
                .allowExtensions(true)
                .dropPongFrames(dropsPongs)
                .maxFramePayloadLength(16 << 20)
                .build());
    }

    static WebSocketClientProtocolHandler clientProtocol() {
        return new WebSocketClientProtocolHandler(WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(CHAT)
                .allowExtensions(true)
                .build());
    }

    /** A handshaker used by hand, as in many a server, which tells no other handler of the handshake. */
    static ChannelHandler serverHandshaker() {
        return new SimpleChannelInboundHandler<FullHttpRequest>() {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
                new WebSocketServerHandshakerFactory("ws://localhost/chat", null, true)
                        .newHandshaker(request)
                        .handshake(ctx.channel(), request);
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                ctx.flush();
            }
        };
    }

    /** The same on a client. */
    static ChannelHandler clientHandshaker() {
        return new SimpleChannelInboundHandler<FullHttpResponse>() {
            private final WebSocketClientHandshaker handshaker = WebSocketClientHandshakerFactory.newHandshaker(
                    CHAT, WebSocketVersion.V13, null, true, new DefaultHttpHeaders());

            @Override
            public void handlerAdded(ChannelHandlerContext ctx) {
                handshaker.handshake(ctx.channel());
            }

            @Override
            protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
                handshaker.finishHandshake(ctx.channel(), response);
            }
        };
    }
}
