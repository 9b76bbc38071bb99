package io.leadroutes.rules;

import com.google.re2j.Pattern;
import io.leadroutes.event.AttributeType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;

/** Reads what people write as the value of an attribute of a type. */
final class TypedValue {
    private static final Set<String> YES = Set.of("true", "yes");
    private static final Set<String> NO = Set.of("false", "no");
    private static final java.util.regex.Pattern NUMBER = java.util.regex.Pattern.compile(
            "([+-]?)(\\d[\\d.,' \u00A0\u202F]*+)(k|m|mio|million|thousand)?", java.util.regex.Pattern.CASE_INSENSITIVE);
    private static final java.util.regex.Pattern CURRENCY =
            java.util.regex.Pattern.compile("(?i)[$\u20AC\u00A3\u00A5\u20B9]|\\b(usd|eur|gbp|chf|jpy|inr|brl)\\b");
    private static final java.util.regex.Pattern PERCENT = java.util.regex.Pattern.compile("(?i)%|percent");
    private static final java.util.regex.Pattern LINK =
            java.util.regex.Pattern.compile("(?i)https?://[^\\s/?#\"<>]+\\.[^\\s\"<>]+");
    private static final int LONGEST_DIGITS = 30;

    private TypedValue() {}

    /**
     * The value as Chatwoot takes it: numbers as such, dates as ISO 8601; absent if the text is none of that type.
     *
     * @param options of which a list's value must be one, in any case; of other types any if empty
     */
    static Optional<Object> of(AttributeType type, String text, Optional<Pattern> pattern, Collection<String> options) {
        String plain = text.strip();
        return switch (type) {
            case TEXT ->
                Optional.<Object>of(plain).filter(value -> isComplete(plain)).filter(value -> pattern.filter(
                                whole -> !whole.matches(plain))
                        .isEmpty());
            case NUMBER -> number(plain);
            case CURRENCY -> number(CURRENCY.matcher(plain).replaceAll(" "));
            case PERCENT -> number(PERCENT.matcher(plain).replaceAll(" "));
            case LINK -> link(plain);
            case DATE -> date(plain);
            case LIST ->
                options.stream()
                        .filter(option -> option.equalsIgnoreCase(plain))
                        .findFirst()
                        .map(Object.class::cast);
            case CHECKBOX -> checkbox(plain.toLowerCase(Locale.ROOT));
        };
    }

    /** What was expected instead. */
    static String expected(AttributeType type, Optional<Pattern> pattern, Collection<String> options) {
        return switch (type) {
            case TEXT ->
                pattern.map(whole -> "a text that matches " + whole.pattern())
                        .orElse("a text of less than " + Hit.MAX_MATCHED_LENGTH + " characters");
            case NUMBER, CURRENCY, PERCENT -> "a number up to " + AttributeType.MAX_NUMBER;
            case LINK -> "an address that begins with http:// or https://";
            case DATE -> "a date such as 2026-12-31";
            case LIST -> "one of " + String.join(", ", options);
            case CHECKBOX -> "true, false, yes or no";
        };
    }

    /** What a reading has cut is no value. */
    private static boolean isComplete(String text) {
        return !text.isEmpty() && !text.endsWith("\u2026") && text.length() <= AttributeType.MAX_CHARS;
    }

    /** What ends a sentence is no part of it. */
    private static Optional<Object> number(String text) {
        Matcher parts = NUMBER.matcher(text.strip().replaceAll("[.,;:!?]+$", ""));
        if (!parts.matches() || parts.group(2).length() > LONGEST_DIGITS) {
            return Optional.empty();
        }
        return decimal(parts.group(2))
                .map(number -> number.multiply(factor(parts.group(3))))
                .map(number -> parts.group(1).equals("-") ? number.negate() : number)
                .filter(number -> number.abs().compareTo(BigDecimal.valueOf(AttributeType.MAX_NUMBER)) <= 0)
                .map(TypedValue::plain);
    }

    private static BigDecimal factor(String unit) {
        if (unit == null) {
            return BigDecimal.ONE;
        }
        boolean isThousands = unit.equalsIgnoreCase("k") || unit.equalsIgnoreCase("thousand");
        return BigDecimal.valueOf(isThousands ? 1_000 : 1_000_000);
    }

    /** Of both separators the later is the decimal one; one alone parts thousands if three digits follow it each time. */
    private static Optional<BigDecimal> decimal(String written) {
        String digits = written.replaceAll("[' \u00A0\u202F]", "");
        int dot = digits.lastIndexOf('.');
        int comma = digits.lastIndexOf(',');
        String point = dot > comma ? "." : ",";
        String other = dot > comma ? "," : ".";
        boolean isThousands = !digits.contains(other) && digits.matches("[1-9]\\d{0,2}([.,]\\d{3})+");
        String plain = isThousands
                ? digits.replace(point, "")
                : digits.replace(other, "").replace(point, ".");
        return ValueTest.NUMBER.matcher(plain).matches() ? Optional.of(new BigDecimal(plain)) : Optional.empty();
    }

    private static Object plain(BigDecimal number) {
        BigDecimal shortest = number.stripTrailingZeros();
        return shortest.scale() <= 0 ? (Object) shortest.longValueExact() : shortest;
    }

    private static Optional<Object> link(String text) {
        String address = text.toLowerCase(Locale.ROOT).startsWith("www.") ? "https://" + text : text;
        String clean = address.replaceAll("[.,;:!?)]+$", "");
        return Optional.<Object>of(clean)
                .filter(link -> isComplete(address) && LINK.matcher(clean).matches());
    }

    private static Optional<Object> date(String text) {
        try {
            return Optional.of(LocalDate.parse(text).toString());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Object> checkbox(String word) {
        return YES.contains(word) || NO.contains(word) ? Optional.of(YES.contains(word)) : Optional.empty();
    }
}
