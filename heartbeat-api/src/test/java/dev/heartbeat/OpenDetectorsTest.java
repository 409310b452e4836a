package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.internal.dispatch.OpenDetectors;
import dev.heartbeat.testkit.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An application that makes a detector for each session is told so, once. */
class OpenDetectorsTest {

    private static final int ENOUGH = 16;

    private final OpenDetectors openDetectors = new OpenDetectors();
    private final List<ZombieDetector> detectors = new ArrayList<>();

    @AfterEach
    void close() {
        detectors.forEach(ZombieDetector::close);
    }

    @Test
    void warnsOnceOfMoreThanAnApplicationNeeds() {
        open(ENOUGH);
        assertThat(openDetectors.warnings()).isZero();

        open(100);

        assertThat(openDetectors.warnings()).isEqualTo(1);
    }

    @Test
    void oneThatIsClosedCountsNoMore() {
        open(ENOUGH);

        detectors.forEach(ZombieDetector::close);
        detectors.forEach(ZombieDetector::close);
        assertThat(openDetectors.count()).isZero();
        open(ENOUGH);

        assertThat(openDetectors.warnings()).isZero();
    }

    @Test
    void oneThatIsGivenItsThreadsDoesNotCount() {
        VirtualTime time = new VirtualTime();
        for (int i = 0; i < 2 * ENOUGH; i++) {
            detectors.add(ZombieDetector.builder(HeartbeatPolicy.defaults())
                    .openDetectors(openDetectors)
                    .scheduler(time)
                    .executor(time)
                    .build());
        }

        assertThat(openDetectors.count()).isZero();
        assertThat(openDetectors.warnings()).isZero();
    }

    private void open(int number) {
        for (int i = 0; i < number; i++) {
            detectors.add(ZombieDetector.builder(HeartbeatPolicy.defaults())
                    .openDetectors(openDetectors)
                    .build());
        }
    }
}
