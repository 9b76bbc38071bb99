package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    @Tag("invariant-12")
    @Tag("attack-21")
    void aLogIsToldTheKindsOfAFailureAndNoMessage() {
        Throwable failure = new IllegalStateException("in a text: canary", new SQLException("in a value: canary"));

        assertThat(Failures.kind(failure)).isEqualTo("IllegalStateException < SQLException");
    }
}
