package io.leadroutes.crash;

import io.leadroutes.crash.Observed.Conversation;
import io.leadroutes.crash.Observed.Entry;
import io.leadroutes.crash.Observed.InboxRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Judges a history by what came of it. It asks nobody, and gives the same answer each time:
 *
 * <ul>
 *   <li>lost: what was acknowledged lacks an effect (invariants 1, 9)
 *   <li>doubled: an effect is there twice (invariant 2)
 *   <li>reordered: a message was handled before an older one of its conversation that was there already, or an older
 *       snapshot stands where a newer one was handled (invariant 3)
 *   <li>stuck: a dead letter that should be none (invariant 10), or something that never ended
 * </ul>
 *
 * <p>What was not acknowledged may have its effect, but not twice.
 */
final class Checker {
    private final List<Operation> history;
    private final Observed observed;
    private final Map<Long, List<Operation>> ofMessage = new LinkedHashMap<>();
    private final Map<Long, List<Entry>> entries = new HashMap<>();
    private final Map<Long, InboxRow> rows = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    private Checker(List<Operation> history, Observed observed) {
        this.history = history;
        this.observed = observed;
        for (Operation operation : history) {
            long message = operation.letter().message();
            ofMessage.computeIfAbsent(message, m -> new ArrayList<>()).add(operation);
        }
        for (Entry entry : observed.entries()) {
            entries.computeIfAbsent(entry.message(), m -> new ArrayList<>()).add(entry);
        }
        for (InboxRow row : observed.inbox()) {
            InboxRow other = row.message() == 0 ? null : rows.put(row.message(), row);
            if (other != null) {
                add(Violation.Kind.DOUBLED, "message " + row.message() + " has two rows in the inbox", row.message());
            }
        }
    }

    static Report check(List<Operation> history, Observed observed) {
        return new Checker(history, observed).check();
    }

    private Report check() {
        int acknowledged = 0;
        int processed = 0;
        Map<Long, List<Letter>> effective = new TreeMap<>();
        for (List<Operation> operations : ofMessage.values()) {
            Letter letter = operations.get(0).letter();
            boolean isPromised = operations.stream().anyMatch(o -> o.kind() == Operation.Kind.OK);
            boolean isProcessed =
                    switch (letter.kind()) {
                        case MESSAGE -> message(letter, isPromised);
                        case POISON -> poison(letter, isPromised);
                        case UNREADABLE -> unreadable(letter, operations, isPromised);
                        case NOISE -> throw new IllegalArgumentException("noise has no place in a history");
                    };
            acknowledged += isPromised ? 1 : 0;
            processed += isProcessed ? 1 : 0;
            if (isProcessed && letter.kind() == Letter.Kind.MESSAGE) {
                effective
                        .computeIfAbsent(letter.conversation(), c -> new ArrayList<>())
                        .add(letter);
            }
        }
        effective.forEach(this::conversation);
        order();
        dead();
        return new Report(acknowledged, processed, List.copyOf(violations));
    }

    private boolean message(Letter letter, boolean isPromised) {
        int count = entries.getOrDefault(letter.message(), List.of()).size();
        exactlyOnce(letter, "score entry", count, isPromised);
        return count > 0;
    }

    /** Its label and note must be there, too: they come of the same decision. */
    private void conversation(long id, List<Letter> letters) {
        Conversation conversation = observed.conversations().get(id);
        if (conversation == null) {
            letters.forEach(
                    letter -> add(Violation.Kind.LOST, "conversation " + id + " has no state", letter.message()));
            return;
        }
        for (Letter letter : letters) {
            if (!conversation.labels().contains(Vocabulary.label(letter.word()))) {
                lost(letter, "label " + Vocabulary.label(letter.word()));
            }
            if (Vocabulary.isNoted(letter.word())) {
                String note = Vocabulary.note(letter.word());
                exactlyOnce(letter, "note \"" + note + "\"", Collections.frequency(conversation.notes(), note), true);
            }
        }
        int score = Vocabulary.score(letters.size());
        Letter last = letters.get(letters.size() - 1);
        if (conversation.score() != score || conversation.shownScore() != score) {
            lost(
                    last,
                    "score of conversation %d: %d, shown as %d; expected %d"
                            .formatted(id, conversation.score(), conversation.shownScore(), score));
        }
        if (score >= Vocabulary.QUALIFIED_AT) {
            exactlyOnce(
                    last,
                    "note \"" + Vocabulary.QUALIFIED_NOTE + "\"",
                    Collections.frequency(conversation.notes(), Vocabulary.QUALIFIED_NOTE),
                    true);
            exactlyOnce(last, "CRM row", conversation.leads().size(), true);
            if (!conversation.leads().stream().allMatch(lead -> lead == score)) {
                lost(last, "score in the CRM: " + conversation.leads() + "; expected " + score);
            }
        }
    }

