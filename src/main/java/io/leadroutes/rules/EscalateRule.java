package io.leadroutes.rules;

import io.leadroutes.event.Priority;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What happens when a conversation's labels meet a condition.
 *
 * @param id unique among the escalate rules
 * @param allLabels labels that must all be there ({@code when.labels.all})
 * @param any labels of which one must be there; empty: no such demand
 * @param none labels of which none may be there
 * @param labels added, in the order of the file
 * @param priority set, when the file names one
 * @param team name of a team, or its numeric id as text
 * @param note Markdown of a private note with {@link Placeholders}; not rendered here
 */
public record EscalateRule(
        String id,
        Set<String> allLabels,
        Set<String> any,
        Set<String> none,
        List<String> labels,
        Optional<Priority> priority,
        Optional<String> team,
        Optional<String> note) {

    public EscalateRule {
        allLabels = inOrder(allLabels);
        any = inOrder(any);
        none = inOrder(none);
        labels = List.copyOf(labels);
    }

    /** True when these labels meet the condition. */
    public boolean holds(Set<String> present) {
        return present.containsAll(allLabels)
                && (any.isEmpty() || any.stream().anyMatch(present::contains))
                && none.stream().noneMatch(present::contains);
    }

    private static Set<String> inOrder(Collection<String> texts) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(texts));
    }
}
