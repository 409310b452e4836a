package dev.heartbeat.jakarta;

import dev.heartbeat.testkit.TlsMaterial;
import jakarta.websocket.WebSocketContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty with one of its environments, embedded. */
final class JettyLauncher implements Launcher {

    @Override
    public Running start(Deployment deployment) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool();
        if (deployment.threads() > 0) {
            threads.setMinThreads(1);
            threads.setMaxThreads(deployment.threads());
        }
        threads.setVirtualThreadsExecutor(deployment.executor());
        Server server = new Server(threads);
        ServerConnector connector =
                deployment.isSecure() ? new ServerConnector(server, tls(), http()) : new ServerConnector(server);
        server.addConnector(connector);
        JettyEnvironment environment = JettyEnvironment.chosen();
        ContextHandlerCollection contexts = new ContextHandlerCollection(environment.context(container -> {
            for (ServerEndpointConfig config : deployment.configs()) {
                container.addEndpoint(config);
            }
            for (Class<?> annotated : deployment.annotated()) {
                container.addEndpoint(annotated);
            }
        }));
        server.setHandler(contexts);
        server.start();
        // Nothing of the deployment itself, which is to go when it is undeployed.
        boolean secure = deployment.isSecure();
        return new Running() {

            @Override
            public int port() {
                return connector.getLocalPort();
            }

            @Override
            public boolean isSecure() {
                return secure;
            }

            @Override
            public void undeploy() throws Exception {
                Handler deployed = contexts.getHandlers().get(0);
                deployed.stop();
                contexts.removeHandler(deployed);
            }

            @Override
            public WebSocketContainer client() throws ReflectiveOperationException {
                return environment.client();
            }

            @Override
            public void close() {
                try {
                    server.stop();
                } catch (Exception failed) {
                    throw new IllegalStateException(failed);
                }
            }
        };
    }

    /** Takes addresses for host names as well. */
    private static HttpConnectionFactory http() {
        HttpConfiguration http = new HttpConfiguration();
        http.addCustomizer(new SecureRequestCustomizer(false));
        return new HttpConnectionFactory(http);
    }

    private static SslContextFactory.Server tls() throws Exception {
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(TlsMaterial.server());
        return tls;
    }

    @Override
    public String product() {
        return Launcher.super.product() + " " + JettyEnvironment.chosen();
    }

    @Override
    public Class<?> container() {
        return Server.class;
    }

    @Override
    public String toString() {
        return "jetty";
    }
}
