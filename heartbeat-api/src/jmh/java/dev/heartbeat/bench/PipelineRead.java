package dev.heartbeat.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a handler adds to one read of a busy Netty channel. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipelineRead {

    /** What is in the pipeline besides the application. */
    @Param({"netty-bare", "netty-pass-through", "idle-state-handler", "netty-heartbeat"})
    public String guard;

    private Contender pipeline;

    /** Makes one channel. */
    @Setup
    public void open() {
        pipeline = Contenders.ownLoop(guard, 2);
        pipeline.add(1);
        pipeline.pass(1);
    }

    /** One message and the end of the read. */
    @Benchmark
    public void read() {
        pipeline.heard(1);
    }
}
