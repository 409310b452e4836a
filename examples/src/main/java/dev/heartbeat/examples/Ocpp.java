package dev.heartbeat.examples;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of OCPP-J 2.0.1 as a server needs whose charge points only report. */
final class Ocpp {

    /** Where charge points dial in, followed by a slash and their id. */
    static final String PATH = "/ocpp";

    static final String SUBPROTOCOL = "ocpp2.0.1";

    private static final Pattern CALL = Pattern.compile("\\[2,\"(\\w{1,36})\",\"(\\w{1,36})\",.*", Pattern.DOTALL);

    private Ocpp() {}

    /**
     * Answers a call.
     *
     * @param message as OCPP-J has it: {@code [2,"<id>","<action>",{...}]}
     * @return a call result, or a call error for what is no call
     */
    static String answer(String message) {
        Matcher call = CALL.matcher(message);
        if (!call.matches()) {
            return "[4,\"-1\",\"FormatViolation\",\"not a call\",{}]";
        }
        String result = switch (call.group(2)) {
            case "BootNotification" ->
                "{\"status\":\"Accepted\",\"currentTime\":\"" + Instant.now() + "\",\"interval\":300}";
            case "Heartbeat" -> "{\"currentTime\":\"" + Instant.now() + "\"}";
            default -> "{}";
        };
        return "[3,\"" + call.group(1) + "\"," + result + "]";
    }
}
