package dev.heartbeat.netty;

import dev.heartbeat.ZombieDetector;
import dev.heartbeat.netty.wireless.WirelessChannel;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One message, and the end of the read that brought it, through a pipeline with each kind of watch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 60, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public class ReadLoop {

    /** A {@link Guard}, by name. */
    @Param({"NOTHING", "A_HANDLER_THAT_PASSES_ON", "HEARTBEAT", "IDLE_STATE_HANDLER", "ONE_SCHEDULE_PER_CHANNEL"})
    public String guard;

    private final TextWebSocketFrame message = new TextWebSocketFrame("telemetry");
    private final ZombieDetector detector = ZombieDetector.create(Guard.POLICY);

    /** Not an embedded one, which looks at its timers with each read. */
    private final Channel channel = new WirelessChannel();

    private final EventLoop loop = new EmbeddedChannel().eventLoop();

    /** Fills the pipeline. */
    @Setup
    public void open() {
        loop.register(channel);
        Guard.valueOf(guard).fill(channel, detector);
    }

    /** The read. */
    @Benchmark
    public void read() {
        channel.pipeline().fireChannelRead(message).fireChannelReadComplete();
    }

    /** Ends what the watch began. */
    @TearDown
    public void close() {
        detector.close();
        channel.unsafe().close(channel.newPromise());
    }
}
