package io.leadroutes.rules;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules of one rule file (DESIGN section 7). Immutable; all methods are pure, may run at the same time on any number of
 * threads, and take time linear in the length of the text, whatever the number of rules.
 */
public final class RuleBook {

    private final String version;
    private final List<KeywordRule> keywordRules;
    private final Matcher matcher;
    private final Optional<QualifyRule> qualify;
    private final List<EscalateRule> escalateRules;
    private final Optional<String> handoffNote;

    RuleBook(
            String version,
            List<KeywordRule> keywordRules,
            Optional<QualifyRule> qualify,
            List<EscalateRule> escalateRules,
            Optional<String> handoffNote) {
        this.version = version;
        this.keywordRules = List.copyOf(keywordRules);
        this.matcher = new Matcher(keywordRules);
        this.qualify = qualify;
        this.escalateRules = List.copyOf(escalateRules);
        this.handoffNote = handoffNote;
    }

    /**
     * The rules of this file.
     *
     * @throws RuleFileException naming every problem of the file, one a line
     */
    public static RuleBook load(Path file) {
        return RuleFile.load(file);
    }

    /**
     * The rules in this YAML text.
     *
     * @param fileName how messages call the file
     * @throws RuleFileException naming every problem of the text, one a line
     */
    public static RuleBook parse(String fileName, String yaml) {
        return RuleFile.parse(fileName, yaml);
    }

    /** Twelve hexadecimal digits that change whenever the file's text does, other than its line ends. */
    public String version() {
        return version;
    }

    /** The tag and score rules that this text meets, in the order of the file, tags first. */
    public List<Hit> hits(String text) {
        Tokens tokens = Tokens.of(text);
        Map<Integer, Set<String>> matchedByRule = new TreeMap<>();
        for (Match match : matcher.find(tokens).counted()) {
            Set<String> matched = matchedByRule.computeIfAbsent(match.rule(), rule -> new LinkedHashSet<>());
            if (matched.size() < Hit.MAX_MATCHED) {
                matched.add(shorten(tokens.shown().substring(match.from(), match.to())));
            }
        }
        List<Hit> hits = new ArrayList<>(matchedByRule.size());
        matchedByRule.forEach((index, matched) -> {
            KeywordRule rule = keywordRules.get(index);
            hits.add(new Hit(rule.kind(), rule.id(), List.copyOf(matched), rule.points(), rule.labels()));
        });
        return hits;
    }

    /** The tag rules that this text meets, in the order of the file. */
    public List<Hit> tags(String text) {
        return hits(text).stream().filter(hit -> hit.kind() == Hit.Kind.TAG).toList();
    }

    /** The score rules that this text meets, in the order of the file. Each counts once per conversation. */
    public List<Hit> scores(String text) {
        return hits(text).stream().filter(hit -> hit.kind() == Hit.Kind.SCORE).toList();
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

    /** What qualifies a lead; absent when the file does not say. */
    public Optional<QualifyRule> qualify() {
        return qualify;
    }

    /** The escalate rules whose condition holds for a conversation with these labels, in the order of the file. */
    public List<EscalateRule> escalations(Set<String> labels) {
        return escalateRules.stream().filter(rule -> rule.holds(labels)).toList();
    }

    /** All escalate rules, in the order of the file. */
    public List<EscalateRule> escalateRules() {
        return escalateRules;
    }

    /**
     * Markdown with {@link Placeholders} for those who get a conversation that a rule takes from another team or agent;
     * absent when the file has none.
     */
    public Optional<String> handoffNote() {
        return handoffNote;
    }

    List<KeywordRule> keywordRules() {
        return keywordRules;
    }

    private static String shorten(String matched) {
        if (matched.length() <= Hit.MAX_MATCHED_LENGTH) {
            return matched;
        }
        int end = matched.offsetByCodePoints(0, matched.codePointCount(0, Hit.MAX_MATCHED_LENGTH - 2));
        return matched.substring(0, end) + "\u2026";
    }
}
