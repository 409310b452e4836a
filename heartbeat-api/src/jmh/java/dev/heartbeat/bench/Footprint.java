package dev.heartbeat.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jol.info.ClassLayout;

/**
 * Heap that a watched connection takes, as the difference before and after. Connections themselves are not counted. Arguments:
 * contender, connections.
 */
final class Footprint {

    /** What every connection has, what it gets when there is more to know, and the handler of a Netty channel. */
    static final List<String> PARTS = List.of(
            "dev.heartbeat.internal.engine.HeartbeatHandle",
            "dev.heartbeat.internal.engine.ConnectionDetails",
            "dev.heartbeat.internal.dispatch.SerialQueue",
            "dev.heartbeat.internal.state.Freshness",
            "dev.heartbeat.netty.HeartbeatHandler");

    private Footprint() {}

    public static void main(String[] args) throws ClassNotFoundException {
        int connections = Integer.parseInt(args[1]);
        Contender contender = args[0].startsWith("real:")
                ? Contenders.real(args[0].substring(5), connections + 1)
                : Contenders.virtual(args[0], connections + 1);
        add(contender, 0, 1); // brings classes, threads and empty buckets with it
        long before = usedHeap();
        add(contender, 1, connections + 1);
        long after = usedHeap();
        Fork.report("bytes", (double) (after - before) / connections);
        for (String part : PARTS) {
            Class<?> type = Class.forName(part);
            Fork.report(type.getSimpleName(), ClassLayout.parseClass(type).instanceSize());
        }
        contender.close();
    }

    private static void add(Contender contender, int from, int to) {
        CompletableFuture<Void> added = new CompletableFuture<>();
        contender.onReader(() -> {
            for (int i = from; i < to; i++) {
                contender.add(i);
            }
            added.complete(null);
        });
        contender.pass(1_000_000_000L);
        added.join();
    }

    /** What collections leave: what is in use afterwards includes the buffers in which threads are about to allocate. */
    private static long usedHeap() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
                .sum();
    }
}
