/**
 * Finds connections whose peer is gone without a word and reaps them, without ever reaping a live one.
 *
 * <p>An application makes one {@link dev.heartbeat.ZombieDetector} from a {@link dev.heartbeat.HeartbeatPolicy} and hears of
 * what it finds through a {@link dev.heartbeat.LivenessListener}, each callback with one {@link dev.heartbeat.LivenessEvent}.
 * An adapter shows the detector each transport connection as a {@link dev.heartbeat.Connection} and tells the {@link
 * dev.heartbeat.Heartbeat} it gets back what the peer sends. When a ping stays unanswered, the verdict rests on what the
 * connection did, down to the kernel; where that is not known, a {@link dev.heartbeat.Hindrance} may put it off. A {@link
 * dev.heartbeat.ReapReason} says why a connection was reaped, a {@link dev.heartbeat.Termination} what became of the
 * connection, a {@link dev.heartbeat.Quirk} what is odd about a live peer. What a connection knows of itself are its {@link
 * dev.heartbeat.TransportFacts}, what the kernel knows is its {@link dev.heartbeat.SocketState}. A {@link dev.heartbeat.Ticker}
 * is where time comes from, in a test the test's own. {@code dev.heartbeat.micrometer} has meters; everything else is internal
 * and not exported.
 *
 * <h2>Glossary</h2>
 *
 * <dl>
 *   <dt>peer
 *   <dd>the other end of a connection, be it a device or a server
 *   <dt>ping, pong
 *   <dd>the control frames of RFC 6455, sections 5.5.2 and 5.5.3; a pong that carries the payload of the latest ping echoes it
 *   <dt>silence
 *   <dd>the time since anything was heard from the peer
 *   <dt>ping interval
 *   <dd>the silence after which a ping is due
 *   <dt>pong timeout
 *   <dd>the longest wait for an answer before the peer is suspect
 *   <dt>suspect
 *   <dd>a peer whose ping has been unanswered for longer than the pong timeout; the application is told, and the peer may recover
 *   <dt>patience
 *   <dd>the longest wait for an answer before the peer is reaped
 *   <dt>zombie
 *   <dd>a connection that the transport calls open although its peer is gone; elsewhere called half-open, dead, stale or ghost
 *   <dt>reap
 *   <dd>to decide that a connection is a zombie, say so, and terminate it
 *   <dt>terminate
 *   <dd>what the transport does when told, without waiting for the peer
 *   <dt>watch, heartbeat
 *   <dd>the detector's looking after a connection, and the handle on it
 *   <dt>pacemaker
 *   <dd>the one task that ticks on an executor, for all the connections that are watched on it
 *   <dt>detection time
 *   <dd>the bound from the last sign of life to the reap
 *   <dt>round trip
 *   <dd>from handing a ping to the transport to the arrival of its echo
 *   <dt>verdict
 *   <dd>the decision to reap; what puts it off puts the suspicion off as well
 *   <dt>hindrance
 *   <dd>why a pong could not have been seen
 *   <dt>facts
 *   <dd>what a transport, or the kernel, knows of a connection in numbers; unknown is never taken for zero
 *   <dt>allowance
 *   <dd>the time that the slowest link worth serving takes for what was sent in front of a ping
 *   <dt>active time
 *   <dd>time during which this process listened; a pause of it is a stall, and no peer is charged for that
 *   <dt>storm, hold
 *   <dd>many peers that fall silent at once, and the verdicts that wait because of it
 *   <dt>mute, deaf
 *   <dd>a peer that answers no ping and lives by the data it sends, and one that has stopped answering although it sends data
 *   <dt>stale, fresh
 *   <dd>whether the application behind a peer, rather than its pongs, has been silent for too long
 *   <dt>takeover
 *   <dd>a device that reconnects takes its identity from its older connection
 *   <dt>probe
 *   <dd>a ping out of turn, however lately the peer was heard
 *   <dt>dry run
 *   <dd>verdicts that are told and not carried out
 *   <dt>drain
 *   <dd>to close all connections in an orderly way, paced and within a time
 * </dl>
 */
@NullMarked
package dev.heartbeat;

import org.jspecify.annotations.NullMarked;
