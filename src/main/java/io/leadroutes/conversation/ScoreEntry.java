package io.leadroutes.conversation;

import java.time.Instant;
import java.util.List;

/**
 * One line of the score ledger (invariant 11).
 *
 * @param ruleVersion the version of the rule book that decided
 * @param messageId the message that scored
 * @param matched the words that scored, as the customer wrote them
 */
public record ScoreEntry(
        String rule, String ruleVersion, int points, long messageId, List<String> matched, Instant at) {}
