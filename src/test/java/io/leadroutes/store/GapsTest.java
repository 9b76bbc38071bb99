package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.store.TestDatabases.Engine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class GapsTest {
    private static final long A = 1580;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Parameter
    Engine engine;

    private Store store;
    private Gaps gaps;

    @BeforeEach
    void open() {
        store = new Store(engine);
        gaps = new Gaps(store.database, store.clock);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private Instant now() {
        return store.clock.instant();
    }

    private boolean isDue() {
        return gaps.isDue(now(), now().minus(Duration.ofMinutes(10)));
    }

    private boolean hold(String holder) {
        return gaps.hold(holder, now().plus(MINUTE), false);
    }

    private List<Map<String, Object>> openGaps() {
        return store.rows("SELECT reason FROM gap WHERE reconciled_at IS NULL");
    }

    @Test
    void aFreshDatabaseKnowsAllAsOfNowAndHasNoGap() {
        Instant start = now();

        gaps.start();
        store.clock.advance(MINUTE);

        assertThat(isDue()).isFalse();
        assertThat(gaps.since()).isEqualTo(new Gaps.Since(start, Optional.empty(), 0));
    }

    @Test
    void whatIsKnownGrowsOld() {
        gaps.start();
        store.clock.advance(Duration.ofMinutes(10));

        assertThat(isDue()).isTrue();
    }

    @Test
    void aRestartIsAGapSinceTheLastWebhook() {
        gaps.start();
        store.clock.advance(MINUTE);
        store.append(Bodies.message(A, 1, "hello").at(now()));
        Instant last = now();
        store.clock.advance(MINUTE);

        new Gaps(store.database, store.clock).start();

        assertThat(openGaps()).extracting(row -> row.get("reason")).containsExactly("start");
        assertThat(gaps.since().gapFrom()).contains(last);
        assertThat(gaps.since().from()).as("known until").isEqualTo(last.minus(MINUTE));
        assertThat(isDue()).isTrue();
    }

    @Test
    void gapsOfAReasonAreOneUntilTheyAreClosed() {
        gaps.start();
        Instant start = now();
        gaps.record(start.minusSeconds(5), start, "overload");
        gaps.record(start.plusSeconds(1), start.plusSeconds(5), "overload");
        gaps.record(start, start, "restore");

        assertThat(openGaps()).hasSize(2);
        assertThat(gaps.since().from()).isEqualTo(start.minusSeconds(5));
    }

    @Test
    void onlyWhatARunCoversIsClosed() {
        gaps.start();
        Instant start = now();
        gaps.record(start, start.plusSeconds(5), "overload");
        gaps.record(start, start.plusSeconds(50), "restore");
        hold("a");
        Gaps.Since since = gaps.since();
        gaps.record(start, start.plusSeconds(5), "late");

        gaps.done("a", since, start.plusSeconds(20));

        assertThat(openGaps()).extracting(row -> row.get("reason")).containsExactlyInAnyOrder("restore", "late");
        assertThat(gaps.since().from()).isEqualTo(start);
    }

    @Test
    void oneHoldsTheWorkUntilItIsDoneOrItsTimeIsOver() {
        gaps.start();

        assertThat(hold("a")).isTrue();
        assertThat(hold("b")).isFalse();
        assertThat(hold("a")).as("again").isTrue();
        gaps.done("a", gaps.since(), now());
        assertThat(hold("b")).as("it was done").isTrue();
        store.clock.advance(MINUTE);
        assertThat(hold("a")).as("the time is over").isTrue();

        gaps.done("b", gaps.since(), now().plus(MINUTE));

        assertThat(gaps.since().from()).as("b has lost it").isBefore(now());
        assertThat(gaps.hold("c", now().plus(MINUTE), true))
                .as("nobody else can have it")
                .isTrue();
    }

    @Test
    void whatIsKnownOfAConversationIsItsNewestEventWaitingOrHandled() {
        Instant first = now();
        store.append(Bodies.message(A, 1, "hello").at(first));
        store.clock.advance(Duration.ofMillis(2_500));
        store.append(Bodies.message(A, 2, "hello").at(now()));

        Gaps.Known known = gaps.known(Store.ACCOUNT, List.of(A, 4711L)).get(A);

        assertThat(known.versionMicros()).isEqualTo(now().toEpochMilli() * 1_000);
        assertThat(known.receivedAt()).contains(now());
        assertThat(gaps.known(Store.ACCOUNT, List.of(4711L))).isEmpty();
        assertThat(gaps.known(Store.ACCOUNT, List.of())).isEmpty();
        assertThat(gaps.lastMessage(Store.ACCOUNT, A, now().toEpochMilli() * 1_000))
                .isEqualTo(OptionalLong.of(1));
        assertThat(gaps.lastMessage(Store.ACCOUNT, A, first.toEpochMilli() * 1_000))
                .isEmpty();
    }

    @Test
    void aTimeInWholeSecondsReachesToTheSecondsEnd() {
        store.append(Bodies.message(A, 1, "hello").at(TestClock.START));

        assertThat(gaps.known(Store.ACCOUNT, List.of(A)).get(A).versionMicros())
                .isEqualTo(TestClock.START.getEpochSecond() * 1_000_000 + 999_999);
    }
}
