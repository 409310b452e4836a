package dev.heartbeat.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.Globals;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.ExpandWar;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/** A Spring application on an embedded Tomcat. */
final class SpringServer implements AutoCloseable {

    private static final Logger CHATTER = Logger.getLogger("org.apache");

    private final AnnotationConfigWebApplicationContext application = new AnnotationConfigWebApplicationContext();
    private final Tomcat tomcat = new Tomcat();
    private final Path home = Files.createTempDirectory("spring-tomcat");

    SpringServer(Class<?> configuration) throws IOException, LifecycleException {
        CHATTER.setLevel(Level.SEVERE);
        application.register(configuration);
        tomcat.setSilent(true);
        tomcat.setBaseDir(home.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addContext("", null);
        context.addServletContainerInitializer(new WsSci(), Set.of());
        Wrapper dispatcher = Tomcat.addServlet(context, "dispatcher", new DispatcherServlet(application));
        dispatcher.addMapping("/");
        dispatcher.setLoadOnStartup(1);
        tomcat.start();
    }

    int port() {
        return tomcat.getConnector().getLocalPort();
    }

    <T> T bean(Class<T> type) {
        return application.getBean(type);
    }

    @Override
    public void close() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
        application.close();
        // The next Tomcat of this JVM would make the directory again.
        System.clearProperty(Globals.CATALINA_HOME_PROP);
        ExpandWar.delete(home.toFile());
    }
}
