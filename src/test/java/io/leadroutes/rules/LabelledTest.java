package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Precision and recall on messages labelled by hand, before the matcher had seen them: a label is expected where a keyword
 * of its rule is written in any form or spelling, the customer does not deny it, and it is no quotation or signature.
 *
 * <p>Every other line of a language is for developing; the rest is the bar, and nothing is changed because of a failure
 * there. {@code -Dlabelled.show} prints what fails in the first half.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabelledTest {

    private static final Path FOLDER = Path.of("src/test/resources/labelled");
    private static final List<String> LANGUAGES = List.of("en", "de", "fr", "es", "pt", "ar", "zh");

    private final RuleBook book = RuleBook.load(FOLDER.resolve("rules.yaml"));
    private final Map<String, Function<String, Set<String>>> matchers = new LinkedHashMap<>();

    LabelledTest() {
        matchers.put("rules", this::byRules);
        matchers.put(
                "contains",
                text -> byKeyword(text, keyword -> Pattern.compile(Pattern.quote(keyword.toLowerCase(Locale.ROOT)))));
        matchers.put(
                "whole words",
                text -> byKeyword(
                        text,
                        keyword -> Pattern.compile("(?<![\\p{L}\\p{N}])"
                                + Pattern.quote(keyword.toLowerCase(Locale.ROOT))
                                + "(?![\\p{L}\\p{N}])")));
    }

    @Test
    void printsPrecisionAndRecall() throws IOException {
        for (Half half : Half.values()) {
            System.out.printf("%-9s%s%n", half.name().toLowerCase(Locale.ROOT), header());
            for (String language : LANGUAGES) {
                List<Message> messages = messages(language, half);
                String cells = matchers.values().stream()
                        .map(matcher -> count(messages, matcher).toString())
                        .collect(Collectors.joining("   "));
                System.out.printf("%-4s%4d %s%n", language, messages.size(), cells);
                assertThat(messages).hasSizeGreaterThanOrEqualTo(30);
                if (half == Half.DEVELOP && Boolean.getBoolean("labelled.show")) {
                    messages.forEach(this::show);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de", "fr", "es", "pt", "ar", "zh"})
    void theReportedHalfReachesTheBar(String language) throws IOException {
        double bar = language.equals("en") ? 0.95 : 0.90;

        Count count = count(messages(language, Half.REPORT), this::byRules);

        assertThat(count.precision()).as("precision").isGreaterThanOrEqualTo(bar);
        assertThat(count.recall()).as("recall").isGreaterThanOrEqualTo(bar);
    }

    private void show(Message message) {
        Set<String> found = byRules(message.text);
        if (!found.equals(message.labels)) {
            String text = message.text.replace("\n", "\\n");
            System.out.printf("  %s%n    expected %s, found %s%n", text, message.labels, found);
        }
    }

    private static Count count(List<Message> messages, Function<String, Set<String>> matcher) {
        int both = 0;
        int found = 0;
        int expected = 0;
        for (Message message : messages) {
            Set<String> labels = matcher.apply(message.text);
            found += labels.size();
            expected += message.labels.size();
            labels.retainAll(message.labels);
            both += labels.size();
        }
        return new Count(both, found, expected);
    }

    private Set<String> byRules(String text) {
        return book.hits(text).stream()
                .map(hit -> hit.kind() + " " + hit.rule())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> byKeyword(String text, Function<String, Pattern> pattern) {
        String lower = text.toLowerCase(Locale.ROOT);
        Set<String> found = new HashSet<>();
        for (KeywordRule rule : book.keywordRules()) {
            if (rule.any().stream()
                    .anyMatch(keyword -> pattern.apply(keyword).matcher(lower).find())) {
                found.add(rule.kind() + " " + rule.id());
            }
        }
        return found;
    }

    private String header() {
        return matchers.keySet().stream().map("%-19s"::formatted).collect(Collectors.joining("   "));
    }

    private static List<Message> messages(String language, Half half) throws IOException {
        List<Message> messages = new ArrayList<>();
        List<String> lines = Files.readAllLines(FOLDER.resolve(language + ".txt"));
        for (int i = 0; i < lines.size(); i++) {
            String[] parts = lines.get(i).split(" \\| ", 3);
            Set<String> labels = new TreeSet<>();
            addAll(labels, Hit.Kind.TAG, parts[0]);
            addAll(labels, Hit.Kind.SCORE, parts[1]);
            messages.add(new Message(Half.values()[i % 2], parts[2].replace("\\n", "\n"), labels));
        }
        return messages.stream().filter(message -> message.half == half).toList();
    }

    private static void addAll(Set<String> labels, Hit.Kind kind, String list) {
        if (!list.equals("-")) {
            Arrays.stream(list.split(",")).map(id -> kind + " " + id).forEach(labels::add);
        }
    }

    private enum Half {
        DEVELOP,
        REPORT
    }

    private record Message(Half half, String text, Set<String> labels) {}

    private record Count(int both, int found, int expected) {

        double precision() {
            return (double) both / found;
        }

        double recall() {
            return (double) both / expected;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "P %.3f  R %.3f", precision(), recall());
        }
    }
}
