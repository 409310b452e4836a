package dev.heartbeat.internal.kernel;

import java.util.Map;

/**
 * What one reading of the kernel's table has shown.
 *
 * @param found each socket that was asked about and that the table has
 * @param rows how many lines it has in all
 */
public record TableContents(Map<SocketAddresses, FoundSocket> found, long rows) {}
