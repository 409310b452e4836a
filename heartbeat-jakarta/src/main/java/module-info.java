/**
 * Watches the sessions of a Jakarta WebSocket container, server or client. The container provides the API.
 */
module dev.heartbeat.jakarta {
    requires transitive dev.heartbeat;
    requires transitive jakarta.websocket;
    requires org.slf4j;
    requires static org.jspecify;
    requires static org.eclipse.jetty.websocket.api;

    exports dev.heartbeat.jakarta;
}
