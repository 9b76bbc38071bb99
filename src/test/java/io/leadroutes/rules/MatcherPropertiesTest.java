package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class MatcherPropertiesTest {

    private static final List<String> KEYWORDS = List.of("demo", "price", "how much", "not working", "价格", "café");
    private static final Matcher MATCHER = Books.matcher(KEYWORDS.toArray(String[]::new));

    private static final List<KeywordRule> RULES =
            RuleBook.parse("test.yaml", """
                    tags:
                      - {id: one, any: [demo, price, not working], labels: [aa]}
                      - {id: two, near: {words: [how, café, demo], within: 6}, labels: [bb]}
                      - {id: three, any: [working], typos: true, labels: [cc]}
                      - {id: four, regex: ['d\\p{L}mo', '价.'], labels: [dd]}
                    """).keywordRules();

    /** Sound pieces, noise and everything between them. */
    @Provide
    Arbitrary<String> messages() {
        return Arbitraries.of(
                        "demo",
                        "Démo",
                        "prices",
                        "ｐｒｉｃｅ",
                        "how",
                        "much",
                        "not",
                        "working",
                        "价格",
                        "cafe\u0301",
                        "don't",
                        "want",
                        "no",
                        " ",
                        " ",
                        ", ",
                        ". ",
                        "\n",
                        "\n> ",
                        "workng",
                        "<blockquote>",
                        "</blockquote>",
                        "<b>",
                        "</p>",
                        "&amp;",
                        "\u200B",
                        "\uD83D\uDE00",
                        "'",
                        "x",
                        "\uD800")
                .list()
                .ofMaxSize(30)
                .map(parts -> String.join("", parts));
    }

    @Property
    void offsetsPointAtTheMatchedWords(@ForAll("messages") String text) {
        Matcher.Found found = MATCHER.find(text);
        Tokens tokens = found.text();

        for (Match match : found.counted()) {
            String original = text.substring(tokens.start(match.from()), tokens.end(match.to() - 1));
            List<String> again = Books.of(KEYWORDS.get(match.rule())).tags(original).stream()
                    .flatMap(hit -> hit.matched().stream())
                    .toList();
            assertThat(again).as("in \"%s\" of \"%s\"", original, text).hasSize(1);
            String shown = tokens.shown().substring(match.from(), match.to());
            assertThat(again.get(0)).isEqualTo(shown);
            if (text.indexOf('<') < 0 && text.indexOf('&') < 0) {
                assertThat(original).isEqualTo(shown);
            }
        }
    }

    @Property
    void theOrderOfRulesDoesNotMatter(@ForAll("messages") String text, @ForAll Random random) {
        List<KeywordRule> rules = new ArrayList<>(RULES);
        Collections.shuffle(rules, random);

        assertThat(Set.copyOf(hits(rules, text))).isEqualTo(Set.copyOf(hits(RULES, text)));
    }

    private static List<Hit> hits(List<KeywordRule> rules, String text) {
        return Books.of(rules).hits(text);
    }

    @Property
    void whatPatternsAndNearMatchStandsInTheOriginal(@ForAll("messages") String text) {
        Matcher.Found found = new Matcher(RULES).find(text);
        Tokens tokens = found.text();

        for (Match match : found.counted()) {
            String shown = tokens.shown().substring(match.from(), match.to());
            String original = text.substring(tokens.start(match.from()), tokens.end(match.to() - 1));

            assertThat(Markup.visible(original).text()).isEqualTo(shown);
        }
    }

    @Property
    void anyTextIsRead(@ForAll String text) {
        Tokens tokens = MATCHER.find(text).text();

        int before = 0;
        for (int i = 0; i < tokens.size(); i++) {
            int start = tokens.start(tokens.from(i));
            assertThat(start).isGreaterThanOrEqualTo(before);
            assertThat(tokens.end(tokens.to(i) - 1)).isGreaterThan(start).isLessThanOrEqualTo(text.length());
            before = start;
        }
    }

    @Property
    void sentencesAreFoundTogetherAsAlone(@ForAll @IntRange(max = 7) int one, @ForAll @IntRange(max = 7) int other) {
        List<String> sentences = List.of(
                "Can I see a demo?",
                "What is the price?",
                "How much is it?",
                "It is not working.",
                "请问价格。",
                "Not interested in a demo.",
                "We have no price!",
                "A café; nothing else.");
        RuleBook book = Books.of(KEYWORDS.toArray(String[]::new));

        Set<String> alone = Set.copyOf(concat(matched(book, sentences.get(one)), matched(book, sentences.get(other))));

        assertThat(Set.copyOf(matched(book, sentences.get(one) + " " + sentences.get(other))))
                .isEqualTo(alone);
    }

    @Property
    void stemsNeverChangeTheBeginning(@ForAll("words") String word) {
        List<String> forms = new ArrayList<>();
        Inflection.ofText(word, (of, start, end, ending) -> forms.add(of.substring(start, end) + ending));

        assertThat(forms).contains(word);
        if (!Inflection.mayLoseBeginning(word)) {
            assertThat(forms)
                    .allSatisfy(form -> assertThat(form).startsWith(word.substring(0, Math.min(2, word.length()))));
        }
    }

    @Provide
    Arbitrary<String> words() {
        Arbitrary<String> starts = Arbitraries.strings()
                .withChars("abcdeilnorstuxy")
                .ofMinLength(1)
                .ofMaxLength(8);
        Arbitrary<String> ends =
                Arbitraries.of("", "s", "es", "ies", "ed", "ing", "'s", "en", "eaux", "ais", "oes", "ces", "i");
        return net.jqwik.api.Combinators.combine(starts, ends).as((start, end) -> start + end);
    }

    private static List<String> matched(RuleBook book, String text) {
        return book.tags(text).stream().flatMap(hit -> hit.matched().stream()).toList();
    }

    private static List<String> concat(List<String> one, List<String> other) {
        return java.util.stream.Stream.concat(one.stream(), other.stream()).toList();
    }
}
