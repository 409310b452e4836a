/**
 * Whether many peers fell silent at once, so that the fault is not theirs, and how fast verdicts are carried out afterwards.
 *
 * <p>Called by {@code engine}. Calls no room.
 */
@NullMarked
package dev.heartbeat.internal.storm;

import org.jspecify.annotations.NullMarked;
