package dev.heartbeat.sim;

import static dev.heartbeat.sim.VirtualLoop.nanos;

import dev.heartbeat.sim.Assumptions.Link;
import dev.heartbeat.sim.Assumptions.Mix;
import dev.heartbeat.sim.Assumptions.Traffic;
import dev.heartbeat.sim.Device.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs one algorithm over one fleet. The same seed gives every algorithm the same devices, outages, bursts and deaths. */
final class Fleet {

    /** Connections are made over this time. */
    private static final double ARRIVALS = 60;

    /** Deaths are found long before this time is over, or not at all. */
    private static final double LAST_DETECTIONS = 3600;

    private final int devices;
    private final long seed;

    Fleet(int devices, long seed) {
        this.devices = devices;
        this.seed = seed;
    }

    /** Whole lives, each ending in a death, of a mixed fleet. */
    Tally lives(Algorithm.Row row) {
        return lives(new Run(row, 0));
    }

    /** The same where the kernel may be asked. */
    Tally lives(Algorithm.Row row, VirtualKernel kernel) {
        return lives(new Run(row, 0, Situation.PLAIN, kernel, true));
    }

    private Tally lives(Run run) {
        run.people(
                Assumptions.FLEET,
                life -> Fate.death(nanos(life.uniform(Assumptions.SHORTEST_LIFE, Assumptions.LONGEST_LIFE))));
        return run.until(nanos(Assumptions.LONGEST_LIFE + LAST_DETECTIONS));
    }

    /** A storm over a fleet, seen from its beginning on. */
    Tally storm(Algorithm.Row row, Storm storm) {
        long begins = nanos(Assumptions.STORM_BEGINS);
        Run run = new Run(row, begins);
        run.people(Assumptions.STORM_FLEET, life -> Fate.death(storm.death(begins, life)));
        storm.brew(run.loop, run.world.uplink(), begins);
        return run.until(begins + nanos(Assumptions.STORM_WATCHED));
    }

    /** Devices that send on and hear nothing any more, each from a moment of the first hour on, watched for another hour. */
    Tally deaf(Algorithm.Row row) {
        Run run = new Run(row, 0);
        run.people(
                Assumptions.TALKATIVE,
                life -> Fate.deafness(nanos(life.uniform(Assumptions.FIRST_DEAFNESS, Assumptions.LAST_DEAFNESS))));
        return run.until(nanos(Assumptions.LAST_DEAFNESS + LAST_DETECTIONS));
    }

    /**
     * Lives in which large messages wait in buffers, or what the devices send does, each ending in the middle of that.
     *
     * @param kernelAsked whether the transport tells its sockets' addresses
     */
    Tally buffered(Algorithm.Row row, Situation situation, boolean kernelAsked, Ending ending) {
        Run run = new Run(row, 0, situation, kernelAsked);
        run.people(
                Assumptions.BUFFERED,
                life -> ending.at(
                        nanos(life.uniform(Assumptions.SHORTEST_BUFFERED_LIFE, Assumptions.LONGEST_BUFFERED_LIFE))));
        run.people.forEach(device ->
                new Habits(device, new Chance(seed, device.number, Chance.Purpose.BUFFERS), 0).arrange(situation));
        return run.until(nanos(Assumptions.LONGEST_BUFFERED_LIFE + LAST_DETECTIONS));
    }

    /** Silent devices on a slow link, each of which ends when it has got a share of a large message of a size. */
    Tally afterPush(
            Algorithm.Row row, Situation situation, boolean kernelAsked, Ending ending, int bytes, double share) {
        Run run = new Run(row, 0, situation, kernelAsked);
        run.people(
                Assumptions.SLOW_AND_SILENT,
                life -> ending.at(nanos(life.uniform(Assumptions.FIRST_LOSS, Assumptions.LAST_LOSS))));
        double wait = Link.GSM.paging + Link.GSM.promotion + Link.GSM.roundTrip;
        for (Device device : run.people) {
            double way = wait + share * bytes / Link.GSM.rate;
            if (bytes > 0) {
                device.pushAt(device.fate.endsAt() - nanos(way), bytes);
            }
        }
        return run.until(nanos(Assumptions.LAST_LOSS + LAST_DETECTIONS));
    }

    private final class Run {
        private final VirtualLoop loop = new VirtualLoop();
        private final List<Device> people = new ArrayList<>();
        private final Tally tally;
        private final Device.World world;

        Run(Algorithm.Row row, long talliedFrom) {
            this(row, talliedFrom, Situation.PLAIN, false);
        }

        Run(Algorithm.Row row, long talliedFrom, Situation situation, boolean kernelAsked) {
            this(row, talliedFrom, situation, new VirtualKernel(), kernelAsked);
        }

        Run(Algorithm.Row row, long talliedFrom, Situation situation, VirtualKernel kernel, boolean kernelAsked) {
            this.tally = new Tally(loop, talliedFrom);
            Algorithm algorithm = row.start(loop, kernel);
            this.world = new Device.World(loop, algorithm, tally, new Uplink(), seed, situation, kernel, kernelAsked);
        }

        void people(Mix mix, Function<Chance, Fate> fate) {
            double owed = 0;
            for (Link link : Link.values()) {
                for (Traffic traffic : Traffic.values()) {
                    owed += devices * mix.links()[link.ordinal()] * mix.traffic()[traffic.ordinal()];
                    while (people.size() < Math.round(owed)) {
                        int number = people.size();
                        Chance life = new Chance(seed, number, Chance.Purpose.LIFE);
                        long connectsAt = nanos(life.uniform(0, ARRIVALS));
                        Device device = new Device(world, number, link, traffic, fate.apply(life));
                        people.add(device);
                        device.startAt(connectsAt);
                    }
                }
            }
        }

        Tally until(long end) {
            loop.run(end);
            people.stream().filter(Device::isZombie).forEach(tally::missed);
            return tally;
        }
    }
}
