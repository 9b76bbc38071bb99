package io.leadroutes.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.leadroutes.store.TestDatabases.Engine;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -Dcrash.rounds=50 -Dcrash.seed=1 -Dcrash.database=both -Dcrash.broker=none}; without a seed each run has another, which is printed. */
class KillLoopCrash {
    private static final int ROUNDS = Integer.getInteger("crash.rounds", 50);
    private static final long SEED =
            Long.getLong("crash.seed", RandomGenerator.getDefault().nextInt(1_000_000));
    private static final String BROKER = System.getProperty("crash.broker", "none");
    private static final String DATABASE = System.getProperty("crash.database", "both");

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-1")
    @Tag("invariant-2")
    @Tag("invariant-3")
    @Tag("invariant-9")
    @Tag("invariant-10")
    void nothingAcknowledgedIsLostDoneTwiceOrOutOfOrder(Engine engine) {
        String name = engine == Engine.H2 ? "h2" : "postgres";
        assertThat(DATABASE.toLowerCase(Locale.ROOT)).as("crash.database").isIn("h2", "postgres", "both");
        assumeTrue(DATABASE.equalsIgnoreCase("both") || DATABASE.equalsIgnoreCase(name), "not asked for");

        String sum = new KillLoop(engine, SEED, BROKER).run(ROUNDS);

        System.out.println(sum);
        assertThat(sum).contains("rounds " + ROUNDS + ",");
    }
}
