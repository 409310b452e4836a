package dev.heartbeat.netty;

import dev.heartbeat.ZombieDetector;
import dev.heartbeat.netty.wireless.WirelessChannel;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Idle channels on one event loop, in a process of their own, opened over a time that should be one ping interval: prints the CPU time that
 * the loop's thread takes per channel and second, in ns, and the heap per channel, in bytes.
 */
final class IdleChannels {

    private final EventLoopGroup group = Transport.NIO.group(1);
    private final EventLoop loop = group.next();
    private final ZombieDetector detector = ZombieDetector.create(Guard.POLICY);
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    private IdleChannels() {}

    /**
     * Runs it.
     *
     * @param args guard, channels, seconds to measure, for as long as which they come and settle as well
     */
    public static void main(String[] args) throws Exception {
        IdleChannels idle = new IdleChannels();
        try {
            idle.measure(Guard.valueOf(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        } catch (IllegalStateException failed) {
            // Or else the loop's thread would keep the process.
            System.err.println(failed);
            System.exit(1);
        }
        System.exit(0);
    }

    private void measure(Guard guard, int count, int seconds) throws Exception {
        long thread = onLoop(() -> Thread.currentThread().getId());
        List<Channel> channels = new ArrayList<>(count);
        long before = usedHeap();
        long measured = TimeUnit.SECONDS.toNanos(seconds);
        for (int i = 0; i < count; i++) {
            // At moments of their own, as clients do: timers that expire together would share a wake-up.
            long delay = ThreadLocalRandom.current().nextLong(measured);
            loop.schedule(() -> channels.add(open(guard)), delay, TimeUnit.NANOSECONDS);
        }
        passUntil(System.nanoTime() + 2 * measured);
        long cpu = threads.getThreadCpuTime(thread);
        passUntil(System.nanoTime() + measured);
        cpu = threads.getThreadCpuTime(thread) - cpu;
        System.out.println((double) cpu / count / seconds);
        System.out.println((double) (usedHeap() - before) / count);
        if (!onLoop(() -> channels.size() == count && channels.stream().allMatch(Channel::isOpen))) {
            throw new IllegalStateException("live peers were lost, or not all came in time");
        }
    }

    private Channel open(Guard guard) {
        Channel channel = new WirelessChannel();
        loop.register(channel);
        guard.fill(channel, detector);
        return channel;
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get();
    }

    /** What collections leave. */
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

    private static void passUntil(long end) {
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
