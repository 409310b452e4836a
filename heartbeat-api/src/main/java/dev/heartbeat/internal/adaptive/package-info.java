/**
 * What adaptive policies learn: histograms of how long devices are silent and take to answer, of each and of its group, and
 * the limits that follow from them.
 *
 * <p>Called by {@code engine}. Calls {@code time} and {@code state}.
 */
@NullMarked
package dev.heartbeat.internal.adaptive;

import org.jspecify.annotations.NullMarked;
