package dev.heartbeat.internal.engine;

import dev.heartbeat.internal.state.Facts;
import dev.heartbeat.internal.state.Freshness;
import dev.heartbeat.internal.time.CoarseTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads into the facts of a visit for how long the application has been silent. The pacemaker's thread only. */
final class FreshnessFacts {

    /** No policy allows a longer silence: a day. */
    private static final int LONGEST_LIMIT = CoarseTime.of(Duration.ofDays(1));

    private final Pacemaker pacemaker;
    private final Facts facts;

    /** Whether anybody tells the detector what applications say, as far as this has noticed; and since when, for the first day. */
    private boolean isToldMessages;

    private boolean isToldForLong;
    private int toldMessagesSince;

    FreshnessFacts(Pacemaker pacemaker, Facts facts) {
        this.pacemaker = pacemaker;
        this.facts = facts;
    }

    void read(@Nullable ConnectionDetails details, PolicyBinding binding, boolean counts) {
        facts.countsFreshness = false;
        facts.reapsAsStale = false;
        if (counts && details != null) {
            Freshness freshness = details.freshness(facts.now);
            facts.countsFreshness = !freshness.isStale();
            facts.staleAt = freshness.due(binding.limits.stale());
            facts.reapsAsStale = freshness.isStale() && binding.policy.reapsStale();
            readMessageReports(binding.limits.stale());
        }
    }

    /** Where nobody tells what applications say, none is stale; its silence counts once somebody does. */
    private void readMessageReports(int limit) {
        if (!isToldMessages && pacemaker.messages().areTold()) {
            isToldMessages = true;
            toldMessagesSince = facts.now;
        }
        if (isToldForLong) {
            return;
        }
        if (isToldMessages) {
            isToldForLong = facts.now - toldMessagesSince > LONGEST_LIMIT;
            facts.staleAt = CoarseTime.later(facts.staleAt, toldMessagesSince + limit + 1);
        } else if (facts.countsFreshness) {
            if (facts.listened - facts.staleAt >= 0) {
                pacemaker.messages().complain();
            }
            facts.countsFreshness = false;
        }
    }
}
