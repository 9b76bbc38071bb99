package io.leadroutes.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HealthTest {
    private static HealthCheck.Result call(Health check) {
        check.setCamelContext(new DefaultCamelContext());
        return check.call();
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(call(Health.ready("a", () -> "")).getState()).isEqualTo(State.UP);
        assertThat(call(Health.live("a", () -> "full")).getMessage()).contains("full");
    }

    @Test
    @Tag("invariant-12")
    void aFailureIsToldByItsKindOnly() {
        HealthCheck.Result result = call(Health.ready("a", () -> {
            throw new IllegalStateException("password is s3cret");
        }));

        assertThat(result.getState()).isEqualTo(State.DOWN);
        assertThat(result.getMessage()).contains("IllegalStateException");
    }

    @Test
    @Timeout(60)
    void aQuestionThatHangsIsDownAndNotAskedAgainUntilItIsAnswered() {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Health check = Health.ready("a", () -> {
            asked.incrementAndGet();
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "";
        });

        assertThat(call(check).getMessage()).contains("no answer for 2 s");
        assertThat(call(check).getState()).isEqualTo(State.DOWN);
        assertThat(asked).hasValue(1);

        answer.countDown();
        assertThat(call(check).getState()).isEqualTo(State.UP);
    }
}
