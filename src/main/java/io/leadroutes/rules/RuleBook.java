package io.leadroutes.rules;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rules of one rule file (DESIGN section 7). Immutable; all methods are pure, may run at the same time on any number of
 * threads, and take time linear in the length of the text, whatever the number of rules.
 */
public final class RuleBook {

    private final String version;
    private final List<KeywordRule> keywordRules;
    private final Matcher matcher;

    /** Indexes of the rules that are met by their condition alone. */
    private final List<Integer> wordless;

    private final Map<String, ScoreRule> scoreRules = new HashMap<>();
    private final Map<String, Integer> caps;
    private final Optional<QualifyRule> qualify;
    private final List<EscalateRule> escalateRules;
    private final Optional<String> handoffNote;
    private final List<ExtractRule> extractRules;
    private final Calendars calendars;
    private final List<WaitingRule> waitingRules;

    RuleBook(
            String version,
            List<KeywordRule> keywordRules,
            List<ScoreRule> scoreRules,
            Map<String, Integer> caps,
            Optional<QualifyRule> qualify,
            List<EscalateRule> escalateRules,
            Optional<String> handoffNote,
            List<ExtractRule> extractRules,
            Calendars calendars,
            List<WaitingRule> waitingRules) {
        this.version = version;
        this.keywordRules = List.copyOf(keywordRules);
        this.matcher = new Matcher(keywordRules);
        this.wordless = IntStream.range(0, keywordRules.size())
                .filter(rule -> !keywordRules.get(rule).looksForWords())
                .boxed()
                .toList();
        scoreRules.forEach(rule -> this.scoreRules.put(rule.id(), rule));
        this.caps = Map.copyOf(caps);
        this.qualify = qualify;
        this.escalateRules = List.copyOf(escalateRules);
        this.handoffNote = handoffNote;
        this.extractRules = List.copyOf(extractRules);
        this.calendars = calendars;
        this.waitingRules = List.copyOf(waitingRules);
    }

    /**
     * The rules of this file.
     *
     * @throws RuleFileException naming every problem of the file, one a line
     */
    public static RuleBook load(Path file) {
        return parse(file.toString(), RuleFile.text(file));
    }

    /**
     * The rules in this YAML text.
     *
     * @param fileName how messages call the file
     * @throws RuleFileException naming every problem of the text, one a line
     */
    public static RuleBook parse(String fileName, String yaml) {
        return RuleFile.parse(fileName, yaml).book();
    }

    /** Twelve hexadecimal digits that change whenever the file's text does, other than its line ends. */
    public String version() {
        return version;
    }

    /** What the rules look for in this text; the text is gone through once. */
    public Reading read(String text) {
        Matcher.Found found = matcher.find(text);
        SortedMap<Integer, Set<String>> wordsByRule = new TreeMap<>();
        for (Match match : found.counted()) {
            Set<String> matched = wordsByRule.computeIfAbsent(match.rule(), rule -> new LinkedHashSet<>());
            if (matched.size() < Hit.MAX_MATCHED) {
                matched.add(Hit.shortened(found.text().shown().substring(match.from(), match.to())));
            }
        }
        return new Reading(wordsByRule);
    }

    /** The places of this text at which a rule finds what it looks for, in text order, those that are denied too. */
    public List<Mark> marks(String text) {
        Matcher.Found found = matcher.find(text);
        return Stream.concat(
                        found.counted().stream().map(match -> mark(match, found.text(), false)),
                        found.negated().stream().map(match -> mark(match, found.text(), true)))
                .sorted(Comparator.comparingInt(Mark::from).thenComparingInt(Mark::to))
                .toList();
    }

    private Mark mark(Match match, Tokens tokens, boolean denied) {
        KeywordRule rule = keywordRules.get(match.rule());
        return new Mark(rule.kind(), rule.id(), tokens.start(match.from()), tokens.end(match.to() - 1), denied);
    }

    /** The tag and score rules that are met, in the order of the file, tags first. */
    public List<Hit> hits(Reading reading, Facts facts) {
        SortedSet<Integer> candidates = new TreeSet<>(reading.wordsByRule().keySet());
        candidates.addAll(wordless);
        List<Hit> hits = new ArrayList<>(candidates.size());
        for (int index : candidates) {
            KeywordRule rule = keywordRules.get(index);
            if (rule.kind() != Hit.Kind.CONDITION) {
                hit(rule, reading.words(index), reading, facts).ifPresent(hits::add);
            }
        }
        return hits;
    }

