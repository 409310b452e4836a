package dev.heartbeat.jakarta;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Scanner;

/** A server that shakes hands once and is silent from then on. */
final class MuteServer implements Closeable {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final ServerSocket socket;
    private volatile Socket peer;

    private MuteServer(ServerSocket socket) {
        this.socket = socket;
    }

    static MuteServer start() throws IOException {
        MuteServer server = new MuteServer(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
        Thread thread = new Thread(server::shakeHands, "mute-server");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    int port() {
        return socket.getLocalPort();
    }

    URI uri() {
        return URI.create("ws://127.0.0.1:" + port() + "/");
    }

    private void shakeHands() {
        try {
            peer = socket.accept();
            Scanner request = new Scanner(peer.getInputStream(), StandardCharsets.ISO_8859_1);
            String key = "";
            for (String line = request.nextLine(); !line.isEmpty(); line = request.nextLine()) {
                if (line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:")) {
                    key = line.substring(line.indexOf(':') + 1).strip();
                }
            }
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            peer.getOutputStream()
                    .write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Accept: "
                                    + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException | NoSuchAlgorithmException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Override
    public void close() throws IOException {
        if (peer != null) {
            peer.close();
        }
        socket.close();
    }
}
