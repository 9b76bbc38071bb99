package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds any number of keywords in one pass over the words of a text: its cost does not grow with their number. A word fits
 * a keyword's word when they share a base form ({@link Inflection}); the words of a phrase may be parted by white space and
 * light punctuation.
 */
final class Matcher {

    /** The longest keyword, so that a text costs a bounded number of steps per word. */
    static final int LONGEST_KEYWORD = 100;

    private final Phrases<Keyword> phrases = new Phrases<>();
    private final Map<String, Set<String>> wordsByStem = new HashMap<>();

    /** The first two letters of all stems: a cheap test that spares most words of a text their inflection. */
    private final Set<Integer> beginnings = new HashSet<>();

    /**
     * @param keywordsByRule the keywords of each rule, by its index
     */
    Matcher(List<List<String>> keywordsByRule) {
        for (int rule = 0; rule < keywordsByRule.size(); rule++) {
            for (String keyword : keywordsByRule.get(rule)) {
                add(rule, Tokens.of(keyword));
            }
        }
    }

    private void add(int rule, Tokens keyword) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < keyword.size(); i++) {
            String word = keyword.word(i);
            words.add(word);
            for (String stem : Inflection.stems(word)) {
                wordsByStem.computeIfAbsent(stem, key -> new LinkedHashSet<>()).add(word);
                beginnings.add(beginning(stem));
            }
        }
        phrases.add(words, new Keyword(rule, Negation.isIn(keyword)));
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

    /** The keywords in this text, in text order. */
    Found find(Tokens text) {
        List<Match> counted = new ArrayList<>();
        List<Match> doubtful = new ArrayList<>();
        List<Partial> open = new ArrayList<>();
        for (int i = 0; i < text.size(); i++) {
            List<Partial> continued = new ArrayList<>();
            Set<String> words = keywordWords(text.word(i));
            if (!words.isEmpty()) {
                if (isJoined(text, i)) {
                    for (Partial partial : open) {
                        advance(partial, words, continued);
                    }
                }
                advance(new Partial(i, phrases), words, continued);
                for (Partial partial : continued) {
                    for (Keyword keyword : partial.node.values()) {
                        Match match = new Match(keyword.rule, partial.first, i);
                        (keyword.holdsNegation ? counted : doubtful).add(match);
                    }
                }
            }
            open = continued;
        }
        return judged(text, counted, doubtful);
    }

    private static boolean isJoined(Tokens text, int word) {
        int gap = text.gap(word);
        return text.isRun(word) ? (gap & Tokens.ADJACENT) != 0 : (gap & Tokens.BREAKS_PHRASE) == 0;
    }

    /** Most texts hold no keyword: only the others are searched for denials. */
    private static Found judged(Tokens text, List<Match> counted, List<Match> doubtful) {
        List<Match> negated = new ArrayList<>();
        if (!doubtful.isEmpty()) {
            Negation negation = new Negation(text);
            doubtful.forEach(match -> (negation.negates(match) ? negated : counted).add(match));
            counted.sort(Comparator.comparingInt(Match::first).thenComparingInt(Match::last));
        }
        return new Found(counted, negated);
    }

    private static void advance(Partial partial, Set<String> words, List<Partial> continued) {
        for (String word : words) {
            Phrases<Keyword> next = partial.node.after(word);
            if (next != null) {
                continued.add(new Partial(partial.first, next));
            }
        }
    }

    /** The words of keywords that this word of a text fits. */
    private Set<String> keywordWords(String word) {
        if (word.isEmpty()) {
            return Set.of();
        }
        Set<String> found = Set.of();
        if (beginnings.contains(beginning(word))) {
            for (String stem : Inflection.stems(word)) {
                found = union(found, wordsByStem.getOrDefault(stem, Set.of()));
            }
        }
        // "isn't working" is "not working".
        return Negation.holdsNot(word) ? union(found, wordsByStem.getOrDefault("not", Set.of())) : found;
    }

    private static Set<String> union(Set<String> some, Set<String> more) {
        if (some.isEmpty() || more.containsAll(some)) {
            return more;
        }
        if (some.containsAll(more)) {
            return some;
        }
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(more);
        return all;
    }

    private static int beginning(String word) {
        return word.charAt(0) << 16 | (word.length() > 1 ? word.charAt(1) : 0);
    }

    /**
     * What a text holds.
     *
     * @param counted keywords that count
     * @param negated keywords that the customer denies
     */
    record Found(List<Match> counted, List<Match> negated) {}

    private record Keyword(int rule, boolean holdsNegation) {}

    private record Partial(int first, Phrases<Keyword> node) {}
}
