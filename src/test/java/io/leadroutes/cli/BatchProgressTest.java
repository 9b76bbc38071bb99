package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.store.TestClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the progress says, by a clock that the test turns. */
class BatchProgressTest {
    private final StringWriter text = new StringWriter();
    private final TestClock clock = new TestClock();

    private BatchProgress progress(boolean isTerminal, int total, int callsPerMinute) {
        return new BatchProgress(new PrintWriter(text), isTerminal, total, callsPerMinute, clock);
    }

    private String lastLine() {
        String all = text.toString().strip();
        return all.substring(Math.max(all.lastIndexOf('\n'), all.lastIndexOf('\r')) + 1);
    }

    @Test
    void atFirstTheBudgetSaysWhatIsLeft() {
        BatchProgress progress = progress(false, 100, 60);

        for (int i = 0; i < 10; i++) {
            clock.advance(Duration.ofMillis(50));
            progress.handled(false, 4);
        }

        assertThat(lastLine())
                .as("90 with 4 calls each at 60 calls a minute, though 10 took half a second")
                .isEqualTo("10 %  10 of 100: 10 done, 0 failed, 10 in the last minute, 6 min left");
    }

    @Test
    void aServerThatIsSlowerThanTheBudgetSaysWhatIsLeft() {
        BatchProgress progress = progress(false, 1_000, 3_000);

        for (int i = 0; i < 100; i++) {
            clock.advance(Duration.ofSeconds(10));
            progress.handled(i % 2 == 0, 2);
        }

        assertThat(lastLine())
                .isEqualTo("10 %  100 of 1000: 50 done, 50 failed, 6 in the last minute, 2 h 30 min left");
    }

    @Test
    void whileTheBudgetIsSpentTheLineGoesOn() {
        BatchProgress progress = progress(true, 3, 60);
        progress.handled(false, 2);

        clock.advance(Duration.ofSeconds(61));
        progress.refresh();

        assertThat(lastLine()).isEqualTo(" 33 %  1 of 3: 1 done, 0 failed, 0 in the last minute, 2 min left");
    }

    @Test
    void aShorterLineLeavesNothingOfTheLongerOne() {
        BatchProgress progress = progress(true, 2, 60);
        progress.handled(false, 1);
        progress.handled(false, 1);
        progress.end();

        String[] lines = text.toString().stripTrailing().split("\r");
        assertThat(text.toString().split("\r")[2].replaceAll("\\R$", ""))
                .hasSameSizeAs(lines[1])
                .startsWith("100 %  2 of 2: 2 done, 0 failed, 2 in the last minute ");
    }
}
