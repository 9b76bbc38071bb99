package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells which keywords the customer denies. A denial stays within its clause; how far it reaches depends on its kind, see
 * {@link NegationWords}. Each question costs a bounded number of steps, whatever the text.
 */
final class Negation {

    /** Words from the end of a wide denial to the thing denied: "don't want to schedule a free product demo". */
    static final int WIDE_REACH = 8;

    private static final int TIGHT_REACH = 5;
    private static final int BACK_REACH = 3;

    /** Words of a list from a comma to the thing denied: ", trial or pricing". */
    private static final int LIST_ITEM = 3;

    private static final Phrases<Kind> CUES = cues();
    private static final Set<String> FILLERS = words(NegationWords.FILLERS);
    private static final Set<String> ALTERNATIVES = words(NegationWords.ALTERNATIVES);
    private static final Set<String> TURNS = words(NegationWords.TURNS);
    private static final Set<String> TURNS_AFTER_COMMA = words(NegationWords.TURNS_AFTER_COMMA);
    private static final Set<String> CONTRACTIONS = words(NegationWords.CONTRACTIONS);
    private static final Set<String> PORTUGUESE = words(NegationWords.PORTUGUESE);

    private final Tokens text;
    private final Set<Kind>[] endingAt;
    private final Set<Kind>[] beginningAt;

    /** Finds the denials of this text, leftmost first, the longest of those that begin at one word. */
    @SuppressWarnings("unchecked")
    Negation(Tokens text) {
        this.text = text;
        endingAt = new Set[text.size()];
        beginningAt = new Set[text.size()];
        boolean noMeansInThe = isPortuguese(text);
        int i = 0;
        while (i < text.size()) {
            Cue cue = longestAt(i);
            if (cue != null && !(noMeansInThe && cue.last == i && text.word(i).equals("no"))) {
                beginningAt[i] = cue.kinds;
                endingAt[cue.last] = cue.kinds;
                i = cue.last;
            }
            i++;
        }
    }

    /** True if the phrase itself denies something, such as "not working": then it means what it says. */
    static boolean isIn(Tokens phrase) {
        Negation negation = new Negation(phrase);
        for (Set<Kind> kinds : negation.endingAt) {
            if (kinds != null) {
                return true;
            }
        }
        return false;
    }

    /** True for "isn't", "dont" and the like, in which the word "not" is hidden. */
    static boolean holdsNot(String word) {
        return word.endsWith("n't") || CONTRACTIONS.contains(word);
    }

    /** True if this keyword is denied. */
    boolean negates(Match match) {
        return deniedBefore(match) || deniedAfter(match);
    }

    private boolean deniedBefore(Match match) {
        int furthest = Math.max(0, match.first() - WIDE_REACH - 1);
        for (int last = match.first() - 1; last >= furthest; last--) {
            int gap = text.gap(last + 1);
            if ((gap & Tokens.ENDS_CLAUSE) != 0
                    || (gap & Tokens.COMMA) != 0 && TURNS_AFTER_COMMA.contains(text.word(last + 1))) {
                return false;
            }
            Set<Kind> kinds = endingAt[last];
            if (kinds != null) {
                return kinds.contains(Kind.WIDE) && reachesWide(last, match)
                        || kinds.contains(Kind.TIGHT) && reachesTight(last, match);
            }
            if (TURNS.contains(text.word(last))) {
                return false;
            }
        }
        return false;
    }

    /** A wide denial reaches over all words, and over commas where these part a list that an "or" ends. */
    private boolean reachesWide(int cueLast, Match match) {
        for (int i = cueLast + 1; i <= match.first(); i++) {
            if ((text.gap(i) & Tokens.COMMA) != 0 && (i == cueLast + 1 || !isInAlternatives(i, match))) {
                return false;
            }
        }
        return true;
    }

    private boolean isInAlternatives(int afterComma, Match match) {
        if (match.first() - afterComma > LIST_ITEM) {
            return false;
        }
        for (int i = afterComma; i < match.first(); i++) {
            if (ALTERNATIVES.contains(text.word(i))) {
                return true;
            }
        }
        int next = match.last() + 1;
        return next < text.size() && ALTERNATIVES.contains(text.word(next));
    }

    /** A tight denial reaches over fillers alone; over one other thing too, if an "or" joins the two. */
    private boolean reachesTight(int cueLast, Match match) {
        if (match.first() - cueLast > TIGHT_REACH) {
            return false;
        }
        int others = 0;
        int allowed = 0;
        for (int i = cueLast + 1; i <= match.first(); i++) {
            if ((text.gap(i) & (Tokens.COMMA | Tokens.BREAKS_PHRASE)) != 0) {
                return false;
            }
            if (i < match.first() && ALTERNATIVES.contains(text.word(i))) {
                allowed = 1;
            } else if (i < match.first() && !FILLERS.contains(text.word(i))) {
                others++;
            }
        }
        return others <= allowed;
    }

    private boolean deniedAfter(Match match) {
        int furthest = Math.min(text.size() - 1, match.last() + BACK_REACH);
        for (int i = match.last() + 1; i <= furthest; i++) {
            if ((text.gap(i) & (Tokens.ENDS_CLAUSE | Tokens.COMMA)) != 0) {
                return false;
            }
            if (beginningAt[i] != null) {
                return beginningAt[i].contains(Kind.AFTER);
            }
        }
        return false;
    }

    private Cue longestAt(int first) {
        Cue longest = null;
        Phrases<Kind> node = CUES.after(text.word(first));
        int i = first;
        while (node != null) {
            if (!node.values().isEmpty()) {
                longest = new Cue(i, EnumSet.copyOf(node.values()));
            }
            i++;
            boolean joined = i < text.size() && (text.gap(i) & Tokens.BREAKS_PHRASE) == 0;
            node = joined ? node.after(text.word(i)) : null;
        }
        return longest;
    }

    private static boolean isPortuguese(Tokens text) {
        Set<String> seen = new LinkedHashSet<>();
        for (int i = 0; i < text.size() && seen.size() < 2; i++) {
            if (PORTUGUESE.contains(text.word(i))) {
                seen.add(text.word(i));
            }
        }
        return seen.size() == 2;
    }

    private static Phrases<Kind> cues() {
        Phrases<Kind> cues = new Phrases<>();
        addAll(cues, NegationWords.WIDE, Kind.WIDE);
        addAll(cues, NegationWords.TIGHT, Kind.TIGHT);
        addAll(cues, NegationWords.AFTER, Kind.AFTER);
        addAll(cues, NegationWords.HARMLESS, Kind.HARMLESS);
        return cues;
    }

    private static void addAll(Phrases<Kind> cues, String list, Kind kind) {
        list.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            for (String variant : variants(line)) {
                cues.add(wordsOf(variant), kind);
            }
        });
    }

    /** "don't want" is also written "dont want" and "do not want". */
    private static Set<String> variants(String line) {
        String whole = line.replace("won't", "will not").replace("n't", " not");
        return new LinkedHashSet<>(List.of(line, line.replace("n't", "nt"), whole));
    }

    private static Set<String> words(String list) {
        Set<String> words = new LinkedHashSet<>();
        list.lines().filter(line -> !line.startsWith("#")).forEach(line -> words.addAll(wordsOf(line)));
        return words;
    }

    private static List<String> wordsOf(String phrase) {
        Tokens tokens = Tokens.of(phrase);
        List<String> words = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            words.add(tokens.word(i));
        }
        return words;
    }

    private enum Kind {
        WIDE,
        TIGHT,
        AFTER,
        HARMLESS
    }

    private record Cue(int last, Set<Kind> kinds) {}
}
