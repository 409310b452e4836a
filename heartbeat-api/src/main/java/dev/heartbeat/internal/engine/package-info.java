/**
 * What moves: one {@link dev.heartbeat.internal.engine.Pacemaker} for each executor ticks and turns its wheel, its {@link
 * dev.heartbeat.internal.engine.Visitor} visits what is due, and the {@link dev.heartbeat.internal.engine.Judge} does what the
 * {@link dev.heartbeat.internal.state.Rules} decide: pings by {@link dev.heartbeat.internal.engine.Pinger}, reaps by {@link
 * dev.heartbeat.internal.engine.Reaper}.
 *
 * <p>Called by {@link dev.heartbeat.ZombieDetector} alone, through {@link dev.heartbeat.internal.engine.Engine}. The only room
 * that knows all the others.
 */
@NullMarked
package dev.heartbeat.internal.engine;

import org.jspecify.annotations.NullMarked;
