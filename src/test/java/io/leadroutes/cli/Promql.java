package io.leadroutes.cli;

import io.leadroutes.cli.Scrape.Sample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * As much of Prometheus' language as our alerts use: a selector with any matchers, {@code increase} over a range, {@code sum}
 * and {@code absent} of it, a quotient of two selectors, and the comparison {@code > number}. The range is what lies between
 * two scrapes. Like Prometheus', an increase needs the series in both: one that was not there has none.
 */
final class Promql {
    private static final Pattern COMPARISON = Pattern.compile("(.+?) > ([0-9.]+)");
    private static final Pattern QUOTIENT = Pattern.compile("(\\w+) / (\\w+)");
    private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)\\)");
    private static final Pattern SELECTOR = Pattern.compile("(\\w+)(?:\\{(.*)})?(?:\\[\\d+[smhd]])?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!~|!=|=)\"([^\"]*)\"");
    private static final Map<String, BiPredicate<String, String>> MATCHES = Map.of(
            "=",
            String::equals,
            "!=",
            (value, wanted) -> !value.equals(wanted),
            "=~",
            String::matches,
            "!~",
            (value, wanted) -> !value.matches(wanted));

    private final Scrape before;
    private final Scrape now;

    Promql(Scrape before, Scrape now) {
        this.before = before;
        this.now = now;
    }

    /** True if an alert with this expression fires: if it has any result. */
    boolean fires(String expression) {
        return !evaluate(expression).isEmpty();
    }

    /** Values by labels. */
    private Map<Map<String, String>, Double> evaluate(String expression) {
        Matcher comparison = COMPARISON.matcher(expression);
        if (comparison.matches()) {
            double limit = Double.parseDouble(comparison.group(2));
            Map<Map<String, String>, Double> found = new HashMap<>(evaluate(comparison.group(1)));
            found.values().removeIf(value -> !(value > limit));
            return found;
        }
        Matcher quotient = QUOTIENT.matcher(expression);
        if (quotient.matches()) {
            return paired(select(now, quotient.group(1)), select(now, quotient.group(2)), (a, b) -> a / b);
        }
        Matcher call = CALL.matcher(expression);
        return call.matches() ? call(call.group(1), call.group(2)) : select(now, expression);
    }

    private Map<Map<String, String>, Double> call(String function, String argument) {
        return switch (function) {
            case "increase" -> paired(select(now, argument), select(before, argument), (a, b) -> Math.max(0, a - b));
            case "sum" -> {
                Map<Map<String, String>, Double> all = evaluate(argument);
                yield all.isEmpty()
                        ? all
                        : Map.of(
                                Map.of(),
                                all.values().stream().mapToDouble(v -> v).sum());
            }
            case "absent" -> evaluate(argument).isEmpty() ? Map.of(Map.of(), 1.0) : Map.of();
            default -> throw new IllegalArgumentException(function + " is not known here; teach it to Promql");
        };
    }

    private static Map<Map<String, String>, Double> paired(
            Map<Map<String, String>, Double> left,
            Map<Map<String, String>, Double> right,
            DoubleBinaryOperator operator) {
        Map<Map<String, String>, Double> both = new HashMap<>();
        left.forEach((labels, value) -> Optional.ofNullable(right.get(labels))
                .ifPresent(other -> both.put(labels, operator.applyAsDouble(value, other))));
        return both;
    }

    private static Map<Map<String, String>, Double> select(Scrape scrape, String selector) {
        Matcher parts = SELECTOR.matcher(selector);
        if (!parts.matches()) {
            throw new IllegalArgumentException(selector + " is not known here; teach it to Promql");
        }
        List<Predicate<Sample>> wanted = MATCHER.matcher(parts.group(2) == null ? "" : parts.group(2))
                .results()
                .map(matcher -> {
                    BiPredicate<String, String> matches = MATCHES.get(matcher.group(2));
                    String label = matcher.group(1);
                    String value = matcher.group(3);
                    Predicate<Sample> fits =
                            sample -> matches.test(sample.labels().getOrDefault(label, ""), value);
                    return fits;
                })
                .toList();
        return scrape.series(parts.group(1))
                .filter(sample -> wanted.stream().allMatch(one -> one.test(sample)))
                .collect(Collectors.toMap(Sample::labels, Sample::value));
    }
}
