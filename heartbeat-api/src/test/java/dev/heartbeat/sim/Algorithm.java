package dev.heartbeat.sim;

import dev.heartbeat.Hindrance;
import dev.heartbeat.TransportFacts;

/** A way of telling dead peers from live ones, as it runs in one server process for all of its connections. */
interface Algorithm {

    /** A device has connected. */
    Watch watch(Line line);

    /** What the server hears on one connection. */
    interface Watch {
        void dataReceived();

        /** A pong, and what it carries: what the ping carried. */
        void pongReceived(Object payload);
    }

    /** What the server can do to one connection. */
    interface Line {
        /** The identity that the device keeps from one connection to the next. */
        String identity();

        void ping(Object payload);

        /** The soft verdict, for those who have one; it ends when something is heard. */
        void suspect();

        /** The hard verdict. Nothing is heard afterwards. */
        void close();

        boolean isClosed();

        /** What the transport knows of it. */
        default TransportFacts facts() {
            return TransportFacts.NONE;
        }

        /** What of ours could keep a pong from being seen. */
        default Hindrance hindrance() {
            return Hindrance.NONE;
        }
    }

    /** A row of the tables. */
    interface Row {
        String name();

        Algorithm start(VirtualLoop loop, VirtualKernel kernel);

        /** Starts it where no kernel is asked. */
        default Algorithm start(VirtualLoop loop) {
            return start(loop, new VirtualKernel());
        }
    }
}
