package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-09-01T10:00:20Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30 | 2026-09-01T10:00:50Z",
                " 30  | 2026-09-01T10:00:50Z",
                "0 | 2026-09-01T10:00:21Z",
                "86400 | 2026-09-01T10:15:20Z",
                "999999999 | 2026-09-01T10:15:20Z",
                "Tue, 01 Sep 2026 10:01:00 GMT | 2026-09-01T10:01:00Z",
                "Mon, 31 Aug 2026 10:00:00 GMT | 2026-09-01T10:00:21Z",
                "Wed, 01 Sep 2027 10:00:00 GMT | 2026-09-01T10:15:20Z"
            })
    void secondsAndDatesAreUnderstoodAndClamped(String header, String until) {
        assertThat(RetryAfter.parse(header, NOW)).contains(Instant.parse(until));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "-5",
                "1.5",
                "1e3",
                "\u0661\u0662",
                "12345678901234567890",
                "Tue, 32 Sep 2026 10:01:00 GMT"
            })
    void nonsenseIsAsGoodAsNothing(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isEmpty();
    }

    @Test
    void withNothingSaidTheNextMinuteAndASecondForTheClocksDifference() {
        assertThat(RetryAfter.nextMinute(NOW, Optional.empty())).isEqualTo(Instant.parse("2026-09-01T10:01:01Z"));
        assertThat(RetryAfter.nextMinute(Instant.parse("2026-09-01T10:01:00Z"), Optional.empty()))
                .isEqualTo(Instant.parse("2026-09-01T10:02:01Z"));
    }

    @Test
    void theMinuteIsThatOfTheServersClock() {
        assertThat(RetryAfter.nextMinute(NOW, Optional.of("Tue, 01 Sep 2026 09:47:50 GMT")))
                .isEqualTo(NOW.plusSeconds(11));
        assertThat(RetryAfter.nextMinute(NOW, Optional.of("Sat, 1 Jan 0000 10:00:30 GMT")))
                .as("a server without a clock")
                .isEqualTo(NOW.plusSeconds(31));
        assertThat(RetryAfter.nextMinute(NOW, Optional.of("yesterday")))
                .isEqualTo(RetryAfter.nextMinute(NOW, Optional.empty()));
    }
}
