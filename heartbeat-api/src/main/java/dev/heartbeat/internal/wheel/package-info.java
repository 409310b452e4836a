/**
 * The hashed timing wheel that says which entries are due, for entries of any type.
 *
 * <p>Called by {@code engine}. Calls no room; its units are the stamps of {@code time}.
 */
@NullMarked
package dev.heartbeat.internal.wheel;

import org.jspecify.annotations.NullMarked;
