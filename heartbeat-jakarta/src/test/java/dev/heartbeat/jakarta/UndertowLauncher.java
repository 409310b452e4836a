package dev.heartbeat.jakarta;

import dev.heartbeat.testkit.TlsMaterial;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.handlers.PathHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainer;
import io.undertow.websockets.extensions.PerMessageDeflateHandshake;
import io.undertow.websockets.jsr.UndertowContainerProvider;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import jakarta.servlet.ServletException;
import jakarta.websocket.WebSocketContainer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Undertow on its own, with its defaults: handlers run on the threads that do the I/O. */
final class UndertowLauncher implements Launcher {

    private static final String NAME = "heartbeat";

    private static final List<Logger> NOISY_LOGGERS =
            List.of(Logger.getLogger("io.undertow"), Logger.getLogger("org.xnio"));

    @Override
    public Running start(Deployment deployment) throws Exception {
        NOISY_LOGGERS.forEach(logger -> logger.setLevel(Level.SEVERE));
        WebSocketDeploymentInfo sockets = new WebSocketDeploymentInfo();
        deployment.configs().forEach(sockets::addEndpoint);
        deployment.annotated().forEach(sockets::addEndpoint);
        sockets.setDispatchToWorkerThread(deployment.executor() != null || deployment.threads() > 0);
        sockets.addExtension(new PerMessageDeflateHandshake());
        ServletContainer servlets = Servlets.newContainer();
        DeploymentManager deploying = servlets.addDeployment(Servlets.deployment()
                .setClassLoader(UndertowLauncher.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName(NAME)
                .setExecutor(deployment.executor())
                .addServletContextAttribute(WebSocketDeploymentInfo.ATTRIBUTE_NAME, sockets));
        deploying.deploy();
        PathHandler paths = Handlers.path(deploying.start());
        Undertow.Builder builder = Undertow.builder().setHandler(paths);
        if (deployment.threads() > 0) {
            builder.setWorkerThreads(deployment.threads());
        }
        Undertow server = (deployment.isSecure()
                        ? builder.addHttpsListener(0, "0.0.0.0", TlsMaterial.server())
                        : builder.addHttpListener(0, "0.0.0.0"))
                .build();
        server.start();
        int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        // Nothing of the deployment itself, which is to go when it is undeployed.
        boolean secure = deployment.isSecure();
        return new Running() {

            @Override
            public int port() {
                return port;
            }

            @Override
            public boolean isSecure() {
                return secure;
            }

            @Override
            public void undeploy() throws ServletException {
                paths.clearPaths();
                DeploymentManager manager = servlets.getDeployment(NAME);
                DeploymentInfo deployed = manager.getDeployment().getDeploymentInfo();
                manager.stop();
                manager.undeploy();
                servlets.removeDeployment(deployed);
            }

            @Override
            public WebSocketContainer client() {
                return new Client().getContainer();
            }

            @Override
            public void close() {
                try {
                    if (servlets.getDeployment(NAME) != null) {
                        undeploy();
                    }
                } catch (ServletException failed) {
                    throw new IllegalStateException(failed);
                }
                server.stop();
            }
        };
    }

    /** Opens up the provider, which is made for the API's own look-up among all providers. */
    private static final class Client extends UndertowContainerProvider {
        @Override
        protected WebSocketContainer getContainer() {
            return super.getContainer();
        }
    }

    @Override
    public Class<?> container() {
        return WebSocketDeploymentInfo.class;
    }

    @Override
    public boolean runsHandlersOnIoThreads() {
        return true;
    }

    @Override
    public String toString() {
        return "undertow";
    }
}
