package dev.heartbeat.application;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Runs on Jetty's EE 10 environment. */
final class OnJetty {

    private OnJetty() {}

    public static void main(String[] args) throws Exception {
        Application application = new Application();
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        server.setHandler(context);
        JakartaWebSocketServletContainerInitializer.configure(context, (servlets, container) -> {
            container.addEndpoint(application.attached());
            container.addEndpoint(application.wrapped());
            container.addEndpoint(application.unsent());
        });
        server.start();
        application.run(connector.getLocalPort());
    }
}
