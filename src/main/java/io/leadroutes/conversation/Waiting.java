package io.leadroutes.conversation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which of the customer's messages no agent has answered, and what that has led to. By message ids, which grow: webhooks
 * overtake each other.
 *
 * @param unanswered the oldest first, at most {@value #MOST}
 * @param answeredUpTo the newest message by which an agent answered, or that was put aside; 0 if there is none
 * @param fired keys of the steps that were taken in this waiting
 * @param dueAt when the rules ask for the next look, if they do
 * @param rules version of the rules that said so; empty if none did
 */
public record Waiting(
        List<Unanswered> unanswered, long answeredUpTo, Set<String> fired, Optional<Instant> dueAt, String rules) {
    /** Nobody waits. */
    public static final Waiting NONE = new Waiting(List.of(), 0, Set.of(), Optional.empty(), "");

    private static final int MOST = 100;

    public Waiting {
        unanswered = List.copyOf(unanswered);
        fired = Set.copyOf(fired);
    }

    /** @param since when the customer wrote it */
    public record Unanswered(long message, Instant since) {}

    /** What the customer waits for an answer to. */
    public Optional<Unanswered> oldest() {
        return unanswered.stream().findFirst();
    }

    /** The customer wrote. */
    Waiting asked(long message, Instant at) {
        if (message <= answeredUpTo || unanswered.stream().anyMatch(known -> known.message == message)) {
            return this;
        }
        List<Unanswered> more = new ArrayList<>(unanswered);
        more.add(new Unanswered(message, at));
        more.sort(Comparator.comparingLong(Unanswered::message));
        if (more.size() > MOST) {
            // The oldest counts now, the newest after an answer to those before it.
            more.remove(MOST - 1);
        }
        return new Waiting(more, answeredUpTo, fired, dueAt, rules);
    }

    /** An agent answered what was written before. */
    Waiting answered(long message) {
        List<Unanswered> left =
                unanswered.stream().filter(asked -> asked.message > message).toList();
        boolean isOver = left.size() < unanswered.size();
        return new Waiting(left, Math.max(answeredUpTo, message), isOver ? Set.of() : fired, dueAt, rules);
    }

    /** An agent put the conversation aside. */
    Waiting stopped() {
        long newest = unanswered.isEmpty() ? 0 : unanswered.get(unanswered.size() - 1).message;
        return new Waiting(List.of(), Math.max(answeredUpTo, newest), Set.of(), dueAt, rules);
    }

    Waiting fired(String step) {
        Set<String> more = new LinkedHashSet<>(fired);
        more.add(step);
        return new Waiting(unanswered, answeredUpTo, more, dueAt, rules);
    }

    Waiting due(Optional<Instant> at, String version) {
        return new Waiting(unanswered, answeredUpTo, fired, at, version);
    }
}
