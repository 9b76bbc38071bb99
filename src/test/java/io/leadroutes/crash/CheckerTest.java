package io.leadroutes.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.crash.Letter.Kind;
import io.leadroutes.crash.Observed.Conversation;
import io.leadroutes.crash.Observed.Entry;
import io.leadroutes.crash.Observed.InboxRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A history of two messages of conversation 1, alpha (noted) and bravo, and what is wrong with it. */
class CheckerTest {
    private static final Letter ALPHA = new Letter(Kind.MESSAGE, 1, 101, "alpha", "");
    private static final Letter BRAVO = new Letter(Kind.MESSAGE, 1, 102, "bravo", "");
    private static final Letter POISON = new Letter(Kind.POISON, 1, 103, "poison", "");
    private static final Letter UNREADABLE = new Letter(Kind.UNREADABLE, 0, -1, "", "");

    private final List<Operation> history = new ArrayList<>();
    private final List<InboxRow> inbox = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Long, Conversation> conversations = new HashMap<>();
    private final List<String> deadWishes = new ArrayList<>();
    private String waiting = "";

    private void clean() {
        told(ALPHA, "a", Operation.Kind.OK);
        told(ALPHA, "a2", Operation.Kind.OK);
        told(BRAVO, "b", Operation.Kind.OK);
        stored(1, "a", ALPHA, "done");
        stored(2, "b", BRAVO, "done");
        entries.add(new Entry(1, "score-alpha", 101, 1_000));
        entries.add(new Entry(1, "score-bravo", 102, 2_000));
        stands(8, Set.of("seen-alpha", "seen-bravo", "escalated"), 8, List.of("Noted alpha"), List.of());
    }

    private void told(Letter letter, String delivery, Operation.Kind outcome) {
        history.add(new Operation(history.size() + 1L, Operation.Kind.INVOKE, letter, delivery));
        history.add(new Operation(history.size() + 1L, outcome, letter, delivery));
    }

    private void stored(long id, String delivery, Letter letter, String state) {
        inbox.add(new InboxRow(
                id,
                delivery,
                letter.conversation(),
                Math.max(0, letter.message()),
                letter.message() * 10,
                state,
                state.equals("dead") ? "why" : ""));
    }

    private void stands(int score, Set<String> labels, int shown, List<String> notes, List<Integer> leads) {
        conversations.put(1L, new Conversation(1_020, score, labels, shown, notes, leads));
    }

    private Report check() {
        return Checker.check(history, new Observed(inbox, true, entries, conversations, deadWishes, waiting));
    }

    private Violation theOnly() {
        List<Violation> violations = check().violations();
        assertThat(violations).hasSize(1);
        return violations.get(0);
    }

    @Test
    void aCleanHistoryPasses() {
        clean();

        assertThat(check().numbers()).isEqualTo("acknowledged 2, processed 2, lost 0, doubled 0, reordered 0, stuck 0");
        check().mustBeClean("clean");
    }

