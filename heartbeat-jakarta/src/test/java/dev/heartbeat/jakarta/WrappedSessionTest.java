package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Decoder;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A wrapped endpoint sees what it saw before, and its messages are heard. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class WrappedSessionTest {

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();

    WrappedSessionTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void takesEveryMessageForLife() throws Exception {
        serve(session -> session.addMessageHandler(String.class, seen::add));
        RawPeer peer = bench.connect("/wrapped").mute();

        for (int pings = 0; pings < 3; pings++) {
            peer.await(Frame.PING);
            peer.send(Frame.text("reading"));
        }

        peer.await(Frame.PING);
        assertThat(next()).isEqualTo("reading");
        assertThat(bench.events()).isEmpty();
    }

    @Test
    void hearsPartialMessages() throws Exception {
        serve(session -> session.addMessageHandler(String.class, (part, last) -> seen.add(part + last)));
        RawPeer peer = bench.connect("/wrapped").mute();

        peer.await(Frame.PING);
        peer.send(new Frame(false, Frame.TEXT, new byte[] {'a'}));
        assertThat(next().toString()).startsWith("a");

        peer.await(Frame.PING);
    }

    @Test
    void hearsStreams() throws Exception {
        serve(session -> session.addMessageHandler(Reader.class, reader -> seen.add(read(reader))));
        RawPeer peer = bench.connect("/wrapped").live();

        peer.send(Frame.text("streamed"));

        assertThat(next()).isEqualTo("streamed");
    }

    @Test
    void hearsDecodedObjectsThroughAHandlerThatSaysItsTypeOnlyByItsClass() throws Exception {
        serve(
                config -> config.decoders(List.of(Reading.Of.class)),
                session -> session.addMessageHandler(new Keep(seen)));
        RawPeer peer = bench.connect("/wrapped").mute();

        peer.await(Frame.PING);
        peer.send(Frame.text("42"));

        assertThat(next()).isEqualTo(new Reading(42));
        peer.await(Frame.PING);
    }

    @Test
    void sharesThePongHandlerButNotThePongsThatAnswerHeartbeat() throws Exception {
        serve(session -> session.addMessageHandler(
                PongMessage.class,
                pong -> seen.add(StandardCharsets.US_ASCII
                        .decode(pong.getApplicationData())
                        .toString())));
        RawPeer peer = bench.connect("/wrapped").live();
        await("round trips").until(() -> bench.events().size() >= 2);

        peer.send(Frame.pong("application".getBytes(StandardCharsets.US_ASCII)));

        assertThat(next()).isEqualTo("application");
    }

    @Test
    void refusesASecondPongHandlerAsContainersDo() throws Exception {
        serve(session -> {
            MessageHandler.Whole<PongMessage> first = pong -> {};
            session.addMessageHandler(PongMessage.class, first);
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> session.addMessageHandler(PongMessage.class, pong -> {}));
            session.removeMessageHandler(first);
            session.addMessageHandler(PongMessage.class, pong -> {});
            seen.add("done");
        });

        bench.connect("/wrapped").live();

        assertThat(next()).isEqualTo("done");
    }

    @Test
    void showsTheApplicationItsOwnHandlersOnly() throws Exception {
        serve(session -> {
            MessageHandler.Whole<String> texts = text -> {};
            session.addMessageHandler(String.class, texts);
            seen.add(List.copyOf(session.getMessageHandlers()).equals(List.of(texts)));
        });

        bench.connect("/wrapped").live();

        assertThat(next()).isEqualTo(true);
    }

    @Test
    void isOneSessionFromItsOpeningToItsClose() throws Exception {
        AtomicReference<Session> opened = new AtomicReference<>();
        ServerEndpointConfig config = Endpoints.of(
                "/wrapped",
                () ->
                        new Endpoints.Scripted(session -> {
                            opened.set(session);
                            session.getUserProperties().put("mine", "value");
                            session.addMessageHandler(String.class, text -> {
                                seen.add(session.getOpenSessions().stream().anyMatch(open -> open == session));
                                throw new IllegalStateException("thrown by the test");
                            });
                        }) {
                            @Override
                            public void onError(Session session, Throwable thrown) {
                                seen.add(session == opened.get());
                                seen.add(String.valueOf(thrown.getMessage()).contains("thrown by the test")
                                        || String.valueOf(thrown.getCause()).contains("thrown by the test"));
                            }

                            @Override
                            public void onClose(Session session, CloseReason reason) {
                                seen.add(session == opened.get());
                                seen.add(session.getUserProperties().get("mine"));
                            }
                        });
        bench.serve(launcher, SessionHeartbeat.wrap(config, bench.detector));
        RawPeer peer = bench.connect("/wrapped").live();

        peer.send(Frame.text("fail"));
        assertThat(next()).isEqualTo(true);
        assertThat(next()).isEqualTo(true);
        assertThat(next()).isEqualTo(true);
        try {
            peer.send(Frame.close(1000));
        } catch (IOException closedForTheException) {
            assertThat(closedForTheException).isNotNull();
        }

        assertThat(next()).isEqualTo(true);
        assertThat(next()).isEqualTo("value");
        assertThat(opened.get()).isEqualTo(opened.get()).hasSameHashCodeAs(opened.get());
    }

    @Test
    void tellsSendHandlersOfTheSessionThatTheApplicationHolds() throws Exception {
        serve(session -> session.getAsyncRemote().sendText("hello", result -> {
            assertThat(result.isOK()).isTrue();
            seen.add(sessionOf(result).map(told -> told == session));
        }));

        bench.connect("/wrapped").live();

        boolean isTold = launcher instanceof TomcatLauncher && resultsTellSessions();
        assertThat(next()).isEqualTo(isTold ? Optional.of(true) : Optional.empty());
    }

    @Test
    void equalsNoOtherSessionNotEvenTheContainersWhichItCanBeUnwrappedTo() throws Exception {
        serve(session -> {
            Session container = SessionHeartbeat.unwrap(session);
            assertThat(container).isNotSameAs(session).isNotEqualTo(session);
            assertThat(session).isNotEqualTo(container).isEqualTo(session);
            assertThat(SessionHeartbeat.unwrap(container)).isSameAs(container);
            assertThat(SessionHeartbeat.find(container)).isEqualTo(SessionHeartbeat.find(session));
            seen.add(SessionHeartbeat.find(session).isPresent());
        });

        bench.connect("/wrapped").live();

        assertThat(next()).isEqualTo(true);
    }

    /** Since version 2.2 of the API. */
    static boolean resultsTellSessions() {
        return Arrays.stream(SendResult.class.getMethods())
                .anyMatch(method -> method.getName().equals("getSession"));
    }

    /** Empty where the container has an older version of the API, or tells none. */
    private static Optional<Session> sessionOf(SendResult result) {
        try {
            return Optional.ofNullable(result.getSession());
        } catch (NoSuchMethodError olderApi) {
            return Optional.empty();
        }
    }

    private void serve(Endpoints.Opening opening) throws Exception {
        serve(config -> config, opening);
    }

    private void serve(
            java.util.function.UnaryOperator<ServerEndpointConfig.Builder> settings, Endpoints.Opening opening)
            throws Exception {
        ServerEndpointConfig plain = Endpoints.at("/wrapped", opening);
        ServerEndpointConfig config = settings.apply(
                        ServerEndpointConfig.Builder.create(plain.getEndpointClass(), plain.getPath())
                                .configurator(plain.getConfigurator()))
                .build();
        bench.serve(launcher, SessionHeartbeat.wrap(config, bench.detector));
    }

    private Object next() throws InterruptedException {
        Object next = seen.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("something within a minute").isNotNull();
        return next;
    }

    private static String read(Reader reader) {
        StringWriter all = new StringWriter();
        try {
            reader.transferTo(all);
        } catch (IOException failed) {
            all.append(failed.toString());
        }
        return all.toString();
    }

    /** What a decoder makes. */
    public record Reading(int value) {

        /** Public, since containers make it. */
        public static class Of implements Decoder.Text<Reading> {

            @Override
            public Reading decode(String text) {
                return new Reading(Integer.parseInt(text));
            }

            @Override
            public boolean willDecode(String text) {
                return true;
            }
        }
    }

    /** A handler whose type parameter is known from a superclass only. */
    static class Keeper<T> implements MessageHandler.Whole<T> {

        private final BlockingQueue<Object> seen;

        Keeper(BlockingQueue<Object> seen) {
            this.seen = seen;
        }

        @Override
        public void onMessage(T message) {
            seen.add(message);
        }
    }

    static final class Keep extends Keeper<Reading> {

        Keep(BlockingQueue<Object> seen) {
            super(seen);
        }
    }
}
