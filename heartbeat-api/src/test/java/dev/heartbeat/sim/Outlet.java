package dev.heartbeat.sim;

/** Where the server writes what a device is to get. */
interface Outlet {

    /** Sends something, in order. */
    void send(Object payload, int bytes);

    /** Neither end knows of it any more. */
    void close();
}
