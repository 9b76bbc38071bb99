package io.leadroutes.conversation;

import io.leadroutes.event.Priority;
import io.leadroutes.rules.EscalateRule;
import io.leadroutes.rules.QualifyRule;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.rules.WaitingRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a rule does to a conversation, as a Chatwoot macro: one call for many conversations. {@code setup} makes them.
 *
 * <p>A macro is a fixed list of actions, so its note is the Liquid template of a custom attribute that holds the text: it
 * is written with the conversation's other attributes, for which there is a call anyway. Chatwoot renders outgoing
 * messages, notes too, as Liquid, in which {@code conversation.custom_attribute} is the attribute map
 * ({@code app/models/concerns/liquidable.rb}, {@code app/drops/conversation_drop.rb}); what a variable expands to is not
 * rendered again.
 *
 * @param occasion of the rule's note, such as {@code qualify} or {@code escalate:churn-risk}
 * @param priority set whatever the conversation has; never none
 * @param team its name or its numeric id as text
 * @param hasNote whether it writes a note
 */
public record RuleMacro(
        String occasion, List<String> labels, Optional<Priority> priority, Optional<String> team, boolean hasNote) {
    private static final String NOTE_ATTRIBUTE = "leadroutes_note_";

    public RuleMacro {
        labels = List.copyOf(labels);
    }

    /** One for each rule that qualifies or escalates, but for those that do nothing in the conversation. */
    public static List<RuleMacro> of(RuleBook rules) {
        List<RuleMacro> macros = new ArrayList<>();
        rules.qualify().map(RuleMacro::of).ifPresent(macros::add);
        for (EscalateRule rule : rules.escalateRules()) {
            macros.add(of(Episode.of(rule.id()), rule));
        }
        for (WaitingRule rule : rules.waitingRules()) {
            for (WaitingRule.Step step : rule.steps()) {
                macros.add(of(occasion(rule, step), step.escalation()));
            }
        }
        return macros.stream().filter(RuleMacro::doesAnything).toList();
    }

    /** Of the note of a step of a waiting rule. */
    static String occasion(WaitingRule rule, WaitingRule.Step step) {
        return Episode.of(rule.id()) + ":" + step.after().toMinutes() + "m";
    }

    private static RuleMacro of(QualifyRule rule) {
        return new RuleMacro(
                Episode.QUALIFY,
                rule.labels(),
                some(Optional.of(rule.priority())),
                rule.team(),
                rule.note().isPresent());
    }

    private static RuleMacro of(String occasion, EscalateRule rule) {
        return new RuleMacro(
                occasion,
                rule.labels(),
                some(rule.priority()),
                rule.team(),
                rule.note().isPresent());
    }

    /** No macro sets none: the rare rule that lowers a priority to it has a call of its own for that. */
    private static Optional<Priority> some(Optional<Priority> priority) {
        return priority.filter(p -> p != Priority.NONE);
    }

    private boolean doesAnything() {
        return !labels.isEmpty() || priority.isPresent() || team.isPresent() || hasNote;
    }

    /** As it is called in Chatwoot. */
    public String name() {
        return "leadroutes: " + occasion.replace(':', ' ');
    }

    /** The Liquid template of its note. */
    public String note() {
        return "{{ conversation.custom_attribute." + noteAttribute(occasion) + " }}";
    }

    /** The custom attribute that holds the text of an occasion's note; a name that Liquid can say. */
    static String noteAttribute(String occasion) {
        return NOTE_ATTRIBUTE + occasion.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "_");
    }
}
