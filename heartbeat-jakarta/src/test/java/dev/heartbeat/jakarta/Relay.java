package dev.heartbeat.jakarta;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;

/** Passes bytes on between one peer and a server, below TLS: counts those for the peer, and can hold back those of the peer. */
final class Relay implements Closeable {

    private final ServerSocket listening;
    private final AtomicLong forPeer = new AtomicLong();
    private Socket peer;
    private Socket server;
    private long allowed = Long.MAX_VALUE;

    private Relay(ServerSocket listening) {
        this.listening = listening;
    }

    static Relay to(int port) throws IOException {
        Relay relay = new Relay(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        start(() -> relay.serve(port));
        return relay;
    }

    /** The same address by way of this relay. */
    URI uri(URI direct) {
        return URI.create(direct.getScheme() + "://127.0.0.1:" + listening.getLocalPort() + direct.getPath());
    }

    /** How many bytes have been passed on to the peer. */
    long bytesForPeer() {
        return forPeer.get();
    }

    /** Passes on so many more bytes of the peer's, and then no more until this is called again. */
    synchronized void allow(long bytes) {
        allowed = bytes;
        notifyAll();
    }

    private void serve(int port) throws IOException, InterruptedException {
        Socket accepted = listening.accept();
        Socket connected = new Socket(InetAddress.getLoopbackAddress(), port);
        connected.setTcpNoDelay(true);
        accepted.setTcpNoDelay(true);
        synchronized (this) {
            peer = accepted;
            server = connected;
        }
        start(() -> passOnToPeer(connected.getInputStream(), accepted.getOutputStream()));
        passOnToServer(accepted.getInputStream(), connected.getOutputStream());
    }

    private void passOnToPeer(InputStream in, OutputStream out) throws IOException {
        byte[] bytes = new byte[8 * 1024];
        for (int some = in.read(bytes); some >= 0; some = in.read(bytes)) {
            forPeer.addAndGet(some);
            out.write(bytes, 0, some);
        }
    }

    private void passOnToServer(InputStream in, OutputStream out) throws IOException, InterruptedException {
        byte[] bytes = new byte[8 * 1024];
        for (int some = in.read(bytes); some >= 0; some = in.read(bytes)) {
            for (int from = 0; from < some; ) {
                int now = take(some - from);
                out.write(bytes, from, now);
                from += now;
            }
        }
    }

    private synchronized int take(int wanted) throws InterruptedException {
        while (allowed == 0) {
            wait();
        }
        int taken = (int) Math.min(allowed, wanted);
        allowed -= allowed == Long.MAX_VALUE ? 0 : taken;
        return taken;
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                },
                "relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public synchronized void close() throws IOException {
        listening.close();
        if (peer != null) {
            peer.close();
            server.close();
        }
    }
}
