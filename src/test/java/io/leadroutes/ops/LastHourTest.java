package io.leadroutes.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.store.Overview;
import io.leadroutes.store.Store;
import io.leadroutes.store.TestDatabases.Engine;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LastHourTest {
    private final Store store = new Store(Engine.H2);
    private final LastHour history = new LastHour(new Overview(store.database), () -> 7, () -> 60, store.clock);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aPointTellsTheBudgetNow() {
        note();

        assertThat(history.points()).singleElement().satisfies(point -> {
            assertThat(point.at()).isEqualTo(store.clock.instant());
            assertThat(point.used()).isEqualTo(7);
            assertThat(point.limit()).isEqualTo(60);
        });
    }

    @Test
    void everyEventIsCountedInOnePoint() {
        store.append(Bodies.message(1580, 1, "hello").at(store.clock.instant()));
        note();
        store.inbox.dueLanes(10);
        store.work(Store.lane(1580));
        note();
        note();
        note();

        // One in ten seconds is six a minute.
        assertThat(history.points()).extracting(LastHour.Point::handled).containsExactlyInAnyOrder(0.0, 6.0, 0.0, 0.0);
    }

    @Test
    void anHourIsKept() {
        Instant begun = store.clock.instant();
        for (int i = 0; i < 400; i++) {
            note();
        }

        assertThat(history.points()).hasSize(360);
        assertThat(history.points().get(0).at()).isEqualTo(begun.plusSeconds(410));
    }

    @Test
    void ofAMomentNoRateIsTold() {
        store.clock.advance(Duration.ofMillis(900));
        history.note();

        assertThat(history.points()).isEmpty();
    }

    private void note() {
        store.clock.advance(Duration.ofSeconds(10));
        history.note();
    }
}
