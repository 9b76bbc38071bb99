package io.leadroutes.conversation;

import java.time.Instant;

/**
 * A time for which a rule has acted, and does not act again.
 *
 * @param number from 1, within the conversation and the rule
 * @param since when the event that began it came
 * @param over true when what it began for has passed; then the next may begin
 */
public record Episode(int number, Instant since, boolean over) {
    /** Names the episodes of the qualify rule. */
    static final String QUALIFY = "qualify";

    private static final String ESCALATE = "escalate:";

    /** Names the episodes of an escalate rule. */
    static String of(String escalateRule) {
        return ESCALATE + escalateRule;
    }

    /** The rule whose episodes {@link #of} names so. */
    static String escalateRule(String name) {
        return name.substring(ESCALATE.length());
    }

    static boolean isEscalation(String name) {
        return name.startsWith(ESCALATE);
    }

    /** What is made of the first keeps its plain name; further ones have the number in it. */
    String numbered(String name) {
        return number == 1 ? name : name + ":" + number;
    }
}
