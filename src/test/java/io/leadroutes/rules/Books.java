package io.leadroutes.rules;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Small rule books for tests. */
final class Books {

    private Books() {}

    /** One tag rule with these keywords. */
    static RuleBook of(String... keywords) {
        String any = List.of(keywords).stream().map(word -> "\"" + word + "\"").collect(Collectors.joining(", "));
        return RuleBook.parse("test.yaml", "tags: [{id: rule, any: [" + any + "], labels: [found]}]");
    }

    /** Nothing but these tag and score rules. */
    static RuleBook of(List<KeywordRule> rules) {
        return new RuleBook(
                "version",
                rules,
                List.of(),
                Map.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of(),
                new Calendars(Map.of()),
                List.of());
    }

    /** A matcher with a rule for each of these keywords. */
    static Matcher matcher(String... keywords) {
        return new Matcher(Arrays.stream(keywords)
                .map(keyword -> new KeywordRule(
                        Hit.Kind.TAG,
                        "rule",
                        List.of(keyword),
                        Optional.empty(),
                        List.of(),
                        false,
                        Optional.empty(),
                        0,
                        List.of("found")))
                .toList());
    }

    /** What a rule with these keywords, separated by a bar, finds in a text. */
    static List<String> found(String keywords, String text) {
        return of(keywords.split("\\|")).tags(text).stream()
                .flatMap(hit -> hit.matched().stream())
                .toList();
    }
}
