package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Hindrance;
import dev.heartbeat.TransportFacts;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A container that opens sessions and from then on throws from every method but the session's name. */
class HostileContainerTest {

    private final Bench bench = new Bench(Bench.QUICK);
    private final Map<String, Object> properties = new HashMap<>();
    private volatile Supplier<Throwable> thrown;

    @AfterEach
    void end() {
        bench.close();
    }

    @ParameterizedTest
    @MethodSource
    void isReapedFromOnceAndNoThreadIsLeft(Supplier<Throwable> hostility) throws Exception {
        SessionHeartbeat.attach(session(), bench.detector);

        thrown = hostility;

        assertThat(bench.termination().freed()).isFalse();
        assertThat(bench.events()).containsExactly("timeout", "reap");
        await("no thread left")
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("heartbeat-close-hostile")));
        assertThat(bench.detector.watched()).isZero();
    }

    static Stream<Supplier<Throwable>> isReapedFromOnceAndNoThreadIsLeft() {
        return Stream.of(() -> new IllegalStateException("closed"), () -> new NoClassDefFoundError("undeployed"));
    }

    @ParameterizedTest
    @MethodSource("isReapedFromOnceAndNoThreadIsLeft")
    void isToldNothingOf(Supplier<Throwable> hostility) {
        Session session = session();
        SessionConnection connection = new SessionConnection(session, Watch.claim(session));

        thrown = hostility;

        assertThat(connection.facts()).isEqualTo(TransportFacts.NONE);
        assertThat(connection.hindrance()).isEqualTo(Hindrance.NONE);
    }

    /** As if it were Tyrus', Jetty's or Undertow's: what is asked of it throws. */
    @ParameterizedTest
    @MethodSource("isReapedFromOnceAndNoThreadIsLeft")
    void isToldNothingOfWhereItLooksLikeOneThatIsKnown(Supplier<Throwable> hostility) {
        Session session = session(LooksFamiliar.class);
        SessionConnection connection = new SessionConnection(session, Watch.claim(session));

        thrown = hostility;

        assertThat(connection.facts()).isEqualTo(TransportFacts.NONE);
    }

    /** Methods by which containers are known. */
    public interface LooksFamiliar {

        /** Jetty's. */
        Object getCoreSession();

        /** Undertow's. */
        void forceClose();

        /** Undertow's. */
        Object getWebSocketChannel();

        /** Tyrus'. */
        String getRemoteAddr();
    }

    private Session session(Class<?>... more) {
        return (Session) Proxy.newProxyInstance(
                HostileContainerTest.class.getClassLoader(),
                Stream.concat(Stream.of(Session.class), Stream.of(more)).toArray(Class<?>[]::new),
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getId")) {
                        return "hostile";
                    }
                    Supplier<Throwable> hostility = thrown;
                    if (hostility != null) {
                        throw hostility.get();
                    }
                    return switch (method.getName()) {
                        case "getUserProperties" -> properties;
                        case "isOpen" -> true;
                        case "getMaxIdleTimeout" -> 0L;
                        default -> null;
                    };
                });
    }
}
