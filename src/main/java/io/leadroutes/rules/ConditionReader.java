package io.leadroutes.rules;

import io.leadroutes.event.Priority;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads what a rule's {@code when} asks for. */
final class ConditionReader {

    private static final String LABELS = "labels";
    private static final String ATTRIBUTES = "attributes";
    private static final String CONTACT = "contact";
    private static final String MESSAGE = "message";
    private static final String ALL = "all";
    private static final String ANY = "any";
    private static final String NONE = "none";

    private static final List<String> KEYS = List.of(
            ALL,
            ANY,
            NONE,
            MESSAGE,
            LABELS,
            ATTRIBUTES,
            CONTACT,
            "channel",
            "inbox",
            "status",
            "priority",
            "language",
            "referer",
            "messages_without_answer",
            "attachments",
            "score",
            Facts.EVENT,
            "open",
            "closed");

    private static final List<String> LABEL_KEYS = List.of(ALL, ANY, NONE);
    private static final List<String> TEST_KEYS =
            List.of("equals", "in", "contains", "exists", "at_least", "at_most", "above", "below");
    private static final List<String> WORD_TESTS = List.of("equals", "in");
    private static final List<String> COUNT_KEYS = List.of("equals", "in", "at_least", "at_most", "above", "below");

    private static final String CONDITION = "a condition, such as {labels: {all: [churn-risk]}}";
    private static final String STATUS = "open, resolved, pending or snoozed";
    private static final String EVENT = String.join(", ", Facts.EVENTS);
    private static final String CALENDAR = "the name of a calendar";
    private static final String CHANNEL = "a channel as Chatwoot names it, such as Channel::WebWidget";
    private static final String LANGUAGE = "a language of 2 or 3 lower-case letters, such as de";
    private static final String SCALAR = "a text, number, true or false";
    private static final String NUMBER = "a number";
    private static final String COUNT = "a whole number";

    private final Problems problems;
    private final ToIntFunction<Section> words;
    private final Function<String, String> checkCalendar;

    /**
     * @param words takes the words of a {@code message} and tells the index of the rule that looks for them
     * @param checkCalendar answers what is expected instead of this name, or null
     */
    ConditionReader(Problems problems, ToIntFunction<Section> words, Function<String, String> checkCalendar) {
        this.problems = problems;
        this.words = words;
        this.checkCalendar = checkCalendar;
    }

    /** The condition of a rule, if it has one that can be read. */
    Optional<Condition> read(Section rule) {
        return rule.has("when") ? read(rule.at("when"), rule.path("when")) : Optional.empty();
    }

    private Optional<Condition> read(Node node, String path) {
        Optional<Section> section = Section.of(node, path, problems, KEYS);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        if (node instanceof MappingNode mapping && mapping.getValue().isEmpty()) {
            problems.unexpected(node, path, "empty", CONDITION);
        }
        List<Condition> parts = new ArrayList<>();
        for (String key : section.get().keys()) {
            parts.addAll(part(section.get(), key));
        }
        return Optional.of(parts.size() == 1 ? parts.get(0) : new Condition.All(parts));
    }

    private List<Condition> part(Section section, String key) {
        Node node = section.at(key);
        String path = section.path(key);
        return switch (key) {
            case ALL -> List.of(new Condition.All(group(node, path)));
            case ANY -> List.of(new Condition.Any(group(node, path)));
            case NONE -> List.of(new Condition.None(group(node, path)));
            case MESSAGE ->
                section.section(MESSAGE, RuleFile.WORD_KEYS).stream()
                        .map(found -> (Condition) new Condition.Words(words.applyAsInt(found)))
                        .toList();
            case LABELS ->
                section.section(LABELS, LABEL_KEYS).stream().map(this::labels).toList();
            case ATTRIBUTES, CONTACT -> attributes(node, path, key);
            case "inbox", "messages_without_answer", "attachments", "score" ->
                List.of(new Condition.Value(key, tests(node, path, COUNT_KEYS, COUNT, ConditionReader::notCount)));
            case "status" ->
                List.of(word(
                        node, path, key, STATUS, Arrays.asList("open", "resolved", "pending", "snoozed")::contains));
            case "priority" -> List.of(word(node, path, key, RuleFile.PRIORITY, ConditionReader::isPriority));
            case Facts.EVENT -> List.of(word(node, path, key, EVENT, Facts.EVENTS::contains));
            case "open", "closed" ->
                List.of(new Condition.Value(key, tests(node, path, WORD_TESTS, CALENDAR, checkCalendar)));
            case "channel" -> List.of(word(node, path, key, CHANNEL, text -> text.startsWith("Channel::")));
            case "language" -> List.of(word(node, path, key, LANGUAGE, text -> text.matches("[a-z]{2,3}")));
            default -> List.of(new Condition.Value(key, tests(node, path, TEST_KEYS, SCALAR, text -> null)));
        };
    }

    private List<Condition> group(Node node, String path) {
        List<Condition> parts = new ArrayList<>();
        List<Node> items = list(node, path, "a list of conditions");
        for (int i = 0; i < items.size(); i++) {
            read(items.get(i), path + "[" + i + "]").ifPresent(parts::add);
        }
        return parts;
    }

