package dev.heartbeat.internal.wheel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A hashed timing wheel that holds each entry once. Nothing but the passing of time moves an entry: traffic, pongs and closes
 * never touch the wheel, an entry that comes round is asked what it needs next and armed again. So arming and expiring cost
 * O(1), a busy connection costs a visit per interval, or as often as it is looked at on its way, and a closed one is dropped
 * when it comes round.
 *
 * <p>An entry armed beyond the horizon comes round early, which is harmless for the same reason. Buckets are chains of
 * arrays rather than linked entries: a bucket is read ahead before it is judged, so that the cache misses of its entries
 * overlap. Owned by one thread.
 *
 * @param <E> what it holds
 */
public final class TimingWheel<E> {

    /**
     * Asked for each entry that comes round; arms it again or lets go of it.
     *
     * @param <E> what it visits
     */
    public interface Visitor<E> {

        /**
         * Loads what {@link #preview} will read, and makes no use of it.
         *
         * @return anything that depends on what was loaded
         */
        default long prefetch(E entry) {
            return 0;
        }

        /** Reads what {@link #visit} will need; asked of many entries in a row, so that their cache misses overlap. */
        default long preview(E entry) {
            return 0;
        }

        /**
         * An entry has come round.
         *
         * @param preview what {@link #preview} has returned for it
         */
        void visit(E entry, long preview);
    }

    /** The buckets cover this many stamps, 69 s, whatever their width. */
    private static final int CIRCUMFERENCE = 65_536;

    private static final int SPARE_CHUNKS = 256;

    private final long[] previews = new long[Chunk.CAPACITY];
    private @Nullable Chunk<E>[] buckets;

    /** Entries of each bucket, without those that only rest there. */
    private int[] counts;

    private @Nullable Chunk<E> spare;
    private int spares;
    private int size;
    private int shift;

    /** The next bucket to come round, named by its stamp, a multiple of the grain; stamps wrap around, so it does too. */
    private int cursor;

    private long random;

    @SuppressWarnings("UnusedVariable") // written so that the compiler does not leave the prefetch out
    private long prefetched;

    /**
     * An empty wheel.
     *
     * @param now the present stamp
     * @param grain the width of a bucket in stamps, a power of two
     * @param seed of the choice between buckets
     */
    public TimingWheel(int now, int grain, long seed) {
        this.shift = Integer.numberOfTrailingZeros(grain);
        this.buckets = emptyBuckets(CIRCUMFERENCE >> shift);
        this.counts = new int[CIRCUMFERENCE >> shift];
        this.cursor = align(now);
        this.random = seed | 1;
    }

    /** Entries held, ended ones included until they come round. */
    public int size() {
        return size;
    }

    /** The width of a bucket in stamps. */
    public int grain() {
        return 1 << shift;
    }

    /** The longest that an entry can stay in the wheel without coming round, in stamps. */
    public int horizon() {
        return CIRCUMFERENCE - 2 * grain();
    }

    /** Puts an entry where it comes round at the first tick at or after a stamp, the next tick if that has passed. */
    public void arm(E entry, int due) {
        put(entry, bucketFor(due));
    }

    /** Arms an entry for a look on its way only: it does not count when the buckets are levelled. */
    public void rest(E entry, int due) {
        store(index(bucketFor(due)), entry);
    }

    /** Puts an entry where {@link #pickLate} says. */
    public void armBetween(E entry, int earliest, int latest) {
        put(entry, pickLate(earliest, latest));
    }

    /**
     * Picks the later of two stamps for an entry, or one between the two if it is {@linkplain #isCrowded crowded}. An early
     * ping is often one too many, since what the peer sends anyway would have come in time.
     */
    public int pickLate(int earliest, int latest) {
        return isCrowded(earliest, latest) ? pick(earliest, latest) : bucketFor(latest);
    }

    /**
     * Whether the later of two stamps has a herd to be broken up: twice as many entries as a bucket holds if all come round
     * evenly at eight times the distance of the two.
     */
    public boolean isCrowded(int earliest, int latest) {
        int last = bucketFor(latest);
        int range = ((last - bucketFor(earliest)) >> shift) + 1;
        return 4L * range * (counts[index(last)] - 2) > size;
    }

    /** Picks a stamp between two for an entry, the emptier of two buckets at random: enough to level a herd. */
    public int pick(int earliest, int latest) {
        int first = bucketFor(earliest);
        int range = ((bucketFor(latest) - first) >> shift) + 1;
        if (range <= 1) {
            return first;
        }
        long bits = nextRandom();
        int one = one(first, range, bits);
        int other = other(first, range, bits);
        return counts[index(one)] <= counts[index(other)] ? one : other;
    }

    /**
     * Picks a stamp between two evenly at random, although the later one may be beyond the horizon; where that leaves a choice
     * of two that are not, the one with the emptier bucket.
     */
    public int pickAhead(int earliest, int latest) {
        int first = bucketFor(earliest);
        int range = ((align(latest) - first) >> shift) + 1;
        if (range <= 1) {
            return first;
        }
        long bits = nextRandom();
        int one = one(first, range, bits);
        int other = other(first, range, bits);
        boolean isEmptier = isInReach(one) && isInReach(other) && counts[index(other)] < counts[index(one)];
        return isEmptier ? other : one;
    }

