package dev.heartbeat.examples;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Globals;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.ExpandWar;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

/** Tomcat, embedded. */
final class TomcatHost implements Host {

    private final Tomcat tomcat = new Tomcat();
    private final Path home = Files.createTempDirectory("fleet-tomcat");

    TomcatHost(Backend backend) throws IOException, LifecycleException {
        tomcat.setBaseDir(home.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        StandardContext context = (StandardContext) tomcat.addContext("", null);
        context.addServletContainerInitializer((classes, servlets) -> deploy(backend, servlets), Set.of());
        // No class loader is thrown away with the context, and to look for leaks takes --add-opens, as Tomcat would
        // warn.
        context.setClearReferencesRmiTargets(false);
        context.setClearReferencesThreadLocals(false);
        tomcat.start();
    }

    private static void deploy(Backend backend, ServletContext servlets) throws ServletException {
        // The filter that upgrades a request needs a servlet behind it.
        servlets.addServlet("default", new DefaultServlet()).addMapping("/");
        new WsSci().onStartup(Set.of(), servlets);
        try {
            ((ServerContainer) servlets.getAttribute(ServerContainer.class.getName())).addEndpoint(backend.endpoint());
        } catch (DeploymentException refused) {
            throw new ServletException(refused);
        }
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException failed) {
            throw new IllegalStateException(failed);
        }
        // The next Tomcat of this JVM would make the directory again.
        System.clearProperty(Globals.CATALINA_HOME_PROP);
        ExpandWar.delete(home.toFile());
    }
}
