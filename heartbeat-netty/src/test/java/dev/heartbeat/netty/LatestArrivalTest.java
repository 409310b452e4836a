package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The kernel is asked where a channel has the native transports' way to ask it. */
public class LatestArrivalTest {

    @Test
    void itIsWhatTheKernelSays() {
        assertThat(LatestArrival.ago(new Asked(new Info()))).hasValue(Duration.ofMillis(1_234));
    }

    @Test
    void aChannelThatIsClosedMeanwhileKnowsNothing() {
        assertThat(LatestArrival.ago(new Asked(null))).isEmpty();
    }

    @Test
    void aChannelWithoutSuchAWayKnowsNothing() {
        assertThat(LatestArrival.ago(new EmbeddedChannel())).isEmpty();
    }

    /** As {@code EpollTcpInfo}. */
    public static final class Info {

        /** Milliseconds. */
        public long lastDataRecv() {
            return 1_234;
        }
    }

    /** As {@code EpollSocketChannel}. */
    public static final class Asked extends EmbeddedChannel {
        private final Info info;

        Asked(Info info) {
            this.info = info;
        }

        /** What the kernel knows. */
        public Info tcpInfo() {
            if (info == null) {
                throw new ChannelException("closed");
            }
            return info;
        }
    }
}
