package dev.heartbeat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A hashed timing wheel that holds each connection once. Nothing but the passing of time moves an entry: traffic, pongs and
 * closes never touch the wheel, an entry that comes round is asked what it needs next and armed again. So arming and
 * expiring cost O(1), a busy connection costs a visit per interval, and a closed one is dropped when it comes round.
 *
 * <p>An entry armed beyond the horizon comes round early, which is harmless for the same reason. Buckets are chains of
 * arrays rather than linked entries: a bucket is read ahead before it is judged, so that the cache misses of its entries
 * overlap. Owned by one thread.
 */
final class Wheel {

    /** Asked for each entry that comes round; arms it again or lets go of it. */
    interface Visitor {

        /** Reads what {@link #visit} will need; asked of many entries in a row, so that their cache misses overlap. */
        default long glance(Heartbeat heartbeat) {
            return 0;
        }

        void visit(Heartbeat heartbeat, long glance);
    }

    /** The buckets cover this many stamps, 69 s, whatever their width. */
    private static final int CIRCUMFERENCE = 65_536;

    private static final int SPARE_CHUNKS = 256;

    private final long[] glances = new long[Chunk.CAPACITY];
    private @Nullable Chunk[] buckets;

    /** Entries of each bucket, without those that only nap there. */
    private int[] counts;

    private @Nullable Chunk spare;
    private int spares;
    private int size;
    private int shift;

    /** The next bucket to come round, named by its stamp, a multiple of the grain; stamps wrap around, so it does too. */
    private int cursor;

    private long random;

    @SuppressWarnings("UnusedVariable") // written so that the compiler does not leave fetch out
    private long fetched;

    /**
     * An empty wheel.
     *
     * @param now the present stamp
     * @param grain the width of a bucket in stamps, a power of two
     * @param seed of the choice between buckets
     */
    Wheel(int now, int grain, long seed) {
        this.shift = Integer.numberOfTrailingZeros(grain);
        this.buckets = new @Nullable Chunk[CIRCUMFERENCE >> shift];
        this.counts = new int[CIRCUMFERENCE >> shift];
        this.cursor = align(now);
        this.random = seed | 1;
    }

    /** Entries held, ended ones included until they come round. */
    int size() {
        return size;
    }

    /** The width of a bucket in stamps. */
    int grain() {
        return 1 << shift;
    }

    /** The longest that an entry can stay in the wheel without coming round, in stamps. */
    int horizon() {
        return CIRCUMFERENCE - 2 * grain();
    }

    /** Puts an entry where it comes round at the first tick at or after a stamp, the next tick if that has passed. */
    void arm(Heartbeat heartbeat, int due) {
        put(heartbeat, bucketFor(due));
    }

    /** Puts an entry where it is looked at and put off again: it does not count when the wheel is levelled. */
    void nap(Heartbeat heartbeat, int due) {
        store(index(bucketFor(due)), heartbeat);
    }

    /** Puts an entry where {@link #pickLate} says. */
    void armBetween(Heartbeat heartbeat, int earliest, int latest) {
        put(heartbeat, pickLate(earliest, latest));
    }

    /**
     * Picks the later of two stamps for an entry, or one between the two if it is {@linkplain #isCrowded crowded}. An early
     * ping is often one too many, since what the peer sends anyway would have come in time.
     */
    int pickLate(int earliest, int latest) {
        return isCrowded(earliest, latest) ? pick(earliest, latest) : bucketFor(latest);
    }

    /**
     * Whether the later of two stamps has a herd to be broken up: twice as many entries as a bucket holds if all come round
     * evenly at eight times the distance of the two.
     */
    boolean isCrowded(int earliest, int latest) {
        int last = bucketFor(latest);
        int range = ((last - bucketFor(earliest)) >> shift) + 1;
        return 4L * range * (counts[index(last)] - 2) > size;
    }

    /** Picks a stamp between two for an entry, the emptier of two buckets at random: enough to level a herd. */
    int pick(int earliest, int latest) {
        int first = bucketFor(earliest);
        int range = ((bucketFor(latest) - first) >> shift) + 1;
        if (range <= 1) {
            return first;
        }
        long bits = nextRandom();
        int one = first + ((int) (((bits >>> 33) * range) >>> 31) << shift);
        int other = first + ((int) (((bits & 0x7FFF_FFFFL) * range) >>> 31) << shift);
        return counts[index(one)] <= counts[index(other)] ? one : other;
    }

    /** Visits every entry that is due at a stamp; the visitor may arm it again, at the earliest for the next bucket. */
    void turn(int now, Visitor visitor) {
        while (now - cursor >= 0) {
            Chunk chain = take(index(cursor));
            cursor += grain();
            while (chain != null) {
                visit(chain, visitor);
                chain = recycle(chain);
            }
        }
    }

