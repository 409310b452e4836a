package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ZombieDetector;
import dev.heartbeat.testkit.Frame;
import dev.heartbeat.testkit.RawPeer;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.apache.catalina.Context;
import org.apache.catalina.WebResourceRoot;
import org.apache.catalina.WebResourceSet;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.JarResourceSet;
import org.apache.catalina.webresources.StandardRoot;
import org.apache.tomcat.util.modeler.Registry;
import org.apache.tomcat.websocket.server.WsSci;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tomcat names the threads that an application leaves behind, and none of them is the library's. */
class TomcatLeakWarningTest {

    private static final Logger LOADER = Logger.getLogger("org.apache.catalina.loader.WebappClassLoaderBase");

    private final Warnings warnings = new Warnings();
    private final Tomcat tomcat = new Tomcat();

    @BeforeEach
    void listen() {
        LOADER.setLevel(Level.WARNING); // whatever that of all of Tomcat is
        LOADER.addHandler(warnings);
    }

    @AfterEach
    void stop() throws Exception {
        LOADER.removeHandler(warnings);
        tomcat.stop();
        tomcat.destroy();
    }

    @Test
    void namesNoThreadOfADetectorThatWasClosedInContextDestroyed() throws Exception {
        Context application = deploy();
        int port = tomcat.getConnector().getLocalPort();

        try (RawPeer live =
                RawPeer.connect(URI.create("ws://127.0.0.1:" + port + "/live")).live()) {
            live.await(Frame.PING);
            live.await(Frame.PING);
            tomcat.getHost().removeChild(application);
        }

        assertThat(warnings.lines)
                .filteredOn(line -> line.contains("heartbeat"))
                .isEmpty();
    }

    private Context deploy() throws Exception {
        Registry.disableRegistry();
        Path base = Files.createTempDirectory("heartbeat-tomcat");
        tomcat.setBaseDir(base.toString());
        tomcat.getConnector().setPort(0);
        Context context = tomcat.addContext(
                "", Files.createDirectory(base.resolve("application")).toString());
        WebResourceRoot resources = new StandardRoot(context);
        for (Class<?> type : List.of(ZombieDetector.class, SessionHeartbeat.class, Application.class)) {
            resources.addPreResources(classes(resources, type));
        }
        context.setResources(resources);
        context.addApplicationListener(Application.class.getName());
        context.addServletContainerInitializer(
                (classes, servlets) -> {
                    servlets.addServlet("default", new DefaultServlet()).addMapping("/");
                    new WsSci().onStartup(Set.of(), servlets);
                },
                Set.of());
        tomcat.start();
        return context;
    }

    /** What a class was loaded from, as classes of the application's own. */
    private static WebResourceSet classes(WebResourceRoot resources, Class<?> type) throws Exception {
        Path from =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        return Files.isDirectory(from)
                ? new DirResourceSet(resources, "/WEB-INF/classes", from.toString(), "/")
                : new JarResourceSet(resources, "/WEB-INF/classes", from.toString(), "/");
    }

    /** An application that closes its detector when it ends; loaded by Tomcat. */
    public static final class Application implements ServletContextListener {

        private final ZombieDetector detector = ZombieDetector.create(Bench.PATIENT);

        public Application() {}

        @Override
        public void contextInitialized(ServletContextEvent event) {
            Object container = event.getServletContext().getAttribute(ServerContainer.class.getName());
            try {
                ((ServerContainer) container)
                        .addEndpoint(SessionHeartbeat.wrap(Endpoints.at("/live", session -> {}), detector));
            } catch (DeploymentException failed) {
                throw new IllegalStateException(failed);
            }
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            detector.close();
        }
    }

    private static final class Warnings extends Handler {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord record) {
            lines.add(new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
