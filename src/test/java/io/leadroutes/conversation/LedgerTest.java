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
import net.jqwik.api.constraints.IntRange;
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

    /** One group with one half-life, another, and points that stay. */
    private static final RuleBook FADING = RuleBook.parse("r.yaml", """
            half-life: 7d
            scores:
              - {id: demo, any: [demo], points: 30, group: intent, repeat: each}
              - {id: price, any: [price], points: 15, repeat: each, group: intent}
              - {id: spam, any: [casino], points: -20, half-life: 12h}
              - {id: urgent, any: [urgent], points: 10, repeat: {every: 3d}}
              - {id: budget, any: [budget], points: 40, half-life: never}
            caps: {intent: 40}
            """);

    private Steps steps = steps(RULES);
    private Conversation conversation = new Conversation(ConversationState.unknown(7, ID), List.of(), NOW);

    /** What was wished for still waits. */
    private final List<Wish> waiting = new ArrayList<>();

    private Instant now = NOW;

    private void at(Instant time) {
        now = time;
        conversation.decided().forEach(wished -> waiting.add(wished.wish()));
        conversation = new Conversation(conversation.state(), waiting, now);
    }

    private void say(long message, String text) {
        conversation.observe(Bodies.message(ID, message, text).event(), now);
        steps.score(conversation);
        steps.qualify(conversation);
    }

    private void change(long message, String text, boolean isDeleted) {
        conversation.observe(
                Bodies.message(ID, message, text)
                        .withRoot("event", "message_updated")
                        .withRoot("content_attributes", isDeleted ? Map.of("deleted", true) : Map.of())
                        .event(),
                now);
        steps.correct(conversation);
    }

    private static Steps steps(RuleBook rules) {
        return new Steps(rules, new Destinations(List.of(), List.of(), "https://chat.example"));
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

    @Test
    @Tag("invariant-11")
    void pointsHalveInEachHalfLifeAndBothAreTold() {
        steps = steps(RuleBook.parse("r.yaml", """
                half-life: 30d
                scores:
                  - {id: demo, any: [demo], points: 30}
                  - {id: budget, any: [budget], points: 40, half-life: never}
                  - {id: urgent, any: [urgent], points: 10}
                qualify: {at: 64, note: "{score}: {reasons}"}
                """));
        say(1, "a demo within our budget");
        assertThat(conversation.getScore()).isEqualTo(70);

        at(NOW.plus(Duration.ofDays(30)));
        say(2, "hello");
        assertThat(conversation.getAttributes()).containsEntry("lead_score", 55);

        at(NOW.plus(Duration.ofDays(60)));
        say(3, "urgent");
        assertThat(conversation.getScore()).as("40 + 8 + 10").isEqualTo(58);
        assertThat(conversation.ledger())
                .extracting(entry -> entry.points() + ">" + entry.remaining(now))
                .containsExactly("30>8", "40>40", "10>10");
    }

    @Test
    void whatFadedIsShownInTheNote() {
        steps = steps(RuleBook.parse(
                "r.yaml",
                "half-life: 30d\nscores: [{id: demo, any: [demo], points: 30}, {id: budget, any: [budget], points: 40}]\n"
                        + "qualify: {at: 50, note: '{score}: {reasons}'}"));
        say(1, "a demo");

        at(NOW.plus(Duration.ofDays(30)));
        say(2, "our budget");

        assertThat(conversation.decided().stream()
                        .map(Wished::wish)
                        .filter(Wish.Note.class::isInstance)
                        .map(wish -> ((Wish.Note) wish).text().replace("\\", "")))
                .as("but for the marks that make it harmless")
                .containsExactly("55: demo +30, 15 left (demo); budget +40 (budget)");
    }

    @Test
    void aMessageOfLongAgoHasFadedWhenItIsToldNow() {
        steps = steps(FADING);

        conversation.observe(
                Bodies.message(ID, 1, "a demo")
                        .at(NOW.minus(Duration.ofDays(7)))
                        .event(),
                NOW);
        steps.score(conversation);
        conversation.observe(Bodies.message(ID, 2, "hello").at(NOW).event(), NOW);

        assertThat(conversation.getScore()).isEqualTo(15);
    }

    @Test
    void whatIsTakenBackLeavesNothingAtAnyAge() {
        steps = steps(FADING);
        say(1, "a demo");
        at(NOW.plus(Duration.ofDays(5)));
        change(1, "hello", false);

        for (int day = 5; day < 60; day++) {
            assertThat(ScoreEntry.score(conversation.ledger(), NOW.plus(Duration.ofDays(day))))
                    .isZero();
        }
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

    @Property(tries = 300)
    @net.jqwik.api.Tag("invariant-11")
    void theSumOfWhatIsLeftIsTheScoreAtAnyTime(
            @ForAll("acts") List<Act> acts, @ForAll @IntRange(max = 1_000) int hours) {
        steps = steps(FADING);
        List<ScoreEntry> entries = play(acts);
        Instant then = now.plus(Duration.ofHours(hours));

        assertThat(conversation.getScore()).isEqualTo(clamped(left(entries, now)));
        assertThat(ScoreEntry.score(entries, then)).isEqualTo(clamped(left(entries, then)));
        assertThat(entries).allSatisfy(entry -> {
            assertThat(Math.abs(entry.remaining(then))).isLessThanOrEqualTo(Math.abs(entry.remaining(now)));
            assertThat(entry.remaining(then) * entry.points())
                    .as("never changes sign")
                    .isNotNegative();
        });
        List<ScoreEntry> group = entries.stream()
                .filter(entry -> entry.rule().equals("demo") || entry.rule().equals("price"))
                .toList();
        for (int i = 0; i < group.size(); i++) {
            assertThat(left(group.subList(0, i + 1), group.get(i).at()))
                    .as("the group's cap, with each entry")
                    .isBetween(0, 40);
        }
        assertThat(play(acts)).as("the same events again").isEqualTo(entries);

        new TreeSet<>(acts.stream().map(Act::message).toList()).forEach(message -> change(message, "", true));
        assertThat(left(conversation.ledger(), then))
                .as("everything was deleted")
                .isZero();
    }

    private static int left(List<ScoreEntry> entries, Instant time) {
        return entries.stream().mapToInt(entry -> entry.remaining(time)).sum();
    }

    private static int clamped(int sum) {
        return Math.max(0, Math.min(100, sum));
    }

    private List<ScoreEntry> play(List<Act> acts) {
        waiting.clear();
        now = NOW;
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
