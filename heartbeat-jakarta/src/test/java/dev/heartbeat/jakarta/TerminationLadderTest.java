package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TerminationLadderTest {

    /** Which is the application's where the application brings the library along. */
    @Test
    void closesWithTheClassLoaderOfTheLibrary() throws Exception {
        try (WebApplication loader = new WebApplication()) {
            Supplier<?> application = (Supplier<?>) loader.make(Application.class);

            assertThat(application.get()).isSameAs(loader);
        }
    }

    @Test
    void terminatesOnTheCallersThreadWhereNoOtherCanBeStarted() throws Exception {
        Session session = SessionHeartbeatTest.session("s-1", new HashMap<>());
        AtomicReference<Thread> closer = new AtomicReference<>();
        doAnswer(call -> {
                    closer.set(Thread.currentThread());
                    return null;
                })
                .when(session)
                .close(any());

        new TerminationLadder(session, Optional.empty(), "s-1", ReapReason.NO_ANSWER, Unstartable::new).terminate();

        assertThat(closer).hasValue(Thread.currentThread());
        verify(session).setMaxIdleTimeout(1);
    }

    /** Its threads may have to wait for the machine long after the last step has returned. */
    @Test
    void saysThatADescriptorIsFreeWhereTheContainerTakesItsTimeToLetGo() {
        Session session = mock(Session.class, withSettings().extraInterfaces(Jetty.class));
        SlowToLetGo container = new SlowToLetGo();
        when(((Jetty) session).getCoreSession()).thenReturn(container);
        doAnswer(call -> {
                    container.told = true;
                    return null;
                })
                .when(session)
                .setMaxIdleTimeout(1);

        Termination termination = TerminationLadder.of(session, Optional.empty(), "s-1", ReapReason.NO_ANSWER)
                .terminate();

        assertThat(termination.freed()).isTrue();
        assertThat(termination.means()).isEqualTo("close 1001, then Jetty's abort, then an idle timeout of 1 ms");
    }

    /** The method by which a session of Jetty is recognised. */
    public interface Jetty {

        /** Jetty's own session. */
        Object getCoreSession();
    }

    /** Jetty's session, connection and end point in one; open until it has been asked for a while after the last step. */
    public static final class SlowToLetGo {

        private static final int LOOKS = 200;

        private volatile boolean told;
        private final AtomicInteger looks = new AtomicInteger();

        public void abort() {
            // does not free it
        }

        public Object getConnection() {
            return this;
        }

        public Object getEndPoint() {
            return this;
        }

        public boolean isOpen() {
            return !told || looks.incrementAndGet() < LOOKS;
        }
    }

    /** A thread as it is had from a system that has no more of them. */
    private static final class Unstartable extends Thread {

        Unstartable(Runnable task) {
            super(task);
        }

        @Override
        public void start() {
            throw new OutOfMemoryError("unable to create native thread");
        }
    }

    /** Reaps a session, and tells which class loader its close handler would have found. */
    public static final class Application implements Supplier<ClassLoader> {

        private final Map<String, Object> properties = new HashMap<>();
        private final CompletableFuture<ClassLoader> seen = new CompletableFuture<>();

        public Application() {}

        @Override
        public ClassLoader get() {
            Session session = (Session) Proxy.newProxyInstance(
                    Application.class.getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "getId":
                                return "s-1";
                            case "getUserProperties":
                                return properties;
                            case "close":
                                seen.complete(Thread.currentThread().getContextClassLoader());
                                return null;
                            default:
                                return null;
                        }
                    });
            TerminationLadder.of(session, Optional.empty(), "s-1", ReapReason.NO_ANSWER)
                    .terminate();
            return seen.orTimeout(60, TimeUnit.SECONDS).join();
        }
    }
}
