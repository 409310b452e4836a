package dev.heartbeat;

import static java.util.Objects.requireNonNull;

/**
 * What became of a connection that was told to terminate.
 *
 * @param freed whether the transport's resources, its file descriptor above all, are known to be free
 * @param means what was done, in words for a log line: {@code "close 1001"}
 */
public record Termination(boolean freed, String means) {

    /**
     * Refuses null.
     *
     * @param freed whether the resources are known to be free
     * @param means what was done
     * @throws NullPointerException if {@code means} is null
     */
    public Termination {
        requireNonNull(means, "means");
    }

    /**
     * The resources are free.
     *
     * @param means what was done
     * @return a termination that succeeded
     */
    public static Termination freed(String means) {
        return new Termination(true, means);
    }

    /**
     * The resources are not known to be free; never hidden from the operator.
     *
     * @param means what was tried
     * @return a termination that did not succeed, or not yet
     */
    public static Termination notFreed(String means) {
        return new Termination(false, means);
    }
}
