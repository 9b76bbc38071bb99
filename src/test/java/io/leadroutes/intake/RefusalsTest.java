package io.leadroutes.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.store.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private record Gap(Instant from, Instant to, String reason) {}

    private final TestClock clock = new TestClock();
    private final List<Gap> told = new ArrayList<>();
    private boolean isAway;
    private final Refusals refusals = new Refusals(this::record, clock);

    private void record(Instant from, Instant to, String reason) {
        if (isAway) {
            throw new IllegalStateException("away");
        }
        told.add(new Gap(from, to, reason));
    }

    @Test
    void refusalsCloseTogetherAreOneSpanToldWhenItIsOver() {
        Instant first = clock.instant();
        refusals.add("full", new Object());
        clock.advance(Duration.ofSeconds(1));
        refusals.add("full", new Object());
        refusals.add("slow", new Object());
        Instant last = clock.instant();

        refusals.tellIfDue();
        assertThat(told).as("while it may go on").isEmpty();
        clock.advance(Refusals.QUIET);
        refusals.tellIfDue();
        refusals.tellIfDue();

        assertThat(told).containsExactly(new Gap(first, last, "2 refused: full, 1 refused: slow"));
    }

    @Test
    void aLongSpanIsToldInParts() {
        for (int second = 0; second <= 70; second++) {
            refusals.add("full", new Object());
            refusals.tellIfDue();
            clock.advance(Duration.ofSeconds(1));
        }
        refusals.tell();

        assertThat(told)
                .extracting(Gap::reason)
                .containsExactly("31 refused: full", "31 refused: full", "9 refused: full");
    }

    @Test
    void aSpanThatCannotBeToldIsKeptAndGrowsUntilItCan() {
        Instant first = clock.instant();
        refusals.add("down", new Object());
        isAway = true;
        clock.advance(Refusals.QUIET);
        refusals.tellIfDue();
        refusals.add("down", new Object());
        Instant last = clock.instant();
        clock.advance(Refusals.QUIET);
        refusals.tellIfDue();
        assertThat(told).isEmpty();

        isAway = false;
        clock.advance(Refusals.QUIET);
        refusals.tellIfDue();

        assertThat(told).containsExactly(new Gap(first, last, "2 refused: down"));
    }

    @Test
    void whatTwoRefuseIsCountedOnceByItsFirstReason() {
        Object request = new Object();

        refusals.add("slow", request);
        refusals.add("not answered in time", request);
        refusals.tell();

        assertThat(told).extracting(Gap::reason).containsExactly("1 refused: slow");
    }

    @Test
    void withoutRefusalsNothingIsTold() {
        refusals.tellIfDue();
        refusals.tell();

        assertThat(told).isEmpty();
    }
}
