package io.leadroutes.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.ops.Health.Problem;
import io.leadroutes.store.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HealthTest {
    private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");

    private final TestClock clock = new TestClock();

    @BeforeEach
    void setClock() {
        clock.set(NOON);
    }

    private static HealthCheck.Result call(Health check) {
        check.setCamelContext(new DefaultCamelContext());
        return check.call();
    }

    private static Supplier<Optional<Problem>> hangs(CountDownLatch until, AtomicInteger asked) {
        return () -> {
            asked.incrementAndGet();
            try {
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        };
    }

    @Test
    void whatIsWrongIsSaidAndSinceWhenItWasFirstTold() {
        AtomicReference<Optional<Problem>> problem = new AtomicReference<>(Optional.empty());
        Health check = Health.live("a", problem::get, clock);
        assertThat(call(check).getState()).isEqualTo(State.UP);

        problem.set(Optional.of(Problem.of("full")));
        clock.advance(Duration.ofMinutes(1));
        assertThat(call(check).getState()).isEqualTo(State.DOWN);
        clock.advance(Duration.ofMinutes(1));
        assertThat(call(check).getMessage()).contains("since 2026-09-01T12:01:00Z: full");

        problem.set(Optional.empty());
        assertThat(call(check).getState()).isEqualTo(State.UP);
        problem.set(Optional.of(Problem.of("full")));
        assertThat(call(check).getMessage()).contains("since 2026-09-01T12:02:00Z: full");
    }

    @Test
    void whoAsksMayKnowSinceWhen() {
        Health check = Health.ready("a", () -> Optional.of(Problem.since(NOON.minusSeconds(60), "refused")), clock);

        assertThat(call(check).getMessage()).contains("since 2026-09-01T11:59:00Z: refused");
    }

    @Test
    @Tag("invariant-12")
    @Tag("attack-21")
    void aFailureIsToldByItsKindOnly() {
        Supplier<Optional<Problem>> fails = () -> {
            throw new IllegalStateException("password is s3cret");
        };
        HealthCheck.Result result = call(Health.ready("a", fails, clock));

        assertThat(result.getState()).isEqualTo(State.DOWN);
        assertThat(result.getMessage()).contains("since 2026-09-01T12:00:00Z: IllegalStateException");
    }

    @Test
    @Timeout(60)
    void aQuestionThatHangsIsDownAndNotAskedAgainUntilItIsAnswered() {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Health check = Health.ready("a", hangs(answer, asked), clock);

        assertThat(call(check).getMessage()).contains("since 2026-09-01T12:00:00Z: no answer for 2 s");
        assertThat(call(check).getState()).isEqualTo(State.DOWN);
        assertThat(asked).hasValue(1);

        answer.countDown();
        assertThat(call(check).getState()).isEqualTo(State.UP);
    }

    @Test
    @Timeout(60)
    void newsAreToldWithoutWaitingForThemAndHinderNobody() {
        CountDownLatch answer = new CountDownLatch(1);
        Health check = Health.news("a", hangs(answer, new AtomicInteger()), clock);

        assertThat(call(check).getMessage()).as("not known yet").isEmpty();
        await().untilAsserted(() ->
                assertThat(call(check).getMessage()).contains("since 2026-09-01T12:00:00Z: no answer for 2 s"));
        assertThat(call(check).getState()).isEqualTo(State.UP);

        answer.countDown();
        await().untilAsserted(() -> assertThat(call(check).getMessage()).isEmpty());
    }
}
