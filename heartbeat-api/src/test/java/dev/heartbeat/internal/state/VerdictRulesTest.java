package dev.heartbeat.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What puts a verdict off, what brings one about besides a missing answer, and in which order that counts. */
class VerdictRulesTest {

    private static final int SENT = 1_000;
    private static final int PONG = 100;
    private static final int REAP = 300;
    private static final int CAP = 5_000;
    private static final int HOLD = 900;
    private static final int DEAF = 50_000;
    private static final Limits LIMITS = new Limits(1_000, 875, PONG, REAP, CAP, HOLD, 100_000, DEAF, 0, 8_192);

    private static final long ASKED = StateWord.returned(StateWord.asked(StateWord.planned(0), fine(SENT)));
    private static final long SUSPECT = StateWord.suspected(ASKED);
    private static final long QUIET = StateWord.settled(ASKED);

    private final Facts facts = new Facts(LIMITS);

    @BeforeEach
    void nothingIsSpecial() {
        facts.isOpen = true;
        facts.isJudged = true;
        facts.seesPongs = true;
        facts.owedSince = SENT;
    }

    @Test
    void aHindrancePutsAVerdictOffByOneMorePongTimeout() {
        unheardFor(SUSPECT, REAP + 1);
        facts.hindrance = Hindrance.HANDLER_RUNNING;

        assertThat(Rules.decide(facts)).isEqualTo(Decision.defer(1 + PONG));
    }

    @Test
    void aHindrancePutsNoVerdictOffBeyondItsCap() {
        unheardFor(SUSPECT, REAP + CAP - 10);
        facts.hindrance = Hindrance.HANDLER_RUNNING;
        facts.hinderedFor = CAP - 20;
        facts.putOff = CAP - 20;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.defer(CAP));

