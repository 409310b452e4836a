package dev.heartbeat;

/** Which peers owe the echo of a ping, and since when: whoever stops echoing is deaf, whoever never did is mute. The pacemaker's thread only. */
final class Echoes {

    private final Reporter reporter;

    Echoes(Reporter reporter) {
        this.reporter = reporter;
    }

    /** Learns from a ping that goes out what became of the one before it. */
    void beforePing(Heartbeat heartbeat) {
        long word = heartbeat.word();
        boolean mute = Pulse.state(word) == Pulse.QUIET && Pulse.isOwed(word) && !Pulse.hasPonged(word);
        if (mute && seesPongs(heartbeat)) {
            reporter.quirk(heartbeat, Quirk.PONG_MUTE);
        }
        boolean owes = owes(heartbeat, word);
        Chart chart = owes ? heartbeat.chart() : heartbeat.chartIfAny();
        if (chart == null) {
            return;
        }
        chart.beginPing();
        Sleep sleep = chart.sleep;
        chart.grace = sleep == null ? 0 : sleep.grace();
        if (owes) {
            chart.owes(Stamp.coarse(Pulse.sent(word)));
        } else {
            chart.owesNothing();
        }
    }

    /** Forgets the silence that is over now that the ping after it is out; one announced meanwhile lasts. */
    void afterPing(Heartbeat heartbeat, int now) {
        Chart chart = heartbeat.chartIfAny();
        if (chart != null && !Sleep.lasts(chart.sleep, now)) {
            chart.sleep = null;
        }
    }

    static boolean owes(Heartbeat heartbeat, long word) {
        return Pulse.owesEcho(word) && seesPongs(heartbeat);
    }

    private static boolean seesPongs(Heartbeat heartbeat) {
        Connection connection = heartbeat.connection();
        return connection != null && Ask.seesPongs(connection);
    }

    static int owedSince(Heartbeat heartbeat, long word) {
        int latestPing = Stamp.coarse(Pulse.sent(word));
        Chart chart = Pulse.owesEcho(word) ? heartbeat.chartIfAny() : null;
        return chart == null ? latestPing : chart.owedSince(latestPing);
    }
}
