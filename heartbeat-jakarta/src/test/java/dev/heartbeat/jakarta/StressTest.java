package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.Encoder;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pings between the application's own sends break none of them, in whatever way it sends. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class StressTest {

    private static final int MESSAGES = 200;
    private static final int PINGS = 40;

    /** In three parts where a message has parts. */
    private static final String PART = "0123456789".repeat(30);

    /** A ping after each tick, on top of those that the test asks for itself. */
    private static final HeartbeatPolicy OFTEN = HeartbeatPolicy.builder()
            .pingInterval(Duration.ofMillis(100))
            .pongTimeout(Duration.ofSeconds(60))
            .reapAfter(Duration.ofSeconds(60))
            .build();

    private final Launcher launcher;
    private final Bench bench = new Bench(OFTEN);
    private volatile boolean enough;

    /** Less than the kernel takes: Undertow's blocking sends, once they have to wait, may do so for ever, pings or no pings. */
    private final Semaphore window = new Semaphore(16);

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    StressTest(Launcher launcher) {
        this.launcher = launcher;
    }

    /** The ways to send. */
    enum Way {
        TEXT {
            @Override
            void send(Session session, String text) throws Exception {
                session.getBasicRemote().sendText(text);
            }
        },
        BINARY {
            @Override
            void send(Session session, String text) throws Exception {
                session.getBasicRemote().sendBinary(bytes(text));
            }
        },
        PARTIAL_TEXT {
            @Override
            void send(Session session, String text) throws Exception {
                RemoteEndpoint.Basic remote = session.getBasicRemote();
                int third = text.length() / 3;
                remote.sendText(text.substring(0, third), false);
                remote.sendText(text.substring(third, 2 * third), false);
                remote.sendText(text.substring(2 * third), true);
            }
        },
        PARTIAL_BINARY {
            @Override
            void send(Session session, String text) throws Exception {
                RemoteEndpoint.Basic remote = session.getBasicRemote();
                int half = text.length() / 2;
                remote.sendBinary(bytes(text.substring(0, half)), false);
                remote.sendBinary(bytes(text.substring(half)), true);
            }
        },
        STREAM {
            @Override
            void send(Session session, String text) throws Exception {
                try (OutputStream out = session.getBasicRemote().getSendStream()) {
                    out.write(text.substring(0, 100).getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    out.write(text.substring(100).getBytes(StandardCharsets.US_ASCII));
                }
            }
        },
        WRITER {
            @Override
            void send(Session session, String text) throws Exception {
                try (Writer out = session.getBasicRemote().getSendWriter()) {
                    out.write(text.substring(0, 100));
                    out.flush();
                    out.write(text.substring(100));
                }
            }
        },
        OBJECT {
            @Override
            void send(Session session, String text) throws Exception {
                session.getBasicRemote().sendObject(new Reading(text));
            }
        },
        ASYNCHRONOUS_TEXT {
            @Override
            void send(Session session, String text) throws Exception {
                session.getAsyncRemote().sendText(text).get(60, TimeUnit.SECONDS);
            }
        },
        ASYNCHRONOUS_BINARY {
            @Override
            void send(Session session, String text) throws Exception {
                session.getAsyncRemote().sendBinary(bytes(text)).get(60, TimeUnit.SECONDS);
            }
        };

        abstract void send(Session session, String text) throws Exception;

        private static ByteBuffer bytes(String text) {
            return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @ParameterizedTest
    @EnumSource
    void breaksNoMessage(Way way) throws Exception {
        ServerEndpointConfig plain = Endpoints.at("/stress", session -> {
            SessionHeartbeat.attach(session, bench.detector);
            start("sender", () -> {
                for (int i = 0; !enough; i++) {
                    window.acquire();
                    way.send(session, message(i));
                }
            });
            start("prober", () -> {
                while (session.isOpen()) {
                    SessionHeartbeat.of(session).probe();
                    LockSupport.parkNanos(1_000_000);
                }
            });
        });
        bench.serve(
                launcher,
                ServerEndpointConfig.Builder.create(plain.getEndpointClass(), plain.getPath())
                        .configurator(plain.getConfigurator())
                        .encoders(List.of(Reading.Of.class))
                        .build());
        RawPeer peer = bench.connect("/stress").live();

        for (int i = 0; i < MESSAGES || bench.heard.of(Pong.class).size() < PINGS; i++) {
            assertThat(next(peer)).isEqualTo(message(i));
            window.release();
        }

        enough = true;
        window.release();
        assertThat(failures).isEmpty();
        assertThat(bench.heard.of(Reap.class)).isEmpty();
    }

    private static String message(int number) {
        return PART + number + PART + number + PART;
    }

    private static String next(RawPeer peer) throws InterruptedException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        Frame frame = peer.awaitData();
        message.writeBytes(frame.payload());
        while (!frame.fin()) {
            frame = peer.awaitData();
            message.writeBytes(frame.payload());
        }
        return message.toString(StandardCharsets.UTF_8);
    }

    private void start(String name, Sending sending) {
        Thread thread = new Thread(
                () -> {
                    try {
                        sending.run();
                    } catch (Exception | Error failed) {
                        failures.add(failed);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Sending {
        void run() throws Exception;
    }

    /** What an encoder takes. */
    public record Reading(String text) {

        /** Public, since containers make it. */
        public static class Of implements Encoder.TextStream<Reading> {

            @Override
            public void encode(Reading reading, Writer writer) throws IOException {
                writer.write(reading.text());
            }
        }
    }
}
