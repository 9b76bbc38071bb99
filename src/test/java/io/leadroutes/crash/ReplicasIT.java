package io.leadroutes.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.store.TestDatabases.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two replicas consume one queue or topic of a broker into one PostgreSQL; one is killed with webhooks of it in its hands. */
class ReplicasIT {
    private static final long SEED = 20261123;

    @ParameterizedTest
    @ValueSource(strings = {"jms", "kafka"})
    @Tag("invariant-1")
    @Tag("invariant-2")
    @Tag("invariant-3")
    @Tag("invariant-9")
    void whatOneHadInHandWhenItWasKilledTheOtherTakesFromTheBroker(String broker) {
        Path place = Bench.place(broker + " of two");
        Breakpoint inHand = Breakpoint.COMMON.stream()
                .filter(one -> one.name().equals("before the intake's commit"))
                .findFirst()
                .orElseThrow()
                .at(20);
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
            try {
                bench.deliverTo(first, second);
                first.process().tell(inHand.line());
                bench.load(Duration.ofSeconds(60), () -> !first.process().isAlive());
                assertThat(first.process().isAlive()).as("is still alive").isFalse();
                bench.load(Duration.ofSeconds(1));

                Report report = bench.check(second, Duration.ofMinutes(4));

                report.mustBeClean("one of two that consume from " + broker + " was killed, seed " + SEED);
                assertThat(report.acknowledged()).isPositive();
            } finally {
                first.process().close();
                second.process().close();
            }
        }
    }
}
