package io.leadroutes.conversation;

import io.leadroutes.event.Event;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Snapshot.Ref;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One conversation in memory: what the built-in steps would decide on its events, with the code that the worker uses. Steps
 * of one's own are not in it. What is decided is taken to be granted at once, and nobody is told. Not thread-safe.
 */
public final class Rehearsal {
    private final Steps steps;
    private final Waits waits;
    private ConversationState state;

    /** What was wished of the conversation's state and no event has shown yet, by kind. */
    private final Map<String, Wish> waiting = new LinkedHashMap<>();

    private final Made made = new Made();

    /** @param start what is known before the first event */
    public Rehearsal(Steps steps, Waits waits, ConversationState start) {
        this.steps = steps;
        this.waits = waits;
        this.state = start;
    }

    /** @param at when it reached us */
    public record Heard(Event event, Instant at) {}

    /** What the rules have changed of the conversation's state. */
    static final class Made {
        final Set<String> labels = new LinkedHashSet<>();
        final Set<String> attributes = new LinkedHashSet<>();
        Optional<Priority> priority = Optional.empty();
        Optional<String> team = Optional.empty();

        boolean isTeam(Ref shown) {
            return team.filter(name -> name.equalsIgnoreCase(shown.name()) || name.equals(Long.toString(shown.id())))
                    .isPresent();
        }

        private void note(Wish wish) {
            if (wish instanceof Wish.ChangeLabels change) {
                labels.addAll(change.add());
            } else if (wish instanceof Wish.ChangeAttributes change) {
                attributes.addAll(change.set().keySet());
            } else if (wish instanceof Wish.SetPriority set) {
                priority = Optional.of(set.priority());
            } else if (wish instanceof Wish.AssignTeam assign) {
                team = Optional.of(assign.team());
            }
        }
    }

    /** A decision that begins now, on what is known. */
    public Conversation open(Instant now) {
        return new Conversation(state, waiting.values(), now);
    }

    /** Brings an event to the conversation, in the way of the route {@code event-router}. */
    public void hear(Conversation conversation, Heard heard) {
        Event event = heard.event();
        if (event.conversationId().isEmpty()) {
            event.contact()
                    .filter(contact -> conversation.isOf(contact.id()) && conversation.observe(contact))
                    .ifPresent(contact -> steps.contact(conversation));
            return;
        }
        conversation.observe(event, heard.at());
        steps.rest(conversation);
        steps.resolution(conversation);
        steps.merge(conversation);
        if (event.isCustomerMessage()) {
            steps.tag(conversation);
            steps.score(conversation);
            steps.qualify(conversation);
            steps.escalate(conversation);
        } else {
            steps.react(conversation);
            steps.correct(conversation);
        }
    }

    /** What is decided on events that a worker had in hand together at this time, and on the waiting before them. */
    public Outcome take(List<Heard> events, Instant now) {
        Instant first = events.stream()
                .map(Heard::at)
                .min(Instant::compareTo)
                .filter(at -> at.isBefore(now))
                .orElse(now);
        Outcome before = until(first);
        Conversation conversation = open(now);
        events.forEach(heard -> hear(conversation, heard));
        waits.look(conversation);
        return before.then(close(conversation));
    }

    /** What is decided because a customer waits until this time and nothing happens. */
    public Outcome until(Instant now) {
        Outcome outcome = new Outcome(Set.of(), 0, open(now).getScore());
        Optional<Instant> due = state.waiting().dueAt();
        while (due.isPresent() && !due.get().isAfter(now)) {
            Conversation conversation = open(due.get());
            waits.look(conversation);
            outcome = outcome.then(close(conversation));
            due = state.waiting().dueAt();
        }
        return outcome;
    }

    Made made() {
        return made;
    }

    private Outcome close(Conversation conversation) {
        state = conversation.state();
        Set<Effect> effects = new LinkedHashSet<>();
        int calls = 0;
        for (Wished wished : conversation.decided()) {
            Wish wish = wished.wish();
            calls += wish.destination().equals(Wish.CHATWOOT) ? 1 : 0;
            made.note(wish);
            if (wish instanceof Wish.ChangeLabels change) {
                change.add().forEach(label -> effects.add(new Effect(Effect.Kind.LABEL, label)));
            }
            keep(wish);
        }
        waiting.values().removeIf(wish -> wish.isMet(state));
        for (ScoreEntry entry : conversation.scored()) {
            String points = (entry.points() < 0 ? " " : " +") + entry.points();
            effects.add(new Effect(Effect.Kind.SCORE, entry.rule() + points));
        }
        if (conversation.hasQualified()) {
            effects.add(new Effect(Effect.Kind.LEAD, "qualified"));
        }
        effects.addAll(escalations(conversation));
        return new Outcome(effects, calls, conversation.getScore());
    }

    /** Notes and leads are over when they are told; what changes the conversation's state counts until it is shown. */
    private void keep(Wish wish) {
        boolean isOfState = wish instanceof Wish.ChangeLabels
                || wish instanceof Wish.ChangeAttributes
                || wish instanceof Wish.SetPriority
                || wish instanceof Wish.AssignTeam;
        if (isOfState) {
            waiting.merge(wish.kind(), wish, (older, newer) -> newer.over(older));
        }
    }

    private Set<Effect> escalations(Conversation conversation) {
        Set<String> rules = new LinkedHashSet<>(conversation.escalated());
        Set<String> steps = new LinkedHashSet<>(state.waiting().fired());
        steps.removeAll(conversation.before().waiting().fired());
        Set<Effect> effects = new LinkedHashSet<>();
        for (String step : steps) {
            int at = step.lastIndexOf('@');
            rules.remove(step.substring(0, at));
            effects.add(new Effect(
                    Effect.Kind.ESCALATION,
                    step.substring(0, at) + " after "
                            + Duration.parse(step.substring(at + 1)).toMinutes() + "m"));
        }
        rules.forEach(rule -> effects.add(new Effect(Effect.Kind.ESCALATION, rule)));
        return effects;
    }
}
