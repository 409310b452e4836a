package dev.heartbeat;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends pings, on the event loop itself or on threads that may block. */
final class Pinger {

    private static final Logger log = LoggerFactory.getLogger(ZombieDetector.class);

    private final Pacemaker pacemaker;
    private final Payloads payloads;

    /** Null on an event loop, where the transport is called in place. */
    private final @Nullable Executor executor;

    Pinger(Pacemaker pacemaker, Payloads payloads, @Nullable Executor executor) {
        this.pacemaker = pacemaker;
        this.payloads = payloads;
        this.executor = executor;
    }

    /**
     * Arms the deadlines of a ping, then hands it over. While an earlier call has not returned no other is made; this ping
     * follows when it has.
     *
     * @return false if no thread could be had for it, so that the peer has not been asked at all
     */
    boolean ping(Heartbeat heartbeat) {
        heartbeat.askAfter(heartbeat.heard());
        long word = heartbeat.word();
        long asked = Pulse.asked(word, pacemaker.fineNow());
        if (Pulse.state(word) > Pulse.QUIET || !heartbeat.advance(word, asked) || Pulse.call(word) != Pulse.IDLE) {
            return true;
        }
        if (executor == null) {
            send(heartbeat);
            return true;
        }
        try {
            executor.execute(() -> send(heartbeat));
            return true;
        } catch (Throwable noThread) {
            failed(heartbeat, noThread);
            takeBack(heartbeat, word);
            return false;
        }
    }

    /** Lets the deadlines of a ping run although no thread could be had to send it. */
    void pingInVain(Heartbeat heartbeat) {
        long word = heartbeat.word();
        if (Pulse.state(word) <= Pulse.QUIET) {
            heartbeat.advance(word, Pulse.forgiven(Pulse.returned(Pulse.asked(word, pacemaker.fineNow()))));
        }
    }

    /** Undoes the decision on a ping that nobody sends, whatever has become known of the peer meanwhile. */
    private static void takeBack(Heartbeat heartbeat, long before) {
        long word;
        do {
            word = heartbeat.word();
        } while (!heartbeat.advance(
                word, Pulse.unanswered(word) ? Pulse.notAsked(word, before) : Pulse.returned(word)));
    }

    private void send(Heartbeat heartbeat) {
        while (true) {
            Connection connection = heartbeat.connection();
            long word = heartbeat.word();
            boolean wanted = Pulse.unanswered(word) && Pulse.call(word) == Pulse.QUEUED && !pacemaker.isClosed();
            if (connection == null || !wanted) {
                if (Pulse.call(word) == Pulse.IDLE || heartbeat.advance(word, Pulse.forgiven(Pulse.returned(word)))) {
                    return;
                }
                continue;
            }
            long calling = Pulse.calling(word, pacemaker.fineNow());
            if (heartbeat.advance(word, calling)) {
                boolean taken = call(connection, heartbeat, Pulse.sent(calling));
                if (returned(heartbeat, Pulse.sent(calling), taken)) {
                    return;
                }
            }
        }
    }

    /** Calls the transport; whether it took the ping. */
    private boolean call(Connection connection, Heartbeat heartbeat, long sent) {
        try {
            connection.ping(payloads.payload(sent));
            return true;
        } catch (Throwable thrown) {
            failed(heartbeat, thrown);
            if (!Ask.isOpen(connection)) {
                pacemaker.facts().closed(heartbeat);
            }
            return false;
        }
    }

    /**
     * Notes that the call has returned. Nobody is deaf who does not echo a ping that the transport has not taken.
     *
     * @return false if the peer was asked anew during the call, having been heard meanwhile: its pong may have come before,
     *     so that ping has still to be sent
     */
    private static boolean returned(Heartbeat heartbeat, long sent, boolean taken) {
        while (true) {
            long word = heartbeat.word();
            boolean askedAnew = Pulse.unanswered(word) && Pulse.sent(word) != sent;
            long returned = taken ? Pulse.returned(word) : Pulse.forgiven(Pulse.returned(word));
            if (heartbeat.advance(word, askedAnew ? Pulse.queued(word) : returned)) {
                return !askedAnew;
            }
        }
    }

    private static void failed(Heartbeat heartbeat, Throwable thrown) {
        Chart chart = heartbeat.chart();
        if (chart != null) {
            chart.pingFailed(thrown);
            if (log.isDebugEnabled()) {
                log.debug("Ping to {} failed: {}", Ask.id(chart.connection), Words.of(thrown));
            }
        }
    }
}
