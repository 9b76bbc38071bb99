package io.leadroutes.rules;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private static final int LIST_ITEM = 5;

    private static final Phrases<Kind> CUES = cues();
    private static final Map<String, Role> ROLES = roles();

    private final Tokens text;
    private final List<Kind>[] endingAt;
    private final List<Kind>[] beginningAt;
    private Optional<Boolean> portuguese = Optional.empty();

    /** Finds the denials of this text, leftmost first, the longest of those that begin or go on at one word. */
    @SuppressWarnings("unchecked")
    Negation(Tokens text) {
        this.text = text;
        endingAt = new List[text.size()];
        beginningAt = new List[text.size()];
        int i = 0;
        while (i < text.size()) {
            Cue cue = longestAt(i);
            if (cue != null
                    && !goesOn(i, cue)
                    && !(cue.last == i && text.word(i).equals("no") && isPortuguese())) {
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
        for (List<Kind> kinds : negation.endingAt) {
            if (kinds != null) {
                return true;
            }
        }
        return false;
    }

    /** True for "isn't", "dont" and the like, in which the word "not" is hidden. */
    static boolean holdsNot(String word) {
        return word.endsWith("n't") || role(word).parts.contains(Part.CONTRACTION);
    }

    /** True if the keyword from word {@code first} to word {@code last} is denied. */
    boolean negates(int first, int last) {
        return deniedBefore(first, last) || deniedAfter(last);
    }

    /** True if the text has words that only French has. */
    static boolean isFrench(Tokens text) {
        return holds(text, Part.FRENCH, 1);
    }

    private boolean deniedBefore(int first, int matchLast) {
        int furthest = Math.max(0, first - WIDE_REACH - 1);
        for (int last = first - 1; last >= furthest; last--) {
            int gap = text.gap(last + 1);
            if ((gap & Tokens.ENDS_CLAUSE) != 0 || (gap & Tokens.COMMA) != 0 && is(Part.TURN_AFTER_COMMA, last + 1)) {
                return false;
            }
            List<Kind> kinds = endingAt[last];
            if (kinds != null) {
                return kinds.contains(Kind.WIDE) && reachesWide(last, first, matchLast)
                        || kinds.contains(Kind.TIGHT) && reachesTight(last, first);
            }
            if (is(Part.TURN, last)) {
                return false;
            }
        }
        return false;
    }

    /** A wide denial reaches over all words, and over commas where these part a list that an "or" ends. */
    private boolean reachesWide(int cueLast, int first, int last) {
        for (int i = cueLast + 1; i <= first; i++) {
            if ((text.gap(i) & Tokens.COMMA) != 0 && (i == cueLast + 1 || !isInAlternatives(i, first, last))) {
                return false;
            }
        }
        return true;
    }

    private boolean isInAlternatives(int afterComma, int first, int last) {
        if (first - afterComma > LIST_ITEM) {
            return false;
        }
        for (int i = afterComma; i < first; i++) {
            if (is(Part.ALTERNATIVE, i)) {
                return true;
            }
        }
        int next = last + 1;
        return next < text.size() && is(Part.ALTERNATIVE, next);
    }

    /** A tight denial reaches over fillers alone; over one other thing too, if an "or" joins the two. */
    private boolean reachesTight(int cueLast, int first) {
        if (first - cueLast > TIGHT_REACH) {
            return false;
        }
        int others = 0;
        int allowed = 0;
        for (int i = cueLast + 1; i <= first; i++) {
            if ((text.gap(i) & (Tokens.COMMA | Tokens.BREAKS_PHRASE)) != 0) {
                return false;
            }
            if (i < first && is(Part.ALTERNATIVE, i)) {
                allowed = 1;
            } else if (i < first && !is(Part.FILLER, i)) {
                others++;
            }
        }
        return others <= allowed;
    }

    private boolean deniedAfter(int last) {
        int furthest = Math.min(text.size() - 1, last + BACK_REACH);
        for (int i = last + 1; i <= furthest; i++) {
            if ((text.gap(i) & (Tokens.ENDS_CLAUSE | Tokens.COMMA)) != 0) {
                return false;
            }
            if (beginningAt[i] != null) {
                return beginningAt[i].contains(Kind.AFTER);
            }
        }
        return false;
    }

    /** "I didn't" denies the next word alone, but "I didn't want" all that follows. */
    private boolean goesOn(int first, Cue cue) {
        for (int i = first + 1; i <= cue.last; i++) {
            Cue inside = longestAt(i);
            if (inside != null && inside.last > cue.last) {
                return true;
            }
        }
        return false;
    }

    private Cue longestAt(int first) {
        Cue longest = null;
        Phrases<Kind> node = role(text.token(first)).cues;
        int i = first;
        while (node != null) {
            if (!node.values().isEmpty()) {
                longest = new Cue(i, node.values());
            }
            i++;
            boolean joined = i < text.size() && (text.gap(i) & Tokens.BREAKS_PHRASE) == 0;
            node = joined ? node.after(text.word(i)) : null;
        }
        return longest;
    }

    private boolean isPortuguese() {
        if (portuguese.isEmpty()) {
            portuguese = Optional.of(holds(text, Part.PORTUGUESE, 2));
        }
        return portuguese.get();
    }

    private static boolean holds(Tokens text, Part part, int atLeast) {
        Set<String> seen = new LinkedHashSet<>();
        for (int i = 0; i < text.size() && seen.size() < atLeast; i++) {
            if (role(text.token(i)).parts.contains(part)) {
                seen.add(text.word(i));
            }
        }
        return seen.size() == atLeast;
    }

    private boolean is(Part part, int word) {
        return role(text.token(word)).parts.contains(part);
    }

    private static Role role(Word word) {
        Role role = word.role;
        if (role == null) {
            role = role(word.text);
            word.role = role;
        }
        return role;
    }

    private static Role role(String word) {
        return ROLES.getOrDefault(word, Role.NONE);
    }

    private static Map<String, Role> roles() {
        Map<String, Set<Part>> parts = new HashMap<>();
        for (Part part : Part.values()) {
            for (String word : words(part.list)) {
                parts.computeIfAbsent(word, absent -> EnumSet.noneOf(Part.class))
                        .add(part);
            }
        }
        CUES.beginnings().forEach(word -> parts.computeIfAbsent(word, absent -> EnumSet.noneOf(Part.class)));
        Map<String, Role> roles = new HashMap<>();
        parts.forEach((word, all) -> roles.put(word, new Role(CUES.after(word), all)));
        return roles;
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
                cues.add(Tokens.of(variant).words(), kind);
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
        list.lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> words.addAll(Tokens.of(line).words()));
        return words;
    }

    enum Kind {
        WIDE,
        TIGHT,
        AFTER,
        HARMLESS
    }

    /** What a word may do in denials besides being one. */
    enum Part {
        FILLER(NegationWords.FILLERS),
        ALTERNATIVE(NegationWords.ALTERNATIVES),
        TURN(NegationWords.TURNS),
        TURN_AFTER_COMMA(NegationWords.TURNS_AFTER_COMMA),
        CONTRACTION(NegationWords.CONTRACTIONS),
        PORTUGUESE(NegationWords.PORTUGUESE),
        FRENCH(NegationWords.FRENCH);

        private final String list;

        Part(String list) {
            this.list = list;
        }
    }

    /**
     * What a word does in denials.
     *
     * @param cues what may follow it in a cue, or null if none begins with it
     */
    record Role(Phrases<Kind> cues, Set<Part> parts) {

        private static final Role NONE = new Role(null, EnumSet.noneOf(Part.class));
    }

    private record Cue(int last, List<Kind> kinds) {}
}
