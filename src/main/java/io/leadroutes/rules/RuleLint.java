package io.leadroutes.rules;

import com.google.re2j.Pattern;
import io.leadroutes.event.AttributeType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Finds what a rule file may say and hardly means. What cannot be used at all, such as a label that Chatwoot refuses or a
 * note that Liquid would change, is an error of {@link RuleFile} and no warning. Pure.
 */
public final class RuleLint {
    private static final java.util.regex.Pattern STEP = java.util.regex.Pattern.compile("([^.\\[\\]]+)|\\[(\\d+)]");
    private static final List<String> WITH_WORDS = List.of(Facts.MESSAGE_CREATED, "message_updated");
    private static final List<String> OF_A_TEAM = List.of("{" + Placeholders.MENTION_TEAM + "}", "{team}");

    private final RuleBook book;
    private final Node root;
    private final Problems warnings;
    private final Map<String, KeywordRule> keywordRules = new LinkedHashMap<>();

    private RuleLint(RuleBook book, Node root, Problems warnings) {
        this.book = book;
        this.root = root;
        this.warnings = warnings;
        Map<Hit.Kind, Integer> places = new HashMap<>();
        for (KeywordRule rule : book.keywordRules()) {
            int place = places.merge(rule.kind(), 1, Integer::sum) - 1;
            String path =
                    switch (rule.kind()) {
                        case TAG -> "tags[" + place + "]";
                        case SCORE -> "scores[" + place + "]";
                        case CONDITION -> rule.id();
                    };
            keywordRules.put(path, rule);
        }
    }

    /**
     * A rule file that was read.
     *
     * @param warnings what is doubtful about it, in the order of the file, each as
     *     {@code file:line:column: key ...; expected ...}
     */
    public record Linted(RuleBook rules, List<String> warnings) {}

    /**
     * The rules of a file and what is doubtful about them.
     *
     * @throws RuleFileException if it cannot be used
     */
    public static Linted load(Path file) {
        return parse(file.toString(), RuleFile.text(file));
    }

    /** The same of this YAML text. */
    static Linted parse(String fileName, String yaml) {
        RuleFile.Parsed parsed = RuleFile.parse(fileName, yaml);
        Problems warnings = new Problems(fileName);
        new RuleLint(parsed.book(), parsed.root(), warnings).look();
        return new Linted(parsed.book(), warnings.lines());
    }

    private void look() {
        keywordRules.forEach(this::findShadowed);
        findEqualTags();
        findUnreachable();
        findExtractions();
        findOverruled();
        findImpossibleEvents();
        findUnreachableScores();
        findFadingCaps();
        findEndless();
        findLoops();
        findEmptyLines();
    }

    private void findShadowed(String path, KeywordRule rule) {
        List<String> any = rule.any();
        Matcher all = matcher(rule, any);
        for (int i = 0; i < any.size(); i++) {
            String keyword = any.get(i);
            // One hit is its own.
            if (all.find(keyword).counted().size() > 1) {
                int place = i;
                IntStream.range(0, any.size())
                        .filter(other -> other != place && shadows(rule, other, place))
                        .findFirst()
                        .ifPresent(other -> warn(
                                path + ".any[" + place + "]",
                                "\"" + keyword + "\" is found by \"" + any.get(other)
                                        + "\" of the same rule already; expected it without, or a rule of its own"));
            }
        }
    }

    /** Of two that find each other, the first counts. */
    private static boolean shadows(KeywordRule rule, int other, int place) {
        return finds(rule, other, place) && (other < place || !finds(rule, place, other));
    }

    private static boolean finds(KeywordRule rule, int keyword, int in) {
        return !matcher(rule, List.of(rule.any().get(keyword)))
                .find(rule.any().get(in))
                .counted()
                .isEmpty();
    }

    private static Matcher matcher(KeywordRule rule, List<String> any) {
        return new Matcher(List.of(new KeywordRule(
                rule.kind(),
                rule.id(),
                any,
                Optional.empty(),
                List.of(),
                rule.typos(),
                Optional.empty(),
                0,
                List.of())));
    }

