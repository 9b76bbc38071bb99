package io.leadroutes.rules;

import io.leadroutes.event.Priority;
import java.util.List;
import java.util.Optional;

/**
 * What happens when a conversation's score reaches {@code at} and a condition holds.
 *
 * @param at points from 1 to {@link Score#CAP}
 * @param renewal whether it may happen more than once
 * @param when absent: the score alone counts
 * @param labels added, in the order of the file
 * @param priority set; {@link Priority#NONE} when the file names none
 * @param lower whether the priority is set even if the conversation has a higher one
 * @param team name of a team, or its numeric id as text
 * @param reassign whether the team gets a conversation that an agent has
 * @param note Markdown of a private note with {@link Placeholders}; not rendered here
 * @param attributes keys that the conversation gets from the message's form or the contact, where these have them
 */
public record QualifyRule(
        int at,
        Renewal renewal,
        Optional<Condition> when,
        List<String> labels,
        Priority priority,
        boolean lower,
        Optional<String> team,
        boolean reassign,
        Optional<String> note,
        List<String> attributes) {

    public QualifyRule {
        labels = List.copyOf(labels);
        attributes = List.copyOf(attributes);
    }
}
