package dev.heartbeat.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * A full scan as Java-WebSocket does it: once per interval copy the set of connections, close who has not ponged for one and
 * a half intervals, ping all the others. A message does nothing.
 */
final class PongScan implements Contender {

    private final long interval;
    private final LongSupplier clock;
    private final Peer[] byNumber;
    private final Set<Peer> peers = Collections.synchronizedSet(new HashSet<>());
    private long lastScan;
    private long pings;

    private static final class Peer {
        final int number;
        volatile long lastPong;

        Peer(int number, long now) {
            this.number = number;
            this.lastPong = now;
        }
    }

    PongScan(int connections, Pace pace, LongSupplier clock) {
        this.byNumber = new Peer[connections];
        this.interval = pace.idle().toNanos();
        this.clock = clock;
        this.lastScan = clock.getAsLong();
    }

    @Override
    public void add(int i) {
        byNumber[i] = new Peer(i, clock.getAsLong());
        peers.add(byNumber[i]);
    }

    @Override
    public void heard(int i) {}

    @Override
    public void remove(int i) {
        peers.remove(byNumber[i]);
    }

    @Override
    public void pass(long nanos) {
        if (clock.getAsLong() - lastScan >= interval) {
            lastScan = clock.getAsLong();
            scan();
        }
    }

    private void scan() {
        Collection<Peer> copy;
        synchronized (peers) {
            copy = new ArrayList<>(peers);
        }
        long oldest = clock.getAsLong() - interval * 3 / 2;
        for (Peer peer : copy) {
            if (peer.lastPong - oldest < 0) {
                remove(peer.number);
                add(peer.number);
            } else {
                pings++;
                if (!Contender.isSilent(peer.number)) {
                    peer.lastPong = clock.getAsLong();
                }
            }
        }
    }

    @Override
    public long pings() {
        return pings;
    }
}
