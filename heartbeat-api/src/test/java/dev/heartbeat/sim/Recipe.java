package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

/**
 * The recipe of most tutorials: nothing read for a while, then a ping, and if nothing is read for the timeout, close. On
 * Netty it is an {@code IdleStateHandler} and a task that the next read cancels.
 */
final class Recipe implements Algorithm {

    private final VirtualLoop loop;
    private final long interval;
    private final long timeout;

    Recipe(VirtualLoop loop, double interval, double timeout) {
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
        private final Alarm quiet = new Alarm(loop, this::onQuiet);
        private final Alarm unanswered;

        private Watching(Line line) {
            this.line = line;
            this.unanswered = new Alarm(loop, line::close);
            quiet.in(interval);
        }

        private void onQuiet() {
            if (!line.isClosed()) {
                unanswered.in(timeout);
                line.ping("");
            }
        }

        @Override
        public void dataReceived() {
            unanswered.off();
            quiet.in(interval);
        }

        @Override
        public void pongReceived(Object payload) {
            dataReceived();
        }
    }
}
