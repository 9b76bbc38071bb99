package io.leadroutes.conversation;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What rules made of a conversation's events.
 *
 * @param calls wishes for Chatwoot, each about one call
 * @param score 0 to 100, when the events are over
 */
public record Outcome(Set<Effect> effects, int calls, int score) {
    /** Of no events. */
    static final Outcome NONE = new Outcome(Set.of(), 0, 0);

    public Outcome {
        effects = Set.copyOf(effects);
    }

    /** With that of the events that follow. */
    public Outcome then(Outcome next) {
        Set<Effect> both = new LinkedHashSet<>(effects);
        both.addAll(next.effects);
        return new Outcome(both, calls + next.calls, next.score);
    }
}