    /** Rules whose condition names no event are about customers' messages, and met by nothing else. */
    private static Optional<List<String>> held(Optional<Condition> when, Reading reading, Facts facts) {
        boolean isAsked =
                facts.isAboutMessage() || when.filter(Condition::asksForEvent).isPresent();
        if (!isAsked) {
            return Optional.empty();
        }
        return when.isEmpty() ? Optional.of(List.of()) : when.get().held(reading, facts);
    }

    private static Optional<Hit> hit(KeywordRule rule, Set<String> words, Reading reading, Facts facts) {
        return held(rule.when(), reading, facts)
                .map(why -> new Hit(
                        rule.kind(),
                        rule.id(),
                        Stream.concat(words.stream(), why.stream().limit(Hit.MAX_MATCHED))
                                .distinct()
                                .toList(),
                        rule.points(),
                        rule.labels()));
    }

    /** What the text says of attributes, in the order of the file; one value at most of each rule. */
    public List<Extracted> extracted(Reading reading, Facts facts) {
        return extractRules.stream()
                .filter(rule -> held(rule.when(), reading, facts).isPresent())
                .flatMap(rule -> extracted(rule, reading).stream())
                .toList();
    }

    /** The same of one rule, whatever its condition. */
    static Optional<Extracted> extracted(ExtractRule rule, Reading reading) {
        Map<String, String> said = new LinkedHashMap<>();
        rule.patterns().ifPresent(index -> reading.words(index).forEach(words -> said.put(words, words)));
        rule.values()
                .forEach((value, index) ->
                        reading.words(index).stream().findFirst().ifPresent(words -> said.putIfAbsent(words, value)));
        List<Extracted> all = said.entrySet().stream()
                .map(entry -> {
                    Optional<Object> value =
                            TypedValue.of(rule.type(), entry.getValue(), rule.pattern(), rule.options());
                    String dropped = value.isPresent()
                            ? ""
                            : "\"" + entry.getValue() + "\"; expected "
                                    + TypedValue.expected(rule.type(), rule.pattern(), rule.options());
                    return new Extracted(rule, List.of(entry.getKey()), value, dropped);
                })
                .toList();
        return all.stream()
                .filter(found -> found.value().isPresent())
                .findFirst()
                .or(() -> all.stream().findFirst());
    }

    /** All extract rules, in the order of the file. */
    public List<ExtractRule> extractRules() {
        return extractRules;
    }

    /** The tag and score rules that this text meets by itself, in the order of the file, tags first. */
    public List<Hit> hits(String text) {
        return hits(read(text), Facts.NONE);
    }

    /** The tag rules that this text meets, in the order of the file. */
    public List<Hit> tags(String text) {
        return hits(text).stream().filter(hit -> hit.kind() == Hit.Kind.TAG).toList();
    }

    /** The score rules that this text meets, in the order of the file. How often each counts, {@link #scoreRule} says. */
    public List<Hit> scores(String text) {
        return hits(text).stream().filter(hit -> hit.kind() == Hit.Kind.SCORE).toList();
    }

    /**
     * How often a score rule of this book counts.
     *
     * @throws IllegalArgumentException if it has no such rule
     */
    public ScoreRule scoreRule(String id) {
        return Optional.ofNullable(scoreRules.get(id))
                .orElseThrow(() -> new IllegalArgumentException(id + " is no score rule of these rules"));
    }

    /** The most points that the rules of a group may give together, by the group's name. */
    public Map<String, Integer> caps() {
        return caps;
    }

    /** True if there is such a score rule and it is in this group. */
    public boolean isInGroup(String rule, String group) {
        return Optional.ofNullable(scoreRules.get(rule))
                .flatMap(ScoreRule::group)
                .filter(group::equals)
                .isPresent();
    }

