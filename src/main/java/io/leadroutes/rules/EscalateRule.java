package io.leadroutes.rules;

import io.leadroutes.event.Priority;
import java.util.List;
import java.util.Optional;

/**
 * What happens when a customer writes, or has waited long enough, and a condition holds.
 *
 * @param id unique among the escalate rules
 * @param when the condition
 * @param renewal whether it may happen more than once; of no use to a step of a waiting rule, which happens in each waiting
 * @param labels added, in the order of the file
 * @param priority set, when the file names one
 * @param lower whether the priority is set even if the conversation has a higher one
 * @param team name of a team, or its numeric id as text
 * @param reassign whether the team gets a conversation that an agent has
 * @param note Markdown of a private note with {@link Placeholders}; not rendered here
 */
public record EscalateRule(
        String id,
        Condition when,
        Renewal renewal,
        List<String> labels,
        Optional<Priority> priority,
        boolean lower,
        Optional<String> team,
        boolean reassign,
        Optional<String> note) {

    public EscalateRule {
        labels = List.copyOf(labels);
    }
}
