package dev.heartbeat.sim;

/** What stands between the server's application and its devices. In all but the plain one the links meet no weather. */
enum Situation {
    /** Small messages only, read at once. The buffers are left out. */
    PLAIN("plain", false, Reading.ALWAYS, false),

    /** Now and then the server pushes a large message, and pings queue behind it. */
    DOWNLOAD("downloads", true, Reading.ALWAYS, false),

    /** The same through a proxy, whose kernel acknowledges for the device. */
    PROXIED("downloads through a proxy", true, Reading.ALWAYS, true),

    /** Now and then the server stops reading for minutes. */
    PAUSED("reading paused", false, Reading.PAUSED, false),

    /** Both at once. */
    PAUSED_DOWNLOAD("downloads, reading paused", true, Reading.PAUSED, false),

    /** The server pushes and soon reads no more. */
    PUSH_ONLY("downloads, never read", true, Reading.GIVEN_UP, false);

    /** How the server reads. */
    enum Reading {
        ALWAYS,
        PAUSED,
        GIVEN_UP
    }

    final String title;
    final boolean downloads;
    final Reading reading;
    final boolean proxied;

    Situation(String title, boolean downloads, Reading reading, boolean proxied) {
        this.title = title;
        this.downloads = downloads;
        this.reading = reading;
        this.proxied = proxied;
    }

    boolean isPlain() {
        return this == PLAIN;
    }
}
