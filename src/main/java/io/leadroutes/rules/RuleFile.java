package io.leadroutes.rules;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.leadroutes.event.AttributeType;
import io.leadroutes.event.Priority;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads a rule file (DESIGN section 7). Stays on YAML's node tree: it knows the line and column of each key, and no tag can
 * make it build an object. The schema for editors is {@code schema/rules.schema.json}.
 */
final class RuleFile {

    private static final int LARGEST_BYTES = 1 << 20;
    private static final int DEEPEST = 20;
    private static final int MOST_ALIASES = 50;
    private static final int LONGEST_ID = 64;

    private static final List<String> TAG_KEYS =
            List.of("id", "any", "near", "regex", "typos", "when", "labels", "examples");
    private static final List<String> SCORE_KEYS = List.of(
            "id", "any", "near", "regex", "typos", "when", "points", "repeat", "group", "half-life", "examples");

    private static final List<String> EXTRACT_KEYS =
            List.of("id", "attribute", "type", "regex", "values", "pattern", "replace", "when", "examples");

    /** Of the words that a condition asks for. */
    static final List<String> WORD_KEYS = List.of("any", "near", "regex", "typos");

    private static final List<String> SOUGHT_KEYS = List.of("any", "near", "regex");
    private static final List<String> NEAR_KEYS = List.of("words", "within");
    private static final List<String> EXAMPLE_KEYS = List.of("match", "no_match");
    private static final List<String> QUALIFY_KEYS = List.of(
            "at",
            "reset-below",
            "cool-down",
            "when",
            "labels",
            "priority",
            "lower",
            "team",
            "reassign",
            "note",
            "attributes");
    private static final List<String> ESCALATE_KEYS = List.of(
            "id",
            "when",
            "reset-below",
            "cool-down",
            "waiting",
            "steps",
            "calendar",
            "labels",
            "priority",
            "lower",
            "team",
            "reassign",
            "note");
    private static final List<String> STEP_KEYS =
            List.of("after", "labels", "priority", "lower", "team", "reassign", "note");
    private static final List<String> ACTION_KEYS = List.of("labels", "priority", "lower", "team", "reassign", "note");
    private static final List<String> RENEWAL_KEYS = List.of("reset-below", "cool-down");
    private static final Renewal EACH_WAITING = new Renewal(Optional.empty(), Optional.empty());
    private static final String VALUES = "values with their keywords, such as {Finance: [bank, insurance]}";
    private static final String GROUP = "a regular expression with one named group, such as (?P<value>\\d+) people";
    private static final List<String> HANDOFF_KEYS = List.of("note");

    private static final String LABEL =
            "a lower-case label of at least 2 letters, digits, _ or -, the first a letter or digit";
    private static final String ID = "an id of lower-case letters, digits and -, at most " + LONGEST_ID + " characters";
    private static final String KEYWORD = "a word or phrase of at most " + Matcher.LONGEST_KEYWORD + " characters";
    private static final String ATTRIBUTE = "an attribute key of letters, digits, _, . or -";
    static final String PRIORITY = "none, low, medium, high or urgent";
    private static final String TYPES = String.join(", ", AttributeType.words());
    private static final String TEAM = "a team's name or numeric id";
    private static final int MOST_NEAR = 5;
    private static final int WIDEST_NEAR = 50;
    private static final String WORDS_NEAR = "a list of 2 to " + MOST_NEAR + " keywords";
    private static final String WITHIN = "a whole number of words from 2 to " + WIDEST_NEAR;

    private static final int LONGEST_REGEX = 200;

    /** Of RE2/J's instructions, as each may cost a step per character: "(x{1,1000}){1,1000}" is short, too. */
    private static final int LARGEST_REGEX = 1000;

    private static final String REGEX = "a regular expression of RE2 (no look-around, no back-reference) of at most "
            + LONGEST_REGEX + " characters";
    private static final String REPEAT = "once, each, or {every: 7d, at_most: 3}";
    private static final List<String> REPEAT_KEYS = List.of("every", "at_most");
    private static final int MOST_REPEATS = 1000;
    private static final String AT_MOST = "a whole number of messages from 1 to " + MOST_REPEATS;
    private static final String EVERY = "a time such as 30m, 12h or 7d";
    private static final java.util.regex.Pattern TIME = java.util.regex.Pattern.compile("([1-9]\\d{0,3})([mhd])");
    private static final String HALF_LIFE = "a time such as 12h or 30d, or never";
    private static final String NEVER = "never";
    private static final String CAP = "a whole number of points from 1 to " + Score.CAP;