    private void findEqualTags() {
        Map<List<Object>, String> known = new HashMap<>();
        keywordRules.forEach((path, rule) -> {
            if (rule.kind() == Hit.Kind.TAG && rule.looksForWords()) {
                String other = known.putIfAbsent(sought(rule), path);
                if (other != null) {
                    warn(
                            path,
                            "(" + rule.id() + ") looks for the same as " + other + " ("
                                    + keywordRules.get(other).id() + "); expected one rule with the labels of both");
                }
            }
        });
    }

    private static List<Object> sought(KeywordRule rule) {
        return List.of(
                folded(rule.any()),
                rule.near().map(near -> List.of(folded(near.words()), near.within())),
                rule.regex().stream().map(Pattern::pattern).collect(Collectors.toSet()),
                rule.typos(),
                rule.when());
    }

    private static Set<List<String>> folded(List<String> keywords) {
        return keywords.stream().map(keyword -> Tokens.of(keyword).words()).collect(Collectors.toSet());
    }

    private void findUnreachable() {
        book.qualify().ifPresent(qualify -> {
            long most = mostPoints();
            if (most < qualify.at()) {
                warn(
                        "qualify.at",
                        "is " + qualify.at() + ", and all score rules together give " + most
                                + " at most; expected no more than that");
            }
        });
    }

    /** Values of two types make one of the rules fail, and a value that its pattern refuses is never set. */
    private void findExtractions() {
        Map<String, Integer> known = new HashMap<>();
        List<ExtractRule> rules = book.extractRules();
        for (int i = 0; i < rules.size(); i++) {
            ExtractRule rule = rules.get(i);
            String path = "extract[" + i + "]";
            Integer other = known.putIfAbsent(rule.attribute(), i);
            if (other != null && rules.get(other).type() != rule.type()) {
                warn(
                        path + ".type",
                        "is " + rule.type().word() + ", and of extract[" + other + "] ("
                                + rules.get(other).id() + "), which sets "
                                + rule.attribute() + ", too, it is "
                                + rules.get(other).type().word() + "; expected one type for an attribute");
            }
            for (String value : rule.options()) {
                if (TypedValue.of(rule.type(), value, rule.pattern(), rule.options())
                        .isEmpty()) {
                    warn(
                            path + ".values." + value,
                            "does not match the rule's pattern, so that it is never set; expected "
                                    + TypedValue.expected(rule.type(), rule.pattern(), rule.options()));
                }
            }
        }
    }

