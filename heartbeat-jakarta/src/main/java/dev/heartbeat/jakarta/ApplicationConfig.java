package dev.heartbeat.jakarta;

import jakarta.websocket.Decoder;
import jakarta.websocket.Encoder;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;

/**
 * The configuration as a wrapped endpoint and its configurator see it: the container's, which has the properties of the
 * session, but with the application's endpoint class and configurator, to which the application may cast.
 */
final class ApplicationConfig implements ServerEndpointConfig {

    private final ServerEndpointConfig container;
    private final ServerEndpointConfig application;

    ApplicationConfig(ServerEndpointConfig container, ServerEndpointConfig application) {
        this.container = container;
        this.application = application;
    }

    @Override
    public Class<?> getEndpointClass() {
        return application.getEndpointClass();
    }

    @Override
    public Configurator getConfigurator() {
        return application.getConfigurator();
    }

    @Override
    public String getPath() {
        return container.getPath();
    }

    @Override
    public List<String> getSubprotocols() {
        return container.getSubprotocols();
    }

    @Override
    public List<Extension> getExtensions() {
        return container.getExtensions();
    }

    @Override
    public List<Class<? extends Encoder>> getEncoders() {
        return container.getEncoders();
    }

    @Override
    public List<Class<? extends Decoder>> getDecoders() {
        return container.getDecoders();
    }

    @Override
    public Map<String, Object> getUserProperties() {
        return container.getUserProperties();
    }
}
