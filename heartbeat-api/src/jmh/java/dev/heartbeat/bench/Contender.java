package dev.heartbeat.bench;

/**
 * One way to watch many connections, under the same work: told of each message, it pings who is silent for the idle time,
 * and replaces who does not answer. Connections are numbered; every hundredth never says a word.
 */
interface Contender extends AutoCloseable {

    /** Takes connection {@code i} in. */
    void add(int i);

    /** A message of connection {@code i} has arrived. */
    void heard(int i);

    /** Runs what is due in virtual time; a contender with a thread of its own has nothing to do here. */
    default void pass(long nanos) {}

    /** Takes connection {@code i} out. */
    default void remove(int i) {
        throw new UnsupportedOperationException();
    }

    /** Runs a task where messages are read: in the calling thread, unless the contender has an event loop. */
    default void onReader(Runnable task) {
        task.run();
    }

    /** Pings sent so far. */
    long pings();

    @Override
    default void close() {}

    /** Whether connection {@code i} is dead from the start. */
    static boolean isSilent(int i) {
        return i % 100 == 0;
    }
}
