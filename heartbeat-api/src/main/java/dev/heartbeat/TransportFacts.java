package dev.heartbeat;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What a transport knows of a connection at one moment, in numbers and without a judgement; immutable. What it does not know
 * stays {@link #UNKNOWN unknown}, which is never taken for zero:
 *
 * <pre>{@code
 * return TransportFacts.NONE
 *         .withOutput(channel.pendingBytes(), channel.bytesSent())
 *         .withSent(channel.bytesSent())
 *         .withAddresses(channel.localAddress(), channel.remoteAddress());
 * }</pre>
 *
 * <p>The counters need not be exact, nor begin at zero: only how they change counts. A record may gain components in later
 * versions: make one from {@link #NONE}, and read it by name.
 *
 * @param sent bytes passed on towards the peer so far, counted as near to the wire as can be
 * @param isSentExact whether that counts bytes as the kernel gets them, so that it can be compared with what the kernel has
 *     of them: not where encryption or compression comes after the count
 * @param waiting output that the transport has taken and the kernel has not, in bytes or any unit that is 0 when nothing waits
 * @param progress any number that differs whenever some of that output has moved on
 * @param received bytes that have been read from the peer so far, be it one byte of a large frame
 * @param pingWaits whether the latest ping is known not to have left the process: it lies in a queue, a batch or behind a
 *     flow-control window
 * @param sinceArrival how long ago the kernel last received data from the peer, read or not
 * @param local the near end of the TCP connection
 * @param remote its far end, which may be a proxy
 * @param isSocketShared whether that TCP connection carries other connections as well, as one of HTTP/2 does
 */
public record TransportFacts(
        long sent,
        boolean isSentExact,
        long waiting,
        long progress,
        long received,
        boolean pingWaits,
        Optional<Duration> sinceArrival,
        Optional<InetSocketAddress> local,
        Optional<InetSocketAddress> remote,
        boolean isSocketShared) {

    /** Stands for a number that is not known. */
    public static final long UNKNOWN = -1;

    /** Nothing is known: the facts of a transport that tells none. */
    public static final TransportFacts NONE = new TransportFacts(
            UNKNOWN,
            false,
            UNKNOWN,
            UNKNOWN,
            UNKNOWN,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);

    /**
     * Refuses null.
     *
     * @param sent bytes passed on so far, or {@link #UNKNOWN}
     * @param isSentExact whether that is what the kernel gets
     * @param waiting output that waits, or {@link #UNKNOWN}
     * @param progress its progress, or {@link #UNKNOWN}
     * @param received bytes read so far, or {@link #UNKNOWN}
     * @param pingWaits whether the ping is known to wait
     * @param sinceArrival since data last arrived
     * @param local the near end
     * @param remote the far end
     * @param isSocketShared whether there are other connections on it
     * @throws NullPointerException if one is null
     */
    public TransportFacts {
        requireNonNull(sinceArrival, "sinceArrival");
        requireNonNull(local, "local");
        requireNonNull(remote, "remote");
    }

    /**
     * These facts and the bytes passed on towards the peer so far, as the kernel gets them.
     *
     * @param bytes the counter
     * @return facts with it
     */
    public TransportFacts withSent(long bytes) {
        return new TransportFacts(
                bytes, true, waiting, progress, received, pingWaits, sinceArrival, local, remote, isSocketShared);
    }

    /**
     * These facts and about how many bytes were passed on towards the peer so far, where encryption or compression comes after
     * the count. Whether output moves is told by it less surely, and later.
     *
     * @param bytes the counter
     * @return facts with it
     */
    public TransportFacts withSentAbout(long bytes) {
        return new TransportFacts(
                bytes, false, waiting, progress, received, pingWaits, sinceArrival, local, remote, isSocketShared);
    }

    /**
     * These facts and the output that waits for the kernel.
     *
     * @param amount how much waits, 0 for none
     * @param moved a number that differs whenever some of it has moved on
     * @return facts with them
     */
    public TransportFacts withOutput(long amount, long moved) {
        return new TransportFacts(
                sent, isSentExact, amount, moved, received, pingWaits, sinceArrival, local, remote, isSocketShared);
    }

    /**
     * These facts and the bytes read from the peer so far.
     *
     * @param bytes the counter
     * @return facts with it
     */
    public TransportFacts withReceived(long bytes) {
        return new TransportFacts(
                sent, isSentExact, waiting, progress, bytes, pingWaits, sinceArrival, local, remote, isSocketShared);
    }

    /**
     * These facts and whether the latest ping is known not to have left the process.
     *
     * @param waits false if it has left, or that is unknown
     * @return facts with it
     */
    public TransportFacts withPingWaiting(boolean waits) {
        return new TransportFacts(
                sent, isSentExact, waiting, progress, received, waits, sinceArrival, local, remote, isSocketShared);
    }

    /**
     * These facts and the time since the kernel last received data from the peer, read or not.
     *
     * @param since never negative
     * @return facts with it
     * @throws NullPointerException if it is null
     */
    public TransportFacts withSinceArrival(Duration since) {
        Optional<Duration> known = Optional.of(since);
        return new TransportFacts(
                sent, isSentExact, waiting, progress, received, pingWaits, known, local, remote, isSocketShared);
    }

    /**
     * These facts and the two ends of the TCP connection, by which the kernel's table of sockets is read.
     *
     * @param near the address and port at this end; of the address nothing is used
     * @param far the address and port at the other end
     * @return facts with them
     * @throws NullPointerException if one is null
     */
    public TransportFacts withAddresses(InetSocketAddress near, InetSocketAddress far) {
        return withSocket(near, far, false);
    }

    /**
     * These facts and the two ends of a TCP connection that carries other connections as well, such as the streams of one HTTP/2
     * connection: what the kernel has of it may be theirs.
     *
     * @param near the address and port at this end; of the address nothing is used
     * @param far the address and port at the other end
     * @return facts with them
     * @throws NullPointerException if one is null
     */
    public TransportFacts withSharedAddresses(InetSocketAddress near, InetSocketAddress far) {
        return withSocket(near, far, true);
    }

    private TransportFacts withSocket(InetSocketAddress near, InetSocketAddress far, boolean shared) {
        Optional<InetSocketAddress> here = Optional.of(near);
        Optional<InetSocketAddress> there = Optional.of(far);
        return new TransportFacts(
                sent, isSentExact, waiting, progress, received, pingWaits, sinceArrival, here, there, shared);
    }
}
