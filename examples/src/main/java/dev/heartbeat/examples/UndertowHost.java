package dev.heartbeat.examples;

import io.undertow.Undertow;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import jakarta.servlet.ServletException;
import java.net.InetSocketAddress;

/** Undertow, embedded. */
final class UndertowHost implements Host {

    private static final int BUFFER = 16 << 10;

    private final DeploymentManager deployment;
    private final Undertow server;

    UndertowHost(Backend backend) throws ServletException {
        WebSocketDeploymentInfo sockets = new WebSocketDeploymentInfo()
                .setBuffers(new DefaultByteBufferPool(true, BUFFER))
                // Else endpoints run on the threads that do the I/O, where a slow one delays the pongs of other
                // sessions.
                .setDispatchToWorkerThread(true)
                .addEndpoint(backend.endpoint());
        deployment = Servlets.newContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(UndertowHost.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("fleet")
                        .addServletContextAttribute(WebSocketDeploymentInfo.ATTRIBUTE_NAME, sockets));
        deployment.deploy();
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(deployment.start())
                .build();
        server.start();
    }

    @Override
    public int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    }

    @Override
    public void close() {
        try {
            deployment.stop();
            deployment.undeploy();
        } catch (ServletException failed) {
            throw new IllegalStateException(failed);
        } finally {
            server.stop();
        }
    }
}
