package io.leadroutes.conversation;

import io.leadroutes.rules.RuleBook;
import io.leadroutes.rules.WaitingRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Escalates for customers who wait too long for an answer, and says when to look again. */
public final class Waits {
    private final Supplier<RuleBook> current;
    private final Steps steps;

    public Waits(RuleBook rules, Steps steps) {
        this(() -> rules, steps);
    }

    /** @param current the rules that a decision begins with; it ends with the same */
    public Waits(Supplier<RuleBook> current, Steps steps) {
        this.current = current;
        this.steps = steps;
    }

    /**
     * Takes each step whose time has come, whose condition holds and that was not taken in this waiting. A step whose
     * condition does not hold may still be taken when the next event makes it hold.
     */
    public void look(Conversation conversation) {
        RuleBook rules = conversation.rules(current);
        List<Instant> due = new ArrayList<>();
        conversation.waitsFor().ifPresent(oldest -> {
            for (WaitingRule rule : rules.waitingRules()) {
                for (WaitingRule.Step step : rule.steps()) {
                    look(conversation, oldest, rule, step).ifPresent(due::add);
                }
            }
        });
        conversation.lookAgain(due.stream().min(Comparator.naturalOrder()), rules.version());
    }

    /** When it is due, if that is still to come. */
    private Optional<Instant> look(
            Conversation conversation, Waiting.Unanswered oldest, WaitingRule rule, WaitingRule.Step step) {
        RuleBook rules = conversation.rules(current);
        if (conversation.hasFired(step.key())) {
            return Optional.empty();
        }
        Optional<Instant> due = rules.calendars().after(rule.calendar(), oldest.since(), step.after());
        if (due.isEmpty() || due.get().isAfter(conversation.now())) {
            return due;
        }
        Optional<List<String>> held =
                step.escalation().when().held(conversation.reading(rules), conversation.facts(rules));
        if (held.isPresent()) {
            conversation.fired(step.key());
            Duration waited = rules.calendars().openBetween(rule.calendar(), oldest.since(), conversation.now());
            String calendar = rule.calendar().isEmpty() ? "" : " in calendar " + rule.calendar();
            List<String> why = Stream.concat(Stream.of("waited " + text(waited) + calendar), held.get().stream())
                    .toList();
            steps.carryOut(
                    conversation,
                    step.escalation(),
                    conversation.begin(Episode.of(rule.id())),
                    RuleMacro.occasion(rule, step),
                    new Reason(rule.id(), oldest.message(), why));
        }
        return Optional.empty();
    }

    private static String text(Duration waited) {
        return (waited.toHours() > 0 ? waited.toHours() + "h " : "") + waited.toMinutesPart() + "m";
    }
}
