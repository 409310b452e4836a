package dev.heartbeat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A connection in virtual time, together with the peer at its other end, which does as the test says. */
public class ScriptedPeer implements Connection {

    private final FakeClock clock;
    private final String id;
    private final List<Duration> pings = new ArrayList<>();
    private final List<String> payloads = new ArrayList<>();
    private final List<ReapReason> terminations = new ArrayList<>();

    private Heartbeat heartbeat;
    private Duration answersAfter;
    private boolean open = true;
    private boolean failing;
    private boolean blind;
    private Hindrance hindrance = Hindrance.NONE;

    public ScriptedPeer(FakeClock clock, String id) {
        this.clock = clock;
        this.id = id;
    }

    public ScriptedPeer watchedBy(ZombieDetector detector) {
        heartbeat = detector.watch(this);
        return this;
    }

    public ScriptedPeer watchedOnLoopBy(ZombieDetector detector) {
        heartbeat = detector.watch(this, clock);
        return this;
    }

    /** Answers each ping from now on, after so long. */
    public ScriptedPeer answering(Duration after) {
        answersAfter = after;
        return this;
    }

    /** Answers no ping from now on. */
    public ScriptedPeer mute() {
        answersAfter = null;
        return this;
    }

    /** Makes every ping call throw from now on. */
    public ScriptedPeer failing() {
        failing = true;
        return this;
    }

    /** Shows no pong to the heartbeat from now on, only that something came. */
    public ScriptedPeer blind() {
        blind = true;
        return this;
    }

    public void hinderedBy(Hindrance value) {
        hindrance = value;
    }

    public void close() {
        open = false;
    }

    public Heartbeat heartbeat() {
        return heartbeat;
    }

    /** When the pings came, since the clock was made. */
    public List<Duration> pings() {
        return pings;
    }

    public List<String> payloads() {
        return payloads;
    }

    public List<ReapReason> terminations() {
        return terminations;
    }

    public void pong(String payload) {
        if (blind) {
            heartbeat.dataReceived();
            return;
        }
        heartbeat.pongReceived(ByteBuffer.wrap(payload.getBytes(StandardCharsets.ISO_8859_1)));
    }

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
        pings.add(clock.elapsed());
        String text = StandardCharsets.ISO_8859_1.decode(payload).toString();
        payloads.add(text);
        if (failing) {
            throw new IOException("broken pipe");
        }
        if (answersAfter != null) {
            clock.schedule(() -> pong(text), answersAfter.toNanos(), TimeUnit.NANOSECONDS);
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
