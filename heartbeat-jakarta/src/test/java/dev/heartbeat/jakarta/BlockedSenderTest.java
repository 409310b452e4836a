package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A reap releases the application's threads too, however long they are willing to wait for the peer. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class BlockedSenderTest {

    /** Of Tomcat's, which others ignore. */
    private static final String SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

    private static final long WITHOUT_END = -1;

    /** After the descriptor is free; it takes milliseconds, and a container's own limit is 20 s at least. */
    private static final Duration BOUND = Duration.ofSeconds(15);

    /** Nothing waits but what the test sends. */
    private static final HeartbeatPolicy QUIET =
            Bench.PATIENT.toBuilder().pingInterval(Duration.ofHours(1)).build();

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    private final Launcher launcher;
    private final Bench bench = new Bench(QUIET);
    private final BlockingQueue<Session> opened = new LinkedBlockingQueue<>();
    private final AtomicInteger closes = new AtomicInteger();

    private RawPeer peer;

    BlockedSenderTest(Launcher launcher) {
        this.launcher = launcher;
    }

    /** How a session is sent to, and how long a send may take. */
    record Case(long timeoutMillis, boolean tls) {

        @Override
        public String toString() {
            return (timeoutMillis == WITHOUT_END ? "no timeout" : timeoutMillis + " ms") + (tls ? " over TLS" : "");
        }
    }

    static Stream<Case> all() {
        return Stream.of(false, true)
                .flatMap(
                        tls -> LongStream.of(WITHOUT_END, Duration.ofMinutes(10).toMillis())
                                .mapToObj(timeout -> new Case(timeout, tls)));
    }

    /** What the application does on a thread of its own. */
    interface Work {
        void on(Session session) throws Exception;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @ParameterizedTest
    @MethodSource("all")
    void releasesAThreadThatIsBlockedInASend(Case at) throws Exception {
        Session session = open(at);

        CompletableFuture<Throwable> sender = beginBlockedSend(session);
        bench.judge(Bench.QUICK);

        bench.await(Reap.class);
        bench.awaitFreed(peer);
        assertReleased(sender);
        assertEnded(session);
    }

    /** With such a code Tomcat drops the connection at once, so that nobody is reaped. */
    @ParameterizedTest
    @MethodSource("all")
    void releasesAThreadThatIsBlockedInASendWhenTheApplicationGivesUpThePeer(Case at) throws Exception {
        Session session = open(at);

        CompletableFuture<Throwable> sender = beginBlockedSend(session);
        begin("closer", session, BlockedSenderTest::giveUp);
        bench.judge(Bench.QUICK);

        bench.awaitFreed(peer);
        assertReleased(sender);
        assertEnded(session);
    }

    @ParameterizedTest
    @MethodSource("all")
    void releasesAThreadThatClosesTheSessionBehindABlockedSend(Case at) throws Exception {
        Session session = open(at);

        CompletableFuture<Throwable> sender = beginBlockedSend(session);
        CompletableFuture<Throwable> closer = begin("closer", session, Session::close);
        bench.judge(Bench.QUICK);

        bench.awaitFreed(peer);
        assertReleased(sender);
        assertThat(closer).as("the close").succeedsWithin(BOUND);
        assertEnded(session);
    }

    @ParameterizedTest
    @MethodSource("all")
    void releasesAThreadThatClosesTheSessionBehindAnAsynchronousSend(Case at) throws Exception {
        Session session = open(at);

        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        session.getAsyncRemote().setSendTimeout(at.timeoutMillis);
        session.getAsyncRemote()
                .sendBinary(
                        ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES),
                        result -> sent.complete(result.getException()));
        Standstill.await(new FactSource(session)::facts);
        CompletableFuture<Throwable> closer = begin("closer", session, Session::close);
        bench.judge(Bench.QUICK);

        bench.awaitFreed(peer);
        assertThat(sent).as("the handler of the send is told").succeedsWithin(BOUND);
        assertThat(closer).as("the close").succeedsWithin(BOUND);
        assertEnded(session);
    }

    private Session open(Case at) throws Exception {
        serve(at);
        peer = bench.connect("/blocked");
        Session session = opened.poll(60, TimeUnit.SECONDS);
        assertThat(session).isNotNull();
        return session;
    }

    private static CompletableFuture<Throwable> beginBlockedSend(Session session) {
        CompletableFuture<Throwable> sender = begin("sender", session, BlockedSenderTest::send);
        Standstill.await(new FactSource(session)::facts);
        return sender;
    }

    private static void giveUp(Session session) throws IOException {
        session.close(new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "too slow"));
    }

    private static void send(Session session) throws IOException {
        session.getBasicRemote().sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES));
    }

    /** Completes with what the work throws, or with null. */
    private static CompletableFuture<Throwable> begin(String name, Session session, Work work) {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        work.on(session);
                        outcome.complete(null);
                    } catch (Throwable thrown) {
                        outcome.complete(thrown);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return outcome;
    }

    private void serve(Case at) throws Exception {
        Launcher.Deployment deployment = Launcher.Deployment.of(Endpoints.of(
                "/blocked",
                () ->
                        new Endpoints.Scripted(session -> {
                            session.getUserProperties().put(SEND_TIMEOUT, at.timeoutMillis);
                            if (launcher instanceof JettyLauncher) {
                                session.setMaxIdleTimeout(0); // which would end the send
                            }
                            bench.watches(SessionHeartbeat.attach(session, bench.detector));
                            opened.add(session);
                        }) {
                            @Override
                            public void onClose(Session session, CloseReason reason) {
                                closes.incrementAndGet();
                            }
                        }));
        bench.serve(launcher, deployment.overTls(at.tls));
    }

    private static void assertReleased(CompletableFuture<Throwable> sender) {
        assertThat(sender).as("the send").succeedsWithin(BOUND);
        assertThat(sender.join()).isInstanceOf(IOException.class);
    }

    /** Nothing is left of the session, neither in the application nor in the library. */
    private void assertEnded(Session session) {
        await("the close handler is called").atMost(BOUND).until(() -> closes.get() > 0);
        await("no thread of the library is blocked")
                .atMost(BOUND)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("heartbeat-close-" + session.getId())));
        assertThat(closes).hasValue(1);
    }
}
