package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTableTest {

    private final List<String> lines = new ArrayList<>();
    private final MarkdownTable table = new MarkdownTable(lines::add, List.of("server", "peer"), List.of("ms"));

    @Test
    void alignsNumbersToTheRightAndShowsEachLineAtOnce() {
        assertThat(lines).containsExactly("| server | peer | ms |", "|---|---|---:|");

        table.row("Tyrus", "has vanished", 12);

        assertThat(lines).last().isEqualTo("| Tyrus | has vanished | 12 |");
    }

    @Test
    void keepsABarInACellFromEndingIt() {
        table.row("Tyrus", "frozen | mute", 12);

        assertThat(lines).last().isEqualTo("| Tyrus | frozen \\| mute | 12 |");
    }

    @Test
    void refusesARowOfAnotherWidth() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.row("Tyrus", 12))
                .withMessage("cells must be as many as columns, 3: [Tyrus, 12]");
        assertThat(lines).hasSize(2);
    }
}