    /** Changes the width of the buckets, which visits nothing and arms every entry for the next tick. */
    void regrain(int now, int grain) {
        List<Heartbeat> all = all();
        size = 0;
        shift = Integer.numberOfTrailingZeros(grain);
        buckets = new @Nullable Chunk[CIRCUMFERENCE >> shift];
        counts = new int[CIRCUMFERENCE >> shift];
        cursor = align(now);
        for (Heartbeat heartbeat : all) {
            arm(heartbeat, now);
        }
    }

    /** Every entry, ended ones included. */
    List<Heartbeat> all() {
        List<Heartbeat> all = new ArrayList<>(size);
        for (Chunk chunk : buckets) {
            for (Chunk c = chunk; c != null; c = c.next) {
                all.addAll(Arrays.asList(c.entries).subList(0, c.used));
            }
        }
        return all;
    }

    /** Lets go of every entry that has ended, before it comes round. */
    void sweep() {
        for (int index = 0; index < buckets.length; index++) {
            Chunk chain = take(index);
            while (chain != null) {
                for (int i = 0; i < chain.used; i++) {
                    if (Pulse.state(chain.entries[i].word()) != Pulse.ENDED) {
                        putAt(index, chain.entries[i]);
                    }
                }
                chain = recycle(chain);
            }
        }
    }

    /** Lets go of every entry, each shown once. */
    void clear(Consumer<Heartbeat> visitor) {
        List<Heartbeat> all = all();
        Arrays.fill(buckets, null);
        Arrays.fill(counts, 0);
        size = 0;
        spare = null;
        spares = 0;
        all.forEach(visitor);
    }

    private void visit(Chunk chunk, Visitor visitor) {
        Heartbeat[] entries = chunk.entries;
        int used = chunk.used;
        fetched += fetch(chunk);
        for (int i = 0; i < used; i++) {
            glances[i] = visitor.glance(entries[i]);
        }
        for (int i = 0; i < used; i++) {
            visitor.visit(entries[i], glances[i]);
        }
    }

    /**
     * Reads each entry and the chunk behind, and makes no use of it: with nothing but loads in the loop, the cache misses
     * of very many entries overlap, where each decision in between would limit how far the processor looks ahead.
     */
    private static long fetch(Chunk chunk) {
        Heartbeat[] entries = chunk.entries;
        long sum = chunk.next == null ? 0 : chunk.next.entries.length;
        for (int i = 0; i < chunk.used; i++) {
            sum += entries[i].heard() + entries[i].word();
        }
        return sum;
    }

    /** The bucket for a stamp, rounded up so that nothing comes round before it is due, within the horizon. */
    private int bucketFor(int due) {
        int bucket = align(due);
        int ahead = bucket - cursor;
        return ahead < 0 ? cursor : cursor + Math.min(ahead, horizon());
    }

    private int align(int stamp) {
        return (stamp + grain() - 1) & -grain();
    }

    private int index(int bucket) {
        return (bucket >>> shift) & (buckets.length - 1);
    }

    private @Nullable Chunk take(int index) {
        Chunk chain = buckets[index];
        buckets[index] = null;
        counts[index] = 0;
        return chain;
    }

    private void put(Heartbeat heartbeat, int bucket) {
        putAt(index(bucket), heartbeat);
    }

    private void putAt(int index, Heartbeat heartbeat) {
        store(index, heartbeat);
        counts[index]++;
    }

    private void store(int index, Heartbeat heartbeat) {
        Chunk head = buckets[index];
        if (head == null || head.used == Chunk.CAPACITY) {
            Chunk fresh = newChunk();
            fresh.next = head;
            buckets[index] = fresh;
            head = fresh;
        }
        head.entries[head.used++] = heartbeat;
        size++;
    }

    private Chunk newChunk() {
        Chunk chunk = spare;
        if (chunk == null) {
            return new Chunk();
        }
        spare = chunk.next;
        spares--;
        return chunk;
    }

    private @Nullable Chunk recycle(Chunk chunk) {
        Chunk next = chunk.next;
        size -= chunk.used;
        if (spares < SPARE_CHUNKS + (size >> 9)) {
            Arrays.fill(chunk.entries, 0, chunk.used, null);
            chunk.used = 0;
            chunk.next = spare;
            spare = chunk;
            spares++;
        }
        return next;
    }

    private long nextRandom() {
        long x = random;
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
        random = x;
        return x;
    }

    /** A piece of a bucket; 62 references make it 280 bytes, 4.5 bytes an entry. */
    private static final class Chunk {
        static final int CAPACITY = 62;

        final Heartbeat[] entries = new Heartbeat[CAPACITY];
        int used;

        @Nullable
        Chunk next;
    }
}
