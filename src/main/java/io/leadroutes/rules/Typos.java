package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds a word that is written with one letter too many, one missing, one wrong or two swapped (Damerau and Levenshtein's
 * distance of 1). Only words of over {@value #LONGEST_EXACT} letters may be misspelt, and never in their first one: shorter
 * words are too often another word. What a look-up costs does not depend on the number of words: texts and words meet where
 * one letter of each is left out.
 */
final class Typos {

    static final int LONGEST_EXACT = 6;

    private final Map<String, Set<String>> words = new HashMap<>();

    void add(String word) {
        if (word.length() > LONGEST_EXACT && word.chars().allMatch(Character::isLetter)) {
            for (String shorter : withoutOne(word)) {
                words.computeIfAbsent(shorter, key -> new LinkedHashSet<>()).add(word);
            }
        }
    }

    boolean isEmpty() {
        return words.isEmpty();
    }

    /** The words that may be meant by this one, which is none of them. */
    Set<String> meant(String written) {
        if (written.length() < LONGEST_EXACT || written.length() > Matcher.LONGEST_KEYWORD) {
            return Set.of();
        }
        Set<String> meant = new LinkedHashSet<>();
        for (String shorter : withoutOne(written)) {
            for (String word : words.getOrDefault(shorter, Set.of())) {
                if (isOneOff(word, written)) {
                    meant.add(word);
                }
            }
        }
        return meant;
    }

    /** The word, and it without one of its letters but the first. */
    private static List<String> withoutOne(String word) {
        List<String> shorter = new ArrayList<>(word.length());
        shorter.add(word);
        for (int i = 1; i < word.length(); i++) {
            shorter.add(word.substring(0, i) + word.substring(i + 1));
        }
        return shorter;
    }

    private static boolean isOneOff(String word, String written) {
        int begin = 0;
        int shorter = Math.min(word.length(), written.length());
        while (begin < shorter && word.charAt(begin) == written.charAt(begin)) {
            begin++;
        }
        int end = 0;
        while (end < shorter - begin
                && word.charAt(word.length() - 1 - end) == written.charAt(written.length() - 1 - end)) {
            end++;
        }
        int changed = word.length() - begin - end;
        int writtenInstead = written.length() - begin - end;
        boolean swapped = changed == 2
                && writtenInstead == 2
                && word.charAt(begin) == written.charAt(begin + 1)
                && word.charAt(begin + 1) == written.charAt(begin);
        return begin > 0 && (changed <= 1 && writtenInstead <= 1 || swapped);
    }
}
