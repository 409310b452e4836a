package dev.heartbeat.jakarta;

import dev.heartbeat.TransportFacts;

/**
 * The output of a connection, as seen from one look to the next. Containers write a large message in parts, and nothing
 * waits between two of them, so output that waited and has moved since is taken to wait for one more look.
 */
final class Output {

    private final Changes changes = new Changes();
    private boolean waited;

    /**
     * Adds it to the facts.
     *
     * @param waiting how much waits, in any unit
     * @param state a number that differs whenever some of it has moved
     */
    TransportFacts addTo(TransportFacts facts, long waiting, long state) {
        long before = changes.count();
        long now = changes.look(state);
        long amount = waiting == 0 && waited && now != before ? 1 : waiting;
        waited = waiting != 0;
        return facts.withOutput(amount, now);
    }
}
