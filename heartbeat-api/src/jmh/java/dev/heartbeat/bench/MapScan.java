package dev.heartbeat.bench;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** What many servers do: a volatile time stamp for each message, and a walk over a concurrent map each second. */
final class MapScan implements Contender {

    private static final long PERIOD = 1_000_000_000L;

    private final long idle;
    private final long patience;
    private final long period;
    private final LongSupplier clock;
    private final Peer[] byNumber;
    private final ConcurrentHashMap<Integer, Peer> peers = new ConcurrentHashMap<>();
    private long lastWalk;
    private long pings;

    private static final class Peer {
        volatile long lastHeard;
        volatile long pinged;

        Peer(long now) {
            lastHeard = now;
        }
    }

    MapScan(int connections, Pace pace, LongSupplier clock) {
        this.byNumber = new Peer[connections];
        this.idle = pace.idle().toNanos();
        this.patience = pace.patience().toNanos();
        this.period = PERIOD * pace.idle().toMillis() / Pace.USUAL.idle().toMillis();
        this.clock = clock;
        this.lastWalk = clock.getAsLong();
    }

    @Override
    public void add(int i) {
        byNumber[i] = new Peer(clock.getAsLong());
        peers.put(i, byNumber[i]);
    }

    @Override
    public void heard(int i) {
        byNumber[i].lastHeard = clock.getAsLong();
    }

    @Override
    public void remove(int i) {
        peers.remove(i);
    }

    @Override
    public void pass(long nanos) {
        if (clock.getAsLong() - lastWalk >= period) {
            lastWalk = clock.getAsLong();
            peers.forEach(this::judge);
        }
    }

    private void judge(Integer number, Peer peer) {
        long now = clock.getAsLong();
        if (now - peer.lastHeard < idle) {
            return;
        }
        if (peer.pinged - peer.lastHeard <= 0) {
            pings++;
            peer.pinged = now;
        } else if (now - peer.pinged >= patience) {
            add(number);
        }
    }

    @Override
    public long pings() {
        return pings;
    }
}
