package io.leadroutes.conversation;

import io.leadroutes.rules.Hit;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.rules.ScoreRule;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arithmetic of score entries; pure. Entries are only added: what a message no longer says is taken back by an entry of
 * the opposite points that fades alike, so that the sum of what is left of all entries is the score before it is clamped.
 */
final class Ledger {
    private Ledger() {}

    /** What a hit in this message is worth now: 0 if it counts no more, less than its points where the group's cap is near. */
    static int worth(List<ScoreEntry> entries, Hit hit, long messageId, Instant now, RuleBook rules) {
        ScoreRule rule = rules.scoreRule(hit.rule());
        Map<Long, Instant> counted = new LinkedHashMap<>();
        for (ScoreEntry entry : entries) {
            if (entry.rule().equals(rule.id()) && net(entries, rule.id(), entry.messageId()) != 0) {
                counted.put(entry.messageId(), entry.at());
            }
        }
        boolean isOver = counted.containsKey(messageId)
                || counted.size() >= rule.atMost()
                || counted.values().stream()
                        // Either way: events are told in any order.
                        .anyMatch(at -> Duration.between(at, now).abs().compareTo(rule.every()) < 0);
        if (isOver) {
            return 0;
        }
        return rule.group()
                .map(group ->
                        Math.min(hit.points(), Math.max(0, rules.caps().get(group) - sum(entries, group, now, rules))))
                .orElse(hit.points());
    }

    /** How the points fade that a rule gave for a message last. */
    static Optional<ScoreEntry.Decay> decay(List<ScoreEntry> entries, String rule, long messageId) {
        return entries.stream()
                .filter(entry -> entry.messageId() == messageId && entry.rule().equals(rule))
                .reduce((older, newer) -> newer)
                .flatMap(ScoreEntry::decay);
    }

    /** What a rule's entries of a message come to, before anything fades. */
    static int net(List<ScoreEntry> entries, String rule, long messageId) {
        return entries.stream()
                .filter(entry -> entry.messageId() == messageId && entry.rule().equals(rule))
                .mapToInt(ScoreEntry::points)
                .sum();
    }

    private static int sum(List<ScoreEntry> entries, String group, Instant now, RuleBook rules) {
        return entries.stream()
                .filter(entry -> rules.isInGroup(entry.rule(), group))
                .mapToInt(entry -> entry.remaining(now))
                .sum();
    }
}
