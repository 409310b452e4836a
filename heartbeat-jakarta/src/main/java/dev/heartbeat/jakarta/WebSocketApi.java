package dev.heartbeat.jakarta;

/**
 * The module that holds the API. Our module requires the API's own if it is there; Tomcat Embed has the API in a module of another
 * name, and beside a container on the class path it is in no named module at all.
 */
final class WebSocketApi {

    private WebSocketApi() {}

    /** Makes our module read it, before any class of the API is used: without that, the first use is an error. */
    static void read() {
        Module library = WebSocketApi.class.getModule();
        try {
            library.addReads(Class.forName("jakarta.websocket.Session", false, WebSocketApi.class.getClassLoader())
                    .getModule());
        } catch (ClassNotFoundException missing) {
            // Which its first use tells as well.
        }
    }
}
