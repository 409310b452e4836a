package dev.heartbeat.internal.kernel;

import java.net.InetAddress;

/**
 * What a socket goes by in the kernel's table: the far end and the port at this end. The address at this end is not compared,
 * since a transport may know only the wildcard it listens on.
 *
 * @param localPort the port at this end
 * @param remote the address of the far end
 * @param remotePort its port
 */
public record SocketAddresses(int localPort, InetAddress remote, int remotePort) {}
