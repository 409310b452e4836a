/**
 * Whose connection is whose: who holds each identity, how often it changes hands, and what an older connection is asked
 * when a newer one comes with its identity.
 *
 * <p>Called by {@code engine}. Calls {@code state}.
 */
@NullMarked
package dev.heartbeat.internal.identity;

import org.jspecify.annotations.NullMarked;
