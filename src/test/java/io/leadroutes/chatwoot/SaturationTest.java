package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conversation.Urgency;
import io.leadroutes.sandbox.RateWindow;
import io.leadroutes.store.Database;
import io.leadroutes.store.Permits;
import io.leadroutes.store.TestClock;
import io.leadroutes.store.TestDatabases;
import io.leadroutes.store.TestDatabases.Engine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A day of more wishes than the limit allows, in virtual time: four senders, answers that are now and then slow, escalations
 * in between, a restart every hour, against the window of the sandbox's server.
 */
class SaturationTest {
    private static final long SEED = 42;
    private static final int LIMIT = 60;
    private static final int SENDERS = 4;
    private static final Duration POLL = Duration.ofMillis(50);

    private final TestClock clock = new TestClock();
    private final RateWindow server = new RateWindow(clock, LIMIT);
    private final Random random = new Random(SEED);
    private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparing(Due::at));
    private final List<Long> waitedMs = new ArrayList<>();
    private int sent;
    private int refused;
    private int inFlight;
    private int lives;

    private record Due(Instant at, Runnable what) {}

    @Test
    @Tag("invariant-7")
    void aDayAtSaturationHasNo429AndWastesNothing() {
        try (Database database = TestDatabases.own(Engine.H2)) {
            Instant end = clock.instant().plus(Duration.ofDays(1));
            Instant nextEscalation = clock.instant().plusSeconds(90);
            int escalationCalls = 0;
            while (clock.instant().isBefore(end)) {
                Budget budget = new Budget(LIMIT, clock, new Permits(database)).start();
                lives++;
                inFlight = 0;
                Instant restart = clock.instant().plus(Duration.ofHours(1));
                while (clock.instant().isBefore(restart)) {
                    if (!clock.instant().isBefore(nextEscalation)) {
                        if (escalationCalls == 0) {
                            escalationCalls = 4;
                        }
                        if (inFlight < SENDERS && send(budget, Urgency.ESCALATION)) {
                            if (escalationCalls == 4) {
                                waitedMs.add(Duration.between(nextEscalation, clock.instant())
                                        .toMillis());
                            }
                            escalationCalls--;
                        }
                        if (escalationCalls == 0) {
                            nextEscalation = clock.instant().plusMillis(20_000 + random.nextInt(80_000));
                        }
                    }
                    if (inFlight < SENDERS) {
                        send(budget, Urgency.TAGGING);
                    }
                    advance(clock.instant().plus(POLL));
                }
            }
        }

        Collections.sort(waitedMs);
        double perMinute = sent / (24 * 60.0);
        System.out.printf(
                "seed %d: %.2f calls a minute, %d refused, escalations waited %d ms at most, %d ms at the 99th percentile%n",
                SEED, perMinute, refused, waitedMs.get(waitedMs.size() - 1), waitedMs.get(waitedMs.size() * 99 / 100));
        assertThat(refused).as("429").isZero();
        assertThat(perMinute).isBetween(59.0, 60.0);
        assertThat(waitedMs.get(waitedMs.size() * 99 / 100)).isLessThan(1_000);
    }

    private boolean send(Budget budget, Urgency urgency) {
        if (budget.free(urgency) == 0) {
            return false;
        }
        OptionalLong permit = budget.tryTake();
        if (permit.isEmpty()) {
            return false;
        }
        sent++;
        inFlight++;
        int life = lives;
        boolean isSlow = random.nextInt(100) == 0;
        Duration there = Duration.ofMillis(5 + random.nextInt(isSlow ? 3_000 : 40));
        Duration back = Duration.ofMillis(5 + random.nextInt(isSlow ? 3_000 : 40));
        due.add(new Due(clock.instant().plus(there), () -> refused += server.admit() ? 0 : 1));
        due.add(new Due(clock.instant().plus(there).plus(back), () -> {
            // A process that has ended hears no answers.
            if (life == lives) {
                inFlight--;
                budget.giveBack(permit.getAsLong());
            }
        }));
        return true;
    }

    private void advance(Instant to) {
        while (!due.isEmpty() && !due.peek().at().isAfter(to)) {
            Due next = due.remove();
            clock.set(next.at());
            next.what().run();
        }
        clock.set(to);
    }
}
