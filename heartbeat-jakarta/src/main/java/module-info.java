/**
 * Watches the sessions of a Jakarta WebSocket container, server or client, those of Spring, and of Jetty's own API. The
 * container or the framework provides the API.
 */
module dev.heartbeat.jakarta {
    requires transitive dev.heartbeat;
    requires static jakarta.websocket;
    requires org.slf4j;
    requires static org.jspecify;
    requires static org.eclipse.jetty.websocket.api;
    requires static spring.websocket;

    exports dev.heartbeat.jakarta;
    exports dev.heartbeat.jakarta.spring;
}
