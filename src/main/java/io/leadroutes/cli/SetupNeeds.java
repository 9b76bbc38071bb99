package io.leadroutes.cli;

import io.leadroutes.cli.SetupAction.AddAttribute;
import io.leadroutes.cli.SetupAction.AddLabel;
import io.leadroutes.cli.SetupAction.AddMacro;
import io.leadroutes.cli.SetupAction.AddTeam;
import io.leadroutes.conversation.DealOutcome;
import io.leadroutes.conversation.RuleMacro;
import io.leadroutes.event.AttributeType;
import io.leadroutes.event.Priority;
import io.leadroutes.rules.EscalateRule;
import io.leadroutes.rules.ExtractRule;
import io.leadroutes.rules.QualifyRule;
import io.leadroutes.rules.RuleBook;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an account must have for a rule file to work in it (issue 3, item 4). Pure.
 *
 * @param teams by name
 * @param teamIds the teams that the rules name by id, which nobody can make
 */
record SetupNeeds(
        List<AddLabel> labels,
        List<AddAttribute> attributes,
        List<AddTeam> teams,
        List<String> teamIds,
        List<AddMacro> macros) {
    /** What the product takes in; other events would only cost (CONTRACT section 1.2). */
    static final List<String> EVENTS = List.of(
            "conversation_created",
            "conversation_status_changed",
            "conversation_updated",
            "message_created",
            "message_updated",
            "contact_created",
            "contact_updated");

    private static final String SCORE = "lead_score";
    private static final List<String> TAG_COLORS =
            List.of("#1F93FF", "#7C4DDB", "#0E9AA7", "#C2680A", "#4A6FA5", "#A23B72", "#5B7F2B", "#8D6E63");
    private static final String LEAD_COLOR = "#1D9E5B";
    private static final String ESCALATION_COLOR = "#D64545";
    private static final String CONDITION_COLOR = "#7A869A";

    /** Types of the attributes that the original reference uses; any other is a text. */
    private static final Map<String, String> TYPES = Map.of("deal_value", "currency", "next_follow_up", "date");

    /** @param dealLabels those of a won deal and of a lost one; empty if deals are not told of */
    static SetupNeeds of(RuleBook rules, List<String> dealLabels) {
        List<String> named = Stream.concat(
                        rules.qualify().flatMap(QualifyRule::team).stream(),
                        rules.escalations().stream().flatMap(rule -> rule.team().stream()))
                .map(String::strip)
                .toList();
        Map<String, String> byFolded = new LinkedHashMap<>();
        named.stream()
                .filter(team -> !Present.isId(team))
                .forEach(team -> byFolded.putIfAbsent(team.toLowerCase(Locale.ROOT), team));
        return new SetupNeeds(
                labels(rules, dealLabels),
                attributes(rules, !dealLabels.isEmpty()),
                byFolded.values().stream().map(AddTeam::new).toList(),
                named.stream().filter(Present::isId).distinct().toList(),
                macros(rules));
    }

    /** Those that a rule adds, and those that a rule waits for: people can only set what is defined. */
    private static List<AddLabel> labels(RuleBook rules, List<String> dealLabels) {
        Map<String, AddLabel> labels = new LinkedHashMap<>();
        rules.tagLabels()
                .forEach((title, ids) -> add(
                        labels,
                        List.of(title),
                        "leadroutes: tag rule " + String.join(", ", ids),
                        TAG_COLORS.get(labels.size() % TAG_COLORS.size())));
        rules.qualify()
                .ifPresent(rule -> add(
                        labels, rule.labels(), "leadroutes: a lead of " + rule.at() + " points or more", LEAD_COLOR));
        for (EscalateRule rule : rules.escalations()) {
            add(labels, rule.labels(), "leadroutes: escalation " + rule.id(), ESCALATION_COLOR);
        }
        for (EscalateRule rule : rules.escalations()) {
            String purpose = "leadroutes: condition of escalation " + rule.id();
            add(labels, rule.when().labels(), purpose, CONDITION_COLOR);
        }
        add(labels, rules.conditionLabels(), "leadroutes: condition of a rule", CONDITION_COLOR);
        add(labels, dealLabels, "leadroutes: how a deal ended", LEAD_COLOR);
        return List.copyOf(labels.values());
    }

    private static void add(Map<String, AddLabel> labels, Collection<String> titles, String purpose, String color) {
        titles.forEach(title -> labels.putIfAbsent(title, new AddLabel(title, purpose, color)));
    }

    private static List<AddAttribute> attributes(RuleBook rules, boolean hasDeals) {
        List<AddAttribute> attributes = new ArrayList<>();
        attributes.add(new AddAttribute(
                SCORE,
                "Lead score",
                "number",
                "leadroutes: points, 0 to 100",
                List.of(),
                Optional.of("^[0-9]{1,3}$"),
                Optional.of("A whole number from 0 to 100")));
        for (ExtractRule rule : rules.extractRules()) {
            boolean isKnown =
                    attributes.stream().anyMatch(attribute -> attribute.key().equals(rule.attribute()));
            if (!isKnown) {
                attributes.add(new AddAttribute(
                        rule.attribute(),
                        displayName(rule.attribute()),
                        rule.type().word(),
                        "leadroutes: from what customers write",
                        options(rules, rule),
                        rule.pattern().map(pattern -> pattern.pattern()),
                        rule.pattern().map(pattern -> "A text that matches " + pattern)));
            }
        }
        List<String> keys = rules.qualify().map(QualifyRule::attributes).orElse(List.of());
        addMissing(attributes, keys, "leadroutes: from the form or the contact of a lead");
        if (hasDeals) {
            addMissing(attributes, DealOutcome.ATTRIBUTES, "leadroutes: how a deal ended");
        }
        return List.copyOf(attributes);
    }

    private static void addMissing(List<AddAttribute> attributes, List<String> keys, String purpose) {
        for (String key : keys) {
            if (attributes.stream().noneMatch(attribute -> attribute.key().equals(key))) {
                attributes.add(new AddAttribute(
                        key,
                        displayName(key),
                        TYPES.getOrDefault(key, "text"),
                        purpose,
                        List.of(),
                        Optional.empty(),
                        Optional.empty()));
            }
        }
    }

    /** A list has the values of all rules that set it. */
    private static List<String> options(RuleBook rules, ExtractRule list) {
        return rules.extractRules().stream()
                .filter(rule -> list.type() == AttributeType.LIST
                        && rule.type() == AttributeType.LIST
                        && rule.attribute().equals(list.attribute()))
                .flatMap(rule -> rule.options().stream())
                .distinct()
                .toList();
    }

    /** {@code company_size} is "Company size". */
    private static String displayName(String key) {
        String words = key.replaceAll("[_.-]+", " ").strip();
        return words.isEmpty() ? key : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static List<AddMacro> macros(RuleBook rules) {
        return RuleMacro.of(rules).stream()
                .map(macro -> new AddMacro(
                        macro.name(),
                        macro.labels(),
                        macro.priority().map(Priority::word),
                        macro.team(),
                        macro.hasNote() ? Optional.of(macro.note()) : Optional.empty()))
                .toList();
    }
}
