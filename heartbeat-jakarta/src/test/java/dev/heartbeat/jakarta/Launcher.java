package dev.heartbeat.jakarta;

import jakarta.websocket.WebSocketContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** A container that the contract runs on; another one is another class and a line in {@link #all}. */
interface Launcher {

    /** Starts the container on a free port of this machine. */
    Running start(Deployment deployment) throws Exception;

    /** A class of the container's. */
    Class<?> container();

    /** The container and its version, which its jar's name ends in. */
    default String product() {
        String jar =
                container().getProtectionDomain().getCodeSource().getLocation().getPath();
        return this + " " + jar.replaceAll(".*?-(\\d[^/]*)\\.jar", "$1");
    }

    /** Whether the container runs the application on an executor of the application's choice. */
    default boolean takesAnExecutor() {
        return true;
    }

    /** Whether handlers run on the threads that do the I/O, unless the application chooses an executor. */
    default boolean runsHandlersOnIoThreads() {
        return false;
    }

    /** Whether a handler may send through the basic remote on whatever thread it runs. */
    default boolean takesBlockingSends() {
        return true;
    }

    /** Whether the API alone is a way to free a session that is behind an unsent message. */
    default boolean closesPastUnsentOutput() {
        return true;
    }

    /**
     * What is deployed and how: programmatic endpoints and annotated ones, the executor being null, and
     * the number of threads 0, for the container's own.
     */
    record Deployment(
            List<ServerEndpointConfig> configs,
            List<Class<?>> annotated,
            boolean isSecure,
            Executor executor,
            int threads) {

        static Deployment of(ServerEndpointConfig... configs) {
            return new Deployment(List.of(configs), List.of(), false, null, 0);
        }

        static Deployment of(Class<?>... annotated) {
            return new Deployment(List.of(), List.of(annotated), false, null, 0);
        }

        Deployment overTls(boolean secure) {
            return new Deployment(configs, annotated, secure, executor, threads);
        }

        Deployment on(Executor chosen) {
            return new Deployment(configs, annotated, isSecure, chosen, threads);
        }

        Deployment inAPoolOf(int most) {
            return new Deployment(configs, annotated, isSecure, executor, most);
        }
    }

    /** A container that runs. */
    interface Running extends AutoCloseable {

        int port();

        boolean isSecure();

        default URI uri(String path) {
            return uri("127.0.0.1", path);
        }

        default URI uri(String host, String path) {
            return URI.create((isSecure() ? "wss://" : "ws://") + host + ":" + port() + path);
        }

        /** Takes away what is deployed, and leaves the container running if it can serve something else. */
        void undeploy() throws Exception;

        /** The container's own client. */
        WebSocketContainer client() throws Exception;

        @Override
        void close();
    }

    static Stream<Launcher> all() {
        return Stream.of(
                new TyrusLauncher(),
                new TomcatLauncher(),
                new JettyLauncher(),
                new UndertowLauncher(),
                new QuarkusLauncher());
    }

    /** Those that {@code -Dheartbeat.container=} names, or all. */
    static Stream<Launcher> chosen() {
        String wanted = System.getProperty("heartbeat.container", "");
        return all().filter(launcher -> wanted.isEmpty() || launcher.toString().equals(wanted));
    }
}
