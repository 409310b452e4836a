/**
 * One connection, judged: its state word, the {@link dev.heartbeat.internal.state.Facts} of a visit, the {@link
 * dev.heartbeat.internal.state.Finding} that follows from what the transport and the kernel say, the {@link
 * dev.heartbeat.internal.state.Rules} that decide on all that, and the values these are made of. Pure: no thread, no clock, no I/O.
 *
 * <p>Called by {@code adaptive}, {@code identity} and {@code engine}. Calls {@code time}.
 */
@NullMarked
package dev.heartbeat.internal.state;

import org.jspecify.annotations.NullMarked;
