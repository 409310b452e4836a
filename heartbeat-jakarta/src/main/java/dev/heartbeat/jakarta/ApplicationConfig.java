package dev.heartbeat.jakarta;

import jakarta.websocket.Decoder;
import jakarta.websocket.Encoder;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;

/**
 * What a wrapped endpoint and its configurator are shown as their configuration: the container's, which has the properties
 * of the session, but with the endpoint class and the configurator that the application gave, to which it may cast.
 */
final class ApplicationConfig implements ServerEndpointConfig {

    private final ServerEndpointConfig containers;
    private final ServerEndpointConfig applications;

    ApplicationConfig(ServerEndpointConfig containers, ServerEndpointConfig applications) {
        this.containers = containers;
        this.applications = applications;
    }

    @Override
    public Class<?> getEndpointClass() {
        return applications.getEndpointClass();
    }

    @Override
    public Configurator getConfigurator() {
        return applications.getConfigurator();
    }

    @Override
    public String getPath() {
        return containers.getPath();
    }

    @Override
    public List<String> getSubprotocols() {
        return containers.getSubprotocols();
    }

    @Override
    public List<Extension> getExtensions() {
        return containers.getExtensions();
    }

    @Override
    public List<Class<? extends Encoder>> getEncoders() {
        return containers.getEncoders();
    }

    @Override
    public List<Class<? extends Decoder>> getDecoders() {
        return containers.getDecoders();
    }

    @Override
    public Map<String, Object> getUserProperties() {
        return containers.getUserProperties();
    }
}
