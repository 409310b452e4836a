package dev.heartbeat.sim;

/** How the packets of one direction travel: the way of the data, and the way back of the acknowledgements. */
interface TcpPath {

    /** When a packet sent now arrives; {@link Air#NEVER}, or {@link Air#WAITS} and then {@code again} is called. */
    long data(int bytes, Runnable again);

    /** When a packet that has waited arrives. */
    long dataAtLast(int bytes);

    /** When the acknowledgement of what arrives now is back; {@link Air#NEVER} if it is lost. */
    long acknowledgement();

    /**
     * Before when no timeout counts: now, or later if the sending kernel is frozen, or if what it has sent is known to queue in
     * front of the link, as timestamps tell a kernel.
     */
    long timeoutNotBefore();
}
