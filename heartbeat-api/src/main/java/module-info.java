/**
 * Finds WebSocket connections whose peer is gone without a word and reaps them. Knows no transport: an adapter module
 * or the application connects it to one.
 */
module dev.heartbeat {
    requires org.slf4j;
    requires static org.jspecify;
    requires static micrometer.core;

    exports dev.heartbeat;
    exports dev.heartbeat.micrometer;
}
