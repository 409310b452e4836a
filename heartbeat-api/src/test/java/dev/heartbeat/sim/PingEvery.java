package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

/**
 * A ping at every beat whatever is heard, and only the pong of that very ping counts. OkHttp fails a WebSocket whose
 * latest ping is unanswered when the next one is due, so its interval is its timeout; Python's websockets closes one whose
 * ping is unanswered after {@code ping_timeout}, 20 s like its {@code ping_interval}.
 */
final class PingEvery implements Algorithm {

    private final VirtualLoop loop;
    private final long interval;
    private final long timeout;

    PingEvery(VirtualLoop loop, double interval, double timeout) {
        this.loop = loop;
        this.interval = nanos(interval);
        this.timeout = nanos(timeout);
    }

    @Override
    public Watch watch(Line line) {
        return new Watching(line);
    }

    private final class Watching implements Watch {
        private final Line line;
        private final Alarm beat = new Alarm(loop, this::onBeat);
        private final Alarm unanswered;
        private Object outstanding;

        private Watching(Line line) {
            this.line = line;
            this.unanswered = new Alarm(loop, line::close);
            beat.in(interval);
        }

        private void onBeat() {
            if (line.isClosed()) {
                return;
            }
            if (outstanding == null) {
                outstanding = new Object();
                unanswered.in(timeout);
                line.ping(outstanding);
            }
            beat.in(interval);
        }

        @Override
        public void dataReceived() {}

        @Override
        public void pongReceived(Object payload) {
            if (payload == outstanding) {
                outstanding = null;
                unanswered.off();
            }
        }
    }
}