    private int one(int first, int range, long bits) {
        return first + ((int) (((bits >>> 33) * range) >>> 31) << shift);
    }

    private int other(int first, int range, long bits) {
        return first + ((int) (((bits & 0x7FFF_FFFFL) * range) >>> 31) << shift);
    }

    private boolean isInReach(int bucket) {
        return bucket - cursor <= horizon();
    }

    /** Visits every entry that is due at a stamp; the visitor may arm it again, at the earliest for the next bucket. */
    public void turn(int now, Visitor<E> visitor) {
        while (now - cursor >= 0) {
            Chunk<E> chain = take(index(cursor));
            cursor += grain();
            while (chain != null) {
                visit(chain, visitor);
                chain = recycle(chain);
            }
        }
    }

    /** Changes the width of the buckets, which visits nothing and arms every entry for the next tick. */
    public void regrain(int now, int grain) {
        List<E> all = all();
        size = 0;
        shift = Integer.numberOfTrailingZeros(grain);
        buckets = emptyBuckets(CIRCUMFERENCE >> shift);
        counts = new int[CIRCUMFERENCE >> shift];
        cursor = align(now);
        for (E entry : all) {
            arm(entry, now);
        }
    }

    /** Every entry, ended ones included. */
    public List<E> all() {
        List<E> all = new ArrayList<>(size);
        for (Chunk<E> chunk : buckets) {
            for (Chunk<E> c = chunk; c != null; c = c.next) {
                all.addAll(Arrays.asList(c.entries).subList(0, c.used));
            }
        }
        return all;
    }

    /** Lets go of every entry that has ended, before it comes round. */
    public void sweep(Predicate<E> hasEnded) {
        for (int index = 0; index < buckets.length; index++) {
            Chunk<E> chain = take(index);
            while (chain != null) {
                for (int i = 0; i < chain.used; i++) {
                    if (!hasEnded.test(chain.entries[i])) {
                        putAt(index, chain.entries[i]);
                    }
                }
                chain = recycle(chain);
            }
        }
    }

    /** Lets go of every entry, each shown once. */
    public void clear(Consumer<E> visitor) {
        List<E> all = all();
        Arrays.fill(buckets, null);
        Arrays.fill(counts, 0);
        size = 0;
        spare = null;
        spares = 0;
        all.forEach(visitor);
    }

    private void visit(Chunk<E> chunk, Visitor<E> visitor) {
        E[] entries = chunk.entries;
        int used = chunk.used;
        prefetched += prefetch(chunk, visitor);
        for (int i = 0; i < used; i++) {
            previews[i] = visitor.preview(entries[i]);
        }
        for (int i = 0; i < used; i++) {
            visitor.visit(entries[i], previews[i]);
        }
    }

    /**
     * Loads every entry of a chunk, and the chunk behind it, before the first one is decided on. A loop of nothing but loads
     * lets the processor wait for many cache misses at once; with a decision after each load it waits for one after the other.
     */
    private long prefetch(Chunk<E> chunk, Visitor<E> visitor) {
        E[] entries = chunk.entries;
        long sum = chunk.next == null ? 0 : chunk.next.entries.length;
        for (int i = 0; i < chunk.used; i++) {
            sum += visitor.prefetch(entries[i]);
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

    private @Nullable Chunk<E> take(int index) {
        Chunk<E> chain = buckets[index];
        buckets[index] = null;
        counts[index] = 0;
        return chain;
    }

    private void put(E entry, int bucket) {
        putAt(index(bucket), entry);
    }

    private void putAt(int index, E entry) {
        store(index, entry);
        counts[index]++;
    }

    private void store(int index, E entry) {
        Chunk<E> head = buckets[index];
        if (head == null || head.used == Chunk.CAPACITY) {
            Chunk<E> fresh = newChunk();
            fresh.next = head;
            buckets[index] = fresh;
            head = fresh;
        }
        head.entries[head.used++] = entry;
        size++;
    }

    private Chunk<E> newChunk() {
        Chunk<E> chunk = spare;
        if (chunk == null) {
            return new Chunk<>();
        }
        spare = chunk.next;
        spares--;
        return chunk;
    }

    private @Nullable Chunk<E> recycle(Chunk<E> chunk) {
        Chunk<E> next = chunk.next;
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

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of chains cannot be made otherwise; no other class sees it
    private static <E> @Nullable Chunk<E>[] emptyBuckets(int count) {
        return new @Nullable Chunk[count];
    }

    /** A piece of a bucket; 62 references make it 280 bytes, 4.5 bytes an entry. */
    private static final class Chunk<E> {
        static final int CAPACITY = 62;

        @SuppressWarnings("unchecked") // an array of a type parameter; only entries of that type are stored in it
        final E[] entries = (E[]) new Object[CAPACITY];

        int used;

        @Nullable
        Chunk<E> next;
    }
}
