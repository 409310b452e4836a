package dev.heartbeat.application;

import jakarta.servlet.ServletException;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import java.nio.file.Files;
import java.util.Set;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

/** Runs on Tomcat Embed. */
final class OnTomcat {

    private OnTomcat() {}

    public static void main(String[] args) throws Exception {
        Application application = new Application();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("heartbeat-tomcat").toString());
        tomcat.setConnector(new Connector());
        tomcat.getConnector().setPort(0);
        tomcat.addContext("", null)
                .addServletContainerInitializer(
                        (classes, servlets) -> {
                            // Tomcat's WebSocket filter needs a servlet behind it.
                            servlets.addServlet("default", new DefaultServlet()).addMapping("/");
                            new WsSci().onStartup(Set.of(), servlets);
                            deploy(application, (ServerContainer)
                                    servlets.getAttribute(ServerContainer.class.getName()));
                        },
                        Set.of());
        tomcat.start();
        application.run(tomcat.getConnector().getLocalPort());
    }

    private static void deploy(Application application, ServerContainer container) throws ServletException {
        try {
            container.addEndpoint(application.attached());
            container.addEndpoint(application.wrapped());
            container.addEndpoint(application.unsent());
        } catch (DeploymentException failed) {
            throw new ServletException(failed);
        }
    }
}
