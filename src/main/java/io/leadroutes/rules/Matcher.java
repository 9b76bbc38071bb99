package io.leadroutes.rules;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds any number of keywords in one pass over the words of a text: its cost does not grow with their number. A word fits
 * a keyword's word when they share a base form ({@link Inflection}); the words of a phrase may be parted by white space and
 * light punctuation. Then looks which of them stand near each other, and for patterns, one after the other.
 */
final class Matcher {

    /** The longest keyword, so that a text costs a bounded number of steps per word. */
    static final int LONGEST_KEYWORD = 100;

    private static final int[] NONE = {};

    /** A power of two. */
    private static final int SEEN_WORDS = 1 << 13;

    private final Phrases<Keyword> phrases = new Phrases<>();

    private final Vocabulary vocabulary = new Vocabulary(SEEN_WORDS);

    /** The words of keywords, and which of them a base form leads to, by index. */
    private final List<String> words = new ArrayList<>();

    private final Stems stems = new Stems();
    private final Typos typos = new Typos();
    private final Map<String, Integer> wordIndexes = new HashMap<>();
    private final Map<Integer, KeywordRule.Near> nearByRule = new LinkedHashMap<>();
    private final Map<Integer, List<Pattern>> patternsByRule = new LinkedHashMap<>();
    private final int[] not;

    /** @param rules what is looked for; matches tell the index of their rule */
    Matcher(List<KeywordRule> rules) {
        for (int i = 0; i < rules.size(); i++) {
            KeywordRule rule = rules.get(i);
            for (String keyword : rule.any()) {
                add(Tokens.of(keyword), i, Keyword.ALONE, rule.typos());
            }
            if (rule.near().isPresent()) {
                nearByRule.put(i, rule.near().get());
                List<String> together = rule.near().get().words();
                for (int part = 0; part < together.size(); part++) {
                    add(Tokens.of(together.get(part)), i, part, rule.typos());
                }
            }
            if (!rule.regex().isEmpty()) {
                patternsByRule.put(i, rule.regex());
            }
        }
        not = stems.get("not", 0, 3, "");
    }

    private void add(Tokens keyword, int rule, int part, boolean typed) {
        List<String> phrase = new ArrayList<>();
        for (int i = 0; i < keyword.size(); i++) {
            String word = keyword.word(i);
            phrase.add(word);
            int index = wordIndexes.computeIfAbsent(word, key -> {
                words.add(key);
                return words.size() - 1;
            });
            Inflection.ofKeyword(word).forEach(form -> stems.add(form, index));
            if (typed) {
                typos.add(word);
            }
        }
        phrases.add(phrase, new Keyword(rule, part, Negation.isIn(keyword), typed));
    }

