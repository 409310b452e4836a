package dev.heartbeat.sim;

/**
 * Everything the simulator takes for granted. Times are in seconds, rates per hour.
 *
 * <p>The shapes (doubling retransmission, paging, promotion, eDRX windows) come from RFC 6298, 3GPP's idle mode and the
 * measurements published on them; how often a garage loses its signal is a guess, since no public trace of garages exists.
 * So compare the rows of a table with each other, not with your fleet.
 */
final class Assumptions {

    /** A kind of access network. */
    enum Link {
        /*     name               rtt   bursts/h length extra  outages/h median  promotion drx  tail  eDRX window  B/s */
        WIFI("WiFi", /*         */ .030, 2, /* */ 10, .4, /* */ .05, /* */ 12, /* */ 0, /*  */ .1, 0, /* */ 0, 0, 2e6),
        LTE("LTE", /*           */ .055, 3, /* */ 10, .8, /* */ .15, /* */ 12, /* */ .26, /* */ 1.28, 11.6, 0, 0, 1e6),
        LTE_M("LTE-M", /*       */ .150, 6, /* */ 15, 2, /*  */ .4, /*  */ 14, /* */ .6, /* */ 2.56, 10, 0, 0, 4e4),
        UMTS("3G", /*           */ .150, 6, /* */ 15, 1.5, /* */ .4, /*  */ 14, /* */ 2, /*  */ .64, 17, 0, 0, 2e5),
        GSM("2G", /*            */ .750, 10, /* */ 25, 4, /*  */ 1.2, /* */ 18, /* */ .6, /* */ 1, 5, /* */ 0, 0, 1e4),
        NB_IOT("NB-IoT", /*     */ 1.8, 6, /*  */ 30, 5, /*  */ .6, /*  */ 18, 1.5, /*  */ 1.28, 20, 20.48, 7.68, 3e3);

        final String title;
        /** Median round trip while the radio is connected. */
        final double roundTrip;
        /** Bursts of delay, in which nothing is lost. */
        final double burstsPerHour;

        final double burstLength;
        /** Mean extra delay in a burst; each burst has one for each way, the same for all packets. */
        final double burstDelay;
        /** Outages, in which everything is lost both ways; they end. */
        final double outagesPerHour;

        final double outageMedian;
        /** From idle to connected. */
        final double promotion;
        /** An idle device listens for its page once in so long. */
        final double paging;
        /** The radio stays connected for so long after the latest packet. */
        final double tail;
        /** With eDRX an idle device listens at all only for the window, once per cycle. 0 for none. */
        final double sleepCycle;

        final double pagingWindow;
        /** What it carries down to the device, in bytes a second. Nothing else is large enough for its size to count. */
        final double rate;

        Link(
                String title,
                double roundTrip,
                double burstsPerHour,
                double burstLength,
                double burstDelay,
                double outagesPerHour,
                double outageMedian,
                double promotion,
                double paging,
                double tail,
                double sleepCycle,
                double pagingWindow,
                double rate) {
            this.title = title;
            this.roundTrip = roundTrip;
            this.burstsPerHour = burstsPerHour;
            this.burstLength = burstLength;
            this.burstDelay = burstDelay;
            this.outagesPerHour = outagesPerHour;
            this.outageMedian = outageMedian;
            this.promotion = promotion;
            this.paging = paging;
            this.tail = tail;
            this.sleepCycle = sleepCycle;
            this.pagingWindow = pagingWindow;
            this.rate = rate;
        }
    }

    /** How often a device sends; the server answers each message. */
    enum Traffic {
        EVERY_SECOND(1),
        EVERY_10_SECONDS(10),
        EVERY_MINUTE(60),
        NONE(0);

        /** 0 for never. */
        final double period;

        Traffic(double period) {
            this.period = period;
        }
    }

    /** Who is connected: shares of links, in their order, and of traffic, in its order. */
    record Mix(double[] links, double[] traffic) {}

    /** The mixed fleet. */
    static final Mix FLEET = new Mix(new double[] {.20, .30, .20, .10, .15, .05}, new double[] {.10, .40, .25, .25});

    /** Who goes through the storms: no NB-IoT, whose own trouble would drown theirs. */
    static final Mix STORM_FLEET =
            new Mix(new double[] {.20, .35, .20, .10, .15, 0}, new double[] {.03, .47, .25, .25});

