package dev.heartbeat.bench;

import dev.heartbeat.Heartbeat;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to note that a connection was heard, for a few hot connections and for a million cold ones. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Touch {

    private static final int BATCH = 1024;
    private static final VarHandle VOLATILE;

    static {
        try {
            VOLATILE = MethodHandles.lookup().findVarHandle(Cell.class, "stamp", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** As large as a heartbeat. */
    static final class Cell {
        long stamp;
        long other;
        Object one;
    }

    /** How many connections there are. */
    @Param({"1024", "1048576"})
    public int connections;

    private Cell[] cells;
    private Heartbeat[] heartbeats;
    private int from;

    /** Makes as many of each kind, in random order. */
    @Setup
    public void fill() {
        int[] order = ConnectionSeconds.shuffled(connections);
        Cell[] inOrder = new Cell[connections];
        Watched watched = Watched.onLoop(connections, Watched.policy(Pace.USUAL), new VirtualLoop());
        for (int i = 0; i < connections; i++) {
            inOrder[i] = new Cell();
            watched.add(i);
        }
        cells = new Cell[connections];
        heartbeats = new Heartbeat[connections];
        for (int i = 0; i < connections; i++) {
            cells[i] = inOrder[order[i]];
            heartbeats[i] = watched.heartbeat(order[i]);
        }
    }

    private int nextBatch() {
        from = (from + BATCH) & (connections - 1);
        return from;
    }

    /** The floor. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void plainStore() {
        int start = nextBatch();
        for (int i = start; i < start + BATCH; i++) {
            cells[i].stamp = start;
        }
    }

    /** A volatile store of something known. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void volatileStore() {
        int start = nextBatch();
        for (int i = start; i < start + BATCH; i++) {
            VOLATILE.setVolatile(cells[i], (long) start);
        }
    }

    /** What most heartbeats do, at its cheapest. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void nanoTimePlainStore() {
        int start = nextBatch();
        for (int i = start; i < start + BATCH; i++) {
            cells[i].stamp = System.nanoTime();
        }
    }

    /** What most heartbeats do. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void nanoTimeVolatileStore() {
        int start = nextBatch();
        for (int i = start; i < start + BATCH; i++) {
            VOLATILE.setVolatile(cells[i], System.nanoTime());
        }
    }

    /** This library. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void dataReceived() {
        int start = nextBatch();
        for (int i = start; i < start + BATCH; i++) {
            heartbeats[i].dataReceived();
        }
    }
}
