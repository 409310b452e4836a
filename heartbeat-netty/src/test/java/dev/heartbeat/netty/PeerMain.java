package dev.heartbeat.netty;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A live peer in a process of its own: connects to the address given, says from which port, answers pings until killed. */
final class PeerMain {

    private PeerMain() {}

    /** The class path it runs on. */
    static String classes() {
        return Path.of(PeerMain.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
    }

    /**
     * Runs the peer.
     *
     * @param args host and port
     */
    public static void main(String[] args) throws Exception {
        RawPeer peer = RawPeer.connect(new InetSocketAddress(args[0], Integer.parseInt(args[1])));
        System.out.println(peer.localPort());
        peer.answerPings();
        Thread.currentThread().join();
    }
}
