package dev.heartbeat;

import dev.heartbeat.testkit.ConnectionContract;
import dev.heartbeat.testkit.WatchingServer;
import java.io.IOException;

/** The contract of connections holds for the plainest of them, a socket and the thread that reads it. */
class PlainSocketTest extends ConnectionContract {

    @Override
    protected WatchingServer start(ZombieDetector detector) throws IOException {
        return new PlainSocketServer(detector);
    }
}
