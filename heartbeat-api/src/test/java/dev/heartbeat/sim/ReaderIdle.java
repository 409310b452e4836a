package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

/**
 * A read timeout, as Netty's {@code ReadTimeoutHandler} and the containers' idle timeouts have it, with a ping in time for
 * those who have nothing to say. The verdict counts from the latest read, whether or not anybody could read meanwhile.
 */
final class ReaderIdle implements Algorithm {

    private final VirtualLoop loop;
    private final long interval;
    private final long timeout;

    ReaderIdle(VirtualLoop loop, double interval, double timeout) {
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
        private final Alarm silent;

        private Watching(Line line) {
            this.line = line;
            this.silent = new Alarm(loop, line::close);
            dataReceived();
        }

        private void onQuiet() {
            if (!line.isClosed()) {
                line.ping("");
            }
        }

        @Override
        public void dataReceived() {
            quiet.in(interval);
            silent.in(timeout);
        }

        @Override
        public void pongReceived(Object payload) {
            dataReceived();
        }
    }
}
