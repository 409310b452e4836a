package dev.heartbeat;

import dev.heartbeat.internal.kernel.FoundSocket;
import dev.heartbeat.internal.kernel.SocketAddresses;
import dev.heartbeat.internal.kernel.SocketTable;
import dev.heartbeat.internal.kernel.TableContents;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** A scripted peer whose transport and kernel say what the test wants them to. */
final class ScriptedSocket extends ScriptedPeer {

    /** The kernel's table, in which each scripted socket of a detector has a line. */
    static final class Table implements SocketTable {

        private final Map<SocketAddresses, ScriptedSocket> sockets = new HashMap<>();
        boolean isThere = true;
        boolean missesEverySecond;
        int reads;

        @Override
        public TableContents read(Set<SocketAddresses> wanted) throws IOException {
            reads++;
            if (!isThere) {
                throw new IOException("no table");
            }
            Map<SocketAddresses, FoundSocket> found = new HashMap<>();
            if (missesEverySecond && reads % 2 == 0) {
                return new TableContents(found, sockets.size());
            }
            for (SocketAddresses socket : wanted) {
                if (sockets.get(socket).isHeld) {
                    found.put(socket, new FoundSocket(sockets.get(socket).socket(), sockets.get(socket).number));
                }
            }
            return new TableContents(found, sockets.size());
        }
    }

    private final InetSocketAddress local = new InetSocketAddress("127.0.0.1", 80);
    private final InetSocketAddress remote;

    TransportFacts facts = TransportFacts.NONE;
    long unacknowledged;
    long unread;
    int retransmissions;
    boolean windowClosed;

    /** How much more lies unread for each ping that the peer answers while nobody reads; 0 if somebody does. */
    long unreadForEachPing;

    /** The number that the kernel gives the socket. */
    long number = 4_711;

    boolean refuses;

    /** Whether the kernel has the socket. */
    boolean isHeld = true;

    boolean ignoresClose;

    /** Whether a termination frees it. */
    boolean isFreedByTermination = true;

    /** What the transport says of a connection that it calls closed, and of a termination. */
    Descriptor descriptor = Descriptor.FREE;

    Termination termination = Termination.freed("script");

    /** Whether something is heard when the transport is told to read once. */
    boolean isReadOnDemand;

    int reads;

    ScriptedSocket(VirtualTime time, String id, Table table) {
        super(time, id);
        this.remote = new InetSocketAddress("127.0.0.1", 10_000 + table.sockets.size());
        this.facts = facts.withAddresses(local, remote);
        table.sockets.put(new SocketAddresses(80, remote.getAddress(), remote.getPort()), this);
    }

    /** Other connections are on it as well. */
    void shareSocket() {
        facts = facts.withSharedAddresses(local, remote);
    }

    SocketState socket() {
        return new SocketState(unacknowledged, unread, retransmissions, windowClosed);
    }

    @Override
    public void ping(ByteBuffer payload) throws IOException {
        if (refuses) {
            throw new IllegalStateException("a message is being sent");
        }
        super.ping(payload);
        unread += unreadForEachPing;
    }

    @Override
    public void close(int code) throws IOException {
        if (!ignoresClose) {
            super.close(code);
        }
    }

    @Override
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public Termination terminate(ReapReason reason) {
        super.terminate(reason);
        if (isFreedByTermination) {
            free();
        }
        return termination;
    }

    /** The transport lets go of the socket. */
    void free() {
        isHeld = false;
        descriptor = descriptor == Descriptor.HELD ? Descriptor.FREE : descriptor;
    }

    @Override
    public boolean readOnce() {
        reads++;
        if (isReadOnDemand) {
            pongLatest();
        }
        return true;
    }

    @Override
    public TransportFacts facts() {
        return facts;
    }
}
