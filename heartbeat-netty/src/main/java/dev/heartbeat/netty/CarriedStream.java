package dev.heartbeat.netty;

import dev.heartbeat.Heartbeat;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** A stream of an HTTP/2 connection: what its heartbeat has to do with that of the connection. On the event loop. */
final class CarriedStream {

    private final Http2Carrier carrier;

    /** Null until it is watched. */
    private @Nullable Heartbeat heartbeat;

    /** Whether a ping has been sent and nothing has been read since. */
    private boolean isAsked;

    /** How often the connection had been read when this stream was. */
    private long readsWhenHeard;

    /** How often it had been when the ping was found due that has not been sent; negative if none is. */
    private long readsWhenDue = -1;

    private CarriedStream(Http2Carrier carrier) {
        this.carrier = carrier;
        this.readsWhenHeard = carrier.reads();
    }

    /** The stream that a channel is, from now on one of its connection's; null if it is none, or its codec not Netty's. */
    static @Nullable CarriedStream of(Channel channel, ZombieDetector detector) {
        if (ChannelFacts.ownsSocket(channel) || !channel.eventLoop().inEventLoop()) {
            return null;
        }
        try {
            Http2Carrier carrier = Http2Carrier.of(channel, detector);
            if (carrier == null) {
                return null;
            }
            CarriedStream stream = new CarriedStream(carrier);
            carrier.join(stream);
            return stream;
        } catch (NoClassDefFoundError noHttp2) {
            return null;
        }
    }

    void watched(Heartbeat by) {
        heartbeat = by;
    }

    /** Null until it is watched. */
    @Nullable
    Heartbeat heartbeat() {
        return heartbeat;
    }

    /** Something of the peer has been read. */
    void heard() {
        isAsked = false;
        readsWhenDue = -1;
        readsWhenHeard = carrier.reads();
    }

    /** A ping is sent, or has not been after all. */
    void asked(boolean isSent) {
        isAsked = isSent;
        readsWhenDue = -1;
    }

    /**
     * Whether its ping that is due, or the verdict on one, waits for the connection.
     *
     * @param isClosing whether it is not asked any more, so that the connection need not be either
     */
    boolean waits(boolean isClosing) {
        if (heartbeat == null || heartbeat.isAsleep()) {
            return false;
        }
        if (isAsked || isClosing) {
            return carrier.isSuspect();
        }
        boolean isHeldBack = carrier.holdsBack(readsWhenDue, readsWhenHeard);
        readsWhenDue = readsWhenDue < 0 ? carrier.reads() : readsWhenDue;
        return isHeldBack;
    }

    /** Is none of its connection's any more. */
    void leave() {
        carrier.leave(this);
    }

    /**
     * Has been reaped and reset, and takes the connection with it if it was the last one there.
     *
     * @param reason why it was reaped
     * @param sparesOthers whether the connection stays open for streams that are not watched
     */
    void reset(ReapReason reason, boolean sparesOthers) {
        boolean isSilent = switch (reason) {
            case CLOSE_UNFINISHED, DEAF, STALE, SUPERSEDED -> false;
            default -> true;
        };
        HeartbeatPolicy policy = heartbeat == null ? HeartbeatPolicy.defaults() : heartbeat.policy();
        carrier.leave(this);
        carrier.closeIfUnused(isSilent, sparesOthers, policy);
    }

    /** What became of a stream that was reset: the descriptor is the connection's. */
    static Termination termination(Channel connection) {
        return connection.isOpen()
                ? Termination.notFreed("reset of the stream; its connection goes on")
                : Termination.freed("reset of its connection");
    }
}
