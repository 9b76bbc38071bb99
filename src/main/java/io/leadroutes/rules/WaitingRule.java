package io.leadroutes.rules;

import java.time.Duration;
import java.util.List;

/**
 * What happens when a customer waits for an answer.
 *
 * @param id unique among the escalate rules
 * @param calendar the calendar whose open time counts; {@link Calendars#ALWAYS} if the rule names none
 * @param steps the longer waiting later, at least one
 */
public record WaitingRule(String id, String calendar, List<Step> steps) {

    public WaitingRule {
        steps = List.copyOf(steps);
    }

    /**
     * One step of the ladder.
     *
     * @param after open time since the customer's oldest unanswered message, 1 minute or more
     * @param escalation what is done then, if its condition holds
     */
    public record Step(Duration after, EscalateRule escalation) {

        /** Names the step among all, as long as its rule and its time stay what they are. */
        public String key() {
            return escalation.id() + "@" + after;
        }
    }
}
