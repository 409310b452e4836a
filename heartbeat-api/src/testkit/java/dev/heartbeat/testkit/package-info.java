/**
 * For tests of applications, which want to see their own reaction to a zombie, and of adapters.
 *
 * <p><b>Without a socket</b>: {@link dev.heartbeat.testkit.VirtualTime} makes a detector whose hours pass in milliseconds, in the
 * thread of the test, and {@link dev.heartbeat.testkit.ScriptedPeer} the connections that it watches. {@link
 * dev.heartbeat.testkit.ExecutorTime} does the same for an event loop whose clock the test moves.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * try (ZombieDetector detector = time.detector(HeartbeatPolicy.defaults(), listener)) {
 *     ScriptedPeer device = new ScriptedPeer(time, "cp-17").answering(Duration.ofMillis(80)).watchedBy(detector);
 *     time.advance(Duration.ofHours(3)); // pinged and alive
 *     device.mute();
 *     time.advance(detector.policy().detectionTime()); // a zombie, and the listener has heard of it
 * }
 * }</pre>
 *
 * <p>The reap comes between {@code reapAfter} and {@code detectionTime} after the device has fallen mute, depending on when its
 * latest ping was. To meet the suspicion in between, ask: {@code device.mute(); device.heartbeat().probe();
 * time.advance(pongTimeout.plusSeconds(1))}. More than ten peers that fall silent at once are held, as in production; a test
 * of many sets {@code holdCap(Duration.ZERO)}.
 *
 * <p><b>With real sockets</b>: {@link dev.heartbeat.testkit.RawPeer} is a peer that does as it is told, {@link
 * dev.heartbeat.testkit.RawServer} one for clients, {@link dev.heartbeat.testkit.PeerProcess} one that hangs, and in a {@link
 * dev.heartbeat.testkit.Namespace} one whose network is slow or gone; {@link dev.heartbeat.testkit.Proxy} is nginx or HAProxy in
 * front of a server. {@link dev.heartbeat.testkit.RecordingListener} remembers what was
 * told, {@link dev.heartbeat.testkit.Descriptors} asks the kernel what is held.
 *
 * <p><b>For a transport of one's own</b>: {@link dev.heartbeat.testkit.ConnectionContract} has the tests that every {@link
 * dev.heartbeat.Connection} passes.
 *
 * <p>This is an artifact of its own, {@code dev.heartbeat:heartbeat-api} with the classifier {@code testkit}, for the test
 * scope. It uses public types of {@code dev.heartbeat} and JUnit 5's API only.
 */
@NullMarked
package dev.heartbeat.testkit;

import org.jspecify.annotations.NullMarked;
