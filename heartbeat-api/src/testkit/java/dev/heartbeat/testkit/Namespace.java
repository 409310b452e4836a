package dev.heartbeat.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace joined to this one by a pair of virtual links, so that a {@linkplain PeerProcess peer} in it can really
 * vanish: no frame, no FIN, no RST. Linux only; needs root and the command {@code ip}. Several processes, and several tests
 * of one, may have their own at the same time.
 */
public final class Namespace implements Closeable {

    private static final long ID = ProcessHandle.current().pid();
    private static final AtomicInteger MADE = new AtomicInteger();

    /** A bucket must hold one whole packet, or none ever passes. */
    private static final int SMALLEST_BURST = 1600;

    private static final int BURSTS_PER_SECOND = 100;
    private static final int BITS = 8;

    private final int number = MADE.getAndIncrement() % 64;
    private final String name = "heartbeat-" + ID + "-" + number;
    private final String outer = "hb" + ID + "o" + number;
    private final String inner = "hb" + ID + "i" + number;
    private final Queue<Process> inhabitants = new ConcurrentLinkedQueue<>();

    private Namespace() {}

    /**
     * Makes one, or skips the test where that cannot be done.
     *
     * @return a namespace whose link is up
     * @throws IOException if the machine allows namespaces, but not this one
     */
    public static Namespace open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        assumeTrue(Processes.succeeds(List.of("ip", "-V")), "network namespaces need the command ip");
        Namespace namespace = new Namespace();
        // An earlier process may have left one behind.
        namespace.close();
        assumeTrue(
                Processes.succeeds(List.of("ip", "netns", "add", namespace.name)),
                "this machine allows no network namespace");
        try {
            namespace.link();
            return namespace;
        } catch (IOException | RuntimeException failed) {
            namespace.close();
            throw failed;
        }
    }

    private void link() throws IOException {
        run("ip link add " + outer + " type veth peer name " + inner + " netns " + name);
        run("ip address add " + address(1) + "/30 dev " + outer);
        run("ip link set " + outer + " up");
        run("ip -n " + name + " address add " + address(2) + "/30 dev " + inner);
        run("ip -n " + name + " link set " + inner + " up");
    }

    /**
     * This side's address, where peers over there find a server that listens on all addresses.
     *
     * @return an address that only the virtual link has
     */
    public String serverAddress() {
        return address(1);
    }

    /** Other than those of other processes that run, and than that of a link which an earlier one may have left behind. */
    private String address(int host) {
        return "10." + (224 + ID / 250 % 32) + "." + ID % 250 + "." + (4 * number + host);
    }

    /**
     * Takes the link down: from now on nothing arrives on either side, and nobody is told.
     *
     * @throws IOException if it cannot be done
     */
    public void cut() throws IOException {
        run("ip -n " + name + " link set " + inner + " down");
    }

    /**
     * Takes the link up again.
     *
     * @throws IOException if it cannot be done
     */
    public void restore() throws IOException {
        run("ip -n " + name + " link set " + inner + " up");
    }

    /**
     * Limits what goes to the peers to a rate, as a slow link with a queue in front of it does, or skips the test where
     * that cannot be done: it needs the command {@code tc} and the kernel's token bucket filter. May be called again.
     *
     * @param bitsPerSecond the rate, from 1000; what is over it waits
     * @param queue the longest that a packet waits, from 1 ms, before those behind it are dropped
     * @throws IOException if the thread is interrupted
     */
    public void limitDownlink(int bitsPerSecond, Duration queue) throws IOException {
        limit("tc qdisc replace dev " + outer, bitsPerSecond, queue);
    }

    /**
     * Limits what comes from the peers to a rate, as {@link #limitDownlink} does the other way.
     *
     * @param bitsPerSecond the rate, from 1000; what is over it waits
     * @param queue the longest that a packet waits, from 1 ms, before those behind it are dropped
     * @throws IOException if the thread is interrupted
     */
    public void limitUplink(int bitsPerSecond, Duration queue) throws IOException {
        limit("tc -n " + name + " qdisc replace dev " + inner, bitsPerSecond, queue);
    }

    private static void limit(String device, int bitsPerSecond, Duration queue) throws IOException {
        int burst = Math.max(SMALLEST_BURST, bitsPerSecond / BITS / BURSTS_PER_SECOND);
        String command = device + " root tbf rate " + bitsPerSecond + "bit burst " + burst + " latency "
                + queue.toMillis() + "ms";
        assumeTrue(
                Processes.succeeds(Arrays.asList(command.split(" "))), "this machine cannot limit the rate of a link");
    }

    /** Starts a process over there, which ends with the namespace at the latest. */
    Process start(List<String> command) throws IOException {
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name));
        inside.addAll(command);
        Process process = PeerProcess.start(inside);
        inhabitants.add(process);
        return process;
    }

    /** Ends the processes over there, and takes link and namespace away. */
    @Override
    public void close() throws IOException {
        inhabitants.forEach(Process::destroyForcibly);
        for (Process process : inhabitants) {
            Processes.ends(process);
        }
        Processes.succeeds(List.of("ip", "link", "delete", outer));
        Processes.succeeds(List.of("ip", "netns", "delete", name));
    }

    private static void run(String command) throws IOException {
        if (!Processes.succeeds(Arrays.asList(command.split(" ")))) {
            throw new IOException("failed: " + command);
        }
    }
}
