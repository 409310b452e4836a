package dev.heartbeat.bench;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.internal.kernel.ProcNetTable;
import dev.heartbeat.internal.kernel.SocketAddresses;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one pass over the kernel's table of sockets costs, both ends of all connections being in it, and how much of that is
 * the kernel's own, in CPU time. Arguments: connections, and lines, which sockets that wait for the end of their time fill up.
 */
final class SocketPass {

    private static final int PASSES = 10;
    private static final int OF_EACH_ADDRESS = 20_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final ProcNetTable table = new ProcNetTable();
    private final List<SocketChannel> open = new ArrayList<>();
    private final Set<SocketAddresses> sockets = new HashSet<>();
    private final byte[] chunk = new byte[8 * 1024];

    private SocketPass(int connections, int lines) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(null)) {
            int port = port(server);
            for (int i = 0; i < connections; i++) {
                SocketChannel there = connect(0, port);
                open.add(there);
                open.add(server.accept());
                InetSocketAddress end = (InetSocketAddress) there.getLocalAddress();
                sockets.add(new SocketAddresses(port, end.getAddress(), end.getPort()));
            }
            for (int i = 0; i < lines - 2 * connections; i++) {
                connect(1 + i / OF_EACH_ADDRESS, port).close();
                server.accept().close();
            }
        }
    }

    public static void main(String[] args) throws IOException {
        SocketPass pass = new SocketPass(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
        pass.measureTheKernel();
        pass.measure("one", Set.of(pass.sockets.iterator().next()));
        pass.measure("all", pass.sockets);
        for (SocketChannel end : pass.open) {
            end.close();
        }
    }

    private static int port(ServerSocketChannel server) throws IOException {
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private static SocketChannel connect(int network, int port) throws IOException {
        return SocketChannel.open(new InetSocketAddress("127.0." + network + ".1", port));
    }

    private void measure(String name, Set<SocketAddresses> wanted) throws IOException {
        long least = Long.MAX_VALUE;
        long allocated = Long.MAX_VALUE;
        for (int i = 0; i < PASSES; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            long begin = threads.getCurrentThreadCpuTime();
            int found = table.read(wanted).found().size();
            least = Math.min(least, threads.getCurrentThreadCpuTime() - begin);
            allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
            if (found != wanted.size()) {
                throw new IllegalStateException("found " + found + " of " + wanted.size());
            }
        }
        Fork.report(name + "-ms", least / 1e6);
        Fork.report(name + "-bytes", allocated);
    }

    /** Reads the same bytes and does nothing with them but count the lines. */
    private void measureTheKernel() throws IOException {
        long least = Long.MAX_VALUE;
        int lines = 0;
        for (int i = 0; i < PASSES; i++) {
            long begin = threads.getCurrentThreadCpuTime();
            lines = linesOf("/proc/self/net/tcp") + linesOf("/proc/self/net/tcp6");
            least = Math.min(least, threads.getCurrentThreadCpuTime() - begin);
        }
        Fork.report("kernel-ms", least / 1e6);
        Fork.report("lines", lines);
    }

    private int linesOf(String path) throws IOException {
        int lines = 0;
        try (InputStream in = new FileInputStream(path)) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                for (int i = 0; i < count; i++) {
                    lines += chunk[i] == '\n' ? 1 : 0;
                }
            }
        }
        return lines;
    }
}
