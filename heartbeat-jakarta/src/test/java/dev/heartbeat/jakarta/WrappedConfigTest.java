package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doThrow;

import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Decoder;
import jakarta.websocket.Encoder;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A wrapped endpoint is configured as it was before, and told of its errors. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class WrappedConfigTest {

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();

    WrappedConfigTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void leavesPathParametersSubprotocolsAndPropertiesAsTheyWere() throws Exception {
        serve("/wrapped/{device}", session -> {
            seen.add(session.getPathParameters().get("device"));
            seen.add(session.getNegotiatedSubprotocol());
            seen.add(session.getUserProperties().get("deployed"));
            seen.add(session.getUserProperties().get("shaken"));
        });

        bench.closing(RawPeer.connect(bench.server().uri("/wrapped/cp-7"), "Sec-WebSocket-Protocol: ocpp1.6"));

        assertThat(List.of(next(), next(), next(), next())).containsExactly("cp-7", "ocpp1.6", "with this", "by hand");
    }

    /** Frameworks cast a configuration's configurator to their own. */
    @Test
    void showsTheEndpointItsOwnClassAndConfigurator() throws Exception {
        serve("/wrapped", session -> {});

        bench.connect("/wrapped");

        assertThat(next()).isInstanceOf(Applications.class);
        assertThat(next()).isEqualTo(Endpoints.Scripted.class);
        assertThat(next()).isEqualTo("/wrapped");
        assertThat(next()).isEqualTo("with this");
    }

    @Test
    void encodesWhatTheEndpointSends() throws Exception {
        serve("/wrapped", session -> session.getAsyncRemote().sendObject(new Reading(42)));

        RawPeer peer = bench.connect("/wrapped").live();

        assertThat(peer.await(Frame.TEXT).text()).isEqualTo("42");
    }

    @Test
    void tellsTheEndpointOfWhatCannotBeDecoded() throws Exception {
        serve("/wrapped", session -> session.addMessageHandler(Reading.class, seen::add));
        RawPeer peer = bench.connect("/wrapped").live();
        for (int told = 0; told < 4; told++) {
            next();
        }

        peer.send(Frame.text("no number"));

        Object error = next();
        Throwable cause = error instanceof DecodeException thrown ? thrown : ((Throwable) error).getCause();
        assertThat(cause).isInstanceOf(DecodeException.class).hasMessageContaining("not a reading");
    }

    @Test
    void opensTheEndpointThoughItsSessionCannotBeWatched() throws Exception {
        Session refusing = refusing("s-1");
        ServerEndpointConfig config = Endpoints.at("/wrapped", seen::add);

        wrapped(config).onOpen(refusing, config);

        assertThat(seen).containsExactly(refusing);
        assertThat(bench.detector.watched()).isZero();
    }

    @Test
    void warnsOfOneSessionThatCannotBeWatchedAndNotOfThousands() throws Exception {
        ServerEndpointConfig config = Endpoints.at("/wrapped", seen::add);
        ServerEndpointConfig wrapped = SessionHeartbeat.wrap(config, bench.detector);
        PrintStream err = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            for (String id : List.of("refused-1", "refused-2")) {
                wrapped.getConfigurator()
                        .getEndpointInstance(WatchedEndpoint.class)
                        .onOpen(refusing(id), config);
            }
        } finally {
            System.setErr(err);
        }

        assertThat(captured.toString(StandardCharsets.UTF_8))
                .contains("refused-1 is not watched")
                .doesNotContain("refused-2");
    }

    private WatchedEndpoint wrapped(ServerEndpointConfig config) throws InstantiationException {
        return SessionHeartbeat.wrap(config, bench.detector)
                .getConfigurator()
                .getEndpointInstance(WatchedEndpoint.class);
    }

    private static Session refusing(String id) {
        Session refusing = SessionHeartbeatTest.session(id, new HashMap<>());
        doThrow(new UnsupportedOperationException())
                .when(refusing)
                .addMessageHandler(eq(PongMessage.class), any(PongReceiver.class));
        return refusing;
    }

    private void serve(String path, Endpoints.Opening opening) throws Exception {
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(Endpoints.Scripted.class, path)
                .configurator(new Applications(seen, opening))
                .subprotocols(List.of("ocpp1.6"))
                .encoders(List.of(Reading.To.class))
                .decoders(List.of(Reading.Of.class))
                .build();
        config.getUserProperties().put("deployed", "with this");
        bench.serve(launcher, SessionHeartbeat.wrap(config, bench.detector));
    }

    private Object next() throws InterruptedException {
        Object next = seen.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("something within a minute").isNotNull();
        return next;
    }

    /** A configurator with something of its own. */
    private static final class Applications extends ServerEndpointConfig.Configurator {

        private final BlockingQueue<Object> seen;
        private final Endpoints.Opening opening;

        Applications(BlockingQueue<Object> seen, Endpoints.Opening opening) {
            this.seen = seen;
            this.opening = opening;
        }

        @Override
        public <T> T getEndpointInstance(Class<T> type) {
            return type.cast(new Endpoints.Scripted(opening) {
                @Override
                public void onOpen(Session session, EndpointConfig config) {
                    super.onOpen(session, config);
                    ServerEndpointConfig own = (ServerEndpointConfig) config;
                    seen.addAll(List.of(
                            own.getConfigurator(),
                            own.getEndpointClass(),
                            own.getPath(),
                            own.getUserProperties().get("deployed")));
                }

                @Override
                public void onError(Session session, Throwable thrown) {
                    seen.add(thrown);
                }
            });
        }

        @Override
        public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
            if (config.getConfigurator() == this) {
                config.getUserProperties().put("shaken", "by hand");
            }
        }
    }

    /** What travels as text. */
    public record Reading(int value) {

        /** Public, since containers make it. */
        public static class To implements Encoder.Text<Reading> {
            @Override
            public String encode(Reading reading) {
                return Integer.toString(reading.value());
            }
        }

        /** Public, since containers make it. */
        public static class Of implements Decoder.Text<Reading> {

            @Override
            public Reading decode(String text) throws DecodeException {
                try {
                    return new Reading(Integer.parseInt(text));
                } catch (NumberFormatException wrong) {
                    throw new DecodeException(text, "not a reading", wrong);
                }
            }

            @Override
            public boolean willDecode(String text) {
                return true;
            }
        }
    }
}
