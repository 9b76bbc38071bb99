package io.leadroutes.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.jms.TestBroker;
import io.leadroutes.store.TestDatabases.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two replicas consume one queue of a broker into one PostgreSQL; one is killed with webhooks of the queue in its hands. */
class ReplicasIT {
    private static final long SEED = 20261123;

    @Test
    @Tag("invariant-1")
    @Tag("invariant-2")
    @Tag("invariant-3")
    @Tag("invariant-9")
    void whatOneHadInHandWhenItWasKilledTheOtherTakesOutOfTheQueue() {
        Path place = Bench.place("queue of two");
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
                        Optional.of(new TestBroker(place.resolve("broker"))))) {
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

                Report report = bench.check(bench.drain(second, Duration.ofMinutes(2)));

                report.mustBeClean("one of two that consume a queue was killed, seed " + SEED);
                assertThat(report.acknowledged()).isPositive();
            } finally {
                first.process().close();
                second.process().close();
            }
        }
    }
}
