package io.leadroutes.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.store.TestDatabases.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two replicas on one PostgreSQL, and on one queue or topic of a broker: one stands still for longer than any lease and wakes
 * up, the other is killed.
 */
class ReplicasCrash {
    private static final long SEED = Long.getLong("crash.seed", 1);
    private static final Duration TAKEN_OVER_WITHIN = Duration.ofMinutes(3);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "before the intake's commit",
                "in mid-decision, a wish inserted",
                "before the intent to send is committed",
                "after the intent to send is committed, before the call",
                "after the answer, before the wish is marked done"
            })
    @Tag("invariant-1")
    @Tag("invariant-2")
    @Tag("invariant-3")
    @Tag("invariant-9")
    void theOtherTakesOverAndWhoWakesUpDoesNothingTwice(String point) {
        oneStandsStillTheOtherIsKilled(point, "none");
    }

    /** The broker takes back what one has in hand that has not been heard of for a minute. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "before the intake's commit",
                "after the intake's commit, before its sync and the answer",
                "in mid-decision, a wish inserted"
            })
    @Tag("invariant-1")
    @Tag("invariant-2")
    @Tag("invariant-3")
    @Tag("invariant-9")
    void theOtherTakesOverTheQueueThatBothConsumeToo(String point) {
        oneStandsStillTheOtherIsKilled(point, "jms");
    }

    /** Kafka gives the share of one that has not been heard of for some seconds to the other. */
    @ParameterizedTest
    @ValueSource(strings = {"before the intake's commit", "after the intake's commit, before its sync and the answer"})
    @Tag("invariant-1")
    @Tag("invariant-2")
    @Tag("invariant-3")
    @Tag("invariant-9")
    void theOtherTakesOverTheTopicToo(String point) {
        oneStandsStillTheOtherIsKilled(point, "kafka");
    }

    private static void oneStandsStillTheOtherIsKilled(String point, String broker) {
        Path place = Bench.place("replicas " + point);
        Breakpoint breakpoint = Breakpoint.COMMON.stream()
                .filter(one -> one.name().equals(point))
                .findFirst()
                .orElseThrow()
                .at(5)
                .toStandStill();
        try (History history = new History(place.resolve("history.txt"));
                Bench bench = new Bench(
                        place,
                        Bench.databases(Engine.POSTGRESQL, place),
                        new Random(SEED),
                        history,
                        Map.of(),
                        InFront.start(broker, place.resolve("broker")))) {
            Bench.Replica first = bench.start();
            first.process().awaitReady();
            Bench.Replica second = bench.start();
            second.process().awaitReady();
            Bench.Replica third = second;
            try {
                bench.deliverTo(first, second);
                bench.load(Duration.ofSeconds(1));
                first.process().tell(breakpoint.line());
                bench.load(Duration.ofSeconds(20), first.process()::isFrozen);
                assertThat(first.process().isFrozen())
                        .as("stands still %s", point)
                        .isTrue();
                bench.load(Duration.ofSeconds(1));

                bench.check(second, TAKEN_OVER_WITHIN)
                        .mustBeClean("while one stands still " + point + ", seed " + SEED);

                bench.deliverTo(first, second);
                first.process().thaw();
                bench.load(Duration.ofSeconds(1));
                second.process().kill();
                third = bench.start();
                third.process().awaitReady();
                Report report = bench.check(third, TAKEN_OVER_WITHIN);

                System.out.println("two replicas" + (broker.equals("none") ? "" : " behind " + broker)
                        + ", one stood still " + point + ": " + report.numbers());
                report.mustBeClean("after it woke up " + point + ", seed " + SEED);
                await().until(() -> first.process().isAlive());
            } finally {
                first.process().close();
                second.process().close();
                third.process().close();
            }
        }
    }
}