    /** True if there can be a text that holds this keyword: it has words, no address, and nothing that parts phrases. */
    static boolean canMatch(String keyword) {
        Tokens tokens = Tokens.of(keyword);
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.word(i).equals(Tokens.OPAQUE) || i > 0 && !isJoined(tokens, i)) {
                return false;
            }
        }
        return tokens.size() > 0;
    }

    /** What of the rules is in this text, in text order. */
    Found find(String source) {
        Tokens text = Tokens.of(source, vocabulary);
        List<Spot> spots = spots(text);
        List<Match> counted = new ArrayList<>();
        List<Match> negated = new ArrayList<>();
        Map<Integer, List<Spot>> together = new HashMap<>();
        // Most texts hold no keyword: only the others are searched for denials.
        Negation negation = null;
        for (Spot spot : spots) {
            boolean denied = false;
            if (!spot.keyword.holdsNegation) {
                negation = negation == null ? new Negation(text) : negation;
                denied = negation.negates(spot.first, spot.last);
            }
            if (denied) {
                negated.add(spot.in(text));
            } else if (spot.keyword.part == Keyword.ALONE) {
                counted.add(spot.in(text));
            } else {
                together.computeIfAbsent(spot.keyword.rule, rule -> new ArrayList<>())
                        .add(spot);
            }
        }
        together.forEach((rule, parts) -> near(rule, parts, text, counted));
        patternsByRule.forEach((rule, patterns) -> match(rule, patterns, text, counted));
        counted.sort(Comparator.comparingInt(Match::from).thenComparingInt(Match::to));
        return new Found(text, counted, negated);
    }

    private List<Spot> spots(Tokens text) {
        List<Spot> spots = new ArrayList<>();
        List<Partial> open = List.of();
        Lookup lookup = new Lookup(text);
        for (int i = 0; i < text.size(); i++) {
            Meaning meaning = lookup.of(text.token(i));
            if (meaning.words.length == 0) {
                open = List.of();
                continue;
            }
            List<Partial> continued = new ArrayList<>();
            if (!open.isEmpty() && isJoined(text, i)) {
                for (Partial partial : open) {
                    advance(partial, meaning, continued);
                }
            }
            advance(new Partial(i, false, phrases), meaning, continued);
            for (Partial partial : continued) {
                for (Keyword keyword : partial.node.values()) {
                    if (keyword.typos || !partial.misspelt) {
                        spots.add(new Spot(keyword, partial.first, i));
                    }
                }
            }
            open = continued;
        }
        return spots;
    }

    private static boolean isJoined(Tokens text, int word) {
        int gap = text.gap(word);
        return text.isRun(word) ? (gap & Tokens.ADJACENT) != 0 : (gap & Tokens.BREAKS_PHRASE) == 0;
    }

    private void advance(Partial partial, Meaning meaning, List<Partial> continued) {
        for (int word : meaning.words) {
            Phrases<Keyword> next = partial.node.after(words.get(word));
            if (next != null) {
                continued.add(new Partial(partial.first, partial.misspelt || meaning.misspelt, next));
            }
        }
    }

    /** Adds the shortest spans in which all parts of a rule stand. One pass: the last place of each part is enough. */
    private void near(int rule, List<Spot> spots, Tokens text, List<Match> counted) {
        KeywordRule.Near near = nearByRule.get(rule);
        spots.sort(Comparator.comparingInt(Spot::last).thenComparingInt(Spot::first));
        Spot[] latest = new Spot[near.words().size()];
        for (Spot spot : spots) {
            Spot known = latest[spot.keyword.part];
            if (known == null || known.first < spot.first) {
                latest[spot.keyword.part] = spot;
            }
            if (Arrays.asList(latest).contains(null)) {
                continue;
            }
            int first = Arrays.stream(latest).mapToInt(Spot::first).min().orElseThrow();
            if (spot.last - first < near.within()) {
                counted.add(new Match(rule, text.from(first), text.to(spot.last)));
                Arrays.fill(latest, null);
            }
        }
    }

    /**
     * A pattern sees what the sender wrote, part by part: not markup, nor quotations. One that names a group finds what is in
     * the group.
     */
    private static void match(int rule, List<Pattern> patterns, Tokens text, List<Match> counted) {
        String shown = text.shown();
        int from = 0;
        List<int[]> parts = new ArrayList<>();
        for (int[] quoted : text.quoted()) {
            parts.add(new int[] {from, quoted[0]});
            from = quoted[1];
        }
        parts.add(new int[] {from, shown.length()});
        for (int[] part : parts) {
            String written = shown.substring(part[0], part[1]);
            for (Pattern pattern : patterns) {
                com.google.re2j.Matcher found = pattern.matcher(written);
                int group = pattern.namedGroups().values().stream().findFirst().orElse(0);
                for (int matches = 0; matches < Hit.MAX_MATCHED && found.find(); matches++) {
                    if (found.end(group) > found.start(group)) {
                        counted.add(new Match(rule, part[0] + found.start(group), part[0] + found.end(group)));
                    }
                }
            }
        }
    }

    /**
     * What a text holds.
     *
     * @param text its words, of use to this matcher only
     * @param counted what meets a rule
     * @param negated keywords that the customer denies
     */
    record Found(Tokens text, List<Match> counted, List<Match> negated) {}

    /** @param part the index among those that must stand near each other, or {@link #ALONE} */
    private record Keyword(int rule, int part, boolean holdsNegation, boolean typos) {

        static final int ALONE = -1;
    }

    private record Spot(Keyword keyword, int first, int last) {

        Match in(Tokens text) {
            return new Match(keyword.rule, text.from(first), text.to(last));
        }
    }

    private record Partial(int first, boolean misspelt, Phrases<Keyword> node) {}

    /** What a word of a text may be: words of keywords, by index. */
    record Meaning(int[] words, boolean misspelt) {}

    /** Looks up the words of one text. */
    private final class Lookup implements Inflection.Forms {

        private final Tokens text;
        private int[] found = new int[8];
        private int count;
        private Optional<Boolean> french = Optional.empty();

        /** True if what was found depends on the text, not on the word alone. */
        private boolean inContext;

        Lookup(Tokens text) {
            this.text = text;
        }

        Meaning of(Word word) {
            Meaning meaning = word.meaning;
            if (meaning == null) {
                meaning = find(word.text);
                word.meaning = inContext ? null : meaning;
            }
            return meaning;
        }

        private Meaning find(String word) {
            count = 0;
            inContext = false;
            boolean misspelt = false;
            if (!word.isEmpty()) {
                if (stems.mayBegin(word) || Inflection.mayLoseBeginning(word)) {
                    Inflection.ofText(word, this);
                }
                // "isn't working" is "not working".
                if (not.length > 0 && Negation.holdsNot(word)) {
                    addAll(not);
                }
                if (count == 0 && !typos.isEmpty()) {
                    for (String correct : typos.meant(word)) {
                        misspelt = true;
                        add(wordIndexes.get(correct));
                    }
                }
            }
            return new Meaning(count == 0 ? NONE : Arrays.copyOf(found, count), misspelt);
        }

        @Override
        public void accept(String word, int start, int end, String ending) {
            int[] indexes = stems.get(word, start, end, ending);
            if (indexes.length > 0 && ending.equals(Inflection.MAYBE_FRENCH)) {
                inContext = true;
                if (!isFrench()) {
                    return;
                }
            }
            addAll(indexes);
        }

        private boolean isFrench() {
            if (french.isEmpty()) {
                french = Optional.of(Negation.isFrench(text));
            }
            return french.get();
        }

        private void addAll(int[] indexes) {
            for (int index : indexes) {
                add(index);
            }
        }

        private void add(int index) {
            for (int i = 0; i < count; i++) {
                if (found[i] == index) {
                    return;
                }
            }
            found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
            found[count++] = index;
        }
    }
}
