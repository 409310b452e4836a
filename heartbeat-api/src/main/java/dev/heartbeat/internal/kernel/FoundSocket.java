package dev.heartbeat.internal.kernel;

import dev.heartbeat.SocketState;
import org.jspecify.annotations.Nullable;

/**
 * A socket that the table has.
 *
 * @param state its state; null if several look like it from here, so that none can be told
 * @param number tells it from another one that has the same ends later, such as that of a peer which comes back from the same port;
 *     0 if several look like it
 */
public record FoundSocket(@Nullable SocketState state, long number) {}
