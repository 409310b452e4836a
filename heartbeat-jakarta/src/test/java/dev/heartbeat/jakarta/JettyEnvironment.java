package dev.heartbeat.jakarta;

import jakarta.websocket.WebSocketContainer;
import jakarta.websocket.server.ServerContainer;
import java.lang.reflect.Proxy;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.server.handler.ContextHandler;

/** One of Jetty's environments, each of which has packages of its own: that of {@code -Dheartbeat.jetty.environment=}, or EE 10. */
final class JettyEnvironment {

    private final String name;

    private JettyEnvironment(String name) {
        this.name = name;
    }

    static JettyEnvironment chosen() {
        return new JettyEnvironment(System.getProperty("heartbeat.jetty.environment", "ee10"));
    }

    /** Deploys to a container as it starts. */
    interface Deploying {
        void deploy(ServerContainer container) throws Exception;
    }

    /** A context at the root of the server. */
    ContextHandler context(Deploying deploying) throws ReflectiveOperationException {
        Class<?> type = type("servlet.ServletContextHandler");
        ContextHandler context =
                (ContextHandler) type.getConstructor(String.class).newInstance("/");
        String initializer = "websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer";
        Class<?> configurator = type(initializer + "$Configurator");
        Object configuring = Proxy.newProxyInstance(
                configurator.getClassLoader(), new Class<?>[] {configurator}, (proxy, method, arguments) -> {
                    deploying.deploy((ServerContainer) arguments[1]);
                    return null;
                });
        type(initializer).getMethod("configure", type, configurator).invoke(null, context, configuring);
        return context;
    }

    WebSocketContainer client() throws ReflectiveOperationException {
        return (WebSocketContainer) type("websocket.jakarta.client.JakartaWebSocketClientContainerProvider")
                .getMethod("getContainer", HttpClient.class)
                .invoke(null, (Object) null);
    }

    private Class<?> type(String type) throws ClassNotFoundException {
        return Class.forName("org.eclipse.jetty." + name + "." + type);
    }

    @Override
    public String toString() {
        return name;
    }
}
