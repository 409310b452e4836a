package dev.heartbeat;

import dev.heartbeat.testkit.WatchingServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Accepts sockets, each of which is a watched connection. */
final class PlainSocketServer implements WatchingServer {

    private final ServerSocket socket = new ServerSocket(0);
    private final BlockingQueue<PlainSocketConnection> accepted = new LinkedBlockingQueue<>();
    private final ZombieDetector detector;

    PlainSocketServer(ZombieDetector detector) throws IOException {
        this.detector = detector;
        daemon("plain-server", this::accept);
    }

    @Override
    public URI uri(String host) {
        return URI.create("ws://" + host + ":" + socket.getLocalPort() + "/");
    }

    PlainSocketConnection accepted() throws InterruptedException {
        PlainSocketConnection connection = accepted.poll(60, TimeUnit.SECONDS);
        if (connection == null) {
            throw new AssertionError("nobody came within a minute");
        }
        return connection;
    }

    @Override
    public Served next() throws InterruptedException {
        PlainSocketConnection connection = accepted();
        return new Served() {
            @Override
            public Connection connection() {
                return connection;
            }

            @Override
            public void send(int bytes) {
                connection.push(1, bytes);
            }
        };
    }

    private void accept() {
        while (true) {
            try {
                Socket peer = socket.accept();
                PlainSocketConnection connection = new PlainSocketConnection(peer);
                connection.shakeHands();
                connection.watchedBy(detector);
                accepted.add(connection);
            } catch (IOException closed) {
                return;
            }
        }
    }

    static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
