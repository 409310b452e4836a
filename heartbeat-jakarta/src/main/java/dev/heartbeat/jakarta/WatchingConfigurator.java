package dev.heartbeat.jakarta;

import dev.heartbeat.ZombieDetector;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;

/**
 * Wraps each endpoint of the application in a {@link WatchedEndpoint}, and leaves everything else to the application's
 * own configurator. The configuration has to declare the class of the wrapper, since Tyrus looks up the callbacks on
 * the declared endpoint class.
 */
final class WatchingConfigurator extends ServerEndpointConfig.Configurator {

    private final ServerEndpointConfig config;
    private final ServerEndpointConfig.Configurator configurator;
    private final ZombieDetector detector;

    private WatchingConfigurator(ServerEndpointConfig config, ZombieDetector detector) {
        this.config = config;
        this.configurator = config.getConfigurator();
        this.detector = detector;
    }

    static ServerEndpointConfig wrap(ServerEndpointConfig config, ZombieDetector detector) {
        if (!Endpoint.class.isAssignableFrom(config.getEndpointClass())) {
            throw new IllegalArgumentException(
                    "config must be of a subclass of jakarta.websocket.Endpoint, an annotated "
                            + "class calls SessionHeartbeat.attach when a session opens: " + config.getEndpointClass());
        }
        ServerEndpointConfig watching = ServerEndpointConfig.Builder.create(WatchedEndpoint.class, config.getPath())
                .configurator(new WatchingConfigurator(config, detector))
                .subprotocols(config.getSubprotocols())
                .extensions(config.getExtensions())
                .encoders(config.getEncoders())
                .decoders(config.getDecoders())
                .build();
        watching.getUserProperties().putAll(config.getUserProperties());
        return watching;
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) throws InstantiationException {
        Object endpoint = configurator.getEndpointInstance(config.getEndpointClass());
        return type.cast(new WatchedEndpoint((Endpoint) endpoint, config, detector));
    }

    @Override
    public boolean checkOrigin(String origin) {
        return configurator.checkOrigin(origin);
    }

    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
        return configurator.getNegotiatedSubprotocol(supported, requested);
    }

    @Override
    public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
        return configurator.getNegotiatedExtensions(installed, requested);
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig endpoint, HandshakeRequest request, HandshakeResponse response) {
        configurator.modifyHandshake(new ApplicationConfig(endpoint, config), request, response);
    }
}
