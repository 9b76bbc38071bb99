package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Priority;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleBookTest {

    @Test
    void hitsSayRuleWordsPointsAndLabels() {
        RuleBook book = RuleBook.parse("r.yaml", """
                tags: [{id: see-it, any: [demo, trial], labels: [hot, sales]}]
                scores: [{id: see-it, any: [demo], points: 25, repeat: once}, {id: spam, any: [casino], points: -50}]
                """);

        List<Hit> hits = book.hits("A Trial and two demos at the casino");

        assertThat(hits)
                .containsExactly(
                        new Hit(Hit.Kind.TAG, "see-it", List.of("Trial", "demos"), 0, List.of("hot", "sales")),
                        new Hit(Hit.Kind.SCORE, "see-it", List.of("demos"), 25, List.of()),
                        new Hit(Hit.Kind.SCORE, "spam", List.of("casino"), -50, List.of()));
        assertThat(book.tags("demo")).extracting(Hit::kind).containsExactly(Hit.Kind.TAG);
        assertThat(book.scores("demo")).extracting(Hit::kind).containsExactly(Hit.Kind.SCORE);
    }

    @Test
    void conditionsAskForAllAnyAndNone() {
        RuleBook book = RuleBook.parse("r.yaml", """
                escalate:
                  - id: one
                    when: {labels: {all: [vip], any: [angry, leaving], none: [escalated]}}
                    team: 5
                """);

        assertThat(escalations(book, "vip", "angry")).hasSize(1);
        assertThat(escalations(book, "vip", "leaving", "other")).hasSize(1);
        assertThat(escalations(book, "vip")).isEmpty();
        assertThat(escalations(book, "angry")).isEmpty();
        assertThat(escalations(book, "vip", "angry", "escalated")).isEmpty();
        assertThat(book.escalateRules().get(0).team()).as("a number is text").contains("5");
        assertThat(book.escalateRules().get(0).priority()).isEmpty();
    }

    @Test
    void whatTheFileLeavesOutIsAbsent() {
        RuleBook book = RuleBook.parse("r.yaml", "qualify: {at: 50}");

        QualifyRule qualify = book.qualify().orElseThrow();
        assertThat(qualify)
                .isEqualTo(new QualifyRule(
                        50,
                        new Renewal(java.util.Optional.empty(), java.util.Optional.empty()),
                        java.util.Optional.empty(),
                        List.of(),
                        Priority.NONE,
                        false,
                        java.util.Optional.empty(),
                        false,
                        java.util.Optional.empty(),
                        List.of()));
        assertThat(book.hits("demo")).isEmpty();
        assertThat(book.escalateRules()).isEmpty();
        assertThat(Books.of("demo").qualify()).isEmpty();
    }

    @Test
    void theVersionFollowsTheTextButNotItsLineEnds() {
        String version = RuleBook.parse("a.yaml", "qualify:\n  at: 50\n").version();

        assertThat(version).matches("[0-9a-f]{12}");
        assertThat(RuleBook.parse("b.yaml", "qualify:\r\n  at: 50\r\n").version())
                .isEqualTo(version);
        assertThat(RuleBook.parse("a.yaml", "qualify:\n  at: 51\n").version()).isNotEqualTo(version);
    }

    @Test
    void costDoesNotGrowWithTheNumberOfKeywords() {
        StringBuilder any = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            any.append(i == 0 ? "" : ", ").append("keyword").append(Integer.toString(i, 26));
        }
        RuleBook book = RuleBook.parse("r.yaml", "tags: [{id: a, any: [" + any + "], labels: [found]}]");

        assertThat(book.tags("a text with keyword" + Integer.toString(9_999, 26) + " in it")
                        .get(0)
                        .matched())
                .containsExactly("keyword" + Integer.toString(9_999, 26));
    }

    @Test
    void anchorsSaveRepetition() {
        RuleBook book = RuleBook.parse("r.yaml", """
                tags: [{id: a, any: &words [demo, trial], labels: [found]}]
                scores: [{id: a, any: *words, points: 5}]
                """);

        assertThat(book.scores("trial")).hasSize(1);
    }

    private static Set<EscalateRule> escalations(RuleBook book, String... labels) {
        return book.escalations(book.read(""), new Facts(Set.of(labels), Map.of()))
                .keySet();
    }
}
