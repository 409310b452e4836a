package dev.heartbeat.internal.engine;

import dev.heartbeat.Ticker;
import dev.heartbeat.internal.adaptive.HistoryStore;
import dev.heartbeat.internal.dispatch.Listeners;
import dev.heartbeat.internal.dispatch.OwnThreads;
import dev.heartbeat.internal.dispatch.WorkerPools;
import dev.heartbeat.internal.identity.IdentityRegistry;
import dev.heartbeat.internal.kernel.SocketLooks;
import dev.heartbeat.internal.state.PingPayloads;
import dev.heartbeat.internal.storm.StormGuard;
import dev.heartbeat.internal.time.Lags;
import dev.heartbeat.internal.time.Stalls;

/** What the pacemakers of a detector share. */
record SharedParts(
        Ticker ticker,
        Listeners listeners,
        PingPayloads payloads,
        StormGuard storm,
        MessageReports messages,
        Stalls stalls,
        Lags lags,
        DryRun dryRun,
        IdentityRegistry<HeartbeatHandle> identities,
        HistoryStore histories,
        WorkerPools workers,
        OwnThreads ownThreads,
        SocketLooks sockets) {}
