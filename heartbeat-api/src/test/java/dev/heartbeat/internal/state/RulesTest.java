package dev.heartbeat.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.internal.state.Decision.Action;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules by themselves, at moments on both sides of every wrap. */
class RulesTest {

    private static final Limits LIMITS = new Limits(1_000, 875, 100, 300, 5_000, 0, 100_000, 50_000, 0, 8_192);

    private record Moment(int sent) {

        long asked() {
            return StateWord.returned(StateWord.asked(StateWord.planned(sent), fine(sent)));
        }

        long suspected() {
            return StateWord.suspected(asked());
        }

        /** Heard just before the ping was decided on. */
        int silent() {
            return HeardStamp.askedSince(HeardStamp.at(sent));
        }
    }

    static List<Moment> moments() {
        List<Moment> moments = new ArrayList<>();
        for (int edge : new int[] {0, Integer.MAX_VALUE, 1 << 30}) {
            for (int before : new int[] {0, 1, 50, 150, 299, 300, 301}) {
                moments.add(new Moment(edge - before));
            }
        }
        return moments;
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aNewConnectionIsPingedWhenItsFirstPingIsPlanned(Moment m) {
        long word = StateWord.planned(m.sent);

        assertThat(StateWord.state(word)).isEqualTo(StateWord.NEW);
        assertThat(decide(word, m.sent - 50, m.sent - 1)).isEqualTo(Action.REST);
        assertThat(decide(word, m.sent - 50, m.sent)).isEqualTo(Action.PING);
        assertThat(DueStamps.due(facts(word, m.sent - 50, 0, 0, LIMITS, 0))).isEqualTo(m.sent);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aQuietConnectionIsPingedAfterAnEagerSilenceAndNoLaterThanTheInterval(Moment m) {
        long word = StateWord.settled(m.asked());

        assertThat(decide(word, m.sent, m.sent + 874)).isEqualTo(Action.REST);
        assertThat(decide(word, m.sent, m.sent + 875)).isEqualTo(Action.PING);
        assertThat(DueStamps.due(facts(word, m.sent, 0, 0, LIMITS, 0))).isEqualTo(m.sent + 1_000);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aPingUnansweredForLongerThanThePongTimeoutMakesASuspect(Moment m) {
        assertThat(decide(m.asked(), m.silent(), m.sent + 100)).isEqualTo(Action.REST);
        assertThat(decide(m.asked(), m.silent(), m.sent + 101)).isEqualTo(Action.SUSPECT);
        assertThat(DueStamps.due(facts(m.asked(), m.silent(), 0, 0, LIMITS, 0))).isEqualTo(m.sent + 101);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aSuspectUnansweredForLongerThanThePatienceIsReaped(Moment m) {
        assertThat(decide(m.suspected(), m.silent(), m.sent + 300)).isEqualTo(Action.REST);
        assertThat(decide(m.suspected(), m.silent(), m.sent + 301)).isEqualTo(Action.REAP);
        assertThat(DueStamps.due(facts(m.suspected(), m.silent(), 0, 0, LIMITS, 0)))
                .isEqualTo(m.sent + 301);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void anythingHeardAfterThePingIsLifeHoweverLate(Moment m) {
        for (int heard : new int[] {m.sent, m.sent + 1, m.sent + 5_000}) {
            int stamp = HeardStamp.at(heard);
            assertThat(decide(m.asked(), stamp, m.sent + 9_999)).isEqualTo(Action.SETTLE);
            assertThat(decide(m.suspected(), stamp, m.sent + 9_999)).isEqualTo(Action.RECOVER);
        }
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aVerdictGoesByWhatHasBeenReadAndNotByThePresent(Moment m) {
        assertThat(decideAt(m.asked(), m.silent(), m.sent + 9_999, m.sent + 100))
                .isEqualTo(Action.REST);
        assertThat(decideAt(m.suspected(), m.silent(), m.sent + 9_999, m.sent + 300))
                .isEqualTo(Action.REST);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aPingGoesByThePresent(Moment m) {
        assertThat(decideAt(StateWord.settled(m.asked()), m.sent, m.sent + 875, m.sent - 9_999))
                .isEqualTo(Action.PING);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aHindrancePutsBothVerdictsOff(Moment m) {
        assertThat(decide(m.asked(), m.silent(), m.sent + 150, 50)).isEqualTo(Action.REST);
        assertThat(decide(m.asked(), m.silent(), m.sent + 151, 50)).isEqualTo(Action.SUSPECT);
        assertThat(decide(m.suspected(), m.silent(), m.sent + 350, 50)).isEqualTo(Action.REST);
        assertThat(decide(m.suspected(), m.silent(), m.sent + 351, 50)).isEqualTo(Action.REAP);
        assertThat(DueStamps.due(facts(m.suspected(), m.silent(), 0, 0, LIMITS, 50)))
                .isEqualTo(m.sent + 351);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void aCloseIsReapedWhenItsPatienceIsOverWhateverIsHeard(Moment m) {
        long word = StateWord.closing(m.suspected(), fine(m.sent));

        assertThat(decide(word, HeardStamp.at(m.sent + 299), m.sent + 300)).isEqualTo(Action.REST);
        assertThat(decide(word, HeardStamp.at(m.sent + 299), m.sent + 301)).isEqualTo(Action.REAP);
        assertThat(decide(word, HeardStamp.at(m.sent + 299), m.sent + 301, 1)).isEqualTo(Action.REST);
        assertThat(DueStamps.due(facts(word, m.silent(), 0, 0, LIMITS, 0))).isEqualTo(m.sent + 301);
    }

    @Test
    void anEndedConnectionIsForgottenWhateverIsHeard() {
        assertThat(decide(StateWord.ended(), 0, 10_000)).isEqualTo(Action.FORGET);
        assertThat(decide(StateWord.ended(), 10_000, 10_000)).isEqualTo(Action.FORGET);
    }

    @Test
    void aWaitingConnectionIsLookedAtInTimeForThePingThatFollowsAnAnswer() {
        Limits sluggish = new Limits(100, 88, 1_000, 3_000, 5_000, 0, 100_000, 50_000, 0, 8_192);

        assertThat(DueStamps.due(facts(new Moment(0).asked(), 1, 0, 0, sluggish, 0)))
                .isEqualTo(88);
    }

    @Test
    void deadlinesRunFromTheCallOnceItIsMade() {
        long called = StateWord.calling(new Moment(0).asked(), fine(40));

        assertThat(decide(called, 1, 140)).isEqualTo(Action.REST);
        assertThat(decide(called, 1, 141)).isEqualTo(Action.SUSPECT);
    }

    private static Action decide(long word, int heard, int now) {
        return decide(word, heard, now, 0);
    }

    private static Action decide(long word, int heard, int now, int putOff) {
        return Rules.decide(facts(word, heard, now, now, LIMITS, putOff)).action();
    }

    private static Action decideAt(long word, int heard, int now, int listened) {
        return Rules.decide(facts(word, heard, now, listened, LIMITS, 0)).action();
    }

    private static Facts facts(long word, int heard, int now, int listened, Limits limits, int putOff) {
        Facts facts = new Facts(limits);
        facts.word = word;
        facts.heard = heard;
        facts.now = now;
        facts.listened = listened;
        facts.putOff = putOff;
        facts.isOpen = true;
        facts.isJudged = true;
        facts.seesPongs = true;
        return facts;
    }

    private static long fine(int stamp) {
        return (stamp & 0xFFFF_FFFFL) << 10;
    }
}
