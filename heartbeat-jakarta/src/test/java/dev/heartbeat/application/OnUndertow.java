package dev.heartbeat.application;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import java.net.InetSocketAddress;

/** Runs on Undertow. */
final class OnUndertow {

    private OnUndertow() {}

    public static void main(String[] args) throws Exception {
        Application application = new Application();
        WebSocketDeploymentInfo sockets = new WebSocketDeploymentInfo()
                .addEndpoint(application.attached())
                .addEndpoint(application.wrapped())
                .addEndpoint(application.unsent());
        DeploymentManager deploying = Servlets.newContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(OnUndertow.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("heartbeat")
                        .addServletContextAttribute(WebSocketDeploymentInfo.ATTRIBUTE_NAME, sockets));
        deploying.deploy();
        Undertow server = Undertow.builder()
                .setHandler(deploying.start())
                .addHttpListener(0, "127.0.0.1")
                .build();
        server.start();
        application.run(((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort());
    }
}
