package dev.heartbeat.examples;

/** A server that charge points can dial, on a free port of the loopback address. */
interface Host extends AutoCloseable {

    int port();

    /**
     * Stops the server.
     *
     * @throws IllegalStateException if the server does not stop
     */
    @Override
    void close();
}
