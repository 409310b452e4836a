package dev.heartbeat.internal.engine;

import java.util.concurrent.ScheduledExecutorService;

/**
 * Where a pacemaker ticks.
 *
 * @param isEventLoop whether transports and listeners are called there too, rather than on workers
 */
record TickExecutor(ScheduledExecutorService executor, boolean isEventLoop) {}
