package dev.heartbeat.internal.kernel;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lines as the kernel formats them, in the byte order of a host. */
final class TableText {

    static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
    static final int ESTABLISHED = 1;

    private final ByteOrder order;
    private final StringBuilder text = new StringBuilder(HEADER).append('\n');
    private int number;

    TableText(ByteOrder order) {
        this.order = order;
    }

    static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    static byte[] mapped(InetAddress address) {
        byte[] bytes = Arrays.copyOf(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1}, 16);
        System.arraycopy(address.getAddress(), 0, bytes, 12, 4);
        return bytes;
    }

    /** An established socket. */
    TableText socket(SocketAddresses socket, long sent, long arrived, int again) {
        return socket(socket, ESTABLISHED, sent, arrived, again, 4711 + number);
    }

    TableText socket(SocketAddresses socket, int state, long sent, long arrived, int again, long inode) {
        return line(socket.remote().getAddress(), socket, state, sent, arrived, again, inode);
    }

    /** As a dual-stack socket stands there. */
    TableText mappedSocket(SocketAddresses socket, long sent, long arrived, int again) {
        return line(mapped(socket.remote()), socket, ESTABLISHED, sent, arrived, again, 4711 + number);
    }

    private TableText line(
            byte[] remote, SocketAddresses socket, int state, long sent, long arrived, int again, long inode) {
        byte[] local = address(socket.remote() instanceof Inet4Address && remote.length == 4 ? "127.0.0.1" : "::1")
                .getAddress();
        return raw(String.format(
                Locale.ROOT,
                "%4d: %s:%04X %s:%04X %02X %08X:%08X %02X:%08X %08X %5d %8d %d 1 0000000000000000 20 4 30 10 -1",
                number++,
                words(local),
                socket.localPort(),
                words(remote),
                socket.remotePort(),
                state,
                sent,
                arrived,
                again == 0 ? 0 : 1,
                again == 0 ? 0 : 25,
                again,
                1000,
                0,
                inode));
    }

    TableText raw(String line) {
        text.append(line).append('\n');
        return this;
    }

    byte[] bytes() {
        return toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private String words(byte[] address) {
        ByteBuffer words = ByteBuffer.wrap(address).order(order);
        return Stream.generate(() -> String.format(Locale.ROOT, "%08X", words.getInt()))
                .limit(address.length / 4)
                .collect(Collectors.joining());
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
