package dev.heartbeat.examples;

import dev.heartbeat.jakarta.SessionHeartbeat;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The endpoint that the charge points dial: answers every OCPP call, and is watched by one line. */
@ServerEndpoint(value = CentralSystem.PATH, subprotocols = Ocpp.SUBPROTOCOL)
public final class CentralSystem {

    static final String PATH = Ocpp.PATH + "/{chargePointId}";

    private static final Logger log = LoggerFactory.getLogger(CentralSystem.class);

    private @Nullable Ledger ledger;

    /**
     * Has the session watched.
     *
     * @param session a session that has just opened
     * @param chargePointId from the path
     */
    @OnOpen
    public void open(Session session, @PathParam("chargePointId") String chargePointId) {
        Backend backend = Backend.of(session);
        ledger = backend.ledger();
        ledger.opened(session.getId(), chargePointId);
        SessionHeartbeat.attach(session, backend.detector());
    }

    /**
     * Answers a call.
     *
     * @param message as OCPP-J 2.0.1 has it
     * @param session the session it came by
     * @return the answer
     */
    @OnMessage
    public String call(String message, Session session) {
        // Keeps a peer that talks but answers no ping, and one whose pongs queue behind this method.
        return SessionHeartbeat.handleMessage(session, () -> Ocpp.answer(message));
    }

    /**
     * Forgets the session; runs for reaped ones, too.
     *
     * @param session a session that has been closed by either side, which on Tomcat tells little more than its id
     */
    @OnClose
    public void close(Session session) {
        if (ledger != null) {
            ledger.closed(session.getId());
        }
    }

    /**
     * Takes a broken connection for what it is; without this Tomcat logs a stack trace for each device that hangs up.
     *
     * @param session a session whose close follows
     * @param failure what went wrong
     */
    @OnError
    public void fail(Session session, Throwable failure) {
        log.debug("{} failed", session.getId(), failure);
    }
}
