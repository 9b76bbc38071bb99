package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conversation.Urgency;
import io.leadroutes.store.Database;
import io.leadroutes.store.Permits;
import io.leadroutes.store.TestClock;
import io.leadroutes.store.TestDatabases;
import io.leadroutes.store.TestDatabases.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A budget over restarts, and in two processes on one PostgreSQL. */
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class SharedBudgetTest {
    private static final int LIMIT = 12;

    @Parameter
    Engine engine;

    private final TestClock clock = new TestClock();
    private Database database;

    @BeforeEach
    void open() {
        database = TestDatabases.own(engine);
    }

    @AfterEach
    void close() {
        if (database != null) {
            database.close();
        }
    }

    private Budget start() {
        return new Budget(LIMIT, clock, new Permits(database)).start();
    }

    private static void call(Budget budget) {
        budget.giveBack(budget.tryTake().orElseThrow());
    }

    @Test
    @Tag("invariant-7")
    void aRestartGoesOnWithWhatIsLeft() {
        Budget before = start();
        for (int i = 0; i < LIMIT - 2; i++) {
            call(before);
        }

        Budget after = start();

        assertThat(after.free(Urgency.ESCALATION)).isEqualTo(2);
        clock.advance(Duration.ofMinutes(1));
        assertThat(after.free(Urgency.ESCALATION)).isEqualTo(LIMIT);
    }

    @Test
    @Tag("invariant-7")
    void aCallThatWasOpenAtACrashHoldsItsPermit() {
        start().tryTake();

        Budget after = start();
        assertThat(after.used()).isEqualTo(1);

        clock.advance(Duration.ofSeconds(59));
        assertThat(after.used()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(5));
        assertThat(after.used()).isZero();
    }

    @Test
    @Tag("invariant-7")
    void whatA429HasTaughtIsKnownAfterARestart() {
        start().refused(clock.instant().plusSeconds(30));

        Budget after = start();

        assertThat(after.limit()).isEqualTo(LIMIT / 2);
        assertThat(after.tryTake()).isEmpty();
        clock.advance(Duration.ofSeconds(30));
        assertThat(after.tryTake()).isPresent();
    }

    @Test
    @Tag("invariant-7")
    void twoThatTakeAtOnceNeverTakeMoreThanThereAre(@TempDir Path folder) {
        if (engine == Engine.H2) {
            // One that a second process may open.
            database.close();
            database = new Database(
                    "leadroutes",
                    "jdbc:h2:" + folder.resolve("own") + ";AUTO_SERVER=TRUE",
                    "sa",
                    "",
                    "db/migration",
                    8);
        }
        Budget one = start();
        Budget other = start();

        long taken = Stream.of(one, other, one, other)
                .map(budget -> CompletableFuture.supplyAsync(() -> {
                    long mine = 0;
                    while (budget.tryTake().isPresent()) {
                        mine++;
                    }
                    return mine;
                }))
                .toList()
                .stream()
                .mapToLong(CompletableFuture::join)
                .sum();

        assertThat(taken).isEqualTo(LIMIT);
    }

    @Test
    @Tag("invariant-7")
    void whatCanWaitSharesThePermitsAndLeavesTheLastToOthers() {
        Budget product = start();
        for (int i = 0; i < LIMIT - 2; i++) {
            call(product);
        }
        Budget command = Budget.beside(LIMIT, clock, new Permits(database));
        clock.advance(Duration.ofSeconds(50));

        assertThat(command.used()).isEqualTo(LIMIT - 2);
        assertThat(command.isFree(Urgency.BACKFILL))
                .as("one beside the reserve")
                .isFalse();
        assertThat(product.free(Urgency.QUALIFICATION)).isPositive();

        clock.advance(Duration.ofSeconds(11));
        assertThat(command.isFree(Urgency.BACKFILL)).isTrue();
        call(command);
        assertThat(start().used()).isEqualTo(1);
    }

    @Test
    void aLimitOfOneIsNotLeftAlone() {
        assertThat(Budget.beside(1, clock, new Permits(database)).isFree(Urgency.BACKFILL))
                .isTrue();
    }

    @Test
    void whatIsFreeIsForgotten() {
        Budget budget = start();
        call(budget);
        clock.advance(Duration.ofMinutes(1));
        call(budget);

        assertThat(new Permits(database)
                        .standing(clock.instant().minus(Duration.ofHours(1)))
                        .held())
                .hasSize(1);
    }
}
