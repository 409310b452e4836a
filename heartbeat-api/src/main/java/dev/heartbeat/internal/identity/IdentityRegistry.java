package dev.heartbeat.internal.identity;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who holds each identity: always the one that came last, whatever the order in which the others end. An identity is
 * forgotten when its holder ends. Any thread.
 *
 * @param <H> who can hold one, compared by object identity
 */
public final class IdentityRegistry<H> {

    private static final long REMEMBERED = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_REMEMBERED = 16;

    private final ConcurrentMap<String, Registration<H>> registrations = new ConcurrentHashMap<>();

    /**
     * An identity that is held.
     *
     * @param holder the one that came last
     * @param before the one that held it before, if any
     * @param takeovers when it changed hands in the last minute, as readings of the ticker
     */
    record Registration<H>(H holder, @Nullable H before, List<Long> takeovers) {}

    /**
     * Gives an identity to a newcomer, whoever holds it.
     *
     * @return the takeover from whoever held it; null if nobody did, or the newcomer itself
     */
    public @Nullable Takeover<H> take(String identity, H newcomer, long nanoTime) {
        Registration<H> taken = registrations.compute(identity, (key, known) -> {
            if (known == null) {
                return new Registration<>(newcomer, null, List.of());
            }
            if (known.holder == newcomer) {
                return new Registration<>(newcomer, null, known.takeovers);
            }
            Stream<Long> latest = known.takeovers.stream().skip(Math.max(0, known.takeovers.size() - MOST_REMEMBERED));
            List<Long> takeovers = Stream.concat(latest, Stream.of(nanoTime))
                    .filter(at -> nanoTime - at < REMEMBERED)
                    .toList();
            return new Registration<>(newcomer, known.holder, takeovers);
        });
        H before = taken.before;
        return before == null ? null : new Takeover<>(before, taken.takeovers.size());
    }

    /** Forgets an identity if one who has ended still holds it; whether it did. */
    public boolean leave(String identity, H ended) {
        Registration<H> known = registrations.get(identity);
        while (known != null && known.holder == ended) {
            if (registrations.remove(identity, known)) {
                return true;
            }
            known = registrations.get(identity);
        }
        return false;
    }

    /** Who holds an identity. */
    public Optional<H> find(String identity) {
        return Optional.ofNullable(registrations.get(identity)).map(Registration::holder);
    }
}
