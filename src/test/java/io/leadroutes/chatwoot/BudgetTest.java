package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conversation.Urgency;
import io.leadroutes.store.TestClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private final TestClock clock = new TestClock();
    private final Budget budget = new Budget(3, clock);

    private static long taken(Budget budget) {
        return budget.tryTake().orElseThrow();
    }

    private void call(Duration took) {
        call(budget, took);
    }

    private void call(Budget from, Duration took) {
        long permit = taken(from);
        clock.advance(took);
        from.giveBack(permit);
    }

    @Test
    void aFreshBudgetIsAllFree() {
        assertThat(budget.free(Urgency.ESCALATION)).isEqualTo(3);
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
        taken(budget);
        clock.advance(Duration.ofHours(1));

        assertThat(budget.free(Urgency.ESCALATION)).isEqualTo(2);
    }

    @Test
    @Tag("invariant-7")
    void aSpentBudgetGivesNothing() {
        for (int i = 0; i < 3; i++) {
            call(Duration.ZERO);
        }

        assertThat(budget.tryTake()).isEmpty();
        assertThat(budget.free(Urgency.ESCALATION)).isZero();
        assertThat(budget.used()).isEqualTo(3);
    }

    @Test
    @Tag("invariant-7")
    void aCallWaitsForItsPermit() throws Exception {
        for (int i = 0; i < 3; i++) {
            call(Duration.ZERO);
        }
        CompletableFuture<Long> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return budget.take(Urgency.QUALIFICATION);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(waiting).isNotDone();
        clock.advance(Duration.ofMinutes(1));

        assertThat(waiting.get(10, TimeUnit.SECONDS)).isPositive();
        assertThat(budget.used()).isEqualTo(1);
    }

    @Test
    void aCallThatTheGatewayDidNotSendCostsNothing() throws Exception {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        budget.sending(exchange);
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new ChatwootException.Unavailable("not sent"));

        budget.answered(exchange);

        assertThat(budget.used()).isZero();
    }

    @Test
    void permitsComeBackOneByOne() {
        call(Duration.ofSeconds(10));
        call(Duration.ofSeconds(10));
        clock.advance(Duration.ofSeconds(50));

        assertThat(budget.used()).isEqualTo(1);
    }

    @Test
    void duringAPauseNothingIsFree() {
        budget.pause(clock.instant().plusSeconds(30));

        assertThat(budget.free(Urgency.ESCALATION)).isZero();
        assertThat(budget.tryTake()).isEmpty();
        clock.advance(Duration.ofSeconds(30));
        assertThat(budget.free(Urgency.ESCALATION)).isEqualTo(3);
    }

    @Test
    void aShorterPauseDoesNotEndALongerOne() {
        budget.pause(clock.instant().plusSeconds(60));
        budget.pause(clock.instant().plusSeconds(5));
        clock.advance(Duration.ofSeconds(30));

        assertThat(budget.free(Urgency.ESCALATION)).isZero();
    }

    @Test
    @Tag("invariant-7")
    void aRefusalHalvesTheLimitAndEachMinuteGivesAStepBack() {
        Budget minute = new Budget(60, clock);

        minute.refused(clock.instant().plusSeconds(20));
        assertThat(minute.limit()).isEqualTo(30);
        minute.refused(clock.instant().plusSeconds(20));
        assertThat(minute.limit()).as("one more call of the same burst").isEqualTo(30);

        clock.advance(Duration.ofMinutes(10));
        assertThat(minute.limit()).isEqualTo(40);
        minute.refused(clock.instant().plusSeconds(20));
        assertThat(minute.limit()).isEqualTo(20);
        clock.advance(Duration.ofMinutes(40));
        assertThat(minute.limit()).isEqualTo(60);
        clock.advance(Duration.ofMinutes(40));
        assertThat(minute.limit()).isEqualTo(60);
    }

    @Test
    void aLargeLimitGrowsBackInAsManyMinutesAsASmallOne() {
        Budget large = new Budget(3_000, clock);

        large.refused(clock.instant().plusSeconds(20));
        clock.advance(Duration.ofMinutes(29));

        assertThat(large.limit()).isEqualTo(2_950);
    }

    @Test
    void theLastPermitsAreForEscalations() {
        Budget minute = new Budget(60, clock);
        for (int i = 0; i < 50; i++) {
            call(minute, Duration.ZERO);
        }

        assertThat(minute.free(Urgency.ESCALATION)).isEqualTo(10);
        assertThat(minute.free(Urgency.QUALIFICATION)).isEqualTo(5);
    }

    @Test
    void noPermitLiesIdleThatComesBackInTimeForAnEscalation() {
        Budget minute = new Budget(60, clock);
        for (int i = 0; i < 59; i++) {
            call(minute, Duration.ZERO);
            clock.advance(Duration.ofSeconds(1));
        }
        clock.advance(Duration.ofMillis(400));
        assertThat(minute.free(Urgency.ESCALATION)).isEqualTo(1);
        assertThat(minute.free(Urgency.QUALIFICATION)).as("600 ms to the next").isZero();

        clock.advance(Duration.ofMillis(100));
        assertThat(minute.free(Urgency.QUALIFICATION)).as("500 ms to the next").isEqualTo(1);
    }

    @Test
    void taggingIsPacedWhenHalfOfThePermitsAreHeld() {
        Budget minute = new Budget(60, clock);
        assertThat(minute.free(Urgency.TAGGING)).isEqualTo(30);
        for (int i = 0; i < 30; i++) {
            call(minute, Duration.ZERO);
        }

        assertThat(minute.free(Urgency.TAGGING)).isZero();
        assertThat(minute.free(Urgency.QUALIFICATION)).isEqualTo(25);
        clock.advance(Duration.ofMillis(900));
        assertThat(minute.free(Urgency.TAGGING)).isEqualTo(1);
    }

    @Test
    void aLimitOfOneIsForAll() {
        Budget one = new Budget(1, clock);

        assertThat(one.free(Urgency.TAGGING)).isEqualTo(1);
        call(one, Duration.ZERO);
        assertThat(one.free(Urgency.TAGGING)).isZero();
        clock.advance(Duration.ofMinutes(1));
        assertThat(one.free(Urgency.TAGGING)).isEqualTo(1);
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
