package dev.heartbeat.application;

import java.util.Map;
import org.glassfish.tyrus.server.TyrusServerContainer;
import org.glassfish.tyrus.spi.ServerContainerFactory;

/** Runs on Tyrus and Grizzly. */
final class OnTyrus {

    private OnTyrus() {}

    public static void main(String[] args) throws Exception {
        Application application = new Application();
        TyrusServerContainer container =
                (TyrusServerContainer) ServerContainerFactory.createServerContainer(Map.<String, Object>of());
        container.addEndpoint(application.attached());
        container.addEndpoint(application.wrapped());
        container.addEndpoint(application.unsent());
        container.start("/", 0);
        application.run(container.getPort());
    }
}
