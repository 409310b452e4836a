package dev.heartbeat.jakarta;

import dev.heartbeat.testkit.TlsMaterial;
import jakarta.servlet.ServletException;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.WebSocketContainer;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.nio.file.Files;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Container;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.modeler.Registry;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.apache.tomcat.websocket.server.WsSci;

/** Tomcat with its default connector, or the one that {@code -Dheartbeat.tomcat.protocol=} names. */
final class TomcatLauncher implements Launcher {

    private static final Logger NOISY_LOGGER = Logger.getLogger("org.apache");

    /** Two that start at the same time would fill Tomcat's list of ciphers at the same time, which fails in some versions. */
    private static final Object STARTING = new Object();

    @Override
    public Running start(Deployment deployment) throws Exception {
        NOISY_LOGGER.setLevel(Level.SEVERE);
        // Two that start at the same time would register under the same names.
        Registry.disableRegistry();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("heartbeat-tomcat").toString());
        tomcat.setConnector(new Connector(System.getProperty("heartbeat.tomcat.protocol", "HTTP/1.1")));
        tomcat.getConnector().setPort(0);
        if (deployment.isSecure()) {
            secure(tomcat.getConnector());
        }
        if (deployment.threads() > 0) {
            tomcat.getConnector().setProperty("minSpareThreads", "1");
            tomcat.getConnector().setProperty("maxThreads", String.valueOf(deployment.threads()));
        }
        if (deployment.executor() != null) {
            tomcat.getConnector().getProtocolHandler().setExecutor(deployment.executor());
        }
        Context context = tomcat.addContext("", null);
        context.addServletContainerInitializer(
                (classes, servlets) -> {
                    // Tomcat's WebSocket filter needs a servlet behind it.
                    servlets.addServlet("default", new DefaultServlet()).addMapping("/");
                    new WsSci().onStartup(Set.of(), servlets);
                    deploy(deployment, (ServerContainer) servlets.getAttribute(ServerContainer.class.getName()));
                },
                Set.of());
        synchronized (STARTING) {
            tomcat.start();
        }
        // Nothing of the deployment itself, which is to go when it is undeployed.
        boolean secure = deployment.isSecure();
        return new Running() {

            @Override
            public int port() {
                return tomcat.getConnector().getLocalPort();
            }

            @Override
            public boolean isSecure() {
                return secure;
            }

            @Override
            public void undeploy() {
                for (Container child : tomcat.getHost().findChildren()) {
                    tomcat.getHost().removeChild(child);
                }
            }

            @Override
            public WebSocketContainer client() {
                return new WsWebSocketContainer();
            }

            @Override
            public void close() {
                try {
                    tomcat.stop();
                    tomcat.destroy();
                } catch (LifecycleException failed) {
                    throw new IllegalStateException(failed);
                }
            }
        };
    }

    private static void deploy(Deployment deployment, ServerContainer container) throws ServletException {
        try {
            for (ServerEndpointConfig config : deployment.configs()) {
                container.addEndpoint(config);
            }
            for (Class<?> annotated : deployment.annotated()) {
                container.addEndpoint(annotated);
            }
        } catch (DeploymentException failed) {
            throw new ServletException(failed);
        }
    }

    private static void secure(Connector connector) throws Exception {
        SSLHostConfig tls = new SSLHostConfig();
        SSLHostConfigCertificate certificate = new SSLHostConfigCertificate(tls, SSLHostConfigCertificate.Type.EC);
        certificate.setCertificateKeystore(TlsMaterial.keyStore());
        certificate.setCertificateKeystorePassword(TlsMaterial.PASSWORD);
        tls.addCertificate(certificate);
        connector.setProperty("SSLEnabled", "true");
        connector.addSslHostConfig(tls);
    }

    @Override
    public Class<?> container() {
        return WsSci.class;
    }

    @Override
    public String toString() {
        return "tomcat";
    }
}