    private boolean poison(Letter letter, boolean isPromised) {
        InboxRow row = rows.get(letter.message());
        if (isPromised && row == null) {
            lost(letter, "poison message, which should be a dead letter");
        }
        if (row != null && !row.state().equals("dead")) {
            add(Violation.Kind.STUCK, "poison message is " + row.state() + ", not dead", letter.message());
        }
        if (entries.containsKey(letter.message())) {
            add(Violation.Kind.DOUBLED, "poison message had an effect", letter.message());
        }
        return row != null;
    }

    private boolean unreadable(Letter letter, List<Operation> operations, boolean isPromised) {
        Set<String> deliveries = operations.stream().map(Operation::delivery).collect(Collectors.toSet());
        List<InboxRow> kept = observed.inbox().stream()
                .filter(row -> deliveries.contains(row.delivery()))
                .toList();
        if (isPromised && kept.isEmpty()) {
            lost(letter, "unreadable event, which should be a dead letter");
        }
        if (kept.stream()
                .anyMatch(row -> !row.state().equals("dead") || row.error().isEmpty())) {
            add(Violation.Kind.STUCK, "unreadable event is no dead letter with a reason: " + kept, letter.message());
        }
        return !kept.isEmpty();
    }

    private void order() {
        Map<Long, List<Entry>> byConversation = observed.entries().stream()
                .collect(Collectors.groupingBy(Entry::conversation, TreeMap::new, Collectors.toList()));
        byConversation.values().forEach(this::order);
        Map<Long, Long> newest = observed.inbox().stream()
                .filter(row -> row.state().equals("done"))
                .collect(Collectors.toMap(InboxRow::conversation, InboxRow::version, Math::max));
        observed.conversations().forEach((id, conversation) -> {
            long version = newest.getOrDefault(id, 0L);
            if (conversation.version() < version) {
                violations.add(new Violation(
                        Violation.Kind.REORDERED,
                        "conversation %d stands at version %d; %d was handled"
                                .formatted(id, conversation.version(), version),
                        List.of()));
            }
        });
    }

    /** An inversion is one only if the older message could be seen: it was stored earlier, or was handled together. */
    private void order(List<Entry> handled) {
        for (int i = 0; i < handled.size(); i++) {
            for (int j = i + 1; j < handled.size(); j++) {
                Entry first = handled.get(i);
                Entry second = handled.get(j);
                boolean together = first.atMicros() == second.atMicros();
                if (first.message() > second.message() && (together || storedEarlier(second, first))) {
                    add(
                            Violation.Kind.REORDERED,
                            "message %d was handled before message %d, which was there already"
                                    .formatted(first.message(), second.message()),
                            first.message(),
                            second.message());
                }
            }
        }
    }

    private boolean storedEarlier(Entry older, Entry newer) {
        InboxRow olderRow = rows.get(older.message());
        InboxRow newerRow = rows.get(newer.message());
        return observed.inOrderOfArrival() && olderRow != null && newerRow != null && olderRow.id() < newerRow.id();
    }

    private void dead() {
        Set<Long> mayBeDead = history.stream()
                .filter(o -> o.letter().kind() == Letter.Kind.POISON)
                .map(o -> o.letter().message())
                .collect(Collectors.toSet());
        Set<String> unreadable = history.stream()
                .filter(o -> o.letter().kind() == Letter.Kind.UNREADABLE)
                .map(Operation::delivery)
                .collect(Collectors.toSet());
        for (InboxRow row : observed.inbox()) {
            if (row.state().equals("dead")
                    && !mayBeDead.contains(row.message())
                    && !unreadable.contains(row.delivery())) {
                add(Violation.Kind.STUCK, "event is a dead letter: " + row, row.message());
            }
        }
        for (String wish : observed.deadWishes()) {
            violations.add(new Violation(Violation.Kind.STUCK, "wish is a dead letter: " + wish, List.of()));
        }
        if (!observed.waiting().isEmpty()) {
            violations.add(new Violation(Violation.Kind.STUCK, "not done in time: " + observed.waiting(), List.of()));
        }
    }

    private void exactlyOnce(Letter letter, String effect, int count, boolean isPromised) {
        if (count == 0 && isPromised) {
            lost(letter, effect);
        } else if (count > 1) {
            add(
                    Violation.Kind.DOUBLED,
                    "%d times %s of conversation %d".formatted(count, effect, letter.conversation()),
                    letter.message());
        }
    }

    private void lost(Letter letter, String effect) {
        add(
                Violation.Kind.LOST,
                "%s of conversation %d, message %d".formatted(effect, letter.conversation(), letter.message()),
                letter.message());
    }

    private void add(Violation.Kind kind, String what, long... messages) {
        List<Operation> operations = java.util.Arrays.stream(messages)
                .mapToObj(message -> ofMessage.getOrDefault(message, List.of()))
                .flatMap(Collection::stream)
                .sorted(java.util.Comparator.comparingLong(Operation::number))
                .toList();
        violations.add(new Violation(kind, what, operations));
    }
}
