package dev.heartbeat.examples;

import jakarta.websocket.DeploymentException;
import java.util.Map;
import org.glassfish.tyrus.server.Server;

/** Tyrus on Grizzly. */
final class TyrusHost implements Host {

    private final Server server;

    TyrusHost(Backend backend) throws DeploymentException {
        server = new Server("127.0.0.1", -1, "/", Map.of(Backend.KEY, backend), CentralSystem.class);
        server.start();
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.stop();
    }
}
