package dev.heartbeat.bench;

import dev.heartbeat.ZombieDetector;
import io.netty.channel.EventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Makes contenders by name, for virtual or for real time. */
final class Contenders {

    private Contenders() {}

    static Contender virtual(String name, int connections) {
        Pace pace = Pace.USUAL;
        VirtualLoop loop = new VirtualLoop();
        return switch (name) {
            case "bare" -> new Bare();
            case "heartbeat" -> Watched.onLoop(connections, Watched.policy(pace), loop);
            case "heartbeat-verify" -> Watched.onLoop(connections, Watched.verifying(pace), loop);
            case "heartbeat-fine" -> Watched.onLoop(connections, Watched.policy(Pace.IMPATIENT), loop);
            case "heartbeat-workers" -> Watched.onWorkers(connections, Watched.policy(pace), loop);
            case "map-scan" -> passing(new MapScan(connections, pace, loop::nanoTime), loop::advance);
            case "pong-scan" -> passing(new PongScan(connections, pace, loop::nanoTime), loop::advance);
            default -> virtualPipelines(guard(name), connections);
        };
    }

    private static Contender virtualPipelines(Pipelines.Guard guard, int connections) {
        MockTicker ticker = Ticker.newMockTicker();
        ManualIoEventLoop loop =
                new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
        LongConsumer passing = nanos -> {
            ticker.advance(nanos, TimeUnit.NANOSECONDS);
            loop.runNow();
        };
        ZombieDetector detector =
                guard == Pipelines.Guard.HEARTBEAT ? Pipelines.detector(Pace.USUAL, ticker::nanoTime) : null;
        return new Pipelines(connections, guard, Pace.USUAL, loop, detector, passing);
    }

    /** Pipelines that are read by the calling thread, in real time: a handler that asks for the time gets it as it is. */
    static Contender ownLoop(String name, int connections) {
        ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), LocalIoHandler.newFactory());
        Pipelines.Guard guard = guard(name);
        ZombieDetector detector =
                guard == Pipelines.Guard.HEARTBEAT ? Pipelines.detector(Pace.USUAL, System::nanoTime) : null;
        return new Pipelines(connections, guard, Pace.USUAL, loop, detector, nanos -> loop.runNow());
    }

    static Contender real(String name, int connections) {
        Pace pace = Pace.QUICK;
        return switch (name) {
            case "bare" -> new Bare();
            case "heartbeat-workers" -> Watched.onOwnThreads(connections, Watched.policy(pace));
            case "executor" -> new Timers(connections, pace, false);
            case "hashed-wheel" -> new Timers(connections, pace, true);
            case "map-scan" -> new MapScan(connections, pace, System::nanoTime);
            case "pong-scan" -> new PongScan(connections, pace, System::nanoTime);
            case "pinger" -> new Pinger(connections, pace);
            default -> realPipelines(guard(name), connections);
        };
    }

    private static Contender realPipelines(Pipelines.Guard guard, int connections) {
        EventLoop loop = new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("loop", true), LocalIoHandler.newFactory())
                .next();
        ZombieDetector detector =
                guard == Pipelines.Guard.HEARTBEAT ? Pipelines.detector(Pace.QUICK, System::nanoTime) : null;
        return new Pipelines(connections, guard, Pace.QUICK, loop, detector, nanos -> {});
    }

    private static Pipelines.Guard guard(String name) {
        return switch (name) {
            case "netty-bare" -> Pipelines.Guard.NONE;
            case "netty-pass-through" -> Pipelines.Guard.PASS_THROUGH;
            case "idle-state-handler" -> Pipelines.Guard.IDLE_STATE_HANDLER;
            case "netty-heartbeat" -> Pipelines.Guard.HEARTBEAT;
            default -> throw new IllegalArgumentException("unknown contender: " + name);
        };
    }

    /** A scan that first lets its clock move. */
    private static Contender passing(Contender scan, LongConsumer clock) {
        return new Contender() {
            @Override
            public void add(int i) {
                scan.add(i);
            }

            @Override
            public void heard(int i) {
                scan.heard(i);
            }

            @Override
            public void remove(int i) {
                scan.remove(i);
            }

            @Override
            public void pass(long nanos) {
                clock.accept(nanos);
                scan.pass(nanos);
            }

            @Override
            public long pings() {
                return scan.pings();
            }
        };
    }
}
