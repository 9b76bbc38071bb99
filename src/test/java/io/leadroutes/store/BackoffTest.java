package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final TestClock clock = new TestClock();
    private final Backoff backoff = new Backoff("nothing can be done", clock);
    private final AtomicInteger asked = new AtomicInteger();
    private boolean isAway = true;
    private final Supplier<String> database = () -> {
        asked.incrementAndGet();
        if (isAway) {
            throw new IllegalStateException("away");
        }
        return "there";
    };

    @Test
    void whatFailsIsAskedAgainAfterASecondHoweverOftenItIsWanted() {
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.ask(database, "nothing")).isEqualTo("nothing");
        }
        assertThat(asked).hasValue(1);

        clock.advance(Backoff.PAUSE);
        isAway = false;

        assertThat(backoff.ask(database, "nothing")).isEqualTo("there");
        assertThat(backoff.ask(database, "nothing")).isEqualTo("there");
        assertThat(asked).as("no pause while it works").hasValue(3);
    }

    @Test
    void whatCouldNotBeWorkedOffPausesToo() {
        isAway = false;

        backoff.failed(new IllegalStateException("full"));

        assertThat(backoff.ask(database, "nothing")).isEqualTo("nothing");
    }
}
