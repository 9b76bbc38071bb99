package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.store.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private final TestClock clock = new TestClock();
    private final Budget budget = new Budget(3, clock);

    private void call(Duration took) {
        budget.sending();
        clock.advance(took);
        budget.answered();
    }

    @Test
    void aFreshBudgetIsAllFree() {
        assertThat(budget.free()).isEqualTo(3);
        assertThat(budget.used()).isZero();
        assertThat(budget.limit()).isEqualTo(3);
    }

    @Test
    @Tag("invariant-7")
    void aPermitIsHeldUntilAMinuteAfterTheAnswerAndNotAfterTheSending() {
        call(Duration.ofSeconds(30));

        clock.advance(Duration.ofSeconds(60).minusMillis(1));
        assertThat(budget.used()).isEqualTo(1);
        clock.advance(Duration.ofMillis(1));
        assertThat(budget.used()).isZero();
    }

    @Test
    @Tag("invariant-7")
    void aCallThatIsNotAnsweredHoldsItsPermit() {
        budget.sending();
        clock.advance(Duration.ofHours(1));

        assertThat(budget.free()).isEqualTo(2);
    }

    @Test
    void aSpentBudgetHasNothingFree() {
        for (int i = 0; i < 5; i++) {
            call(Duration.ZERO);
        }

        assertThat(budget.free()).as("never less than none").isZero();
        assertThat(budget.used()).isEqualTo(5);
    }

    @Test
    void permitsComeBackOneByOne() {
        call(Duration.ofSeconds(10));
        call(Duration.ofSeconds(10));
        call(Duration.ofSeconds(10));
        clock.advance(Duration.ofSeconds(40));

        assertThat(budget.free()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(10));
        assertThat(budget.free()).isEqualTo(2);
    }

    @Test
    void whileItIsPausedNothingIsFree() {
        budget.pause(clock.instant().plusSeconds(30));
        assertThat(budget.free()).isZero();

        clock.advance(Duration.ofSeconds(30));
        assertThat(budget.free()).isEqualTo(3);
    }

    @Test
    void aShorterPauseDoesNotEndALongerOne() {
        budget.pause(clock.instant().plusSeconds(60));
        budget.pause(clock.instant().plusSeconds(5));
        clock.advance(Duration.ofSeconds(30));

        assertThat(budget.free()).isZero();
    }

    @Test
    void aPauseSaysHowLongItLasts() {
        assertThat(budget.pauseMs()).isZero();
        budget.pause(clock.instant().plusMillis(1_500));
        assertThat(budget.pauseMs()).isEqualTo(1_501);

        clock.advance(Duration.ofMillis(budget.pauseMs()));

        assertThat(budget.pauseMs()).isZero();
    }
}
