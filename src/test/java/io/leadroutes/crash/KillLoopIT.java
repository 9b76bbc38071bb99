package io.leadroutes.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.store.TestDatabases.Engine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A small part of what {@code mvn -Pcrash verify} does. */
class KillLoopIT {
    private static final long SEED = 20261122;

    @Test
    @Tag("invariant-1")
    @Tag("invariant-2")
    @Tag("invariant-3")
    @Tag("invariant-9")
    @Tag("invariant-10")
    void nothingAcknowledgedIsLostDoneTwiceOrOutOfOrder() {
        String sum = new KillLoop(Engine.H2, SEED, "none").run(3);

        assertThat(sum).contains("rounds 3,");
    }
}
