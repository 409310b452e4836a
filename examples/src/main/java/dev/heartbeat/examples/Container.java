package dev.heartbeat.examples;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the server runs on. */
enum Container {
    TYRUS,
    TOMCAT,
    JETTY,
    UNDERTOW,
    NETTY;

    /** The container with this name, in small letters. */
    static Optional<Container> named(String name) {
        return Arrays.stream(values())
                .filter(container -> container.toString().equals(name))
                .findFirst();
    }

    /**
     * Starts a server.
     *
     * @throws Exception whatever the container throws
     */
    Host start(Backend backend) throws Exception {
        return switch (this) {
            case TYRUS -> new TyrusHost(backend);
            case TOMCAT -> new TomcatHost(backend);
            case JETTY -> new JettyHost(backend);
            case UNDERTOW -> new UndertowHost(backend);
            case NETTY -> new NettyHost(backend);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