    private static final String NOTE = "Markdown text";
    private static final Pattern WAIT = Pattern.compile("([1-9][0-9]{0,4})m|([1-9][0-9]{0,2})h");
    private static final String WAITING = "a time in minutes or hours, such as 30m or 2h";

    private final Problems problems;
    private final List<KeywordRule> keywordRules = new ArrayList<>();
    private final List<ScoreRule> scoreRules = new ArrayList<>();
    private final Map<String, Integer> caps = new LinkedHashMap<>();
    private Optional<Duration> halfLife = Optional.empty();
    private final List<Example> examples = new ArrayList<>();
    private final List<Example> extractExamples = new ArrayList<>();
    private final List<WaitingRule> waitingRules = new ArrayList<>();
    private final List<ExtractRule> extractRules = new ArrayList<>();
    private Calendars calendars = new Calendars(Map.of());

    private final ConditionReader conditions;

    private RuleFile(Problems problems) {
        this.problems = problems;
        this.conditions = new ConditionReader(problems, this::words, this::checkCalendar);
    }

    /** What was read of it: the rules, and the YAML in which they stand. */
    record Parsed(RuleBook book, Node root) {}

    /**
     * What the file holds.
     *
     * @throws RuleFileException if it cannot be read, is too large or no UTF-8
     */
    static String text(Path file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new RuleFileException(
                    file + ": there is no such file; expected the rule file that rules.file (RULES_FILE) names", e);
        } catch (IOException e) {
            throw new RuleFileException(file + ": cannot be read (" + e + "); expected a readable rule file", e);
        }
        if (bytes.length > LARGEST_BYTES) {
            throw new RuleFileException(List.of(tooLarge(file.toString())));
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RuleFileException(file + ": is not UTF-8 text; expected a rule file saved as UTF-8", e);
        }
    }

    static Parsed parse(String fileName, String yaml) {
        if (yaml.length() > LARGEST_BYTES) {
            throw new RuleFileException(List.of(tooLarge(fileName)));
        }
        Problems problems = new Problems(fileName);
        Optional<Node> root = compose(yaml, problems);
        problems.throwIfAny();
        RuleBook book = new RuleFile(problems).read(root, version(yaml));
        return new Parsed(book, root.orElseThrow());
    }

    private static String tooLarge(String fileName) {
        return fileName + ": is larger than 1 MiB; expected a rule file of at most " + LARGEST_BYTES + " bytes";
    }

    private static Optional<Node> compose(String yaml, Problems problems) {
        LoadSettings settings = LoadSettings.builder()
                .setMaxAliasesForCollections(MOST_ALIASES)
                // The composer keeps both, so that Section reports a double key with its path.
                .setAllowDuplicateKeys(true)
                .build();
        try {
            Parser events = new ParserImpl(settings, new StreamReader(settings, yaml));
            return new Composer(settings, new ShallowEvents(events, problems)).getSingleNode();
        } catch (MarkedYamlEngineException e) {
            problems.add(e.getProblemMark(), "is no YAML: " + Section.shortened(e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(Optional.empty(), "is no YAML: " + Section.shortened(e.getMessage()));
        }
        return Optional.empty();
    }

    /** The composer calls itself for each level: a file of brackets must not end in a stack overflow. */
    private static final class ShallowEvents implements Parser {
        private final Parser events;
        private final Problems problems;
        private int depth;

        ShallowEvents(Parser events, Problems problems) {
            this.events = events;
            this.problems = problems;
        }

        @Override
        public boolean checkEvent(Event.ID kind) {
            return events.checkEvent(kind);
        }

        @Override
        public Event peekEvent() {
            return events.peekEvent();
        }

        @Override
        public boolean hasNext() {
            return events.hasNext();
        }

        @Override
        public Event next() {
            Event event = events.next();
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {
                    // Nothing else nests.
                }
            }
            if (depth > DEEPEST) {
                problems.add(event.getStartMark(), "is nested too deeply; expected at most " + DEEPEST + " levels");
                problems.throwIfAny();
            }
            return event;
        }
    }

    private RuleBook read(Optional<Node> root, String version) {
        List<String> topKeys = List.of(
                "tags", "scores", "caps", "half-life", "extract", "qualify", "escalate", "handoff", "calendars");
        String expected = "at least one of " + String.join(", ", topKeys);
        if (root.isEmpty()) {
            problems.add(Optional.empty(), "the file is empty; expected " + expected);
            problems.throwIfAny();
        }
        Optional<Section> file = Section.of(root.get(), "", problems, topKeys);
        if (root.get() instanceof MappingNode mapping && mapping.getValue().isEmpty()) {
            problems.add(root.get(), "the file has no rules; expected " + expected);
        }
        Optional<QualifyRule> qualify = Optional.empty();
        List<EscalateRule> escalateRules = new ArrayList<>();
        Optional<String> handoffNote = Optional.empty();
        if (file.isPresent()) {
            calendars = new CalendarFile(problems).read(file.get());
            readCaps(file.get());
            halfLife = halfLife(file.get());
            readKeywordRules(Hit.Kind.TAG, file.get().sections("tags", TAG_KEYS));
            readKeywordRules(Hit.Kind.SCORE, file.get().sections("scores", SCORE_KEYS));
            Set<String> extractIds = new HashSet<>();
            file.get().sections("extract", EXTRACT_KEYS).forEach(rule -> {
                extractRules.add(extract(rule, extractIds));
                readExamples(rule, extractRules.size() - 1, extractExamples);
            });
            qualify = file.get().section("qualify", QUALIFY_KEYS).map(this::qualify);
            Set<String> ids = new HashSet<>();
            for (Section rule : file.get().sections("escalate", ESCALATE_KEYS)) {
                if (rule.has("waiting") || rule.has("steps")) {
                    waitingRules.add(waitingRule(rule, ids));
                } else {
                    escalateRules.add(escalate(rule, ids));
                }
            }
            handoffNote = file.get().section("handoff", HANDOFF_KEYS).flatMap(handoff -> {
                handoff.require("note", NOTE);
                return note(handoff);
            });
        }
        RuleBook book = new RuleBook(
                version,
                keywordRules,
                scoreRules,
                caps,
                qualify,
                escalateRules,
                handoffNote,
                extractRules,
                calendars,
                waitingRules);
        Matcher matcher = new Matcher(keywordRules);
        examples.forEach(example -> check(example, matcher));
        extractExamples.forEach(example -> check(example, book));
        problems.throwIfAny();
        return book;
    }

    private void readKeywordRules(Hit.Kind kind, List<Section> rules) {
        Set<String> ids = new HashSet<>();
        for (Section rule : rules) {
            String id = id(rule, ids);
            Optional<Condition> when = conditions.read(rule);
            if (!rule.has("when")) {
                requireWords(rule, "a list of keywords, or near, regex or when");
            } else if (rule.has("examples") && SOUGHT_KEYS.stream().noneMatch(rule::has)) {
                problems.add(
                        rule.at("examples"),
                        rule.path("examples")
                                + " cannot be checked, as the rule looks for no words; expected any, near or"
                                + " regex beside when");
            }
            int points = 0;
            List<String> labels = List.of();
            if (kind == Hit.Kind.TAG) {
                rule.require("labels", "a list of labels");
                labels = labels(rule, "labels");
            } else {
                rule.require("points", "a whole number of points");
                points = points(rule);
                scoreRules.add(scoreRule(rule, id));
            }
            keywordRules.add(sought(kind, id, rule, when, points, labels));
            readExamples(rule, keywordRules.size() - 1, examples);
        }
    }

    private void readCaps(Section file) {
        if (!file.has("caps")) {
            return;
        }
        Section.of(file.at("caps"), "caps", problems, "groups of score rules, such as {intent: 40}", name -> {
                    String wrong = checkId(name);
                    return wrong == null ? null : " is no name of a group; expected " + wrong;
                })
                .ifPresent(section -> section.keys().forEach(group -> section.integer(group, 1, Score.CAP, CAP)
                        .ifPresent(cap -> caps.put(group, cap))));
    }

    private ScoreRule scoreRule(Section rule, String id) {
        Optional<String> group = rule.text(
                "group",
                "the name of a group",
                name -> caps.containsKey(name)
                        ? null
                        : "the name of a group that caps has, such as caps: {intent: 40}");
        int atMost = 1;
        Duration every = Duration.ZERO;
        if (rule.has("repeat") && rule.at("repeat") instanceof MappingNode) {
            Optional<Section> repeat = rule.section("repeat", REPEAT_KEYS);
            repeat.filter(section -> REPEAT_KEYS.stream().noneMatch(section::has))
                    .ifPresent(section -> section.require("every", EVERY + ", or at_most"));
            atMost = repeat.flatMap(section -> section.integer("at_most", 1, MOST_REPEATS, AT_MOST))
                    .orElse(Integer.MAX_VALUE);
            every = repeat.flatMap(section -> section.text("every", EVERY, RuleFile::checkTime))
                    .map(RuleFile::time)
                    .orElse(Duration.ZERO);
        } else {
            Optional<String> word =
                    rule.text("repeat", REPEAT, text -> List.of("once", "each").contains(text) ? null : REPEAT);
            atMost = word.filter("each"::equals).isPresent() ? Integer.MAX_VALUE : 1;
        }
        return new ScoreRule(id, atMost, every, group, rule.has("half-life") ? halfLife(rule) : halfLife);
    }

    private static Optional<Duration> halfLife(Section section) {
        return section.text(
                        "half-life",
                        HALF_LIFE,
                        text -> text.equals(NEVER) || checkTime(text) == null ? null : HALF_LIFE)
                .filter(text -> !text.equals(NEVER))
                .map(RuleFile::time);
    }

    private static String checkTime(String text) {
        return TIME.matcher(text).matches() ? null : EVERY;
    }

    private static Duration time(String text) {
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private void requireWords(Section section, String expected) {
        if (SOUGHT_KEYS.stream().noneMatch(section::has)) {
            section.require("any", expected);
        }
    }

    /** The words of a condition, looked for with those of all rules; answers their index. */
    private int words(Section section) {
        requireWords(section, "a list of keywords, or near or regex");
        keywordRules.add(sought(Hit.Kind.CONDITION, section.path(), section, Optional.empty(), 0, List.of()));
        return keywordRules.size() - 1;
    }

    private static KeywordRule sought(
            Hit.Kind kind, String id, Section section, Optional<Condition> when, int points, List<String> labels) {
        List<String> any = section.texts("any", "keywords", RuleFile::checkKeyword);
        Optional<KeywordRule.Near> near = section.section("near", NEAR_KEYS).map(RuleFile::near);
        List<Pattern> regex = section.texts("regex", "regular expressions", RuleFile::checkRegex).stream()
                .map(RuleFile::pattern)
                .toList();
        boolean typos = section.bool("typos").orElse(false);
        return new KeywordRule(kind, id, any, near, regex, typos, when, points, labels);
    }

    private static KeywordRule.Near near(Section section) {
        section.require("words", WORDS_NEAR);
        section.require("within", WITHIN);
        List<String> words = section.texts("words", "keywords", RuleFile::checkKeyword);
        section.size("words", 2, MOST_NEAR, WORDS_NEAR);
        return new KeywordRule.Near(
                words, section.integer("within", 2, WIDEST_NEAR, WITHIN).orElse(WIDEST_NEAR));
    }

    private void readExamples(Section rule, int index, List<Example> examples) {
        rule.section("examples", EXAMPLE_KEYS).ifPresent(section -> {
            for (String key : EXAMPLE_KEYS) {
                for (Section.Item item : section.textItems(key, "texts", text -> null)) {
                    examples.add(new Example(index, item, key.equals("match")));
                }
            }
        });
    }

    /** An example that fails shows what the rule really does: with the words that it found, or that were denied. */
    private void check(Example example, Matcher matcher) {
        Matcher.Found found = matcher.find(example.item.text());
        Set<String> counted = shown(found.counted(), example.rule, found.text());
        if (counted.isEmpty() != example.matches) {
            return;
        }
        Set<String> negated = shown(found.negated(), example.rule, found.text());
        String what = !counted.isEmpty()
                ? "no match, found " + String.join(", ", counted)
                : "a match, found none" + (negated.isEmpty() ? "" : " (denied: " + String.join(", ", negated) + ")");
        unexpected(example, keywordRules.get(example.rule).id(), what);
    }

    /** An extract rule matches a text that says a value which is none to be dropped. */
    private void check(Example example, RuleBook book) {
        ExtractRule rule = extractRules.get(example.rule);
        Optional<Extracted> found = RuleBook.extracted(rule, book.read(example.item.text()));
        Optional<Object> value = found.flatMap(Extracted::value);
        if (value.isPresent() != example.matches) {
            String what = value.map(v -> "no match, found \"" + v + "\"")
                    .orElseGet(() -> "a match, found none"
                            + found.map(dropped -> " (dropped: " + dropped.dropped() + ")")
                                    .orElse(""));
            unexpected(example, rule.id(), what);
        }
    }

    private void unexpected(Example example, String rule, String what) {
        problems.unexpected(
                example.item.node(),
                example.item.path() + " of rule " + rule,
                "\"" + Section.shortened(example.item.text()) + "\"",
                what);
    }

    private static Set<String> shown(List<Match> matches, int rule, Tokens text) {
        Set<String> shown = new LinkedHashSet<>();
        for (Match match : matches) {
            if (match.rule() == rule) {
                shown.add("\"" + text.shown().substring(match.from(), match.to()) + "\"");
            }
        }
        return shown;
    }

    private int points(Section rule) {
        String expected = "a whole number from -" + Score.CAP + " to " + Score.CAP + ", not 0";
        Optional<Integer> points = rule.integer("points", -Score.CAP, Score.CAP, expected);
        if (points.isPresent() && points.get() == 0) {
            problems.unexpected(rule.at("points"), rule.path("points"), "0", expected);
        }
        return points.orElse(0);
    }

    private ExtractRule extract(Section rule, Set<String> ids) {
        String id = id(rule, ids);
        rule.require("attribute", ATTRIBUTE);
        if (!rule.has("regex") && !rule.has("values")) {
            rule.require("regex", GROUP + ", or values");
        }
        AttributeType type = rule.text(
                        "type", TYPES, word -> AttributeType.words().contains(word) ? null : TYPES)
                .map(word -> AttributeType.valueOf(word.toUpperCase(Locale.ROOT)))
                .orElse(AttributeType.TEXT);
        if (type == AttributeType.LIST) {
            rule.require("values", VALUES);
        }
        if (rule.has("pattern") && type != AttributeType.TEXT) {
            problems.add(rule.at("pattern"), rule.path("pattern") + " is not of a text; expected type: text");
        }
        Optional<Integer> patterns = Optional.empty();
        if (rule.has("regex")) {
            List<Pattern> regex = rule.texts("regex", "regular expressions", RuleFile::checkGroup).stream()
                    .map(RuleFile::pattern)
                    .toList();
            patterns = Optional.of(words(rule.path(), List.of(), regex));
        }
        return new ExtractRule(
                id,
                rule.text("attribute", ATTRIBUTE, RuleFile::checkAttribute).orElse("?"),
                type,
                rule.text("pattern", REGEX, RuleFile::checkRegex).map(Pattern::compile),
                rule.bool("replace").orElse(false),
                conditions.read(rule),
                patterns,
                values(rule, type));
    }

    private Map<String, Integer> values(Section rule, AttributeType type) {
        Map<String, Integer> values = new LinkedHashMap<>();
        rule.entries("values", VALUES).ifPresent(section -> {
            for (String value : section.keys()) {
                if (TypedValue.of(type, value, Optional.empty(), section.keys()).isEmpty()) {
                    problems.add(
                            section.at(value),
                            section.path(value) + " is no value of type " + type.word() + "; expected "
                                    + TypedValue.expected(type, Optional.empty(), section.keys()));
                }
                List<String> any = section.texts(value, "keywords", RuleFile::checkKeyword);
                values.put(value, words(section.path(value), any, List.of()));
            }
        });
        return Collections.unmodifiableMap(values);
    }

    private int words(String path, List<String> any, List<Pattern> regex) {
        keywordRules.add(new KeywordRule(
                Hit.Kind.CONDITION, path, any, Optional.empty(), regex, false, Optional.empty(), 0, List.of()));
        return keywordRules.size() - 1;
    }

    private static String checkGroup(String regex) {
        String wrong = checkRegex(regex);
        return wrong != null || pattern(regex).namedGroups().size() == 1 ? wrong : GROUP;
    }

    private QualifyRule qualify(Section rule) {
        rule.require("at", "the points that qualify a lead");
        int at = rule.integer("at", 1, Score.CAP, "a whole number from 1 to " + Score.CAP)
                .orElse(Score.CAP);
        return new QualifyRule(
                at,
                renewal(rule, at),
                conditions.read(rule),
                labels(rule, "labels"),
                priority(rule).orElse(Priority.NONE),
                beside(rule, "lower", "priority", "set"),
                rule.textOrNumber("team", TEAM),
                beside(rule, "reassign", "team", "assign"),
                note(rule),
                rule.texts("attributes", "attribute keys", RuleFile::checkAttribute));
    }

    /** @param most points from which the score may have to fall */
    private static Renewal renewal(Section rule, int most) {
        String expected = "a whole number from 1 to " + most;
        return new Renewal(
                rule.integer("reset-below", 1, most, expected),
                rule.text("cool-down", EVERY, RuleFile::checkTime).map(RuleFile::time));
    }

    private EscalateRule escalate(Section rule, Set<String> ids) {
        String id = id(rule, ids);
        rule.require("when", "a condition, such as {labels: {all: [churn-risk]}}");
        if (rule.has("calendar")) {
            problems.add(
                    rule.at("calendar"), rule.path("calendar") + " is without waiting; expected waiting or steps, too");
        }
        Optional<Condition> when = conditions.read(rule);
        when.filter(Condition.None.class::isInstance)
                .ifPresent(condition -> problems.add(
                        rule.at("when"),
                        rule.path("when")
                                + " says only what must not be; expected something that must be, or nearly everything"
                                + " escalates"));
        return escalation(id, when.orElse(new Condition.Any(List.of())), renewal(rule, Score.CAP), rule);
    }

    /** @param action where it stands what is done */
    private EscalateRule escalation(String id, Condition when, Renewal renewal, Section action) {
        return new EscalateRule(
                id,
                when,
                renewal,
                labels(action, "labels"),
                priority(action),
                beside(action, "lower", "priority", "set"),
                action.textOrNumber("team", TEAM),
                beside(action, "reassign", "team", "assign"),
                note(action));
    }

    private WaitingRule waitingRule(Section rule, Set<String> ids) {
        String id = id(rule, ids);
        for (String key : RENEWAL_KEYS) {
            if (rule.has(key)) {
                problems.add(
                        rule.at(key), rule.path(key) + " is beside waiting; expected none, as each waiting is new");
            }
        }
        Condition when = conditions.read(rule).orElse(new Condition.All(List.of()));
        if (when.asksForMessage()) {
            problems.add(
                    rule.at("when"),
                    rule.path("when")
                            + " asks for message, attachments or event, and nobody writes when a waiting ends; expected a"
                            + " condition without them");
        }
        String calendar =
                rule.text("calendar", "a calendar's name", this::checkCalendar).orElse(Calendars.ALWAYS);
        List<WaitingRule.Step> steps = new ArrayList<>();
        if (!rule.has("steps")) {
            steps.add(new WaitingRule.Step(wait(rule, "waiting"), escalation(id, when, EACH_WAITING, rule)));
            return new WaitingRule(id, calendar, steps);
        }
        for (String key : ACTION_KEYS) {
            misplaced(rule, key, "it in each step that needs it");
        }
        misplaced(rule, "waiting", "either waiting or steps");
        Duration before = Duration.ZERO;
        for (Section step : rule.sections("steps", STEP_KEYS)) {
            step.require("after", WAITING);
            Duration after = wait(step, "after");
            if (step.has("after") && after.compareTo(before) <= 0) {
                problems.add(
                        step.at("after"), step.path("after") + " is not longer than in the step before; expected more");
            }
            before = after;
            steps.add(new WaitingRule.Step(after, escalation(id, when, EACH_WAITING, step)));
        }
        return new WaitingRule(id, calendar, steps);
    }

    private void misplaced(Section rule, String key, String expected) {
        if (rule.has(key)) {
            problems.add(rule.at(key), rule.path(key) + " is beside steps; expected " + expected);
        }
    }

    private static Duration wait(Section section, String key) {
        return section.text(key, WAITING, text -> WAIT.matches(text) ? null : WAITING)
                .map(text -> {
                    long number = Long.parseLong(text.substring(0, text.length() - 1));
                    return text.endsWith("m") ? Duration.ofMinutes(number) : Duration.ofHours(number);
                })
                .orElse(Duration.ofDays(1));
    }

    private String checkCalendar(String name) {
        if (calendars.names().contains(name)) {
            return null;
        }
        return calendars.names().isEmpty()
                ? "a calendar that the file defines under calendars"
                : "one of the file's calendars: " + String.join(", ", new TreeSet<>(calendars.names()));
    }

    /** How another key is meant, which has to be there; false if the file does not say. */
    private boolean beside(Section rule, String key, String other, String verb) {
        if (rule.has(key) && !rule.has(other)) {
            problems.add(
                    rule.at(key), rule.path(key) + " has nothing to " + verb + "; expected " + other + " beside it");
        }
        return rule.bool(key).orElse(false);
    }

    private String id(Section rule, Set<String> ids) {
        rule.require("id", ID);
        Optional<String> id = rule.text("id", ID, RuleFile::checkId);
        id.filter(text -> !ids.add(text))
                .ifPresent(text -> problems.unexpected(
                        rule.at("id"),
                        rule.path("id"),
                        "\"" + text + "\" again",
                        "an id that no other rule of this list has"));
        return id.orElse("?");
    }

    private Optional<Priority> priority(Section rule) {
        return rule.text("priority", PRIORITY, text -> isPriority(text) ? null : PRIORITY)
                .map(Priority::of);
    }

    private static boolean isPriority(String word) {
        for (Priority priority : Priority.values()) {
            if (priority.word().equals(word)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> note(Section rule) {
        return rule.text("note", NOTE, RuleFile::checkNote);
    }

    private static List<String> labels(Section section, String key) {
        return section.texts(key, "labels", RuleFile::checkLabel);
    }

    private static String checkKeyword(String keyword) {
        if (keyword.length() > Matcher.LONGEST_KEYWORD) {
            return KEYWORD;
        }
        return Matcher.canMatch(keyword)
                ? null
                : "words of letters or digits, with nothing but spaces or hyphens between them";
    }

    private static String checkRegex(String regex) {
        if (regex.length() > LONGEST_REGEX) {
            return REGEX;
        }
        try {
            Pattern pattern = pattern(regex);
            if (pattern.programSize() > LARGEST_REGEX) {
                return "a regular expression with fewer or smaller repetitions";
            }
            return pattern.matches("") ? "a regular expression that needs at least one character" : null;
        } catch (PatternSyntaxException e) {
            return REGEX + " (" + e.getDescription() + ")";
        }
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
    }

    /** Chatwoot's own rule for titles of labels (CONTRACT section 3.10); a comma would make two of one (3.2). */
    static String checkLabel(String label) {
        boolean valid = label.codePointCount(0, label.length()) >= 2 && Character.isLetterOrDigit(label.codePointAt(0));
        for (int codePoint : label.codePoints().toArray()) {
            boolean allowed = Character.isLetterOrDigit(codePoint) || codePoint == '_' || codePoint == '-';
            valid &= allowed && Character.toLowerCase(codePoint) == codePoint;
        }
        return valid ? null : LABEL;
    }

    private static String checkId(String id) {
        boolean valid = id.length() <= LONGEST_ID;
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            valid &= c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-';
        }
        return valid ? null : ID;
    }

    static String checkAttribute(String key) {
        boolean valid = true;
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            valid &= Character.isLetterOrDigit(c) || "_.-".indexOf(c) >= 0;
        }
        return valid ? null : ATTRIBUTE;
    }

    private static String checkNote(String note) {
        List<String> unknown = Placeholders.unknownIn(note);
        return unknown.isEmpty()
                ? null
                : "only these placeholders instead of " + String.join(", ", unknown) + ": " + Placeholders.list();
    }

    private static String version(String yaml) {
        try {
            // A checkout with other line ends holds the same rules.
            byte[] text = yaml.replace("\r\n", "\n").getBytes(StandardCharsets.UTF_8);
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text))
                    .substring(0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing; expected in every Java runtime", e);
        }
    }

    private record Example(int rule, Section.Item item, boolean matches) {}
}
