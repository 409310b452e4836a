package dev.heartbeat.testkit;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.Connection;
import dev.heartbeat.Heartbeat;
import dev.heartbeat.Hindrance;
import dev.heartbeat.ReapReason;
import dev.heartbeat.Termination;
import dev.heartbeat.ZombieDetector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection in virtual time, together with the peer at its other end, which does as the test says: from the beginning it
 * is mute. Belongs to the thread that moves the time.
 */
public class ScriptedPeer implements Connection {

    private final VirtualTime time;
    private final String id;
    private final List<Duration> pings = new ArrayList<>();
    private final List<String> payloads = new ArrayList<>();
    private final List<ReapReason> terminations = new ArrayList<>();

    private @Nullable Heartbeat heartbeat;
    private @Nullable Duration answersAfter;
    private boolean open = true;
    private boolean failing;
    private boolean blind;
    private Hindrance hindrance = Hindrance.NONE;

    /**
     * A peer that answers nothing and is not watched.
     *
     * @param time the time that it lives in
     * @param id the name of its connection
     */
    public ScriptedPeer(VirtualTime time, String id) {
        this.time = time;
        this.id = id;
    }

    /**
     * Begins the watch of its connection.
     *
     * @param detector who watches
     * @return this
     */
    public ScriptedPeer watchedBy(ZombieDetector detector) {
        heartbeat = detector.watch(this);
        return this;
    }

    /**
     * Begins the watch on an event loop of its own, which is the executor of virtual time.
     *
     * @param detector who watches
     * @return this
     */
    public ScriptedPeer watchedOnLoopBy(ZombieDetector detector) {
        heartbeat = detector.watch(this, time);
        return this;
    }

    /**
     * Answers each ping from now on.
     *
     * @param after how long each answer takes
     * @return this
     */
    public ScriptedPeer answering(Duration after) {
        answersAfter = after;
        return this;
    }

    /**
     * Answers no ping from now on, and says nothing else unless the test does: a zombie.
     *
     * @return this
     */
    public ScriptedPeer mute() {
        answersAfter = null;
        return this;
    }

    /**
     * Makes every ping call throw from now on.
     *
     * @return this
     */
    public ScriptedPeer failing() {
        failing = true;
        return this;
    }

    /**
     * Shows no pong to the heartbeat from now on, only that something came.
     *
     * @return this
     */
    public ScriptedPeer blind() {
        blind = true;
        return this;
    }

    /**
     * Tells from now on why no pong can be seen.
     *
     * @param value the hindrance, {@link Hindrance#NONE} for none
     */
    public void hinderedBy(Hindrance value) {
        hindrance = value;
    }

    /**
     * Closes the connection, as either side may. A detector notices it within five seconds; on an event loop only when the test
     * tells {@code heartbeat().closed()}, as an adapter does.
     */
    public void close() {
        open = false;
    }

    /**
     * The handle of the watch.
     *
     * @return what the detector gave
     * @throws NullPointerException if nobody watches yet
     */
    public Heartbeat heartbeat() {
        return requireNonNull(heartbeat, "not watched");
    }

    /**
     * Tells whether its watch has begun and goes on.
     *
     * @return false before the first and after the last moment of the watch
     */
    public boolean isWatched() {
        Heartbeat handle = heartbeat;
        return handle != null && handle.isWatched();
    }

    /**
     * When the pings came.
     *
     * @return {@link VirtualTime#elapsed()} at each ping
     */
    public List<Duration> pings() {
        return pings;
    }

    /**
     * What the pings said.
     *
     * @return the payload of each ping
     */
    public List<String> payloads() {
        return payloads;
    }

    /**
     * How often the connection was told to terminate.
     *
     * @return the reason of each
     */
    public List<ReapReason> terminations() {
        return terminations;
    }

    /**
     * Lets a pong arrive now.
     *
     * @param payload what it says
     */
    public void pong(String payload) {
        if (blind) {
            heartbeat().dataReceived();
            return;
        }
        heartbeat().pongReceived(ByteBuffer.wrap(payload.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Lets the answer to the latest ping arrive now. */
    public void pongLatest() {
        pong(payloads.get(payloads.size() - 1));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void ping(ByteBuffer payload) throws IOException {
        pings.add(time.elapsed());
        String text = StandardCharsets.ISO_8859_1.decode(payload).toString();
        payloads.add(text);
        if (failing) {
            throw new IOException("broken pipe");
        }
        if (answersAfter != null) {
            var unused = time.schedule(() -> pong(text), answersAfter.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public Termination terminate(ReapReason reason) {
        terminations.add(reason);
        open = false;
        return Termination.freed("script");
    }

    @Override
    public Hindrance hindrance() {
        return hindrance;
    }

    @Override
    public boolean seesPongs() {
        return !blind;
    }

    @Override
    public String toString() {
        return id;
    }
}
