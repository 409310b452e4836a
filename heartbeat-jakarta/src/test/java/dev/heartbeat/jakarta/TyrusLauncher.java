package dev.heartbeat.jakarta;

import dev.heartbeat.testkit.TlsMaterial;
import jakarta.websocket.WebSocketContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.glassfish.grizzly.CloseReason;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.ssl.SSLEngineConfigurator;
import org.glassfish.grizzly.ssl.SSLFilter;
import org.glassfish.grizzly.threadpool.ThreadPoolConfig;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.container.grizzly.server.GrizzlyServerContainer;
import org.glassfish.tyrus.server.TyrusServerContainer;
import org.glassfish.tyrus.spi.ServerContainerFactory;

/** Tyrus on Grizzly. */
final class TyrusLauncher implements Launcher {

    /** Tells of every listener at INFO; kept, since loggers are collected with their levels. */
    private static final Logger NOISY_LOGGER = Logger.getLogger("org.glassfish");

    @Override
    public Running start(Deployment deployment) throws Exception {
        NOISY_LOGGER.setLevel(Level.SEVERE);
        // Grizzly keeps the stack of the first use of these, and the class loaders of all that is on it, for ever.
        assert CloseReason.REMOTELY_CLOSED_REASON != null;
        TyrusServerContainer container =
                (TyrusServerContainer) ServerContainerFactory.createServerContainer(settings(deployment));
        for (ServerEndpointConfig config : deployment.configs()) {
            container.addEndpoint(config);
        }
        for (Class<?> annotated : deployment.annotated()) {
            container.addEndpoint(annotated);
        }
        container.start("/", 0);
        if (deployment.isSecure()) {
            secure(container);
        }
        return new Standalone(container, deployment.isSecure());
    }

    private static Map<String, Object> settings(Deployment deployment) {
        int threads = deployment.threads();
        return threads == 0
                ? Map.of()
                : Map.of(
                        GrizzlyServerContainer.WORKER_THREAD_POOL_CONFIG,
                        ThreadPoolConfig.defaultConfig()
                                .setCorePoolSize(threads)
                                .setMaxPoolSize(threads));
    }

    /** Tyrus has no setting for TLS, but what it is built on has. */
    private static void secure(TyrusServerContainer container) throws Exception {
        HttpServer server = (HttpServer) Reflection.field(container, "server");
        SSLEngineConfigurator tls = new SSLEngineConfigurator(TlsMaterial.server(), false, false, false);
        server.getListener("grizzly").getFilterChain().add(1, new SSLFilter(tls, null));
    }

    @Override
    public boolean takesAnExecutor() {
        return false;
    }

    @Override
    public Class<?> container() {
        return TyrusServerContainer.class;
    }

    @Override
    public boolean closesPastUnsentOutput() {
        return false;
    }

    @Override
    public String toString() {
        return "tyrus";
    }

    /** Tyrus on its own is one application: when that goes, so does the container. */
    private static final class Standalone implements Running {

        private TyrusServerContainer container;
        private final boolean secure;
        private final int port;

        Standalone(TyrusServerContainer container, boolean secure) {
            this.container = container;
            this.secure = secure;
            this.port = container.getPort();
        }

        @Override
        public int port() {
            return port;
        }

        @Override
        public boolean isSecure() {
            return secure;
        }

        @Override
        public WebSocketContainer client() {
            return ClientManager.createClient();
        }

        @Override
        public void undeploy() {
            container.stop();
            container = null;
        }

        @Override
        public void close() {
            if (container != null) {
                undeploy();
            }
        }
    }
}
