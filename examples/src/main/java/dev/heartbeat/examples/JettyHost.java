package dev.heartbeat.examples;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty with its EE 10 environment, embedded. */
final class JettyHost implements Host {

    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);

    JettyHost(Backend backend) throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        server.setHandler(context);
        JakartaWebSocketServletContainerInitializer.configure(context, (servlets, container) -> {
            // Jetty's own 30 s would close a live peer that is pinged less often.
            container.setDefaultMaxSessionIdleTimeout(0);
            container.addEndpoint(backend.endpoint());
        });
        server.start();
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
