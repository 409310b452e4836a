package dev.heartbeat.sim;

import dev.heartbeat.Hindrance;
import dev.heartbeat.SocketState;
import dev.heartbeat.TransportFacts;
import java.util.function.Supplier;

/** One WebSocket connection: two streams, what the device answers, and what the server's algorithm is told and may do. */
final class Session implements Algorithm.Line {

    private static final Object TELEMETRY = "telemetry";
    private static final Object ANSWER = "answer";
    private static final Object PUSH = "push";

    private final VirtualLoop loop;
    private final Device device;
    private final Device.World world;
    private final TcpStream toServer;
    private final ReceiveBuffer input;
    private final Outlet toDevice;
    private final Supplier<SocketState> socket;
    private Algorithm.Watch watch;
    private boolean closed;
    private long suspectSince = Air.NEVER;
    private Object latestPing = ANSWER;

    /** Left out in the plain situation, with all that rests on it. */
    private final SendBuffer output;

    private final VirtualKernel.Ends ends;

    Session(Device.World world, Device device) {
        this.loop = world.loop();
        this.world = world;
        this.device = device;
        long handshake = device.air.calmRoundTrip();
        this.input = new ReceiveBuffer(loop, this::read);
        this.toServer = new TcpStream(loop, new Up(), handshake, this::arrivedAtServer);
        if (world.situation().isPlain()) {
            TcpStream stream = new TcpStream(
                    loop, new Down(Double.POSITIVE_INFINITY, handshake), handshake, this::arrivedAtDevice);
            this.output = null;
            this.toDevice = stream;
            this.socket =
                    () -> new SocketState(stream.unacknowledged(), input.unread(), stream.retransmissions(), false);
        } else {
            SendBuffer buffer = buffered(handshake);
            this.output = buffer;
            this.toDevice = buffer;
            this.socket = () -> new SocketState(
                    buffer.unacknowledged(), input.unread(), buffer.retransmissions(), buffer.isWindowClosed());
        }
        this.ends = world.kernelAsked() ? world.kernel().accept(device.number, socket) : null;
    }

    private record Ping(Object payload) {}

    private record Pong(Object payload) {}

    private SendBuffer buffered(long handshake) {
        double rate = device.link.rate;
        TcpStream link = new TcpStream(loop, new Down(rate, handshake), handshake, arrived -> {
            Piece piece = (Piece) arrived;
            if (device.isFrozen()) {
                output.stuff(piece.bytes());
            }
            arrivedAtDevice(piece.payload());
        });
        SendBuffer buffer = new SendBuffer(link, Piece.Size.on(rate), world.situation().proxied);
        link.onAcknowledged(buffer::acknowledged);
        return buffer;
    }

    void watchedBy(Algorithm algorithm) {
        watch = algorithm.watch(this);
    }

    void sendTelemetry() {
        toServer.send(TELEMETRY, Assumptions.TELEMETRY_BYTES);
    }

    /** The server sends a large message. */
    void push(int bytes) {
        toDevice.send(PUSH, bytes);
    }

    void pauseReading() {
        input.pause();
    }

    void resumeReading() {
        if (!closed) {
            input.resume();
        }
    }

    /** Since when the peer has been suspect; {@link Air#NEVER} if it is not. */
    long suspectSince() {
        return suspectSince;
    }

    @Override
    public String identity() {
        return "device-" + device.number;
    }

    @Override
    public void ping(Object payload) {
        if (!closed) {
            world.tally().pinged(device);
            latestPing = new Ping(payload);
            toDevice.send(latestPing, Assumptions.PING_BYTES);
        }
    }

    @Override
    public TransportFacts facts() {
        TransportFacts facts = TransportFacts.NONE;
        if (output != null) {
            facts = facts.withSent(output.written())
                    .withOutput(output.waiting(), output.written())
                    .withReceived(input.read())
                    .withPingWaiting(output.holdsBack(latestPing));
        }
        return ends == null ? facts : facts.withAddresses(ends.local(), ends.remote());
    }

    @Override
    public Hindrance hindrance() {
        return input.isPaused() ? Hindrance.READING_PAUSED : Hindrance.NONE;
    }

    @Override
    public void suspect() {
        if (!closed && suspectSince == Air.NEVER) {
            suspectSince = loop.now();
            world.tally().suspected(device);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            toServer.close();
            toDevice.close();
            if (ends != null) {
                world.kernel().closed(ends);
            }
            device.lost(this);
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    private void arrivedAtDevice(Object payload) {
        if (payload instanceof Ping ping && !device.isDeaf() && !device.isFrozen()) {
            toServer.send(new Pong(ping.payload), Assumptions.PING_BYTES);
        }
    }

    private void arrivedAtServer(Object payload) {
        input.arrived(payload, payload instanceof Pong ? Assumptions.PING_BYTES : Assumptions.TELEMETRY_BYTES);
    }

    private void read(Object payload) {
        if (closed) {
            return;
        }
        suspectSince = Air.NEVER;
        if (payload instanceof Pong pong) {
            watch.pongReceived(pong.payload);
        } else {
            watch.dataReceived();
            toDevice.send(ANSWER, Assumptions.ANSWER_BYTES);
        }
    }

    /** From the device to the server. */
    private final class Up implements TcpPath {
        @Override
        public long data(int bytes, Runnable again) {
            return device.air.up(loop.now());
        }

        @Override
        public long dataAtLast(int bytes) {
            throw new IllegalStateException("the device waits for nobody's page");
        }

        @Override
        public long acknowledgement() {
            return device.air.ackDown(loop.now());
        }

        @Override
        public long timeoutNotBefore() {
            return loop.now();
        }
    }

    /** From the server, or the proxy, to the device. */
    private final class Down implements TcpPath {
        private final Bottleneck bottleneck;

        Down(double rate, long roundTrip) {
            this.bottleneck = new Bottleneck(rate, roundTrip);
        }

        @Override
        public long data(int bytes, Runnable again) {
            return bottleneck.pass(device.air.down(loop.now(), again), bytes);
        }

        @Override
        public long dataAtLast(int bytes) {
            return bottleneck.pass(device.air.downAtLast(loop.now()), bytes);
        }

        @Override
        public long acknowledgement() {
            return device.air.ackUp(loop.now());
        }

        @Override
        public long timeoutNotBefore() {
            return Math.max(loop.kernelRunsAt(), bottleneck.acknowledgedAt());
        }
    }
}