    /** Who goes deaf: devices that send every ten seconds, so that a rule that waits for silence never asks them. */
    static final Mix TALKATIVE = new Mix(new double[] {0, .5, 0, 0, .5, 0}, new double[] {0, 1, 0, 0});

    /** Devices go deaf at a time in this range, and are watched for an hour more. */
    static final double FIRST_DEAFNESS = 900;

    static final double LAST_DEAFNESS = 3600;

    /** A device lives for a time in this range and then dies without a word. */
    static final double SHORTEST_LIFE = 18 * 3600;

    static final double LONGEST_LIFE = 30 * 3600;

    /** A few garages have most of the outages: a device's rate is the link's times a log-normal of mean 1. */
    static final double OUTAGE_RATE_SIGMA = 1;

    /** A device's round trip is the link's median times a log-normal of median 1. */
    static final double ROUND_TRIP_SIGMA = .3;

    /** How long outages last: log-normal around the link's median, within the two bounds. */
    static final double OUTAGE_LENGTH_SIGMA = .8;

    static final double SHORTEST_OUTAGE = 5;
    static final double LONGEST_OUTAGE = 60;

    /** A packet takes half a round trip times this much, plus an exponential share of the same half. */
    static final double STEADY_SHARE = .8;

    static final double JITTER_SHARE = .2;

    /** Messages come this share of their period early or late. */
    static final double TRAFFIC_JITTER = .02;

    /** A device whose connection was closed is back this long after it has noticed and has a signal. */
    static final double SOONEST_RECONNECT = 2;

    static final double LATEST_RECONNECT = 10;

    /** TCP, RFC 6298 with Linux's bounds: the margin over the smoothed round trip, and the cap of the backoff. */
    static final double SMALLEST_RTO_MARGIN = .2;

    static final double LONGEST_RTO = 120;

    /** Storms begin when the fleet has run for a quarter of an hour, and are watched for ten minutes. */
    static final double STORM_BEGINS = 15 * 60;

    static final double STORM_WATCHED = 10 * 60;

    /** One device in a hundred really dies around the beginning of the storm. */
    static final double STORM_DEATHS = .01;

    static final double FIRST_STORM_DEATH = -20;
    static final double LAST_STORM_DEATH = 60;

    /** Who is sent large messages and read late: no NB-IoT, which is slower than the slowest link the default policy serves. */
    static final Mix BUFFERED = new Mix(new double[] {.10, .15, .25, .15, .35, 0}, new double[] {.10, .30, .30, .30});

    /** How long they live. */
    static final double SHORTEST_BUFFERED_LIFE = 2 * 3600;

    static final double LONGEST_BUFFERED_LIFE = 4 * 3600;

    /** Who is sent one large message and then lost. */
    static final Mix SLOW_AND_SILENT = new Mix(new double[] {0, 0, 0, 0, 1, 0}, new double[] {0, 0, 0, 1});

    /** When they are lost. */
    static final double FIRST_LOSS = 1800;

    static final double LAST_LOSS = 3600;

    /** Bytes of what is sent, with the frame's header. */
    static final int PING_BYTES = 16;

    static final int TELEMETRY_BYTES = 200;
    static final int ANSWER_BYTES = 60;

    /** Large messages, whose sizes are as often small as large: log-uniform. */
    static final double MEAN_PUSH_GAP = 1800;

    static final double SMALLEST_PUSH = 100e3;
    static final double LARGEST_PUSH = 4e6;

    /** For how long the server reads, and for how long it does not. */
    static final double MEAN_READING = 1200;

    static final double SHORTEST_PAUSE = 60;
    static final double LONGEST_PAUSE = 900;

    /** A server that only pushes reads for so long. */
    static final double READING_GIVEN_UP = 20;

    /** Death comes within so long of the beginning of a push or a pause. */
    static final double LATEST_DEATH = 60;

    /** What the server's kernel takes for one socket. */
    static final int SEND_BUFFER = 4 << 20;

    /** What a proxy and its two kernels hold, as measured with nginx. */
    static final int PROXY_BUFFERS = 2 << 20;

    /** What a device's kernel takes for a process that does not read. */
    static final int DEVICE_BUFFER = 256 << 10;

    private Assumptions() {}
}
