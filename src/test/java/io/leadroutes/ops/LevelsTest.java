package io.leadroutes.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.store.Overview;
import io.leadroutes.store.Store;
import io.leadroutes.store.TestDatabases.Engine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LevelsTest {
    private final Store store = new Store(Engine.H2);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Levels levels =
            new Levels(new Overview(store.database), () -> 7, () -> 60, () -> 1_500, store.clock, registry);

    @AfterEach
    void close() {
        store.close();
    }

    private double level(String name, String... tags) {
        return registry.get("leadroutes." + name).tags(tags).gauge().value();
    }

    @Test
    void aScrapeShowsWhatTheLastLookSaw() {
        assertThat(level("budget.limit")).as("before the first look").isZero();
        store.append(Bodies.message(1580, 1, "hello"));
        assertThat(level("inbox.events", "state", "waiting")).isZero();

        levels.look();

        assertThat(level("inbox.events", "state", "waiting")).isEqualTo(1);
        assertThat(level("budget.used")).isEqualTo(7);
        assertThat(level("budget.limit")).isEqualTo(60);
        assertThat(level("budget.pause")).isEqualTo(1.5);
    }

    @Test
    void whileTheDatabaseIsAwayTheLastStandsAndAgesGoOn() {
        store.append(Bodies.message(1580, 1, "hello"));
        levels.look();
        store.close();
        store.clock.advance(Duration.ofMinutes(5));

        levels.look();

        assertThat(level("inbox.events", "state", "waiting")).isEqualTo(1);
        assertThat(level("inbox.oldest.age")).isEqualTo(300);
    }
}
