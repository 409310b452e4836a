package dev.heartbeat.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.TransportFacts;
import org.junit.jupiter.api.Test;

class OutputTest {

    private final Output output = new Output();

    @Test
    void tellsWhatWaitsAndThatItStands() {
        TransportFacts first = look(3, 7);

        assertThat(first.waiting()).isEqualTo(3);
        assertThat(look(5, 7).progress()).isEqualTo(first.progress());
    }

    @Test
    void tellsThatItMoves() {
        long before = look(3, 7).progress();

        assertThat(look(3, 6).progress()).isNotEqualTo(before);
    }

    @Test
    void takesOutputToWaitBetweenTwoPartsOfAMessage() {
        look(1, 7);

        assertThat(look(0, 8).waiting()).isPositive();
        assertThat(look(0, 8).waiting()).isZero();
    }

    @Test
    void takesNothingToWaitWhereNothingDid() {
        look(0, 7);

        assertThat(look(0, 8).waiting()).isZero();
    }

    private TransportFacts look(long waiting, long state) {
        return output.addTo(TransportFacts.NONE, waiting, state);
    }
}