        unheardFor(SUSPECT, REAP + CAP + 1);
        facts.hinderedFor = CAP;
        facts.putOff = CAP;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.NO_ANSWER));
    }

    @Test
    void aSuspicionIsPutOffAsAVerdictIs() {
        unheardFor(ASKED, PONG + 7);
        facts.hindrance = Hindrance.READING_PAUSED;

        assertThat(Rules.decide(facts)).isEqualTo(Decision.defer(7 + PONG));
    }

    @Test
    void theDeadlinesOfAPingThatWaitsForAThreadHaveNotBegun() {
        unheardFor(StateWord.queued(SUSPECT), 10 * CAP);
        facts.conclude();

        assertThat(Delays.hindrance(facts)).isEqualTo(Hindrance.PING_QUEUED);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.postpone(10 * CAP));
    }

    @Test
    void aStormHoldsAVerdictUpToItsCapAndThenUntilItsTurnComes() {
        facts.isStormy = true;
        facts.hasTurn = true;
        unheardFor(SUSPECT, REAP + HOLD - 1);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.HOLD);

        unheardFor(SUSPECT, REAP + HOLD);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.NO_ANSWER));

        facts.hasTurn = false;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.HOLD);
    }

    @Test
    void aStormHoldsNoUnfinishedClose() {
        facts.isStormy = true;
        unheardFor(StateWord.closing(SUSPECT, fine(SENT)), REAP + 1);

        assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.CLOSE_UNFINISHED));
    }

    @Test
    void theReasonSaysWhatBecameOfThePing() {
        unheardFor(StateWord.calling(SUSPECT, fine(SENT)), REAP + 1);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.PING_STUCK));

        unheardFor(SUSPECT, REAP + 1);
        facts.pingFailed = true;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.PING_FAILED));
    }

    @Test
    void aSupersededConnectionMakesRoomWhateverItIsWaitingFor() {
        facts.isSuperseded = true;
        for (long word : new long[] {StateWord.planned(SENT), QUIET, ASKED, SUSPECT}) {
            unheardFor(word, 1);
            assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.SUPERSEDED));
        }

        unheardFor(StateWord.closing(QUIET, fine(SENT)), 1);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);
    }

    @Test
    void aConnectionWhoseCarrierIsDeadIsReapedWhateverItIsWaitingFor() {
        facts.isCarrierLost = true;
        for (long word :
                new long[] {StateWord.planned(SENT), QUIET, ASKED, SUSPECT, StateWord.closing(QUIET, fine(SENT))}) {
            unheardFor(word, 1);
            assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.CARRIER_LOST));
        }
        assertThat(Rules.isSilence(ReapReason.CARRIER_LOST)).isFalse();
    }

    /** The carrier is judged, with caps of its own. */
    @Test
    void aPingWaitsForTheAnswerOfTheConnectionThatCarriesItUnlessItIsAskedFor() {
        unheardFor(QUIET, facts.limits.idle());
        facts.hindrance = Hindrance.CARRIER_ASKED;
        facts.heldBackFor = facts.limits.cap();
        assertThat(Rules.decide(facts)).isEqualTo(Decision.HOLD_PING_BACK);

        facts.isProbed = true;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.PING);
    }

    @Test
    void aSupersededConnectionIsReapedThoughItsTransportCallsItClosed() {
        facts.isSuperseded = true;
        facts.isOpen = false;
        unheardFor(QUIET, 1);

        assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.SUPERSEDED));
    }

    @Test
    void aVerdictThatIsReachedAtEveryLookWhileItIsHeldAllocatesNothing() {
        for (ReapReason reason : ReapReason.values()) {
            assertThat(Decision.reap(reason)).isSameAs(Decision.reap(reason));
        }
    }

    @Test
    void anApplicationThatIsSilentForTooLongIsToldOfOnceAndReapedIfThePolicySaysSo() {
        heardNow(QUIET);
        facts.countsFreshness = true;
        facts.staleAt = facts.listened + 1;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);
        facts.staleAt = facts.listened;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.TELL_STALE);

        facts.countsFreshness = false;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);
        facts.reapsAsStale = true;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.STALE));
    }

    @Test
    void aSleeperIsNeitherPingedNorJudgedUntilItIsHeard() {
        facts.sleep = new Sleep(99_999, 0);
        unheardFor(SUSPECT, 9_999);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);
        facts.heard = HeardStamp.at(SENT + 50);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.RECOVER);

        heardNow(QUIET);
        facts.now += 9_999;
        facts.isProbed = true;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);
    }

    @Test
    void aSleeperWhoseCloseIsUnfinishedIsJudged() {
        facts.sleep = new Sleep(99_999, 0);
        unheardFor(StateWord.closing(QUIET, fine(SENT)), REAP + 1);

        assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.CLOSE_UNFINISHED));
    }

    @Test
    void aTalkingPeerIsDeafOnceItHasOwedAnEchoForTooLong() {
        long owing = StateWord.settled(StateWord.asked(StateWord.answered(QUIET, 1_000_000), fine(SENT)));
        heardNow(StateWord.returned(owing));
        facts.listened = SENT + DEAF;
        facts.now = facts.listened;
        facts.heard = HeardStamp.at(facts.now);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);
        facts.listened++;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.reap(ReapReason.DEAF));

        facts.hindrance = Hindrance.HANDLER_RUNNING;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.defer(PONG));
        facts.hindrance = Hindrance.NONE;
        assertThat(DueStamps.dueIfDeaf(facts, 99_999)).isEqualTo(SENT + DEAF + 1);
        facts.hasVerdict = true;
        assertThat(DueStamps.dueIfDeaf(facts, 99_999)).isEqualTo(99_999);
        facts.hasVerdict = false;
        facts.seesPongs = false;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);
    }

    @Test
    void aPeerThatHasNeverEchoedAPingIsNotDeaf() {
        heardNow(QUIET);
        facts.listened = SENT + DEAF + 1;

        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);
    }

    @Test
    void aPingWaitsForAMessageInFrontOfItUpToTheCap() {
        heardNow(QUIET);
        facts.now += 900;
        facts.hindrance = Hindrance.OUTPUT_IN_PROGRESS;
        facts.heldBackFor = CAP - 1;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.HOLD_PING_BACK);

        facts.heldBackFor = CAP;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.PING);
    }

    @Test
    void noOtherHindranceKeepsAPingBack() {
        heardNow(QUIET);
        facts.now += 900;
        facts.hindrance = Hindrance.READING_PAUSED;

        assertThat(Rules.decide(facts)).isEqualTo(Decision.PING);
    }

    @Test
    void aProbeAsksHoweverLatelyThePeerWasHeard() {
        heardNow(QUIET);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);

        facts.isProbed = true;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.PING);
    }

    @Test
    void aPingThatMayGoOutWaitsWhereThereIsNoHerdToMakeRoomFor() {
        heardNow(QUIET);
        facts.now += 900;
        facts.mayWait = true;

        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);
    }

    @Test
    void aVerdictThatADryRunHasReachedIsNotReachedAgain() {
        facts.hasVerdict = true;
        unheardFor(SUSPECT, REAP + 1);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);

        facts.reapsAsStale = true;
        facts.isSuperseded = true;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);
    }

    @Test
    void nobodyIsJudgedDuringADrainButClosesAreNoticed() {
        facts.isJudged = false;
        unheardFor(SUSPECT, 9_999);
        assertThat(Rules.decide(facts)).isEqualTo(Decision.REST);

        facts.isOpen = false;
        assertThat(Rules.decide(facts)).isEqualTo(Decision.CLOSED);
    }

    @Test
    void aSilenceOfTheApplicationIsLookedAtInTimeAndASleeperNotBeforeItAwakes() {
        heardNow(QUIET);
        facts.countsFreshness = true;
        facts.staleAt = SENT + 400;
        assertThat(DueStamps.dueForTheApplication(facts, SENT + 1_000)).isEqualTo(SENT + 400);

        facts.countsFreshness = false;
        facts.sleep = new Sleep(99_999, 0);
        assertThat(DueStamps.dueForTheApplication(facts, SENT + 1_000)).isEqualTo(99_999);
    }

    private void unheardFor(long word, int stamps) {
        facts.word = word;
        facts.heard = HeardStamp.askedSince(HeardStamp.at(SENT));
        facts.now = SENT + stamps;
        facts.listened = SENT + stamps;
    }

    private void heardNow(long word) {
        facts.word = word;
        facts.heard = HeardStamp.at(SENT);
        facts.now = SENT;
        facts.listened = SENT;
    }

    private static long fine(int stamp) {
        return (stamp & 0xFFFF_FFFFL) << 10;
    }
}