    /** True if there is such a score rule, it looks for words, and this reading has none of them. */
    public boolean isWordless(String rule, Reading reading) {
        return IntStream.range(0, keywordRules.size())
                .filter(index -> keywordRules.get(index).kind() == Hit.Kind.SCORE
                        && keywordRules.get(index).id().equals(rule)
                        && keywordRules.get(index).looksForWords())
                .anyMatch(index -> reading.words(index).isEmpty());
    }

    /** Every label that a tag rule adds, in the order of the file, each with the ids of its rules. */
    public Map<String, List<String>> tagLabels() {
        Map<String, List<String>> ids = new LinkedHashMap<>();
        for (KeywordRule rule : keywordRules) {
            rule.labels().forEach(label -> ids.computeIfAbsent(label, absent -> new ArrayList<>())
                    .add(rule.id()));
        }
        return ids;
    }

    /** True if a rule says that it is about other events than customers' messages. */
    public boolean hasRulesOnEvents() {
        return conditions().anyMatch(Condition::asksForEvent);
    }

    private Stream<Condition> conditions() {
        return Stream.of(
                        keywordRules.stream().flatMap(rule -> rule.when().stream()),
                        extractRules.stream().flatMap(rule -> rule.when().stream()),
                        qualify.stream().flatMap(rule -> rule.when().stream()),
                        escalations().stream().map(EscalateRule::when))
                .flatMap(conditions -> conditions);
    }

    /** Every label that the condition of a rule names: people can only set what is defined. */
    public Set<String> conditionLabels() {
        return conditions()
                .flatMap(condition -> condition.labels().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** What qualifies a lead; absent when the file does not say. */
    public Optional<QualifyRule> qualify() {
        return qualify;
    }

    /**
     * What the condition of the qualify rule held by; absent when it does not hold, or when there is no such rule. The score is
     * not looked at.
     */
    public Optional<List<String>> qualifyCondition(Reading reading, Facts facts) {
        return qualify.flatMap(rule -> held(rule.when(), reading, facts));
    }

    /** The escalate rules whose condition holds, in the order of the file, each with what it held by. */
    public Map<EscalateRule, List<String>> escalations(Reading reading, Facts facts) {
        Map<EscalateRule, List<String>> escalations = new LinkedHashMap<>();
        for (EscalateRule rule : escalateRules) {
            held(Optional.of(rule.when()), reading, facts).ifPresent(why -> escalations.put(rule, why));
        }
        return escalations;
    }

    /** All escalate rules that look at what a customer writes, in the order of the file. */
    public List<EscalateRule> escalateRules() {
        return escalateRules;
    }

    /** All escalate rules that look at how long a customer waits, in the order of the file. */
    public List<WaitingRule> waitingRules() {
        return waitingRules;
    }

    /** All that can be done by an escalate rule, whatever it looks at. */
    public List<EscalateRule> escalations() {
        return Stream.concat(
                        escalateRules.stream(),
                        waitingRules.stream()
                                .flatMap(rule -> rule.steps().stream())
                                .map(WaitingRule.Step::escalation))
                .toList();
    }

    /** The calendars that the file defines. */
    public Calendars calendars() {
        return calendars;
    }

    /**
     * Markdown with {@link Placeholders} for those who get a conversation that a rule takes from another team or agent;
     * absent when the file has none.
     */
    public Optional<String> handoffNote() {
        return handoffNote;
    }

    /** All rules, in the order of the file: those by words, the one that qualifies, those that escalate. */
    public List<RuleOutline> outline() {
        List<RuleOutline> outline = new ArrayList<>();
        for (KeywordRule rule : keywordRules) {
            if (rule.kind() != Hit.Kind.CONDITION) {
                String kind = rule.kind().name().toLowerCase(Locale.ROOT);
                outline.add(new RuleOutline(
                        kind, rule.id(), rule.said(), rule.when().isPresent(), rule.points(), rule.labels()));
            }
        }
        qualify.ifPresent(rule -> outline.add(
                new RuleOutline("qualify", "qualify", List.of(), rule.when().isPresent(), rule.at(), rule.labels())));
        escalations()
                .forEach(
                        rule -> outline.add(new RuleOutline("escalate", rule.id(), List.of(), true, 0, rule.labels())));
        return outline;
    }

    List<KeywordRule> keywordRules() {
        return keywordRules;
    }
}
