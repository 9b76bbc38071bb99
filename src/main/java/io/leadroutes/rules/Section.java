package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping of the rule file whose keys are known, read value by value. What does not fit is reported with its place, and
 * read as absent.
 */
final class Section {

    private static final int LONGEST_SHOWN = 60;

    private final Node node;
    private final String path;
    private final Problems problems;
    private final Map<String, Node> values;

    private Section(Node node, String path, Problems problems, Map<String, Node> values) {
        this.node = node;
        this.path = path;
        this.problems = problems;
        this.values = values;
    }

    /** This node as a section, reporting keys that are unknown or there twice. */
    static Optional<Section> of(Node node, String path, Problems problems, List<String> keys) {
        return of(
                node,
                path,
                problems,
                "keys: " + String.join(", ", keys),
                key -> keys.contains(key) ? null : " is an unknown key" + suggestion(key, keys));
    }

    /** This node as a section; {@code check} says what is wrong with a key, or null. */
    static Optional<Section> of(
            Node node, String path, Problems problems, String expected, Function<String, String> check) {
        if (!(node instanceof MappingNode mapping) || !isPlain(node, Tag.MAP)) {
            problems.unexpected(node, named(path), shown(node), expected);
            return Optional.empty();
        }
        Map<String, Node> values = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key =
                    tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : shown(tuple.getKeyNode());
            String wrong = check.apply(key);
            if (wrong != null) {
                problems.add(tuple.getKeyNode(), inside(path, key) + wrong);
            } else if (values.putIfAbsent(key, tuple.getValueNode()) != null) {
                problems.add(tuple.getKeyNode(), inside(path, key) + " is there twice; expected each key once");
            }
        }
        return Optional.of(new Section(node, path, problems, values));
    }

    /** A mapping whose keys are names that the file gives. */
    Optional<Section> entries(String key, String expected) {
        return value(key).flatMap(value -> {
            if (!(value instanceof MappingNode mapping) || mapping.getValue().isEmpty()) {
                problems.unexpected(value, path(key), shown(value), expected);
                return Optional.empty();
            }
            List<String> names = mapping.getValue().stream()
                    .map(tuple -> tuple.getKeyNode() instanceof ScalarNode scalar
                            ? scalar.getValue()
                            : shown(tuple.getKeyNode()))
                    .distinct()
                    .toList();
            return of(value, path(key), problems, names);
        });
    }

    Node node() {
        return node;
    }

    String path() {
        return path;
    }

    String path(String key) {
        return inside(path, key);
    }

    /** Its keys that are known, in the order of the file. */
    Set<String> keys() {
        return values.keySet();
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Where the value of this key stands, or the section itself when it is absent. */
    Node at(String key) {
        return values.getOrDefault(key, node);
    }

    void require(String key, String expected) {
        if (!has(key)) {
            problems.add(node, named(path) + " has no " + key + "; expected " + expected);
        }
    }

    Optional<Section> section(String key, List<String> keys) {
        return value(key).flatMap(value -> of(value, path(key), problems, keys));
    }

    List<Section> sections(String key, List<String> keys) {
        List<Section> sections = new ArrayList<>();
        List<Node> items = items(key, "a list of rules");
        for (int i = 0; i < items.size(); i++) {
            of(items.get(i), path(key) + "[" + i + "]", problems, keys).ifPresent(sections::add);
        }
        return sections;
    }

    /** A text that {@code check} accepts; it answers what is expected instead, or null. */
    Optional<String> text(String key, String expected, Function<String, String> check) {
        return value(key).flatMap(value -> text(value, path(key), expected, check));
    }

    /** A text, or a whole number read as text. */
    Optional<String> textOrNumber(String key, String expected) {
        return value(key)
                .flatMap(value -> value instanceof ScalarNode scalar && isPlain(value, Tag.INT)
                        ? Optional.of(scalar.getValue())
                        : text(value, path(key), expected, text -> null));
    }

    Optional<Integer> integer(String key, int lowest, int highest, String expected) {
        return value(key).flatMap(value -> {
            if (value instanceof ScalarNode scalar && isPlain(value, Tag.INT)) {
                try {
                    int number = Integer.parseInt(scalar.getValue());
                    if (number >= lowest && number <= highest) {
                        return Optional.of(number);
                    }
                } catch (NumberFormatException e) {
                    // Too long for an int: out of range, as reported below.
                }
            }
            problems.unexpected(value, path(key), shown(value), expected);
            return Optional.empty();
        });
    }

    Optional<Boolean> bool(String key) {
        return value(key).flatMap(value -> {
            if (value instanceof ScalarNode scalar && isPlain(value, Tag.BOOL)) {
                return Optional.of(scalar.getValue().equalsIgnoreCase("true"));
            }
            problems.unexpected(value, path(key), shown(value), "true or false");
            return Optional.empty();
        });
    }

    /** Reports a list that is shorter or longer. */
    void size(String key, int fewest, int most, String expected) {
        if (values.get(key) instanceof SequenceNode list && !list.getValue().isEmpty()) {
            int size = list.getValue().size();
            if (size < fewest || size > most) {
                problems.unexpected(list, path(key), "a list of " + size, expected);
            }
        }
    }

    /** The texts of a list that {@code check} accepts, without repetitions, which are reported. */
    List<String> texts(String key, String expected, Function<String, String> check) {
        List<String> texts = new ArrayList<>();
        for (Item item : textItems(key, expected, check)) {
            if (texts.contains(item.text())) {
                problems.add(item.node(), item.path() + " is \"" + item.text() + "\" again; expected each once");
            } else {
                texts.add(item.text());
            }
        }
        return texts;
    }

    /** The texts of a list with their places. */
    List<Item> textItems(String key, String expected, Function<String, String> check) {
        List<Item> found = new ArrayList<>();
        List<Node> items = items(key, "a list of " + expected);
        for (int i = 0; i < items.size(); i++) {
            String itemPath = path(key) + "[" + i + "]";
            Node item = items.get(i);
            text(item, itemPath, "a text", check).ifPresent(text -> found.add(new Item(item, itemPath, text)));
        }
        return found;
    }

    private List<Node> items(String key, String expected) {
        Optional<Node> value = value(key);
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get() instanceof SequenceNode sequence && isPlain(sequence, Tag.SEQ)) {
            if (sequence.getValue().isEmpty()) {
                problems.unexpected(sequence, path(key), "an empty list", expected);
            }
            return sequence.getValue();
        }
        problems.unexpected(value.get(), path(key), shown(value.get()), expected);
        return List.of();
    }

    private Optional<String> text(Node value, String valuePath, String expected, Function<String, String> check) {
        if (!(value instanceof ScalarNode scalar) || !isPlain(value, Tag.STR)) {
            boolean unquoted = value instanceof ScalarNode && !value.getTag().equals(Tag.NULL);
            problems.unexpected(value, valuePath, shown(value), expected + (unquoted ? " (in quotes)" : ""));
            return Optional.empty();
        }
        String wrong = scalar.getValue().isBlank() ? expected : check.apply(scalar.getValue());
        if (wrong != null) {
            problems.unexpected(value, valuePath, shown(value), wrong);
            return Optional.empty();
        }
        return Optional.of(scalar.getValue());
    }

    private Optional<Node> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** Nothing but YAML's own types: no tag can name another one. */
    static boolean isPlain(Node node, Tag tag) {
        return node.getTag().equals(tag);
    }

    private static String named(String path) {
        return path.isEmpty() ? "the file" : path;
    }

    private static String inside(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    static String shown(Node node) {
        if (node instanceof SequenceNode) {
            return "a list";
        }
        if (!(node instanceof ScalarNode scalar)) {
            return "a mapping";
        }
        if (scalar.getTag().equals(Tag.NULL)) {
            return "empty";
        }
        String value = shortened(scalar.getValue());
        return scalar.getTag().equals(Tag.STR) ? "\"" + value + "\"" : value;
    }

    /** On one line and not too long for a message. */
    static String shortened(String value) {
        String line = value.strip().replace("\n", "\\n");
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
    }

    private static String suggestion(String key, List<String> keys) {
        String nearest = keys.get(0);
        for (String known : keys) {
            if (distance(key, known) < distance(key, nearest)) {
                nearest = known;
            }
        }
        return distance(key, nearest) <= Math.max(1, nearest.length() / 2)
                ? "; did you mean " + nearest + "?"
                : "; expected " + String.join(", ", keys);
    }

    /** Levenshtein's distance; keys longer than any known one are far from all. */
    private static int distance(String a, String b) {
        if (a.length() > 2 * b.length() + 2) {
            return a.length();
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    /** A text of a list and where it stands. */
    record Item(Node node, String path, String text) {}
}
