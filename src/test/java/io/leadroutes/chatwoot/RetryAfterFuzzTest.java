package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** No header makes us wait for longer than a quarter of an hour, or not at all. */
class RetryAfterFuzzTest {
    private static final Instant NOW = Instant.parse("2026-03-04T10:00:00Z");

    @FuzzTest(maxDuration = "20s")
    void anyHeaderIsWithinItsBounds(byte[] bytes) {
        String header = new String(bytes, StandardCharsets.UTF_8);
        RetryAfter.parse(header, NOW)
                .ifPresent(until -> assertThat(until).isBetween(NOW.plusSeconds(1), NOW.plusSeconds(900)));
        assertThat(RetryAfter.nextMinute(NOW, Optional.of(header))).isBetween(NOW.plusSeconds(1), NOW.plusSeconds(61));
    }
}
