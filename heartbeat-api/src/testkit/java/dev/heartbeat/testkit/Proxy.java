package dev.heartbeat.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real proxy in a process of its own in front of a server of this machine: its kernel acknowledges for the peers behind it,
 * and its buffers hold what they have not read. Its own timeouts are an hour, its buffers as its makers have them.
 *
 * <pre>{@code
 * try (Proxy proxy = Proxy.start(Proxy.Program.NGINX, 8080);
 *         RawPeer peer = RawPeer.connect(proxy.uri("127.0.0.1")).live()) {
 *     // the server on port 8080 sees the proxy, and never the peer
 * }
 * }</pre>
 */
public final class Proxy implements Closeable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final String LOG = "log";
    private static final int ATTEMPTS = 5;
    private static final long PAUSE_NANOS = 5_000_000;

    private final Path folder;
    private final int port;
    private final Process process;

    private Proxy(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Which proxy. */
    public enum Program {

        /** The proxy of the Debian package {@code nginx-light}, as an HTTP proxy that upgrades to WebSocket. */
        NGINX(List.of("nginx", "-e", LOG, "-p", ".", "-c", "config"), """
                daemon off;
                master_process off;
                pid pid;
                events {}
                http {
                    access_log off;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    server {
                        listen %d;
                        location / {
                            proxy_pass http://127.0.0.1:%d;
                            proxy_http_version 1.1;
                            proxy_set_header Upgrade $http_upgrade;
                            proxy_set_header Connection upgrade;
                            proxy_read_timeout 1h;
                            proxy_send_timeout 1h;
                        }
                    }
                }
                """),

        /** The proxy of the Debian package {@code haproxy}, in its mode for HTTP. */
        HAPROXY(List.of("haproxy", "-db", "-q", "-f", "config"), """
                defaults
                    mode http
                    maxconn 100
                    timeout connect 1m
                    timeout client 1h
                    timeout server 1h
                    timeout tunnel 1h
                listen proxy
                    bind :%d
                    server server 127.0.0.1:%d
                """);

        private final List<String> command;
        private final String config;

        Program(List<String> command, String config) {
            this.command = command;
            this.config = config;
        }

        /** Where it is, since the path of other users than root does not always lead there. */
        private List<String> installed() throws IOException {
            for (String place : List.of("", "/usr/sbin/", "/usr/local/sbin/")) {
                String program = place + command.get(0);
                if (Processes.succeeds(List.of(program, "-v"))) {
                    List<String> found = new ArrayList<>(command);
                    found.set(0, program);
                    return found;
                }
            }
            return List.of();
        }
    }

    /**
     * Starts a proxy on a free port, or skips the test where the program is not installed.
     *
     * @param program which one
     * @param serverPort where the server listens, on the loopback interface at least
     * @return a proxy that accepts connections
     * @throws IOException if it does not start
     */
    public static Proxy start(Program program, int serverPort) throws IOException {
        List<String> command = program.installed();
        assumeTrue(!command.isEmpty(), () -> program + " is not installed");
        String log = "";
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Proxy proxy = launch(command, program.config, serverPort);
            if (proxy.accepts()) {
                return proxy;
            }
            log = Files.readString(proxy.folder.resolve(LOG));
            proxy.close();
        }
        throw new IOException(program + " does not start: " + log);
    }

    private static Proxy launch(List<String> command, String config, int serverPort) throws IOException {
        Path folder = Files.createTempDirectory("heartbeat-proxy");
        int port = freePort();
        Files.writeString(folder.resolve("config"), config.formatted(port, serverPort));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve(LOG).toFile()))
                .start();
        return new Proxy(folder, port, process);
    }

    /** Somebody else may take it before the proxy does, which then ends. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean accepts() {
        while (process.isAlive() && !isListening()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return process.isAlive();
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port));
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /**
     * Where its peers find it. It listens on all addresses of the machine.
     *
     * @param host the name or address by which a peer knows the machine, such as {@link Namespace#serverAddress()}
     * @return a {@code ws} address
     */
    public URI uri(String host) {
        return URI.create("ws://" + host + ":" + port + "/");
    }

    /** Kills the proxy; its kernel ends its connections. */
    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Processes.ends(process);
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }
}
