package dev.heartbeat.jakarta.spring;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import jakarta.servlet.Servlet;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.modeler.Registry;
import org.apache.tomcat.websocket.server.WsSci;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.websocket.server.config.JettyWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.web.socket.server.RequestUpgradeStrategy;
import org.springframework.web.socket.server.jetty.JettyRequestUpgradeStrategy;
import org.springframework.web.socket.server.standard.StandardWebSocketUpgradeStrategy;

/** A server that Spring runs on. */
enum Host {
    TOMCAT {
        @Override
        Running start(Servlet dispatcher) throws Exception {
            Registry.disableRegistry();
            Tomcat tomcat = new Tomcat();
            tomcat.setSilent(true);
            tomcat.setBaseDir(Files.createTempDirectory("heartbeat-spring").toString());
            tomcat.setPort(0);
            Context context = tomcat.addContext("", null);
            context.addServletContainerInitializer(new WsSci(), Set.of());
            Wrapper servlet = Tomcat.addServlet(context, "dispatcher", dispatcher);
            servlet.addMapping("/");
            servlet.setLoadOnStartup(1);
            servlet.setAsyncSupported(true);
            tomcat.start();
            return new Running(tomcat.getConnector().getLocalPort(), () -> {
                end(tomcat::stop);
                end(tomcat::destroy);
            });
        }
    },

    /** Its sessions are Jetty's own. */
    JETTY {
        @Override
        Running start(Servlet dispatcher) throws Exception {
            Server server = new Server();
            ServerConnector connector = new ServerConnector(server);
            server.addConnector(connector);
            ServletContextHandler context = new ServletContextHandler("/");
            server.setHandler(context);
            JettyWebSocketServletContainerInitializer.configure(context, null);
            ServletHolder holder = new ServletHolder("dispatcher", dispatcher);
            holder.setInitOrder(1);
            holder.setAsyncSupported(true);
            context.addServlet(holder, "/");
            server.start();
            return new Running(connector.getLocalPort(), () -> end(server::stop));
        }

        @Override
        RequestUpgradeStrategy upgrades() {
            return new JettyRequestUpgradeStrategy();
        }
    },
    UNDERTOW {
        @Override
        Running start(Servlet dispatcher) throws Exception {
            DeploymentManager manager = Servlets.newContainer()
                    .addDeployment(Servlets.deployment()
                            .setClassLoader(Host.class.getClassLoader())
                            .setContextPath("/")
                            .setDeploymentName("spring")
                            .addServlet(Servlets.servlet(
                                            "dispatcher",
                                            dispatcher.getClass(),
                                            new ImmediateInstanceFactory<>(dispatcher))
                                    .addMapping("/")
                                    .setAsyncSupported(true)
                                    .setLoadOnStartup(1))
                            .addServletContextAttribute(
                                    WebSocketDeploymentInfo.ATTRIBUTE_NAME, new WebSocketDeploymentInfo()));
            manager.deploy();
            Undertow server = Undertow.builder()
                    .addHttpListener(0, "0.0.0.0", manager.start())
                    .build();
            server.start();
            int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
            return new Running(port, () -> end(server::stop));
        }
    };

    private static final Logger TOMCATS = Logger.getLogger("org.apache");
    private static final Logger SPRINGS = Logger.getLogger("org.springframework");

    /** What is said at INFO is of no interest. */
    static void hush() {
        TOMCATS.setLevel(Level.SEVERE);
        SPRINGS.setLevel(Level.SEVERE);
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void end(Action action) {
        try {
            action.run();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    abstract Running start(Servlet dispatcher) throws Exception;

    /** The way in which Spring makes a WebSocket of a request; it would look for the first server on the class path. */
    RequestUpgradeStrategy upgrades() {
        return new StandardWebSocketUpgradeStrategy();
    }

    /** Those that {@code -Dheartbeat.container=} names, or all. */
    static Stream<Host> chosen() {
        String wanted = System.getProperty("heartbeat.container", "");
        return Stream.of(values())
                .filter(host -> wanted.isEmpty() || host.name().equalsIgnoreCase(wanted));
    }

    /** A server that runs. */
    record Running(int port, Runnable end) {}
}
