/**
 * Watches the WebSocket channels of a Netty pipeline, server or client. The application provides Netty.
 */
module dev.heartbeat.netty {
    requires transitive dev.heartbeat;
    requires transitive io.netty.transport;
    requires io.netty.buffer;
    requires io.netty.codec.http;
    requires io.netty.handler;
    requires transitive io.netty.common;
    requires org.slf4j;
    requires static io.netty.codec.http2;
    requires static org.jspecify;

    exports dev.heartbeat.netty;
}
