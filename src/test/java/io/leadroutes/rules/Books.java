package io.leadroutes.rules;

import java.util.List;
import java.util.stream.Collectors;

/** Small rule books for tests. */
final class Books {

    private Books() {}

    /** One tag rule with these keywords. */
    static RuleBook of(String... keywords) {
        String any = List.of(keywords).stream().map(word -> "\"" + word + "\"").collect(Collectors.joining(", "));
        return RuleBook.parse("test.yaml", "tags: [{id: rule, any: [" + any + "], labels: [found]}]");
    }

    /** What a rule with these keywords, separated by a bar, finds in a text. */
    static List<String> found(String keywords, String text) {
        return of(keywords.split("\\|")).tags(text).stream()
                .flatMap(hit -> hit.matched().stream())
                .toList();
    }
}
