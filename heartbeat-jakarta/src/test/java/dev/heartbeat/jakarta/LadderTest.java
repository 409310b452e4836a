package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.verify;

import dev.heartbeat.ReapReason;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LadderTest {

    /** Which is the application's where the application brings the library along. */
    @Test
    void closesWithTheClassLoaderOfTheLibrary() throws Exception {
        try (WebApplication loader = new WebApplication()) {
            Supplier<?> application = (Supplier<?>) loader.make(Application.class);

            assertThat(application.get()).isSameAs(loader);
        }
    }

    @Test
    void climbsOnTheCallersThreadWhereNoOtherCanBeHad() throws Exception {
        Session session = SessionHeartbeatTest.session("s-1", new HashMap<>());
        AtomicReference<Thread> closer = new AtomicReference<>();
        doAnswer(call -> {
                    closer.set(Thread.currentThread());
                    return null;
                })
                .when(session)
                .close(any());

        new Ladder(session, "s-1", ReapReason.NO_ANSWER, Unstartable::new).climb();

        assertThat(closer).hasValue(Thread.currentThread());
        verify(session).setMaxIdleTimeout(1);
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
        private final AtomicReference<ClassLoader> seen = new AtomicReference<>();

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
                                seen.set(Thread.currentThread().getContextClassLoader());
                                return null;
                            default:
                                return null;
                        }
                    });
            Ladder.under(session, "s-1", ReapReason.NO_ANSWER).climb();
            return seen.get();
        }
    }
}
