package dev.heartbeat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which heartbeat holds each identity: always the one that came last, whatever the order in which the others end. An
 * identity is forgotten when its holder ends. Any thread.
 */
final class Identities {

    private static final long REMEMBERED = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_REMEMBERED = 16;

    private final ConcurrentMap<String, Seat> seats = new ConcurrentHashMap<>();

    /**
     * An identity that is held.
     *
     * @param holder the heartbeat that came last
     * @param before the one that held it before, if any
     * @param takeovers when it changed hands in the last minute, as readings of the ticker
     */
    record Seat(Heartbeat holder, @Nullable Heartbeat before, List<Long> takeovers) {}

    /** Gives an identity to a heartbeat, whoever holds it. */
    Seat take(String identity, Heartbeat newcomer, long nanoTime) {
        return seats.compute(identity, (key, seat) -> {
            if (seat == null) {
                return new Seat(newcomer, null, List.of());
            }
            if (seat.holder == newcomer) {
                return new Seat(newcomer, null, seat.takeovers);
            }
            Stream<Long> latest = seat.takeovers.stream().skip(Math.max(0, seat.takeovers.size() - MOST_REMEMBERED));
            List<Long> takeovers = Stream.concat(latest, Stream.of(nanoTime))
                    .filter(at -> nanoTime - at < REMEMBERED)
                    .toList();
            return new Seat(newcomer, seat.holder, takeovers);
        });
    }

    /** Forgets an identity if a heartbeat that has ended still holds it; whether it did. */
    boolean leave(String identity, Heartbeat ended) {
        Seat seat = seats.get(identity);
        while (seat != null && seat.holder == ended) {
            if (seats.remove(identity, seat)) {
                return true;
            }
            seat = seats.get(identity);
        }
        return false;
    }

    Optional<Heartbeat> find(String identity) {
        return Optional.ofNullable(seats.get(identity)).map(Seat::holder);
    }
}
