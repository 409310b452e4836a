package dev.heartbeat.jakarta;

import dev.heartbeat.TransportFacts;
import java.util.function.Supplier;

/** Output of which the kernel takes no more. */
final class Standstill {

    private static final long A_WHILE = 500_000_000;

    private Standstill() {}

    static TransportFacts await(Supplier<TransportFacts> facts) {
        Bench.await("output waits").until(() -> facts.get().waiting() > 0);
        long[] last = {facts.get().progress(), System.nanoTime()};
        Bench.await("it stands for a while").until(() -> {
            long now = facts.get().progress();
            if (now != last[0]) {
                last[0] = now;
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > A_WHILE;
        });
        return facts.get();
    }
}
