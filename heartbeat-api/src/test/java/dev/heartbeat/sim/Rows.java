package dev.heartbeat.sim;

import dev.heartbeat.HeartbeatPolicy;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;

/** The rows of the tables: the peers' algorithms, and the real detector under its policies. */
final class Rows {

    static final Algorithm.Row RECIPE = row("recipe 30+10", (loop, kernel) -> new Recipe(loop, 30, 10));

    /** The detector as it comes. */
    static final Algorithm.Row DEFAULT = core("**Heartbeat, default**", HeartbeatPolicy.defaults());

    /** The detector without its check of peers that talk. */
    static final Algorithm.Row SILENCE_ONLY = core(
            "Heartbeat, asks in silence only",
            HeartbeatPolicy.builder().verifyEvery(Duration.ofDays(1)).build());

    /** The detector that learns, in the three temperaments of the study behind it. */
    static final Algorithm.Row FRUGAL = core("**Heartbeat, adaptive 100, ping after 75 s**", adaptive(100, 75));

    static final Algorithm.Row FAST = core("**Heartbeat, adaptive 300**", adaptive(300, 30));
    static final Algorithm.Row USUAL = core("**Heartbeat, adaptive 100**", adaptive(100, 30));
    static final Algorithm.Row SAFE = core("**Heartbeat, adaptive 30**", adaptive(30, 30));

    static final List<Algorithm.Row> ALL = List.of(
            RECIPE,
            row("recipe 30+30", (loop, kernel) -> new Recipe(loop, 30, 30)),
            row("read timeout 40", (loop, kernel) -> new ReaderIdle(loop, 30, 40)),
            row("OkHttp 30", (loop, kernel) -> new PingEvery(loop, 30, 30)),
            row("websockets 20/20", (loop, kernel) -> new PingEvery(loop, 20, 20)),
            row("phi 8, pause 10", (loop, kernel) -> new PhiAccrual(loop, 8, 10, 30)),
            DEFAULT,
            FAST,
            USUAL,
            SAFE,
            FRUGAL,
            SILENCE_ONLY,
            core(
                    "Heartbeat, nothing held",
                    HeartbeatPolicy.builder().holdCap(Duration.ZERO).build()),
            core("Heartbeat 30/10/10", policy(30, 10, 10)),
            core("Heartbeat 20/10/20", policy(20, 10, 20)),
            core("Heartbeat 30/10/60", policy(30, 10, 60)));

    /** Who asks the kernel. */
    static final List<Algorithm.Row> ASKED = List.of(DEFAULT, FAST, USUAL);

    /** Who meets buffers. */
    static final List<Algorithm.Row> BUFFERED = List.of(RECIPE, DEFAULT, USUAL);

    private Rows() {}

    static Algorithm.Row named(String name) {
        return ALL.stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
    }

    private static Algorithm.Row core(String name, HeartbeatPolicy policy) {
        return row(name, (loop, kernel) -> new Core(loop, kernel, policy));
    }

    private static HeartbeatPolicy adaptive(int budget, int pingInterval) {
        return HeartbeatPolicy.adaptive(budget).toBuilder()
                .pingInterval(Duration.ofSeconds(pingInterval))
                .build();
    }

    private static HeartbeatPolicy policy(int pingInterval, int pongTimeout, int reapAfter) {
        return HeartbeatPolicy.builder()
                .pingInterval(Duration.ofSeconds(pingInterval))
                .pongTimeout(Duration.ofSeconds(pongTimeout))
                .reapAfter(Duration.ofSeconds(reapAfter))
                .build();
    }

    private static Algorithm.Row row(String name, BiFunction<VirtualLoop, VirtualKernel, Algorithm> start) {
        return new Algorithm.Row() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Algorithm start(VirtualLoop loop, VirtualKernel kernel) {
                return start.apply(loop, kernel);
            }
        };
    }
}