    private List<Node> list(Node node, String path, String expected) {
        if (node instanceof SequenceNode sequence && !sequence.getValue().isEmpty()) {
            return sequence.getValue();
        }
        problems.unexpected(node, path, node instanceof SequenceNode ? "an empty list" : Section.shown(node), expected);
        return List.of();
    }

    private Condition labels(Section section) {
        if (!section.has(ALL) && !section.has(ANY)) {
            problems.add(section.node(), section.path() + " asks for no label; expected all or any");
        }
        return new Condition.Labels(labels(section, ALL), labels(section, ANY), labels(section, NONE));
    }

    private static Set<String> labels(Section section, String key) {
        return new LinkedHashSet<>(section.texts(key, "labels", RuleFile::checkLabel));
    }

    private List<Condition> attributes(Node node, String path, String key) {
        Optional<Section> section = Section.of(node, path, problems, "attribute keys", name -> {
            String wrong = RuleFile.checkAttribute(name);
            return wrong == null ? null : " is no attribute key; expected " + wrong;
        });
        if (node instanceof MappingNode mapping && mapping.getValue().isEmpty()) {
            problems.unexpected(node, path, "empty", "attribute keys, such as {plan: enterprise}");
        }
        List<Condition> parts = new ArrayList<>();
        section.ifPresent(found -> found.keys()
                .forEach(name -> parts.add(new Condition.Value(
                        key + "." + name, tests(found.at(name), found.path(name), TEST_KEYS, SCALAR, text -> null)))));
        return parts;
    }

    /** A value that is one of few words, or a list of them. */
    private Condition word(Node node, String path, String key, String expected, Function<String, Boolean> isKnown) {
        return new Condition.Value(
                key, tests(node, path, WORD_TESTS, expected, text -> isKnown.apply(text) ? null : expected));
    }

    /** A value, a list of values, or a mapping of tests. {@code check} answers what is expected instead, or null. */
    private List<ValueTest> tests(
            Node node, String path, List<String> keys, String expected, Function<String, String> check) {
        if (!(node instanceof MappingNode)) {
            return List.of(new ValueTest.In(values(node, path, expected, check)));
        }
        if (node instanceof MappingNode mapping && mapping.getValue().isEmpty()) {
            problems.unexpected(node, path, "empty", "one of " + String.join(", ", keys));
        }
        List<ValueTest> tests = new ArrayList<>();
        Section.of(node, path, problems, keys).ifPresent(section -> {
            for (String key : section.keys()) {
                test(section, key, expected, check).ifPresent(tests::add);
            }
        });
        return tests;
    }

    private Optional<ValueTest> test(Section section, String key, String expected, Function<String, String> check) {
        Node node = section.at(key);
        String path = section.path(key);
        return switch (key) {
            case "equals" -> scalar(node, path, expected, check).map(value -> new ValueTest.In(List.of(value)));
            case "in" -> {
                List<String> values = new ArrayList<>();
                for (Node item : list(node, path, "a list, each " + expected)) {
                    scalar(item, path, expected, check).ifPresent(values::add);
                }
                yield Optional.of(new ValueTest.In(values));
            }
            case "contains" -> section.text(key, "a text", text -> null).map(ValueTest.Contains::new);
            case "exists" -> section.bool(key).map(ValueTest.Exists::new);
            default ->
                scalar(node, path, NUMBER, ConditionReader::notNumber)
                        .map(number -> new ValueTest.Compares(comparison(key), new BigDecimal(number)));
        };
    }

    private static ValueTest.Comparison comparison(String key) {
        return Arrays.stream(ValueTest.Comparison.values())
                .filter(comparison -> comparison.key().equals(key))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException(key + " is no comparison; expected one of the known keys"));
    }

    private List<String> values(Node node, String path, String expected, Function<String, String> check) {
        if (!(node instanceof SequenceNode)) {
            return scalar(node, path, expected, check).stream().toList();
        }
        List<String> values = new ArrayList<>();
        List<Node> items = list(node, path, "a list, each " + expected);
        for (int i = 0; i < items.size(); i++) {
            scalar(items.get(i), path + "[" + i + "]", expected, check).ifPresent(values::add);
        }
        return values;
    }

    private Optional<String> scalar(Node node, String path, String expected, Function<String, String> check) {
        boolean isValue = node instanceof ScalarNode
                && List.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL).contains(node.getTag());
        String value = isValue ? ((ScalarNode) node).getValue().strip() : "";
        String wrong = value.isEmpty() ? expected : check.apply(value);
        if (wrong != null) {
            problems.unexpected(node, path, Section.shown(node), wrong);
            return Optional.empty();
        }
        return Optional.of(value);
    }

    private static String notNumber(String text) {
        return ValueTest.NUMBER.matcher(text).matches() ? null : NUMBER;
    }

    private static String notCount(String text) {
        return text.matches("\\d{1,15}") ? null : COUNT;
    }

    private static boolean isPriority(String word) {
        return Arrays.stream(Priority.values()).map(Priority::word).anyMatch(word::equals);
    }
}