    @Test
    void aLossIsToldWithTheOperationsOfTheLostMessageOnly() {
        clean();
        entries.remove(0);
        stands(4, Set.of("seen-bravo"), 4, List.of(), List.of());

        Violation loss = theOnly();

        assertThat(loss.kind()).isEqualTo(Violation.Kind.LOST);
        assertThat(loss.what()).isEqualTo("score entry of conversation 1, message 101");
        assertThat(loss.history()).extracting(Operation::delivery).containsExactly("a", "a", "a2", "a2");
        assertThatThrownBy(() -> check().mustBeClean("seed 5"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 5: acknowledged 2, processed 1, lost 1")
                .hasMessageContaining("1 invoke message    conversation 1 message 101 \"alpha\" delivery a");
    }

    @Test
    void aNoteOrLabelOrScoreThatIsMissingIsALoss() {
        clean();
        stands(8, Set.of("seen-alpha"), 4, List.of(), List.of());

        assertThat(check().violations())
                .extracting(Violation::what)
                .containsExactlyInAnyOrder(
                        "note \"Noted alpha\" of conversation 1, message 101",
                        "label seen-bravo of conversation 1, message 102",
                        "score of conversation 1: 8, shown as 4; expected 8 of conversation 1, message 102");
    }

    @Test
    void aDoubleNoteIsFound() {
        clean();
        stands(8, Set.of("seen-alpha", "seen-bravo"), 8, List.of("Noted alpha", "Noted alpha"), List.of());

        assertThat(theOnly().toString()).startsWith("DOUBLED: 2 times note \"Noted alpha\" of conversation 1");
    }

    @Test
    void aMessageThatScoredTwiceIsFound() {
        clean();
        entries.add(new Entry(1, "score-bravo", 102, 3_000));

        assertThat(theOnly().toString()).startsWith("DOUBLED: 2 times score entry");
    }

    @Test
    void aReorderIsFoundWhereTheOlderMessageWasThereAlready() {
        clean();
        entries.clear();
        entries.add(new Entry(1, "score-bravo", 102, 1_000));
        entries.add(new Entry(1, "score-alpha", 101, 2_000));

        Violation reorder = theOnly();

        assertThat(reorder.what()).isEqualTo("message 102 was handled before message 101, which was there already");
        assertThat(reorder.history()).extracting(Operation::delivery).containsExactly("a", "a", "a2", "a2", "b", "b");
    }

    @Test
    void aReorderOfMessagesThatWereHandledTogetherIsFoundWhicheverCameFirst() {
        clean();
        inbox.clear();
        stored(1, "b", BRAVO, "done");
        stored(2, "a", ALPHA, "done");
        entries.clear();
        entries.add(new Entry(1, "score-bravo", 102, 1_000));
        entries.add(new Entry(1, "score-alpha", 101, 1_000));

        assertThat(theOnly().kind()).isEqualTo(Violation.Kind.REORDERED);
    }

    @Test
    void aStragglerThatCameLaterIsNoReorder() {
        clean();
        inbox.clear();
        stored(1, "b", BRAVO, "done");
        stored(2, "a", ALPHA, "done");
        entries.clear();
        entries.add(new Entry(1, "score-bravo", 102, 1_000));
        entries.add(new Entry(1, "score-alpha", 101, 2_000));

        check().mustBeClean("straggler");
    }

    @Test
    void anOlderSnapshotOverANewerOneIsAReorder() {
        clean();
        conversations.put(
                1L,
                new Conversation(1_010, 8, Set.of("seen-alpha", "seen-bravo"), 8, List.of("Noted alpha"), List.of()));

        assertThat(theOnly().toString())
                .isEqualTo("REORDERED: conversation 1 stands at version 1010; 1020 was handled");
    }

    @Test
    void whatWasNotAcknowledgedMayHaveItsEffectOrNot() {
        told(ALPHA, "a", Operation.Kind.INFO);
        told(BRAVO, "b", Operation.Kind.INFO);
        stored(2, "b", BRAVO, "done");
        entries.add(new Entry(1, "score-bravo", 102, 2_000));
        stands(4, Set.of("seen-bravo"), 4, List.of(), List.of());

        assertThat(check().numbers()).isEqualTo("acknowledged 0, processed 1, lost 0, doubled 0, reordered 0, stuck 0");
    }

    @Test
    void aQualifiedConversationHasOneNoteAndOneRowInTheCrmWithItsScore() {
        for (int i = 0; i < 4; i++) {
            Letter letter = new Letter(Kind.MESSAGE, 1, 101 + i, Vocabulary.WORDS.get(i), "");
            told(letter, "d" + i, Operation.Kind.OK);
            stored(i + 1L, "d" + i, letter, "done");
            entries.add(new Entry(1, "score-" + letter.word(), letter.message(), i));
        }
        Set<String> labels = Set.of("seen-alpha", "seen-bravo", "seen-charlie", "seen-delta");
        List<String> notes = List.of("Noted alpha", "Noted delta", Vocabulary.QUALIFIED_NOTE);
        conversations.put(1L, new Conversation(1_040, 16, labels, 16, notes, List.of(16)));
        check().mustBeClean("qualified");

        conversations.put(1L, new Conversation(1_040, 16, labels, 16, notes, List.of()));
        assertThat(theOnly().what()).isEqualTo("CRM row of conversation 1, message 104");

        conversations.put(1L, new Conversation(1_040, 16, labels, 16, notes, List.of(12)));
        assertThat(theOnly().what()).startsWith("score in the CRM: [12]; expected 16");
    }

    @Test
    void poisonAndWhatIsUnreadableMustEndAsDeadLetters() {
        clean();
        told(POISON, "p", Operation.Kind.OK);
        told(UNREADABLE, "u", Operation.Kind.OK);
        assertThat(check().numbers()).contains("acknowledged 4, processed 2, lost 2");

        stored(3, "p", POISON, "dead");
        stored(4, "u", UNREADABLE, "dead");
        check().mustBeClean("set aside");
    }

    @Test
    void aDeadLetterOfAGoodEventAndAWishThatFailedAndWhatStillWaitsAreFound() {
        clean();
        inbox.set(1, new InboxRow(2, "b", 1, 102, 1_020, "dead", "why"));
        deadWishes.add("7 of conversation 1, labels: 422");
        waiting = "3 letters";

        assertThat(check().violations())
                .extracting(Violation::kind)
                .containsOnly(Violation.Kind.STUCK)
                .hasSize(3);
    }
}
