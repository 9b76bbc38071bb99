package io.leadroutes.rules;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A test of one value of a conversation: text, number, boolean, or a list, of which one element must do. */
public sealed interface ValueTest {

    /** @param value null if there is none */
    boolean isMet(Object value);

    /** It is one of these: numbers by their value, all else by its text in any case. */
    record In(List<String> values) implements ValueTest {
        public In {
            values = List.copyOf(values);
        }

        @Override
        public boolean isMet(Object value) {
            return anyOf(value, one -> values.stream().anyMatch(wanted -> isSame(one, wanted)));
        }

        private static boolean isSame(Object one, String wanted) {
            Optional<BigDecimal> number = number(one);
            Optional<BigDecimal> wantedNumber = number(wanted);
            return number.isPresent() && wantedNumber.isPresent()
                    ? number.get().compareTo(wantedNumber.get()) == 0
                    : one.toString().strip().equalsIgnoreCase(wanted);
        }
    }

    /** Its text has this in it, in any case. */
    record Contains(String text) implements ValueTest {
        @Override
        public boolean isMet(Object value) {
            return anyOf(value, one -> one.toString().toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)));
        }
    }

    /** There is a value, and it is not blank; or there is none. */
    record Exists(boolean there) implements ValueTest {
        @Override
        public boolean isMet(Object value) {
            return there == (value != null && !value.toString().isBlank());
        }
    }

    /** It is a number that compares so. */
    record Compares(Comparison comparison, BigDecimal with) implements ValueTest {
        @Override
        public boolean isMet(Object value) {
            return anyOf(value, one -> number(one)
                    .map(number -> number.compareTo(with))
                    .filter(this::fits)
                    .isPresent());
        }

        /** True if no number up to this one is met. */
        boolean isAbove(long number) {
            int sign = with.compareTo(BigDecimal.valueOf(number));
            return comparison == Comparison.AT_LEAST && sign > 0 || comparison == Comparison.ABOVE && sign >= 0;
        }

        private boolean fits(int sign) {
            return switch (comparison) {
                case AT_LEAST -> sign >= 0;
                case AT_MOST -> sign <= 0;
                case ABOVE -> sign > 0;
                case BELOW -> sign < 0;
            };
        }
    }

    /** How numbers compare; the rule file has them in lower case. */
    enum Comparison {
        AT_LEAST,
        AT_MOST,
        ABOVE,
        BELOW;

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static boolean anyOf(Object value, Predicate<Object> test) {
        if (value instanceof List<?> list) {
            return list.stream().anyMatch(one -> one != null && test.test(one));
        }
        return value != null && test.test(value);
    }

    /** Plain decimals only: an exponent could make a number of a text that nobody meant as one. */
    Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(\\.\\d{1,30})?");

    /** A number, also one that is held as text. */
    private static Optional<BigDecimal> number(Object value) {
        String text = value instanceof BigDecimal decimal
                ? plain(decimal)
                : value.toString().strip();
        return NUMBER.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty();
    }

    /** What is out of proportion stays as it is, and is no number then. */
    private static String plain(BigDecimal decimal) {
        return Math.abs((long) decimal.scale()) <= 30 && decimal.precision() <= 60
                ? decimal.toPlainString()
                : decimal.toString();
    }
}
