package dev.heartbeat.sim;

/** How the packets of one direction travel: the way of the data, and the way back of the acknowledgements. */
interface TcpPath {

    /** When a packet sent now arrives; {@link Air#NEVER}, or {@link Air#WAITS} and then {@code again} is called. */
    long data(Runnable again);

    /** When a packet that has waited arrives. */
    long dataAtLast();

    /** When the acknowledgement of what arrives now is back; {@link Air#NEVER} if it is lost. */
    long acknowledgement();

    /** When the sending kernel runs: now, or later if it is frozen. */
    long senderRunsAt();
}
