package io.leadroutes.chatwoot;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** When a refused request may be repeated. */
final class RetryAfter {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(1);

    private RetryAfter() {}

    /**
     * The time that the header names, 1 s to 15 min from now; Chatwoot itself sends none, a proxy before it may.
     *
     * @param header seconds or an HTTP date (RFC 9110, section 10.2.3)
     */
    static Optional<Instant> parse(String header, Instant now) {
        return seconds(header.strip())
                .map(now::plusSeconds)
                .or(() -> date(header.strip()))
                .map(at -> clamp(at, now));
    }

    /**
     * With nothing said: the next minute, because the server counts by clock minutes (CONTRACT section 3.1), and a second
     * more, because its clock may be behind ours.
     *
     * @param serverDate the answer's {@code Date}, if it has one: the minute is that of the server's clock
     */
    static Instant nextMinute(Instant now, Optional<String> serverDate) {
        Instant there = serverDate.flatMap(RetryAfter::date).orElse(now);
        Instant turn = Instant.ofEpochSecond((Math.floorDiv(there.getEpochSecond(), 60L) + 1) * 60);
        return now.plus(Duration.between(there, turn)).plus(CLOCK_DIFFERENCE);
    }

    private static Optional<Long> seconds(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException e) {
            // Neither form: as if the header were absent.
            return Optional.empty();
        }
    }

    private static Instant clamp(Instant at, Instant now) {
        if (at.isBefore(now.plus(SHORTEST))) {
            return now.plus(SHORTEST);
        }
        return at.isAfter(now.plus(LONGEST)) ? now.plus(LONGEST) : at;
    }
}
