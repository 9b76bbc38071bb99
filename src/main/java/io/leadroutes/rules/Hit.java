package io.leadroutes.rules;

import java.util.List;

/**
 * A rule that a text meets.
 *
 * @param kind whether a tag or a score rule was met
 * @param rule the rule's id, unique within its kind
 * @param matched the words that met it, as they stand in the text, in text order, distinct, then what its condition held by
 *     ({@link Condition#held}); at most {@value #MAX_MATCHED} each, each at most {@value #MAX_MATCHED_LENGTH} characters, so
 *     that a hostile text does not fill the ledger
 * @param points what a score rule is worth, negative ones too; 0 for a tag rule
 * @param labels what a tag rule adds; empty for a score rule
 */
public record Hit(Kind kind, String rule, List<String> matched, int points, List<String> labels) {

    static final int MAX_MATCHED = 20;
    static final int MAX_MATCHED_LENGTH = 120;

    /** The section of the rule file that the rule stands in. */
    public enum Kind {
        TAG,
        SCORE,
        /** Words that another rule's condition or an extract rule asks for; no hit by themselves. */
        CONDITION
    }

    public Hit {
        matched = List.copyOf(matched);
        labels = List.copyOf(labels);
    }

    /** Not longer than what is kept of a match. */
    static String shortened(String text) {
        if (text.length() <= MAX_MATCHED_LENGTH) {
            return text;
        }
        int end = text.offsetByCodePoints(0, text.codePointCount(0, MAX_MATCHED_LENGTH - 2));
        return text.substring(0, end) + "\u2026";
    }
}
