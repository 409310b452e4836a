/**
 * What the kernel's table of sockets tells of a connection: {@link dev.heartbeat.internal.kernel.SocketLooks} takes the
 * questions and answers all that are due in one pass, {@link dev.heartbeat.internal.kernel.ProcNetTable} reads the table as
 * Linux has it.
 *
 * <p>Called by {@code engine}. Calls no room.
 */
@NullMarked
package dev.heartbeat.internal.kernel;

import org.jspecify.annotations.NullMarked;
