/**
 * What moves: one {@link dev.heartbeat.internal.engine.Pacemaker} for each executor ticks and turns its wheel, the {@link
 * dev.heartbeat.internal.engine.Judge} visits what is due, and pings, reaps, reports and takeovers are carried out. A ping is
 * sent by {@link dev.heartbeat.internal.engine.Pinger}, a verdict decided by {@link dev.heartbeat.internal.state.Rules}.
 *
 * <p>Called by {@link dev.heartbeat.ZombieDetector} alone, through {@link dev.heartbeat.internal.engine.Engine}. The only room
 * that knows the others.
 */
@NullMarked
package dev.heartbeat.internal.engine;

import org.jspecify.annotations.NullMarked;
