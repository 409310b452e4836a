package dev.heartbeat.internal.identity;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who holds each identity: always the one that came last of those that are left, whatever the order in which they end. An
 * identity is forgotten when nobody is left. Any thread.
 *
 * @param <H> who can hold one, compared by object identity
 */
public final class IdentityRegistry<H> {

    private static final long REMEMBERED = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_REMEMBERED = 16;

    /** A device with more connections than this at a time is none; those that came first are not fallen back to. */
    private static final int MOST_OLDER = 16;

    private final ConcurrentMap<String, Registration<H>> registrations = new ConcurrentHashMap<>();

    /**
     * An identity that is held.
     *
     * @param holder the one that came last
     * @param older those that held it before and have not ended, the latest last
     * @param takeovers when it changed hands in the last minute, as readings of the ticker
     */
    private record Registration<H>(H holder, List<H> older, List<Long> takeovers) {

        Registration<H> takenBy(H newcomer, long nanoTime) {
            return new Registration<>(
                    newcomer,
                    append(older, MOST_OLDER, holder),
                    append(takeovers, MOST_REMEMBERED + 1, nanoTime).stream()
                            .filter(at -> nanoTime - at < REMEMBERED)
                            .toList());
        }

        boolean isHeldBy(H one) {
            return holder == one || older.stream().anyMatch(other -> other == one);
        }

        /** What is left without one of them; null if that is nobody. */
        @Nullable
        Registration<H> without(H ended) {
            if (holder != ended) {
                return new Registration<>(
                        holder, older.stream().filter(other -> other != ended).toList(), takeovers);
            }
            int last = older.size() - 1;
            return last < 0
                    ? null
                    : new Registration<>(older.get(last), List.copyOf(older.subList(0, last)), takeovers);
        }

        private static <T> List<T> append(List<T> list, int most, T last) {
            return Stream.concat(list.stream().skip(Math.max(0, list.size() + 1 - most)), Stream.of(last))
                    .toList();
        }
    }

    /**
     * Gives an identity to a newcomer, whoever holds it; one that has had it before is no newcomer.
     *
     * @return the takeover from whoever held it; null if nobody did, or nothing has changed
     */
    public @Nullable Takeover<H> take(String identity, H newcomer, long nanoTime) {
        while (true) {
            Registration<H> known = registrations.get(identity);
            if (known == null) {
                if (registrations.putIfAbsent(identity, new Registration<>(newcomer, List.of(), List.of())) == null) {
                    return null;
                }
            } else if (known.isHeldBy(newcomer)) {
                return null;
            } else {
                Registration<H> taken = known.takenBy(newcomer, nanoTime);
                if (registrations.replace(identity, known, taken)) {
                    return new Takeover<>(known.holder, taken.takeovers.size());
                }
            }
        }
    }

    /** Lets one go who has ended; whether it held the identity, being the one that came last. */
    public boolean leave(String identity, H ended) {
        while (true) {
            Registration<H> known = registrations.get(identity);
            if (known == null || !known.isHeldBy(ended)) {
                return false;
            }
            Registration<H> left = known.without(ended);
            boolean isDone =
                    left == null ? registrations.remove(identity, known) : registrations.replace(identity, known, left);
            if (isDone) {
                return known.holder == ended;
            }
        }
    }

    /** Who holds an identity. */
    public Optional<H> find(String identity) {
        return Optional.ofNullable(registrations.get(identity)).map(Registration::holder);
    }
}
