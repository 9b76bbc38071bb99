package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a rule may ask for besides keywords: near, regex, typos. */
class RuleKeysTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cancel my subscription | cancel my subscription",
                "The subscription was cancelled | subscription was cancelled",
                "Cancel now! The whole subscription. | Cancel now! The whole subscription",
                "cancel, subscription; cancel | cancel, subscription",
                "cancel a b c d subscription x cancel | subscription x cancel",
            })
    void wordsAreFoundNearEachOther(String text, String span) {
        assertThat(found("near: {words: [cancel, subscription], within: 5}", text))
                .containsExactly(span);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cancel",
                "cancel cancel",
                "cancel a b c d subscription",
                "I don't want to cancel my subscription",
                "cancel my subscribers",
                "cancel\n> subscription"
            })
    void wordsThatAreApartOrDeniedAreNotNear(String text) {
        assertThat(found("near: {words: [cancel, subscription], within: 5}", text))
                .isEmpty();
    }

    @Test
    void phrasesOfSeveralWordsAreFoundNearEachOther() {
        String near = "near: {words: [how much, per month, seat], within: 8}";

        assertThat(found(near, "Per month, how much is each seat?"))
                .containsExactly("Per month, how much is each seat");
        assertThat(found(near, "How much is each seat?")).isEmpty();
    }

    @Test
    void aRuleMayAskForKeywordsNearAndPatterns() {
        String rule = "any: [demo], near: {words: [free, try], within: 4}, regex: ['\\bPOC\\b']";

        assertThat(found(rule, "a POC, or try it free, or a demo")).containsExactly("POC", "try it free", "demo");
    }

    @ParameterizedTest
    @CsvSource({
        "unsubscribe, unsubscibe",
        "unsubscribe, unsubscrible",
        "unsubscribe, unsusbcribe",
        "unsubscribe, unsubscrabe",
        "unsubscribe, Unsubscribee",
        "cancellation, cancelation",
        "get started, get strated",
        "Kündigung, Kündgung",
        "presupuesto, presupesto",
        "инструкция, инстркция",
    })
    void longWordsAreFoundWithATypo(String keyword, String text) {
        assertThat(found("any: ['" + keyword + "'], typos: true", "so " + text + " it is"))
                .containsExactly(text);
        assertThat(found("any: ['" + keyword + "'], typos: false", "so " + text + " it is"))
                .as("only where the rule says so")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "refund, refnud",
        "cancel, cancle",
        "unsubscribe, nsubscribe",
        "unsubscribe, insubscribe",
        "unsubscribe, nusubscribe",
        "unsubscribe, unsubscrb",
        "pricing, spricing",
        "version 20.4.1.100, version 20.4.1.101",
    })
    void shortWordsFirstLettersAndTwoTyposAreExact(String keyword, String text) {
        assertThat(found("any: ['" + keyword + "'], typos: true", "so " + text + " it is"))
                .isEmpty();
    }

    @Test
    void anotherKeywordIsNoTypo() {
        RuleBook book = RuleBook.parse(
                "test.yaml",
                "tags: [{id: a, any: [contract], typos: true, labels: [aa]}, {id: b, any: [contrast], labels: [bb]}]");

        assertThat(book.tags("the contrast")).extracting(Hit::rule).containsExactly("b");
        assertThat(book.tags("the contrasts")).extracting(Hit::rule).containsExactly("b");
        assertThat(book.tags("the contrakt")).extracting(Hit::rule).containsExactly("a");
    }

    @Test
    void aTypoIsDeniedLikeTheWord() {
        assertThat(found("any: [cancellation], typos: true", "no cancelation")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "my order is ORD-1234 | ord-1234",
                "<b>ord-</b>77! | ord-77",
                "Ord-1\\nord-2 | Ord-1,ord-2",
                "> ord-1\\nord-2\\n-- \\nord-3 | ord-2",
                "on https://a.example/ord-5 | ord-5",
            })
    void patternsSeeWhatTheSenderWrote(String text, String matches) {
        assertThat(found("regex: ['\\bord-\\d+']", text.replace("\\n", "\n")))
                .usingElementComparator(String.CASE_INSENSITIVE_ORDER)
                .containsExactly(matches.split(","));
    }

    @Test
    void linesHaveBeginningsAndEndsInPatterns() {
        assertThat(found("regex: ['^stop$']", "please\nSTOP\nnow")).containsExactly("STOP");
        assertThat(found("regex: ['^stop$']", "please stop")).isEmpty();
    }

    private static List<String> found(String rule, String text) {
        return RuleBook.parse("test.yaml", "tags: [{id: rule, " + rule + ", labels: [found]}]").tags(text).stream()
                .flatMap(hit -> hit.matched().stream())
                .toList();
    }
}
