package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.LivenessEvent.Reap;
import dev.heartbeat.Termination;
import dev.heartbeat.jakarta.FreedTable.Situation;
import dev.heartbeat.testkit.Descriptors;
import dev.heartbeat.testkit.Namespace;
import dev.heartbeat.testkit.PeerProcess;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A reap ends in a freed descriptor, whatever became of the peer and whatever waits to be sent to it. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class KillTest {

    /** Shorter than Tomcat's own way to free it, which takes 31 s at least; that of others takes minutes, or for ever. */
    private static final Path KERNEL_TABLE = Path.of("/proc/self/net/tcp");

    private static final Duration BOUND = Duration.ofSeconds(25);

    /** Versions that wait for the peer's close frame without end. */
    private static final Set<String> WITHOUT_CLOSE_TIMEOUT = Set.of("tomcat 10.1.0", "tomcat 10.1.16");

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    private static final Logger log = LoggerFactory.getLogger(KillTest.class);

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final BlockingQueue<Session> opened = new LinkedBlockingQueue<>();

    KillTest(Launcher launcher) {
        this.launcher = launcher;
    }

    /** What waits to be sent. */
    enum Buffer {
        NOTHING,
        ASYNCHRONOUS_SEND,
        BLOCKED_SEND
    }

    /** What the table of results tells apart beside containers and peers. */
    record Case(Buffer buffer, boolean tls) {
        String waiting() {
            return buffer.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        boolean isUnsent() {
            return buffer != Buffer.NOTHING;
        }

        @Override
        public String toString() {
            return waiting() + (tls ? " over TLS" : "");
        }
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void freesAPeerThatIsMute(boolean tls) throws Exception {
        Case at = new Case(Buffer.NOTHING, tls);
        serve(at, session -> session);

        RawPeer peer = bench.connect("/kill").mute();
        judge(at);

        assertFreed(at, Situation.MUTE, peer.localPort());
    }

    @ParameterizedTest
    @MethodSource("all")
    void freesAPeerThatDoesNotRead(Case at) throws Exception {
        serve(at, session -> session);

        RawPeer peer = bench.connect("/kill");
        judge(at);

        assertFreed(at, at.isUnsent() ? Situation.UNSENT : Situation.FROZEN, peer.localPort());
    }

    @ParameterizedTest
    @MethodSource("all")
    void freesAPeerThatIsFrozen(Case at) throws Exception {
        serve(at, session -> session);
        PeerProcess peer = bench.closing(PeerProcess.start(bench.server().uri("/kill")));

        peer.freeze();
        judge(at);

        assertFreed(at, at.isUnsent() ? Situation.UNSENT : Situation.FROZEN, peer.localPort());
    }

    @Tag("namespace")
    @ParameterizedTest
    @MethodSource("all")
    void freesAPeerThatHasVanished(Case at) throws Exception {
        Namespace namespace = bench.closing(Namespace.open());
        serve(at, session -> session);
        int peer = PeerProcess.start(bench.server().uri(namespace.serverAddress(), "/kill"), namespace)
                .localPort();

        namespace.cut();
        judge(at);

        assertFreed(at, Situation.VANISHED, peer);
    }

    /** As in a container that hides its classes. */
    @ParameterizedTest
    @MethodSource("all")
    void freesAPeerWithNothingButTheApi(Case at) throws Exception {
        serve(at, KillTest::apiOnly);

        RawPeer peer = bench.connect("/kill");
        judge(at);

        Termination termination = bench.termination();
        if (isHeldWithNothingButTheApi(at)) {
            assertThat(bench.holds(peer)).isTrue();
            note(at, Situation.API_ONLY, null);
        } else {
            // Without the private parts Tomcat frees it in its own way, which some versions have no property for.
            note(at, Situation.API_ONLY, awaitFreed(peer.localPort(), Bench.LIMIT));
        }
        assertThat(termination.freed())
                .as("what nobody can know is not claimed: Jetty tells the addresses, so that the kernel can be asked")
                .isEqualTo(launcher instanceof JettyLauncher && Files.isReadable(KERNEL_TABLE));
        assertThat(termination.means()).contains("does not show its connections");
    }

    /** Tyrus and Quarkus have no public way past a stuck queue, early versions of Tomcat none past a peer that does not answer the close. */
    private boolean isHeldWithNothingButTheApi(Case at) {
        return at.isUnsent() ? !launcher.closesPastUnsentOutput() : WITHOUT_CLOSE_TIMEOUT.contains(launcher.product());
    }

    static Stream<Case> all() {
        return Stream.of(false, true).flatMap(tls -> Stream.of(Buffer.values()).map(buffer -> new Case(buffer, tls)));
    }

    private static Session apiOnly(Session session) {
        return (Session) Proxy.newProxyInstance(
                KillTest.class.getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    /** Sends nothing, or for ever what nobody reads. */
    private void serve(Case at, UnaryOperator<Session> view) throws Exception {
        ServerEndpointConfig config = Endpoints.at("/kill", session -> {
            bench.watches(SessionHeartbeat.attach(view.apply(session), bench.detector));
            opened.add(session);
            switch (at.buffer) {
                case NOTHING -> {}
                case ASYNCHRONOUS_SEND -> sendForEver(session);
                case BLOCKED_SEND -> {
                    Thread sender = new Thread(() -> blockForEver(session), "sender");
                    sender.setDaemon(true);
                    sender.start();
                }
            }
        });
        bench.serve(launcher, Launcher.Deployment.of(config).overTls(at.tls));
    }

    /** Nothing is judged before the peer is what the case wants it to be, and what waits to be sent does wait. */
    private void judge(Case at) throws Exception {
        Session session = opened.poll(60, TimeUnit.SECONDS);
        assertThat(session).isNotNull();
        FactSource facts = new FactSource(session);
        await(at.waiting() + " waits")
                .until(() -> at.buffer == Buffer.NOTHING || facts.facts().waiting() > 0);
        bench.judge(Bench.QUICK);
    }

    private static void sendForEver(Session session) {
        session.getAsyncRemote().sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES), result -> {
            if (result.isOK() && session.isOpen()) {
                sendForEver(session);
            }
        });
    }

    private static void blockForEver(Session session) {
        try {
            while (session.isOpen()) {
                session.getBasicRemote().sendBinary(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES));
            }
        } catch (IOException | RuntimeException reaped) {
            log.debug("The send ended", reaped);
        }
    }

    private void assertFreed(Case at, Situation situation, int port) throws Exception {
        Duration took = awaitFreed(port, BOUND);
        note(at, situation, took);
        // Which it says only if it saw the descriptor freed, a few seconds after the verdict at the latest.
        assertThat(bench.termination().freed()).as(bench.termination().means()).isTrue();
        assertThat(bench.heard.of(Reap.class)).hasSize(1);
    }

    private void note(Case at, Situation situation, Duration took) throws Exception {
        FreedTable.note(
                launcher.product(), situation, at.tls, took, bench.termination().means());
    }

    /** From the verdict on. */
    private Duration awaitFreed(int port, Duration bound) {
        bench.await(Reap.class);
        long verdict = System.nanoTime();
        await(launcher + " frees the descriptor")
                .atMost(bound)
                .until(() -> !Descriptors.isHeld(bench.server().port(), port));
        return Duration.ofNanos(System.nanoTime() - verdict);
    }
}
