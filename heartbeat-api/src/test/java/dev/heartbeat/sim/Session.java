package dev.heartbeat.sim;

/** One WebSocket connection: two streams, what the device answers, and what the server's algorithm is told and may do. */
final class Session implements Algorithm.Line {

    private static final Object TELEMETRY = "telemetry";
    private static final Object ANSWER = "answer";

    private final VirtualLoop loop;
    private final Device device;
    private final Tally tally;
    private final TcpStream toServer;
    private final TcpStream toDevice;
    private Algorithm.Watch watch;
    private boolean closed;
    private long suspectSince = Air.NEVER;

    Session(VirtualLoop loop, Device device, Tally tally) {
        this.loop = loop;
        this.device = device;
        this.tally = tally;
        long handshake = device.air.calmRoundTrip();
        this.toServer = new TcpStream(loop, new Up(), handshake, this::arrivedAtServer);
        this.toDevice = new TcpStream(loop, new Down(), handshake, this::arrivedAtDevice);
    }

    private record Ping(Object payload) {}

    private record Pong(Object payload) {}

    void watchedBy(Algorithm algorithm) {
        watch = algorithm.watch(this);
    }

    void sendTelemetry() {
        toServer.send(TELEMETRY);
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
            tally.pinged(device);
            toDevice.send(new Ping(payload));
        }
    }

    @Override
    public void suspect() {
        if (!closed && suspectSince == Air.NEVER) {
            suspectSince = loop.now();
            tally.suspected(device);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            toServer.close();
            toDevice.close();
            device.lost(this);
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    private void arrivedAtDevice(Object payload) {
        if (payload instanceof Ping ping && !device.isDeaf()) {
            toServer.send(new Pong(ping.payload));
        }
    }

    private void arrivedAtServer(Object payload) {
        if (loop.isFrozen()) {
            loop.readLater(() -> read(payload));
        } else {
            read(payload);
        }
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
            toDevice.send(ANSWER);
        }
    }

    /** From the device to the server. */
    private final class Up implements TcpPath {
        @Override
        public long data(Runnable again) {
            return device.air.up(loop.now());
        }

        @Override
        public long dataAtLast() {
            throw new IllegalStateException("the device waits for nobody's page");
        }

        @Override
        public long acknowledgement() {
            return device.air.ackDown(loop.now());
        }

        @Override
        public long senderRunsAt() {
            return loop.now();
        }
    }

    /** From the server to the device. */
    private final class Down implements TcpPath {
        @Override
        public long data(Runnable again) {
            return device.air.down(loop.now(), again);
        }

        @Override
        public long dataAtLast() {
            return device.air.downAtLast(loop.now());
        }

        @Override
        public long acknowledgement() {
            return device.air.ackUp(loop.now());
        }

        @Override
        public long senderRunsAt() {
            return loop.kernelRunsAt();
        }
    }
}
