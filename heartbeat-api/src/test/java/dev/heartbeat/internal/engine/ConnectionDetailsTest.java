package dev.heartbeat.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Connection;
import dev.heartbeat.HeartbeatPolicy;
import dev.heartbeat.Hindrance;
import dev.heartbeat.testkit.ScriptedPeer;
import dev.heartbeat.testkit.VirtualTime;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ConnectionDetailsTest {

    private final Connection connection = new ScriptedPeer(new VirtualTime(), "cp1");
    private final ConnectionDetails details = new ConnectionDetails(connection);

    @Test
    void isMadeForAConnectionOrKeptOrNothingForNothing() {
        assertThat(ConnectionDetails.of(connection).connection).isSameAs(connection);
        assertThat(ConnectionDetails.of(details)).isSameAs(details);
        assertThat(ConnectionDetails.of(null)).isNull();
    }

    @Test
    void remembersHindrancesAndHowFarTheyPutTheVerdictOff() {
        details.trouble().hinder(Hindrance.READING_PAUSED, 77, 100);
        details.trouble().hinder(Hindrance.HANDLER_RUNNING, 77, 250);
        details.trouble().seen(Hindrance.PING_QUEUED);

        assertThat(details.trouble().hinderedFor(77)).isEqualTo(250);
        assertThat(details.trouble().hindrances())
                .containsExactlyInAnyOrder(Hindrance.READING_PAUSED, Hindrance.HANDLER_RUNNING, Hindrance.PING_QUEUED);
    }

    @Test
    void whatPutOnePingsVerdictOffDoesNotPutOffTheNext() {
        details.trouble().hinder(Hindrance.READING_PAUSED, 77, 100);

        assertThat(details.trouble().hinderedFor(78)).isZero();
    }

    @Test
    void aNewPingMakesHistoryOfWhatTroubledTheOneBefore() {
        details.trouble().seen(Hindrance.READING_PAUSED);
        details.pingFailed(new IOException("broken pipe"));

        details.beginPing(false, 0);

        assertThat(details.trouble().hindrances()).isEmpty();
        assertThat(details.pingFailure()).isNull();
    }

    @Test
    void aPingIsHeldBackAnewOnceSomethingHasBeenHeard() {
        details.trouble().holdBack(1_000, 40);
        assertThat(details.trouble().heldBackFor(1_000, 40)).isZero();
        assertThat(details.trouble().heldBackFor(1_500, 40)).isEqualTo(500);

        assertThat(details.trouble().heldBackFor(9_000, 8_000)).isZero();
        details.trouble().holdBack(9_000, 8_000);
        assertThat(details.trouble().heldBackFor(9_100, 8_000)).isEqualTo(100);
    }

    @Test
    void aHeartbeatBeginsOneSetOfDetailsHoweverManyAskForIt() {
        HeartbeatHandle heartbeat = new HeartbeatHandle(
                connection, new PolicyBinding(null, HeartbeatPolicy.defaults(), HeartbeatPolicy.defaults(), 0));
        assertThat(heartbeat.detailsIfAny()).isNull();

        ConnectionDetails first = heartbeat.details();

        assertThat(first.connection).isSameAs(connection);
        assertThat(heartbeat.details()).isSameAs(first);
        assertThat(heartbeat.detailsIfAny()).isSameAs(first);
        assertThat(heartbeat.connection()).isSameAs(connection);
        assertThat(heartbeat.release()).isSameAs(first);
        assertThat(heartbeat.details()).isNull();
        assertThat(heartbeat.connection()).isNull();
    }
}
