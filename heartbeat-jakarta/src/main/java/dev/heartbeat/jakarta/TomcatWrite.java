package dev.heartbeat.jakarta;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A write that Tomcat's closed socket will never finish. On the NIO connector a send waits for the poller, which forgets a socket that is
 * closed, and so the send waits until its own timeout, which may be never. On NIO2 closing the channel fails it.
 */
final class TomcatWrite implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(SessionHeartbeat.class);

    private final Object socket;
    private final Method setError;
    private final Runnable write;

    private TomcatWrite(Object socket, Method setError, Runnable write) {
        this.socket = socket;
        this.setError = setError;
        this.write = write;
    }

    static Optional<Runnable> pending(Object socket) {
        Method setError = Reflection.method(socket, "setError", IOException.class);
        return setError != null
                        && Reflection.invoke(socket, "getPoller") != null
                        && Reflection.field(socket, "writeOperation") instanceof Runnable write
                ? Optional.of(new TomcatWrite(socket, setError, write))
                : Optional.empty();
    }

    /**
     * As the poller would, but with an error of the socket's, for which it fails. Without one it would be tried on the channel, which
     * Tomcat may have given to another socket by now.
     */
    @Override
    public void run() {
        try {
            setError.invoke(socket, new IOException("The connection was closed while it was written to"));
            write.run();
        } catch (ReflectiveOperationException | RuntimeException refused) {
            log.debug("A write to a closed connection is not ended", refused);
        }
    }
}
