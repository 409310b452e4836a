package dev.heartbeat.bench;

import java.util.List;
import java.util.Map;

/** The goals that can be told from the measurements, each a ratio inside one run. */
final class Goals {

    private final Table table = new Table("Goal", "at most", "measured", "met");

    void touch(Map<String, Double> ns) {
        double hot = ns.get("dataReceived 1024");
        double cold = ns.get("dataReceived 1048576");
        ratio("G1 hot touch / plain store", hot / ns.get("plainStore 1024"), 1.5);
        ratio("G1 hot touch / volatile store", hot / ns.get("volatileStore 1024"), 0.3);
        ratio("G1 hot touch / nanoTime and plain store", hot / ns.get("nanoTimePlainStore 1024"), 0.1);
        ratio("G2 cold touch / plain store", cold / ns.get("plainStore 1048576"), 2.3);
        ratio("G2 cold touch / nanoTime and volatile store", cold / ns.get("nanoTimeVolatileStore 1048576"), 0.1);
    }

    void pipeline(Map<String, Double> ns) {
        double bare = ns.get("read netty-bare");
        double ours = ns.get("read netty-heartbeat") - bare;
        ratio("G3 read of a Netty channel / IdleStateHandler", ours / (ns.get("read idle-state-handler") - bare), 0.1);
    }

    void heap(int connections, Map<String, Double> bytes) {
        double ours = bytes.get("heartbeat");
        String at = " at %,d".formatted(connections);
        ratio("G4 bytes per connection" + at, ours, 40);
        ratio("G4 bytes / IdleStateHandler" + at, ours / bytes.get("idle-state-handler"), 1.0 / 6);
        ratio("G4 bytes / HashedWheelTimer" + at, ours / bytes.get("real:hashed-wheel"), 0.5);
        ratio("G4 bytes / ScheduledThreadPoolExecutor" + at, ours / bytes.get("real:executor"), 1.0 / 3);
    }

    void connectionSeconds(int connections, Map<String, Double> above, Map<String, Map<String, Double>> all) {
        double ours = above.get("heartbeat");
        String at = " at %,d".formatted(connections);
        double share = connections < 1_000_000 ? 1.0 / 12 : 1.0 / 20;
        ratio("G9 CPU, virtual time / IdleStateHandler" + at, ours / above.get("idle-state-handler"), share);
        ratio("G9 CPU, virtual time / map scan" + at, ours / above.get("map-scan"), 1.0 / 3);
        double fine = above.get("heartbeat-fine");
        ratio("G15 CPU, tick of 8 ms / tick of 67 ms" + at, fine / ours, 1.5);
        ratio("G13 pings / ping everybody" + at, all.get("heartbeat").get("pings") * 30, 1.0 / 50);
        ratio(
                "G13 with those that find deaf peers" + at,
                all.get("heartbeat-verify").get("pings") * 30,
                1.0 / 50);
    }

    void realTime(Map<String, Double> above, Map<String, Map<String, Double>> all) {
        double own = above.get("heartbeat-workers");
        ratio(
                "G10 CPU, real time, event loop / IdleStateHandler",
                above.get("netty-heartbeat") / above.get("idle-state-handler"),
                1.0 / 3);
        ratio("G10 CPU, real time, own threads / IdleStateHandler", own / above.get("idle-state-handler"), 1.0 / 3);
        ratio("G10 CPU, real time / HashedWheelTimer", own / above.get("hashed-wheel"), 1.0 / 3);
        ratio("G10 CPU, real time / ScheduledThreadPoolExecutor", own / above.get("executor"), 1.0 / 5);
        double ping = 2_112;
        double withPings = own + ping * all.get("heartbeat-workers").get("pings");
        double scan = above.get("pong-scan") + ping * all.get("pong-scan").get("pings");
        ratio("G10 the same with 2.1 us for each ping / Java-WebSocket", withPings / scan, 1.0 / 3);
    }

    void ticks(int connections, Map<String, Double> ns, double checkOfFew) {
        double gather = ns.get("gather");
        ratio("G5 check / gather", ns.get("check") / gather, 4);
        ratio("G5 check / step along a linked list", ns.get("check") / ns.get("chase"), 1.0 / 5);
        ratio("G6 check at %,d / at a hundredth of that".formatted(connections), ns.get("check") / checkOfFew, 4);
        ratio("G7 steady tick / gather of as many", ns.get("steady") / (gather * ns.get("steady-due")), 4);
        ratio("G7 steady tick / scan of a long[]", ns.get("steady") / ns.get("scan"), 0.4);
        ratio("G7 tick with nothing due, ns", ns.get("empty"), 100);
        for (String fact : List.of("touch", "pong", "steady")) {
            ratio("G11 bytes allocated, " + fact, ns.get(fact + "-bytes"), 0);
        }
        ratio("G8 everything due in one tick / gather", ns.get("all-due") / (gather * connections), 5);
    }

    void rearm(Map<String, Map<String, Double>> ns, double check) {
        ratio(
                "G5 check / re-arm of IdleStateHandler",
                check / ns.get("idle-state-handler").get("rearm"),
                1.0 / 12);
        ratio(
                "G5 check / re-arm of HashedWheelTimer",
                check / ns.get("real:hashed-wheel").get("rearm"),
                1.0 / 10);
    }

    void punctual(Map<String, Double> measured) {
        ratio("G14 ping later than its silence, ticks", measured.get("ping-late"), 1);
        ratio("G14 reap later than its deadline, ticks", measured.get("reap-late"), 2);
        ratio("G14 delay of a reap by a stall / the stall", measured.get("stall-delay"), 1);
        ratio("G14 reaps before their deadline", measured.get("reaps-early"), 0);
        ratio("G14 living peers reaped", measured.get("wronged"), 0);
        ratio("G14 zombies not reaped", measured.get("not-found"), 0);
        ratio("G14 ends of one connection, at most", measured.get("ends"), 1);
    }

    void herd(String contender, double worst) {
        ratio("G12 herd, " + contender, worst, 1.6);
    }

    void print() {
        table.print();
    }

    private void ratio(String name, double measured, double most) {
        table.row(name, Table.number(most), Table.number(measured), measured <= most ? "yes" : "**no**");
    }
}
