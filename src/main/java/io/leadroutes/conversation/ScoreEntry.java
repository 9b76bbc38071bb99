package io.leadroutes.conversation;

import io.leadroutes.rules.Score;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One line of the score ledger (invariant 11).
 *
 * @param ruleVersion the version of the rule book that decided
 * @param points what it gave when it was entered
 * @param messageId the message that scored
 * @param matched the words that scored, as the customer wrote them
 * @param at when the event that scored came
 * @param decay how its points fade; absent if they stay
 */
public record ScoreEntry(
        String rule,
        String ruleVersion,
        int points,
        long messageId,
        List<String> matched,
        Instant at,
        Optional<Decay> decay) {

    /**
     * Points that halve in each half-life.
     *
     * @param from when they began to: what takes points back fades as these do
     */
    public record Decay(Duration halfLife, Instant from) {}

    /** One whose points stay. */
    public ScoreEntry(String rule, String ruleVersion, int points, long messageId, List<String> matched, Instant at) {
        this(rule, ruleVersion, points, messageId, matched, at, Optional.empty());
    }

    /** What is left of its points at a time. */
    public int remaining(Instant time) {
        return decay.map(fading -> Score.remaining(points, fading.halfLife, Duration.between(fading.from, time)))
                .orElse(points);
    }

    /** The score at a time, 0 to 100: what is left of these entries. */
    public static int score(Collection<ScoreEntry> entries, Instant time) {
        return Score.total(entries.stream().map(entry -> entry.remaining(time)).toList());
    }
}