    /** Of one message the first rule sets the value, and a later one only if it replaces what is known. */
    private void findOverruled() {
        List<ExtractRule> rules = book.extractRules();
        for (int later = 1; later < rules.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                boolean isReplaced = rules.get(later).replace();
                int by = isReplaced ? later : earlier;
                findOverruled(rules.get(isReplaced ? earlier : later), rules.get(by), by);
            }
        }
    }

    private void findOverruled(ExtractRule rule, ExtractRule other, int place) {
        boolean isOverruled = other.attribute().equals(rule.attribute())
                && other.type() == rule.type()
                && other.pattern().map(Pattern::pattern).equals(rule.pattern().map(Pattern::pattern))
                && (other.when().isEmpty() || other.when().equals(rule.when()));
        if (!isOverruled) {
            return;
        }
        Collection<Object> taken = sought(other).values();
        boolean isOfOtherList =
                rule.type() == AttributeType.LIST && !rule.options().equals(other.options());
        sought(rule).forEach((path, sought) -> {
            boolean isPattern = sought instanceof String;
            if (taken.contains(sought) && !(isPattern && isOfOtherList)) {
                warn(
                        path,
                        "is looked for by extract[" + place + "] (" + other.id() + "), too, whose " + other.attribute()
                                + " counts; expected it in one of them");
            }
        });
    }

    /** The patterns and the words of the keywords of a rule, by their place. */
    private Map<String, Object> sought(ExtractRule rule) {
        Map<String, Object> sought = new LinkedHashMap<>();
        Stream.concat(rule.patterns().stream(), rule.values().values().stream())
                .map(book.keywordRules()::get)
                .forEach(said -> {
                    for (int i = 0; i < said.regex().size(); i++) {
                        sought.put(
                                said.id() + ".regex[" + i + "]",
                                said.regex().get(i).pattern());
                    }
                    for (int i = 0; i < said.any().size(); i++) {
                        sought.put(
                                said.id() + "[" + i + "]",
                                Tokens.of(said.any().get(i)).words());
                    }
                });
        return sought;
    }

    private void findImpossibleEvents() {
        keywordRules.forEach((path, rule) -> findImpossibleEvent(path, rule.when(), rule.looksForWords()));
        List<ExtractRule> extractions = book.extractRules();
        for (int i = 0; i < extractions.size(); i++) {
            findImpossibleEvent("extract[" + i + "]", extractions.get(i).when(), true);
        }
        book.qualify().ifPresent(rule -> findImpossibleEvent("qualify", rule.when(), false));
        List<String> paths = escalatePaths();
        for (int i = 0; i < book.escalateRules().size(); i++) {
            findImpossibleEvent(
                    paths.get(i), Optional.of(book.escalateRules().get(i).when()), false);
        }
    }

    private void findImpossibleEvent(String path, Optional<Condition> when, boolean looksForWords) {
        when.filter(Condition::asksForEvent)
                .filter(condition -> Facts.EVENTS.stream()
                        .filter(event -> !looksForWords || WITH_WORDS.contains(event))
                        .noneMatch(event -> mayHold(condition, event)))
                .ifPresent(condition -> warn(
                        path + ".when",
                        "asks for events at which the rule never matches, as words come with "
                                + String.join(" and ", WITH_WORDS)
                                + " only; expected one of these, or a rule without words"));
    }

    private static boolean mayHold(Condition condition, String event) {
        if (condition instanceof Condition.Words) {
            return WITH_WORDS.contains(event);
        }
        if (condition instanceof Condition.Value value && value.asksForEvent()) {
            return value.tests().stream().allMatch(test -> test.isMet(event));
        }
        if (condition instanceof Condition.Any any) {
            return any.parts().stream().anyMatch(part -> mayHold(part, event));
        }
        return !(condition instanceof Condition.All)
                || condition.parts().stream().allMatch(part -> mayHold(part, event));
    }

    private void findUnreachableScores() {
        long most = Math.min(Score.CAP, mostPoints());
        keywordRules.forEach((path, rule) -> findUnreachableScore(path, rule.when(), most));
        book.qualify().ifPresent(rule -> findUnreachableScore("qualify", rule.when(), most));
        List<String> paths = escalatePaths();
        for (int i = 0; i < paths.size(); i++) {
            findUnreachableScore(
                    paths.get(i).replaceAll("\\.steps\\[.*", ""),
                    Optional.of(book.escalations().get(i).when()),
                    most);
        }
    }

    private void findUnreachableScore(String path, Optional<Condition> when, long most) {
        when.filter(condition -> asksForMore(condition, most))
                .ifPresent(condition -> warn(
                        path + ".when",
                        "asks for a score that never is, as all score rules together give " + most
                                + " at most; expected no more than that"));
    }

    private static boolean asksForMore(Condition condition, long most) {
        if (condition instanceof Condition.Value value) {
            return value.path().equals("score")
                    && value.tests().stream()
                            .anyMatch(test -> test instanceof ValueTest.Compares compares && compares.isAbove(most));
        }
        return condition instanceof Condition.All
                        && condition.parts().stream().anyMatch(part -> asksForMore(part, most))
                || condition instanceof Condition.Any
                        && condition.parts().stream().allMatch(part -> asksForMore(part, most));
    }

    /** A group's cap is looked at when points are given: of parts that fade differently, the sum may rise above it later. */
    private void findFadingCaps() {
        for (String group : book.caps().keySet()) {
            List<KeywordRule> rules = keywordRules.values().stream()
                    .filter(rule -> rule.kind() == Hit.Kind.SCORE && book.isInGroup(rule.id(), group))
                    .toList();
            Set<Optional<Duration>> halfLives = rules.stream()
                    .map(rule -> book.scoreRule(rule.id()).halfLife())
                    .collect(Collectors.toSet());
            boolean isFading = halfLives.stream().anyMatch(Optional::isPresent);
            boolean isNegative = rules.stream().anyMatch(rule -> rule.points() < 0);
            if (halfLives.size() > 1 || isFading && isNegative) {
                warn(
                        "caps." + group,
                        "is of rules whose points fade differently, so that they may give more later; expected one"
                                + " half-life and no negative points in a group");
            }
        }
    }

    /** Without negative points and half-lives a score falls by nothing but a message that is deleted or edited. */
    private void findEndless() {
        boolean mayFall = keywordRules.values().stream()
                .filter(rule -> rule.kind() == Hit.Kind.SCORE)
                .anyMatch(rule -> rule.points() < 0
                        || book.scoreRule(rule.id()).halfLife().isPresent());
        if (mayFall) {
            return;
        }
        book.qualify().ifPresent(rule -> findEndless("qualify", rule.renewal(), true));
        List<String> paths = escalatePaths();
        for (int i = 0; i < book.escalateRules().size(); i++) {
            findEndless(paths.get(i), book.escalateRules().get(i).renewal(), false);
        }
    }

    private void findEndless(String path, Renewal renewal, boolean endsByScore) {
        boolean isOfScore = renewal.resetBelow().isPresent() || endsByScore && renewal.isPossible();
        if (isOfScore) {
            warn(
                    path + (renewal.resetBelow().isPresent() ? ".reset-below" : ".cool-down"),
                    "waits for a score that falls, and no score rule has a half-life or negative points; expected one"
                            + " that has, or none of this key");
        }
    }

    private long mostPoints() {
        long most = 0;
        Map<String, Long> byGroup = new HashMap<>();
        for (KeywordRule rule : keywordRules.values()) {
            if (rule.kind() == Hit.Kind.SCORE && rule.points() > 0) {
                ScoreRule score = book.scoreRule(rule.id());
                long points = (long) rule.points() * score.atMost();
                if (score.group().isPresent()) {
                    byGroup.merge(score.group().get(), points, Long::sum);
                } else {
                    most += points;
                }
            }
        }
        for (Map.Entry<String, Long> group : byGroup.entrySet()) {
            most += Math.min(group.getValue(), book.caps().get(group.getKey()));
        }
        return most;
    }

    /** @param when the labels of which at least one is asked for */
    private record Labeller(String path, String id, List<String> adds, Set<String> when) {}

    private void findLoops() {
        List<Labeller> rules = labellers();
        for (int i = 0; i < rules.size(); i++) {
            int first = i;
            loop(rules, i)
                    // Told once, where it begins in the file.
                    .filter(loop -> loop.stream().allMatch(rule -> rules.indexOf(rule) >= first))
                    .ifPresent(loop -> warn(
                            loop.get(0).path, told(loop) + "; expected conditions that do not wait for each other"));
        }
    }

    private List<Labeller> labellers() {
        List<Labeller> rules = new ArrayList<>();
        keywordRules.forEach((path, rule) -> {
            if (rule.kind() == Hit.Kind.TAG) {
                rules.add(new Labeller(path, rule.id(), rule.labels(), asked(rule.when())));
            }
        });
        book.qualify()
                .ifPresent(rule -> rules.add(new Labeller("qualify", "qualify", rule.labels(), asked(rule.when()))));
        List<String> paths = escalatePaths();
        List<EscalateRule> escalations = book.escalations();
        for (int i = 0; i < escalations.size(); i++) {
            EscalateRule rule = escalations.get(i);
            rules.add(new Labeller(paths.get(i), rule.id(), rule.labels(), asked(Optional.of(rule.when()))));
        }
        return rules;
    }

    /** Where each of {@link RuleBook#escalations} stands in the file. */
    private List<String> escalatePaths() {
        List<String> paths = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        int size = at("escalate") instanceof SequenceNode list ? list.getValue().size() : 0;
        for (int i = 0; i < size; i++) {
            String path = "escalate[" + i + "]";
            if (find(path + ".steps").orElse(null) instanceof SequenceNode steps) {
                IntStream.range(0, steps.getValue().size()).forEach(step -> waiting.add(path + ".steps[" + step + "]"));
            } else if (find(path + ".waiting").isPresent()) {
                waiting.add(path);
            } else {
                paths.add(path);
            }
        }
        paths.addAll(waiting);
        return paths;
    }

    /** The labels that make a condition hold; not those that must not be there. */
    private static Set<String> asked(Optional<Condition> when) {
        Set<String> labels = new LinkedHashSet<>();
        when.ifPresent(condition -> addAsked(condition, labels));
        return labels;
    }

    private static void addAsked(Condition condition, Set<String> labels) {
        if (condition instanceof Condition.All all) {
            all.parts().forEach(part -> addAsked(part, labels));
        } else if (condition instanceof Condition.Any any) {
            any.parts().forEach(part -> addAsked(part, labels));
        } else if (condition instanceof Condition.Labels there) {
            labels.addAll(there.all());
            labels.addAll(there.any());
        }
    }

    /** The shortest way from a rule back to it, each adding a label that the next one asks for. */
    private static Optional<List<Labeller>> loop(List<Labeller> rules, int start) {
        Map<Integer, Integer> cameFrom = new HashMap<>();
        Deque<Integer> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            int rule = open.remove();
            for (int next = 0; next < rules.size(); next++) {
                if (fed(rules.get(rule), rules.get(next)).isEmpty()) {
                    continue;
                }
                if (next == start) {
                    List<Labeller> way = new ArrayList<>();
                    for (int at = rule; at != start; at = cameFrom.get(at)) {
                        way.add(0, rules.get(at));
                    }
                    way.add(0, rules.get(start));
                    return Optional.of(way);
                }
                if (cameFrom.putIfAbsent(next, rule) == null) {
                    open.add(next);
                }
            }
        }
        return Optional.empty();
    }

    private static Set<String> fed(Labeller from, Labeller to) {
        Set<String> labels = new TreeSet<>(from.adds);
        labels.retainAll(to.when);
        return labels;
    }

    private static String told(List<Labeller> loop) {
        StringBuilder told = new StringBuilder("(" + loop.get(0).id + ")");
        for (int i = 0; i < loop.size(); i++) {
            Labeller next = loop.get((i + 1) % loop.size());
            told.append(i == 0 ? " adds " : ", which adds ")
                    .append(String.join(", ", fed(loop.get(i), next)))
                    .append(", which ")
                    .append(i + 1 == loop.size() ? "it asks for itself" : next.path + " (" + next.id + ") asks for");
        }
        return told.toString();
    }

    /** A line whose placeholder never has a value is never there. */
    private void findEmptyLines() {
        book.qualify()
                .filter(rule -> rule.team().isEmpty())
                .flatMap(QualifyRule::note)
                .ifPresent(note -> findEmptyLines("qualify", note));
        List<String> paths = escalatePaths();
        List<EscalateRule> escalations = book.escalations();
        for (int i = 0; i < escalations.size(); i++) {
            String path = paths.get(i);
            Optional.of(escalations.get(i))
                    .filter(rule -> rule.team().isEmpty())
                    .flatMap(EscalateRule::note)
                    .ifPresent(note -> findEmptyLines(path, note));
        }
    }

    private void findEmptyLines(String path, String note) {
        OF_A_TEAM.stream()
                .filter(note::contains)
                .forEach(placeholder -> warn(
                        path + ".note",
                        "has " + placeholder
                                + ", and the rule assigns no team, so that the line is never there; expected"
                                + " team beside it"));
    }

    private void warn(String path, String text) {
        warnings.add(at(path), path + " " + text);
    }

    /** The node at a path, or the innermost one on the way to it. */
    private Node at(String path) {
        Node node = root;
        java.util.regex.Matcher step = STEP.matcher(path);
        while (step.find()) {
            Optional<Node> next =
                    step.group(2) == null ? value(node, step.group(1)) : item(node, Integer.parseInt(step.group(2)));
            if (next.isEmpty()) {
                return node;
            }
            node = next.get();
        }
        return node;
    }

    private Optional<Node> find(String path) {
        int dot = path.lastIndexOf('.');
        return value(at(path.substring(0, dot)), path.substring(dot + 1));
    }

    private static Optional<Node> value(Node node, String key) {
        return node instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode name
                                && name.getValue().equals(key))
                        .map(NodeTuple::getValueNode)
                        .findFirst()
                : Optional.empty();
    }

    private static Optional<Node> item(Node node, int place) {
        return node instanceof SequenceNode list && place < list.getValue().size()
                ? Optional.of(list.getValue().get(place))
                : Optional.empty();
    }
}
