package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.SECOND;
import static dev.heartbeat.sim.VirtualLoop.nanos;

/**
 * Phi accrual (Hayashibara et al., SRDS 2004) as Akka and Pekko have it: the logistic approximation of the normal
 * distribution over the latest 1000 gaps, the threshold 8, a deviation of at least 100 ms, an acceptable pause on top, a
 * first estimate with a deviation of a quarter. Whatever is heard is a heartbeat; silence is pinged once per interval, so
 * that quiet devices have heartbeats too.
 */
final class PhiAccrual implements Algorithm {

    private static final int WINDOW = 1000;
    private static final double SMALLEST_DEVIATION = .1;

    private final VirtualLoop loop;
    private final double interval;
    private final double pause;

    /** How many deviations beyond the mean phi reaches its threshold. */
    private final double deviations;

    PhiAccrual(VirtualLoop loop, double threshold, double pause, double interval) {
        this.loop = loop;
        this.interval = interval;
        this.pause = pause;
        this.deviations = deviationsAt(threshold);
    }

    @Override
    public Watch watch(Line line) {
        return new Watching(line);
    }

    /** Solves for the point where the approximated tail is 10 to the minus threshold; phi grows with it. */
    static double deviationsAt(double threshold) {
        double low = 0;
        double high = 50;
        while (high - low > 1e-9) {
            double middle = (low + high) / 2;
            double e = Math.exp(-middle * (1.5976 + .070566 * middle * middle));
            if (-Math.log10(e / (1 + e)) < threshold) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private final class Watching implements Watch {
        private final Line line;
        private final Alarm quiet = new Alarm(loop, this::onQuiet);
        private final Alarm convicted;
        private double[] gaps = new double[16];
        private int seen;
        private double sum;
        private double squares;
        private long latest = loop.now();

        private Watching(Line line) {
            this.line = line;
            this.convicted = new Alarm(loop, line::close);
            add(interval * .75);
            add(interval * 1.25);
            arm();
        }

        private void onQuiet() {
            if (!line.isClosed()) {
                line.ping("");
            }
        }

        @Override
        public void dataReceived() {
            add((double) (loop.now() - latest) / SECOND);
            latest = loop.now();
            arm();
        }

        @Override
        public void pongReceived(Object payload) {
            dataReceived();
        }

        private void arm() {
            quiet.in(nanos(interval));
            int n = Math.min(seen, WINDOW);
            double mean = sum / n;
            double deviation = Math.sqrt(Math.max(0, squares / n - mean * mean));
            convicted.in(nanos(mean + pause + deviations * Math.max(SMALLEST_DEVIATION, deviation)));
        }

        private void add(double gap) {
            int slot = seen++ % WINDOW;
            if (slot == gaps.length) {
                gaps = java.util.Arrays.copyOf(gaps, Math.min(WINDOW, 4 * slot));
            }
            if (seen > WINDOW) {
                sum -= gaps[slot];
                squares -= gaps[slot] * gaps[slot];
            }
            gaps[slot] = gap;
            sum += gap;
            squares += gap * gap;
        }
    }
}
