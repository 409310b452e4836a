package dev.heartbeat.internal.engine;

import dev.heartbeat.internal.adaptive.AdaptiveLimits;
import dev.heartbeat.internal.adaptive.DeviceHistory;
import dev.heartbeat.internal.adaptive.HistoryStore;
import dev.heartbeat.internal.state.HeardStamp;
import dev.heartbeat.internal.state.StateWord;
import dev.heartbeat.internal.storm.StormGuard;
import dev.heartbeat.internal.time.CoarseTime;
import org.jspecify.annotations.Nullable;

/** What connections under an adaptive policy teach. Any thread. */
final class Learning {

    private final HistoryStore histories;
    private final StormGuard storm;

    Learning(HistoryStore histories, StormGuard storm) {
        this.histories = histories;
        this.storm = storm;
    }

    /** Begins to learn about a connection, unless that has begun. */
    void begin(HeartbeatHandle heartbeat) {
        ConnectionDetails details = heartbeat.details();
        if (details == null) {
            return;
        }
        synchronized (details) {
            if (details.adaptive == null) {
                PolicyBinding binding = heartbeat.binding();
                DeviceHistory device = histories.begin(details.identity, details.group, binding.now());
                details.adaptive = new AdaptiveLimits(device, histories, binding.limits, binding.wrongReaps);
            }
        }
    }

    /**
     * Goes on with what is known of a device that has just been identified.
     *
     * @param before its older connection, if that is watched still
     */
    void recall(HeartbeatHandle heartbeat, ConnectionDetails details, @Nullable HeartbeatHandle before) {
        AdaptiveLimits known = before == null ? null : before.adaptive();
        PolicyBinding binding = heartbeat.binding();
        int now = binding.now();
        synchronized (details) {
            DeviceHistory device = known == null
                    ? histories.begin(details.identity, details.group, now)
                    : new DeviceHistory(now, known.device());
            details.adaptive = new AdaptiveLimits(device, histories, binding.limits, binding.wrongReaps);
        }
    }

    /** Remembers an identified device whose connection is gone. */
    void remember(String identity, AdaptiveLimits adaptive) {
        histories.keep(identity, adaptive.device());
    }

    /** Something is heard; before it is noted, so that it can be told whether it is the first since a ping. */
    void heard(HeartbeatHandle heartbeat, int now) {
        ConnectionDetails details = heartbeat.detailsIfAny();
        AdaptiveLimits adaptive = details == null ? null : details.adaptive;
        if (details == null || adaptive == null) {
            return;
        }
        if (HeardStamp.isAskedSince(heartbeat.heard())) {
            long word = heartbeat.word();
            if (StateWord.unanswered(word)) {
                if (storm.holds()) {
                    adaptive.disregardAnswerInStorm(details.group);
                }
                adaptive.answered(details.group, now - CoarseTime.coarse(StateWord.sent(word)));
            }
        }
        adaptive.heard(now);
    }

    /** The latest ping was echoed. */
    void roundTrip(HeartbeatHandle heartbeat, long nanos) {
        AdaptiveLimits adaptive = heartbeat.adaptive();
        if (adaptive != null) {
            adaptive.roundTrip(nanos);
        }
    }
}
