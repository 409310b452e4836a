package dev.heartbeat.internal.kernel;

import dev.heartbeat.SocketState;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sockets that are looked for, found by their numbers without an object for the question. One thread. */
final class WantedSockets {

    private final Map<SocketAddresses, Entry> entries = new HashMap<>();
    private final @Nullable Entry[] slots;

    WantedSockets(Set<SocketAddresses> wanted) {
        slots = new Entry[Integer.highestOneBit(Math.max(1, wanted.size())) * 4];
        for (SocketAddresses socket : wanted) {
            entries.put(socket, add(socket));
        }
    }

    /** What is known of one socket. */
    static final class Entry {

        private final long ports;
        private final long high;
        private final long low;
        private long inode;
        private boolean ambiguous;
        private @Nullable SocketState state;

        Entry(long ports, long high, long low) {
            this.ports = ports;
            this.high = high;
            this.low = low;
        }

        /** The kernel may show one socket twice while others come and go; the later line counts. */
        void found(long number, SocketState now) {
            ambiguous |= state != null && inode != number;
            inode = number;
            state = now;
        }
    }

    /** The two ports in one number, as they are: a transport may say -1 for none. */
    static long ports(int local, int remote) {
        return (long) local << 32 | Integer.toUnsignedLong(remote);
    }

    /** The lower half of the IPv6 address that stands for an IPv4 address; the upper one is 0. */
    static long mapped(int ipv4) {
        return 0xFFFF_0000_0000L | Integer.toUnsignedLong(ipv4);
    }

    @Nullable
    Entry find(long ports, long high, long low) {
        return slots[slot(ports, high, low)];
    }

    /** Each socket that the table has. */
    Map<SocketAddresses, FoundSocket> found() {
        Map<SocketAddresses, FoundSocket> found = new HashMap<>();
        entries.forEach((socket, entry) -> {
            if (entry.state != null) {
                found.put(
                        socket, entry.ambiguous ? new FoundSocket(null, 0) : new FoundSocket(entry.state, entry.inode));
            }
        });
        return found;
    }

    private Entry add(SocketAddresses socket) {
        ByteBuffer address = ByteBuffer.wrap(socket.remote().getAddress());
        boolean ipv4 = address.remaining() == Integer.BYTES;
        long high = ipv4 ? 0 : address.getLong();
        long low = ipv4 ? mapped(address.getInt()) : address.getLong();
        long ports = ports(socket.localPort(), socket.remotePort());
        int slot = slot(ports, high, low);
        Entry entry = slots[slot];
        if (entry == null) {
            entry = new Entry(ports, high, low);
            slots[slot] = entry;
        }
        return entry;
    }

    /** Where the entry is, or would be: there are twice as many slots as entries at least, so that the search ends. */
    private int slot(long ports, long high, long low) {
        long mixed = ((ports * 31 + high) * 31 + low) * 0x9E37_79B9_7F4A_7C15L;
        int mask = slots.length - 1;
        int slot = (int) (mixed >>> 32) & mask;
        for (Entry entry = slots[slot]; entry != null; entry = slots[slot]) {
            if (entry.ports == ports && entry.high == high && entry.low == low) {
                return slot;
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
