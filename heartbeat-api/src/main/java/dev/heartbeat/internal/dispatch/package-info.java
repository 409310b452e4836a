/**
 * Calling foreign code without being harmed by it: listeners and connections that throw or block, the threads and the queues
 * for that, and the words for the log.
 *
 * <p>Called by {@code engine}, and by {@code dev.heartbeat} for its words. Calls no room.
 */
@NullMarked
package dev.heartbeat.internal.dispatch;

import org.jspecify.annotations.NullMarked;
