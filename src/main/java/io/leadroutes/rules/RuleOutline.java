package io.leadroutes.rules;

import java.util.List;

/**
 * A rule as people are shown it.
 *
 * @param kind tag, score, qualify or escalate
 * @param words what it looks for, as the file has it; none for a rule that only has a condition
 * @param conditional true if something besides must hold
 * @param points what a score rule is worth, or how many qualify a lead; 0 for others
 */
public record RuleOutline(
        String kind, String id, List<String> words, boolean conditional, int points, List<String> labels) {

    public RuleOutline {
        words = List.copyOf(words);
        labels = List.copyOf(labels);
    }
}
