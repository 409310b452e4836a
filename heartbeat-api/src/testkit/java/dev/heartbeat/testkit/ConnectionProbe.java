package dev.heartbeat.testkit;

import dev.heartbeat.Connection;
import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.testkit.WatchingServer.Served;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls a connection where its detector would, and fails if an answer takes too long. */
final class ConnectionProbe {

    /** A transport that waits for its peer waits longer than this, at most for ever. */
    private static final int LIMIT_SECONDS = 30;

    private final Served served;
    private final Connection connection;

    ConnectionProbe(Served served) {
        this.served = served;
        this.connection = served.connection();
    }

    String id() throws Exception {
        return answer("id", connection::id);
    }

    boolean isOpen() throws Exception {
        return answer("isOpen", connection::isOpen);
    }

    Hindrance hindrance() throws Exception {
        return answer("hindrance", connection::hindrance);
    }

    boolean seesPongs() throws Exception {
        return answer("seesPongs", connection::seesPongs);
    }

    void ping(String payload) throws Exception {
        answer("ping", ping(connection, payload));
    }

    /** Hands a ping over without waiting for the call, which may block and may fail. */
    void beginPing(String payload) {
        served.executor().execute(new FutureTask<>(ping(connection, payload)));
    }

    Termination terminate(ReapReason reason) throws Exception {
        return answer("terminate", () -> connection.terminate(reason));
    }

    void close(int code) throws Exception {
        answer("close", () -> {
            connection.close(code);
            return true;
        });
    }

    private static Callable<Boolean> ping(Connection connection, String payload) {
        return () -> {
            connection.ping(ByteBuffer.wrap(payload.getBytes(StandardCharsets.US_ASCII)));
            return true;
        };
    }

    private <T> T answer(String what, Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        served.executor().execute(task);
        try {
            return task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError(what + " has not returned within " + LIMIT_SECONDS + " s", late);
        } catch (ExecutionException failed) {
            throw new AssertionError(what + " has thrown", failed.getCause());
        }
    }
}
