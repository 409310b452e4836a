package dev.heartbeat.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Prints the tables of the performance section as Markdown, and which goals are met. */
final class Tables {

    /** Seconds in which each connection is asked once although it talks. */
    private static final int VERIFIES = 300;

    private final Sections sections;
    private final boolean quick;
    private final Set<Section> wanted;
    private final Goals goals = new Goals();

    /** All measurements of these sections, or small numbers that only show that everything runs. */
    Tables(boolean quick, Set<Section> wanted) {
        this.quick = quick;
        this.sections = new Sections(quick);
        this.wanted = wanted;
    }

    void print() {
        System.out.printf(
                "%s %s, %d processors, %s; a smaller number is better everywhere%n",
                System.getProperty("java.vm.name"),
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.arch"));
        if (wanted.contains(Section.TOUCH)) {
            touch();
        }
        if (wanted.contains(Section.PIPELINE)) {
            pipeline();
        }
        for (int connections : sections.sizes()) {
            if (wanted.contains(Section.HEAP)) {
                heap(connections);
            }
            if (wanted.contains(Section.WATCH)) {
                watchAndStop(connections);
            }
            if (wanted.contains(Section.VIRTUAL)) {
                connectionSeconds(connections);
            }
        }
        if (wanted.contains(Section.REAL)) {
            realTime();
        }
        if (wanted.contains(Section.TICKS)) {
            ticks();
        }
        if (wanted.contains(Section.HERD)) {
            herd();
        }
        if (wanted.contains(Section.PUNCTUAL)) {
            punctual();
        }
        if (wanted.contains(Section.LOOK)) {
            look();
        }
        if (quick) {
            System.out.println("\nToo few and too short to judge by:");
        }
        goals.print();
    }

    private void touch() {
        Map<String, Double> measured = sections.jmh(Touch.class);
        Table table = new Table(
                "Noting that something was heard, ns",
                "1 024 connections",
                "x ours",
                "1 048 576, random order",
                "x ours");
        for (String name :
                List.of("dataReceived", "plainStore", "volatileStore", "nanoTimePlainStore", "nanoTimeVolatileStore")) {
            double hot = measured.get(name + " 1024");
            double cold = measured.get(name + " 1048576");
            table.row(
                    name,
                    hot,
                    hot / measured.get("dataReceived 1024"),
                    cold,
                    cold / measured.get("dataReceived 1048576"));
        }
        table.print();
        goals.touch(measured);
    }

    private void pipeline() {
        Map<String, Double> measured = sections.jmh(PipelineRead.class);
        Table table = new Table("One read of a busy Netty channel, ns", "read", "above the bare pipeline");
        double bare = measured.get("read netty-bare");
        measured.forEach((name, value) -> table.row(name.substring(5), value, value - bare));
        table.print();
        goals.pipeline(measured);
    }

    private void heap(int connections) {
        List<String> contenders = new ArrayList<>(Lineup.HEAP);
        if (connections <= 100_000) {
            contenders.add("real:pinger"); // takes 5 GB for a million
        }
        Map<String, Map<String, Double>> measured = sections.least(Footprint.class, contenders, connections);
        double bare = measured.get("netty-bare").get("bytes");
        Map<String, Double> bytes = new TreeMap<>();
        measured.forEach((name, values) -> bytes.put(name, values.get("bytes") - (onNetty(name) ? bare : 0)));
        bytes.remove("netty-bare");
        Table table = new Table("Heap at %,d connections".formatted(connections), "bytes per connection", "x ours");
        double ours = bytes.get("heartbeat");
        bytes.forEach((name, value) -> table.row(name, value, value / ours));
        for (String part : Footprint.PARTS) {
            String name = part.substring(part.lastIndexOf('.') + 1);
            table.row("layout of one " + name, measured.get("heartbeat").get(name), Double.NaN);
        }
        table.print();
        goals.heap(connections, bytes);
    }

    private void watchAndStop(int connections) {
        Table table = new Table("Watch and stop beside %,d others".formatted(connections), "CPU ns", "x ours", "bytes");
        var measured = sections.least(WatchStop.class, Lineup.IN_AND_OUT, connections, quick ? 5 : 20);
        double ours = measured.get("heartbeat").get("cpu");
        measured.forEach(
                (name, values) -> table.row(name, values.get("cpu"), values.get("cpu") / ours, values.get("bytes")));
        table.print();
    }

    private void connectionSeconds(int connections) {
        int seconds = quick || connections > 100_000 ? 30 : 60;
        var measured = sections.least(ConnectionSeconds.class, Lineup.VIRTUAL, connections, seconds);
        measured.putAll(sections.least(ConnectionSeconds.class, List.of("heartbeat-verify"), connections, VERIFIES));
        Map<String, Double> above = aboveNothing(measured);
        Table table = new Table(
                "Virtual time, %,d connections, per connection-second".formatted(connections),
                "CPU ns",
                "above nothing",
                "x ours",
                "bytes allocated",
                "pings",
                "worst 100 ms, ms");
        measured.forEach((name, values) -> table.row(
                name,
                values.get("cpu"),
                above.get(name),
                above.get(name) / above.get("heartbeat"),
                values.get("bytes"),
                values.get("pings"),
                values.get("worst")));
        table.print();
        goals.connectionSeconds(connections, above, measured);
    }

    private void realTime() {
        var measured =
                sections.least(RealTime.class, Lineup.REAL, quick ? 10_000 : 100_000, quick ? 1 : 8, quick ? 1 : 10);
        Map<String, Double> above = aboveNothing(measured);
        Table table = new Table(
                "Real time, whole process, 100 000 connections, per connection-second",
                "CPU ns",
                "above nothing",
                "x ours",
                "pings");
        measured.forEach((name, values) -> table.row(
                name,
                values.get("cpu"),
                above.get(name),
                above.get(name) / above.get("heartbeat-workers"),
                values.get("pings")));
        table.print();
        goals.realTime(above, measured);
    }

    private void ticks() {
        Table table = new Table("Ticks, ns", "measured");
        int many = quick ? 20_000 : 1_000_000;
        double checkOfFew = ticks(table, many / 100).get("check");
        Map<String, Double> measured = ticks(table, many);
        var rearm = sections.least(Rearm.class, Lineup.REARM, many, quick ? 2 : 10);
        rearm.forEach((name, values) -> table.row("%,d: re-arm of %s".formatted(many, name), values.get("rearm")));
        table.print();
        goals.ticks(many, measured, checkOfFew);
        goals.rearm(rearm, measured.get("check"));
    }

    private Map<String, Double> ticks(Table table, int connections) {
        String size = String.valueOf(connections);
        Map<String, Double> measured =
                sections.least(Ticks.class, List.of(size)).get(size);
        measured.forEach((name, value) -> table.row("%,d: %s".formatted(connections, name), value));
        return measured;
    }

    private void punctual() {
        int connections = quick ? 5_000 : 100_000;
        goals.punctual(sections.least(Punctual.class, List.of(String.valueOf(connections)))
                .get(String.valueOf(connections)));
    }

    private void look() {
        Table table = new Table(
                "One pass over the kernel's sockets",
                "CPU ms, one wanted",
                "every connection wanted",
                "of it the kernel's",
                "us per line",
                "bytes allocated, one wanted",
                "bytes per wanted");
        int connections = quick ? 2_000 : 9_500; // both ends of more take more descriptors than most processes may have
        for (int lines : quick ? List.of(2 * connections) : List.of(4_000, 2 * connections, 100_000)) {
            int opened = Math.min(connections, lines / 2);
            Map<String, Double> measured = sections.least(SocketPass.class, List.of(String.valueOf(opened)), lines)
                    .get(String.valueOf(opened));
            table.row(
                    "%,.0f lines".formatted(measured.get("lines")),
                    measured.get("one-ms"),
                    measured.get("all-ms"),
                    measured.get("kernel-ms"),
                    measured.get("one-ms") * 1_000 / measured.get("lines"),
                    measured.get("one-bytes"),
                    measured.get("all-bytes") / opened);
        }
        table.print();
    }

    private void herd() {
        Table table = new Table("Herd: most pings in a tick, x the level number", "first interval", "worst of twelve");
        int connections = quick ? 100_000 : 1_000_000;
        sections.least(Herd.class, List.of("heartbeat", "heartbeat-workers"), connections)
                .forEach((name, values) -> {
                    table.row(name, values.get("cycle-1"), values.get("worst"));
                    goals.herd(name, values.get("worst"));
                });
        table.print();
    }

    private static Map<String, Double> aboveNothing(Map<String, Map<String, Double>> measured) {
        Map<String, Double> above = new TreeMap<>();
        measured.forEach((name, values) -> {
            double nothing = measured.get(onNetty(name) ? "netty-bare" : "bare").get("cpu");
            above.put(name, values.get("cpu") - nothing);
        });
        return above;
    }

    private static boolean onNetty(String contender) {
        return contender.startsWith("netty") || contender.equals("idle-state-handler");
    }
}
