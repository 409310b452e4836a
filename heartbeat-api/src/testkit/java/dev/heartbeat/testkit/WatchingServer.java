package dev.heartbeat.testkit;

import dev.heartbeat.Connection;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Executor;

/** A server of the transport under test, each of whose connections is watched; see {@link ConnectionContract}. */
public interface WatchingServer extends Closeable {

    /**
     * Where its peers find it. It listens on all addresses of the machine.
     *
     * @param host the name or address by which a peer knows the machine
     * @return a {@code ws} or {@code wss} address
     */
    URI uri(String host);

    /**
     * Waits for the next connection that has not been asked for.
     *
     * @return this side of it, which is watched by now
     * @throws Exception if none came
     */
    Served next() throws Exception;

    /**
     * Ends the server and whatever connections it still has.
     *
     * @throws IOException if that fails, and the test with it
     */
    @Override
    void close() throws IOException;

    /** The server's side of one connection. */
    interface Served {

        /**
         * The connection as its detector sees it.
         *
         * @return what is under test
         */
        Connection connection();

        /**
         * Sends a binary message, as an application would, without waiting for the peer to take it.
         *
         * @param bytes its length
         * @throws IOException if the transport refuses it
         */
        void send(int bytes) throws IOException;

        /**
         * Where the detector calls the connection: its event loop, if it is watched on one.
         *
         * @return a new thread for each call by default, as each call may block
         */
        default Executor executor() {
            return call -> {
                Thread thread = new Thread(call, "connection-call");
                thread.setDaemon(true);
                thread.start();
            };
        }
    }
}
