/**
 * The words in which durations, exceptions and what comes from outside reach an operator.
 *
 * <p>Called by {@code dev.heartbeat}, {@code dispatch} and {@code engine}. Calls no room.
 */
@NullMarked
package dev.heartbeat.internal.text;

import org.jspecify.annotations.NullMarked;
