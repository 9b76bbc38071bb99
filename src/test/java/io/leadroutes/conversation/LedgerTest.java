package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.rules.RuleBook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How often rules count, what a group may give, and what an edited or deleted message takes back. */
class LedgerTest {
    private static final long ID = 1580;
    private static final Instant NOW = Instant.parse("2026-09-01T10:00:00Z");
    private static final RuleBook RULES = RuleBook.parse("r.yaml", """
            scores:
              - {id: demo, any: [demo], points: 30, group: intent}
              - {id: price, any: [price], points: 15, repeat: each, group: intent}
              - {id: spam, any: [casino], points: -20, repeat: {at_most: 2}}
              - {id: urgent, any: [urgent], points: 10, repeat: {every: 7d, at_most: 3}}
              - {id: budget, any: [budget], points: 40}
            caps: {intent: 40}
            qualify: {at: 80}
            """);

    private final Steps steps = new Steps(RULES, new Destinations(List.of(), List.of(), "https://chat.example"));
    private Conversation conversation = new Conversation(ConversationState.unknown(7, ID), List.of(), NOW);

    /** What was wished for still waits. */
    private final List<Wish> waiting = new ArrayList<>();

    private void at(Instant now) {
        conversation.decided().forEach(wished -> waiting.add(wished.wish()));
        conversation = new Conversation(conversation.state(), waiting, now);
    }

    private void say(long message, String text) {
        conversation.observe(Bodies.message(ID, message, text).event(), NOW);
        steps.score(conversation);
        steps.qualify(conversation);
    }

    private void change(long message, String text, boolean isDeleted) {
        conversation.observe(
                Bodies.message(ID, message, text)
                        .withRoot("event", "message_updated")
                        .withRoot("content_attributes", isDeleted ? Map.of("deleted", true) : Map.of())
                        .event(),
                NOW);
        steps.correct(conversation);
    }

    private List<String> entries() {
        return conversation.ledger().stream()
                .map(entry -> entry.messageId() + " " + entry.rule() + " " + entry.points())
                .toList();
    }

    @Test
    void aRuleCountsAsOftenAsItSays() {
        for (long message = 1; message <= 4; message++) {
            say(message, "demo casino");
        }

        assertThat(entries()).containsExactly("1 demo 30", "1 spam -20", "2 spam -20");
        assertThat(conversation.getScore()).as("never below 0").isZero();
    }

    @Test
    void aRuleCountsAgainAfterItsTime() {
        for (int day : List.of(0, 6, 7, 13, 14, 21)) {
            at(NOW.plus(Duration.ofDays(day)));
            say(day + 1, "urgent");
        }

        assertThat(entries()).containsExactly("1 urgent 10", "8 urgent 10", "15 urgent 10");
    }

    @Test
    void aGroupGivesNoMoreThanItsCap() {
        say(1, "a demo, what price?");
        say(2, "the price");

        assertThat(entries()).containsExactly("1 demo 30", "1 price 10");
        assertThat(conversation.getScore()).isEqualTo(40);
    }

    @Test
    @Tag("invariant-11")
    void aDeletedMessageTakesItsPointsBackAndLetsItsRulesCountAgain() {
        say(1, "a demo, what price?");

        change(1, "This message was deleted", true);
        change(1, "This message was deleted", true);

        assertThat(conversation.getScore()).isZero();
        assertThat(entries()).containsExactly("1 demo 30", "1 price 10", "1 demo -30", "1 price -10");
        assertThat(conversation.ledger().get(3).matched()).containsExactly("message deleted");
        assertThat(conversation.getAttributes()).containsEntry("lead_score", 0);

        say(2, "a demo");
        assertThat(conversation.getScore()).isEqualTo(30);
    }

    @Test
    void anEditedMessageCountsForWhatItSaysNow() {
        say(1, "a demo");

        change(1, "the budget, and urgent", false);

        assertThat(entries()).containsExactly("1 demo 30", "1 demo -30", "1 urgent 10", "1 budget 40");
        assertThat(conversation.ledger().get(1).matched()).containsExactly("message edited");
    }

    @Test
    void aChangeOfSomethingElseThanTheTextChangesNothing() {
        say(1, "a demo");
        say(2, "hello");

        change(1, "a demo", false);
        change(2, "the budget", false);

        assertThat(entries()).containsExactly("1 demo 30");
    }

    // ---- properties

    record Act(long message, List<String> words, int kind) {}

    @Provide
    Arbitrary<List<Act>> acts() {
        Arbitrary<List<String>> words = Arbitraries.of("demo", "price", "casino", "urgent", "budget", "hello")
                .list()
                .ofMaxSize(3);
        return Combinators.combine(
                        Arbitraries.longs().between(1, 5),
                        words,
                        Arbitraries.integers().between(0, 3))
                .as(Act::new)
                .list()
                .ofMaxSize(25);
    }

    @Property(tries = 300)
    @net.jqwik.api.Tag("invariant-11")
    void theSumOfTheEntriesIsTheScore(@ForAll("acts") List<Act> acts) {
        List<ScoreEntry> first = play(acts);
        int sum = first.stream().mapToInt(ScoreEntry::points).sum();

        assertThat(conversation.getScore()).isEqualTo(Math.max(0, Math.min(100, sum)));
        assertThat(first.stream()
                        .filter(entry ->
                                entry.rule().equals("demo") || entry.rule().equals("price"))
                        .mapToInt(ScoreEntry::points)
                        .sum())
                .isBetween(0, 40);
        if (!first.isEmpty()) {
            assertThat(conversation.getAttributes()).containsEntry("lead_score", conversation.getScore());
        }
        assertThat(play(acts)).as("the same events again").isEqualTo(first);

        new TreeSet<>(acts.stream().map(Act::message).toList()).forEach(message -> change(message, "", true));
        assertThat(conversation.ledger().stream().mapToInt(ScoreEntry::points).sum())
                .as("everything was deleted")
                .isZero();
    }

    private List<ScoreEntry> play(List<Act> acts) {
        waiting.clear();
        conversation = new Conversation(ConversationState.unknown(7, ID), List.of(), NOW);
        for (int i = 0; i < acts.size(); i++) {
            Act act = acts.get(i);
            at(NOW.plus(Duration.ofDays(2L * i)));
            String text = String.join(". ", act.words);
            if (act.kind < 2) {
                say(act.message, text);
            } else {
                change(act.message, text, act.kind == 2);
            }
        }
        return new ArrayList<>(conversation.ledger());
    }
}
