/**
 * Time as the detector counts it: stamps, the time during which this process listened, and the stalls during which it did not.
 * Holds no connection and no rule.
 *
 * <p>Called by {@code dev.heartbeat}, {@code state}, {@code adaptive} and {@code engine}. Calls no room.
 */
@NullMarked
package dev.heartbeat.internal.time;

import org.jspecify.annotations.NullMarked;
