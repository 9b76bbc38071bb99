package io.leadroutes.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Every way in which the dialects write a point in time (CONTRACT section 2.2): epoch seconds as integer, float or text,
 * ISO-8601, and {@code YYYY-MM-DD HH:MM:SS UTC}; without a zone it is UTC.
 */
public final class Times {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,9})?");
    private static final BigDecimal YEAR_10000 = BigDecimal.valueOf(253_402_300_800L);
    private static final DateTimeFormatter DATE_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendPattern("[' UTC'][XXX][XX]")
            .toFormatter(Locale.ROOT);

    private Times() {}

    /**
     * Microseconds since the epoch, exact; absent for what is no time, for 0 and less ({@code 0} means never, CONTRACT
     * section 2.1) and after the year 9999.
     */
    public static OptionalLong micros(JsonNode json) {
        if (json.isNumber()) {
            return micros(json.decimalValue());
        }
        if (!json.isTextual()) {
            return OptionalLong.empty();
        }
        String text = json.textValue();
        return SECONDS.matcher(text).matches() ? micros(new BigDecimal(text)) : parsed(text);
    }

    private static OptionalLong micros(BigDecimal seconds) {
        // Compared before it is scaled: scaling 1e999999999 would fill the memory.
        if (seconds.compareTo(BigDecimal.ONE) < 0 || seconds.compareTo(YEAR_10000) >= 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(
                seconds.movePointRight(6).setScale(0, RoundingMode.DOWN).longValueExact());
    }

    private static OptionalLong parsed(String text) {
        try {
            TemporalAccessor time = DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
            Instant instant = time instanceof OffsetDateTime offset
                    ? offset.toInstant()
                    : ((LocalDateTime) time).toInstant(ZoneOffset.UTC);
            return micros(BigDecimal.valueOf(ChronoUnit.MICROS.between(Instant.EPOCH, instant), 6));
        } catch (DateTimeException | ArithmeticException noTime) {
            return OptionalLong.empty();
        }
    }
}
