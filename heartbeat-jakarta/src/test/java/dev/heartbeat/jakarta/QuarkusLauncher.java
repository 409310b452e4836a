package dev.heartbeat.jakarta;

import dev.heartbeat.testkit.TlsMaterial;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.undertow.websockets.UndertowSession;
import io.undertow.websockets.WebSocketDeploymentInfo;
import io.undertow.websockets.util.ConstructorObjectFactory;
import io.undertow.websockets.util.ObjectFactory;
import io.undertow.websockets.util.ObjectIntrospecter;
import io.undertow.websockets.vertx.VertxServerWebSocketContainer;
import io.undertow.websockets.vertx.VertxWebSocketHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.ext.web.Router;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.WebSocketContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509KeyManager;

/** What quarkus-websockets runs on, without Quarkus; handlers run on event loops, as by its defaults. */
final class QuarkusLauncher implements Launcher {

    /** More than Quarkus' default of 64 KB, for the large frames of the tests. */
    private static final int LARGEST_FRAME = 16 << 20;

    @Override
    public Running start(Deployment deployment) throws Exception {
        Vertx vertx = Vertx.vertx();
        EventLoopGroup clients = new NioEventLoopGroup(1);
        ExecutorService workers = Executors.newCachedThreadPool(task -> TerminationLadder.daemon(task, "worker"));
        ExecutorService limited = deployment.threads() > 0
                ? Executors.newFixedThreadPool(
                        deployment.threads(), task -> TerminationLadder.daemon(task, "limited worker"))
                : workers;
        Executor executor = deployment.executor() == null ? limited : deployment.executor();
        VertxServerWebSocketContainer container = new VertxServerWebSocketContainer(
                new Constructing(),
                QuarkusLauncher.class.getClassLoader(),
                () -> clients,
                List.of(),
                deployment.executor() != null || deployment.threads() > 0,
                null,
                null,
                () -> executor,
                List.of(),
                LARGEST_FRAME,
                () -> null);
        deploy(deployment, container);
        Router router = Router.router(vertx);
        router.route()
                .handler(new VertxWebSocketHandler(
                        container,
                        new WebSocketDeploymentInfo()
                                .setExecutor(() -> executor)
                                .setMaxFrameSize(LARGEST_FRAME)));
        HttpServerOptions options = new HttpServerOptions();
        if (deployment.isSecure()) {
            X509KeyManager keys = (X509KeyManager) TlsMaterial.keyManagers().getKeyManagers()[0];
            options.setSsl(true).setKeyCertOptions(KeyCertOptions.wrap(keys));
        }
        HttpServer server =
                await(vertx.createHttpServer(options).requestHandler(router).listen(0));
        boolean secure = deployment.isSecure();
        return new Running() {

            @Override
            public int port() {
                return server.actualPort();
            }

            @Override
            public boolean isSecure() {
                return secure;
            }

            @Override
            public void undeploy() {
                router.clear();
                container.close();
            }

            @Override
            public WebSocketContainer client() {
                return container;
            }

            @Override
            public void close() {
                await(vertx.close());
                var unused = clients.shutdownGracefully();
                workers.shutdownNow();
                limited.shutdownNow();
            }
        };
    }

    private static void deploy(Deployment deployment, VertxServerWebSocketContainer container)
            throws DeploymentException {
        for (ServerEndpointConfig config : deployment.configs()) {
            container.addEndpoint(config);
        }
        for (Class<?> annotated : deployment.annotated()) {
            container.addEndpoint(annotated);
        }
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(1, TimeUnit.MINUTES)
                .join();
    }

    /** Makes endpoints without a container of beans. */
    private static final class Constructing implements ObjectIntrospecter {

        @Override
        public <T> ObjectFactory<T> createInstanceFactory(Class<T> type) {
            try {
                return new ConstructorObjectFactory<>(type.getDeclaredConstructor());
            } catch (NoSuchMethodException none) {
                throw new IllegalArgumentException(none);
            }
        }
    }

    @Override
    public Class<?> container() {
        return UndertowSession.class;
    }

    @Override
    public boolean runsHandlersOnIoThreads() {
        return true;
    }

    @Override
    public boolean closesPastUnsentOutput() {
        return false;
    }

    @Override
    public boolean takesBlockingSends() {
        return false;
    }

    @Override
    public String toString() {
        return "quarkus";
    }
}
