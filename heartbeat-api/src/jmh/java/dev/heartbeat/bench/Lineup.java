package dev.heartbeat.bench;

import java.util.List;

/** Who is measured at what, by the names that {@link Contenders} knows. */
final class Lineup {

    /** In virtual time. */
    static final List<String> VIRTUAL = List.of(
            "bare",
            "heartbeat",
            "heartbeat-fine",
            "heartbeat-workers",
            "map-scan",
            "pong-scan",
            "netty-bare",
            "netty-pass-through",
            "netty-heartbeat",
            "idle-state-handler");

    /** In real time. */
    static final List<String> REAL = List.of(
            "bare",
            "heartbeat-workers",
            "hashed-wheel",
            "executor",
            "map-scan",
            "pong-scan",
            "pinger",
            "netty-bare",
            "netty-heartbeat",
            "idle-state-handler");

    /** Taking connections in and out; those with a thread of their own are told by their prefix. */
    static final List<String> IN_AND_OUT = List.of(
            "heartbeat",
            "heartbeat-workers",
            "map-scan",
            "pong-scan",
            "idle-state-handler",
            "real:hashed-wheel",
            "real:executor");

    /** What a watched connection takes. */
    static final List<String> HEAP = List.of(
            "heartbeat",
            "map-scan",
            "pong-scan",
            "netty-bare",
            "netty-pass-through",
            "netty-heartbeat",
            "idle-state-handler",
            "real:hashed-wheel",
            "real:executor");

    /** Arming the timer of an active connection again. */
    static final List<String> REARM = List.of("idle-state-handler", "real:hashed-wheel", "real:executor");

    private Lineup() {}
}
