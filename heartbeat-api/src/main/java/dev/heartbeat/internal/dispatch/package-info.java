/**
 * Calling foreign code without being harmed by it: listeners and connections that throw or block, the threads and the queues
 * for that, and the log.
 *
 * <p>Called by {@code dev.heartbeat} and {@code engine}. Calls {@code text}.
 */
@NullMarked
package dev.heartbeat.internal.dispatch;

import org.jspecify.annotations.NullMarked;
