package io.leadroutes.rules;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The base forms that a word may be an inflection of. Two words are the same when they share one.
 *
 * <p>Light on purpose: plurals and regular verb forms of English (after Porter, "An algorithm for suffix stripping", 1980,
 * step 1), and the plural endings of German, French, Spanish, Portuguese, Italian and Dutch. No derivations: "costume" is not
 * "cost", "priceless" not "price", and forms such as "cancellation" or "urgently" stand in the rule file. The language of a
 * word is not known, so each ending demands a stem long enough that English words do not meet by chance.
 */
final class Inflection {

    private static final int SHORTEST_STEM = 3;
    private static final int SHORTEST_GERMAN_STEM = 5;

    private final String word;
    private final Set<String> stems = new LinkedHashSet<>();

    private Inflection(String word) {
        this.word = word;
    }

    /** The word itself and its possible base forms. The word is folded; no stem changes its first two characters. */
    static Set<String> stems(String word) {
        Inflection inflection = new Inflection(word);
        inflection.stems.add(word);
        if (word.endsWith("'s") && word.length() > SHORTEST_STEM) {
            Inflection owner = new Inflection(word.substring(0, word.length() - 2));
            owner.run();
            inflection.stems.addAll(owner.stems);
        } else {
            inflection.run();
        }
        return inflection.stems;
    }

    private void run() {
        stems.add(word);
        if (word.length() <= SHORTEST_STEM || Character.isDigit(word.charAt(word.length() - 1))) {
            return;
        }
        switch (word.charAt(word.length() - 1)) {
            case 's' -> plural();
            case 'd' -> past();
            case 'g' -> progressive();
            case 'x' -> replace("eaux", "eau", 1).replace("aux", "al", 2);
            case 'n' -> german("en").germanWithE();
            case 'e' -> german("e").replace("he", "a", 3).replace("e", "a", 5);
            case 'i' -> replace("i", "o", 4).replace("i", "e", 4);
            default -> {
                // Other endings are no inflection.
            }
        }
    }

    private void plural() {
        if (!word.endsWith("ss") && !word.endsWith("us") && !word.endsWith("is")) {
            replace("s", "", SHORTEST_STEM);
        }
        replace("ies", "y", 2);
        if (endsBefore("es", "s", "x", "z", "ch", "sh", "o")) {
            replace("es", "", SHORTEST_STEM);
        }
        // Spanish and Portuguese: errores, versiones, ciudades, mensuales; luces; versoes; mensais.
        if (endsBefore("es", "ion", "or", "dad", "al", "il", "ol")) {
            replace("es", "", 5);
        }
        replace("ces", "z", 2);
        replace("oes", "ao", 3);
        replace("ais", "al", 3);
        replace("eis", "el", 3);
        german("es");
    }

    private void past() {
        replace("ied", "y", 2);
        if (word.endsWith("eed")) {
            replace("d", "", 5);
        } else {
            verb("ed");
        }
    }

    private void progressive() {
        verb("ing");
    }

    /** What stands before -ed or -ing: cost(ing), pric(ing) for price, cancell(ed) for cancel. */
    private void verb(String ending) {
        String stem = before(ending);
        if (stem == null || stem.length() < 2 || !hasVowel(stem)) {
            return;
        }
        char last = stem.charAt(stem.length() - 1);
        boolean doubled = stem.length() > 2 && last == stem.charAt(stem.length() - 2) && !isVowel(last);
        if (doubled) {
            add(stem.substring(0, stem.length() - 1));
        }
        // A short stem such as "car" would double its consonant: "caring" comes from "care" alone.
        if (!isShort(stem)) {
            add(stem);
        }
        if (!doubled && last != 'w' && last != 'y') {
            add(stem + "e");
        }
    }

    /** German and Dutch: Preis(e), Angebot(en), Problem(es); not after -al and -an, where "locale" would be "local". */
    private Inflection german(String ending) {
        String stem = before(ending);
        if (stem != null
                && stem.length() >= SHORTEST_GERMAN_STEM
                && !isVowel(stem.charAt(stem.length() - 1))
                && !stem.endsWith("al")
                && !stem.endsWith("an")) {
            add(stem);
        }
        return this;
    }

    /** German: Kunde(n), Adresse(n). */
    private void germanWithE() {
        if (word.endsWith("en") && word.length() > SHORTEST_GERMAN_STEM) {
            add(word.substring(0, word.length() - 1));
        }
    }

    private Inflection replace(String ending, String with, int shortestStem) {
        String stem = before(ending);
        if (stem != null && stem.length() >= shortestStem) {
            add(stem + with);
        }
        return this;
    }

    private void add(String stem) {
        if (stem.length() >= SHORTEST_STEM) {
            stems.add(stem);
        }
    }

    private String before(String ending) {
        return word.endsWith(ending) ? word.substring(0, word.length() - ending.length()) : null;
    }

    private boolean endsBefore(String ending, String... stemEnds) {
        String stem = before(ending);
        if (stem == null) {
            return false;
        }
        for (String end : stemEnds) {
            if (stem.endsWith(end)) {
                return true;
            }
        }
        return false;
    }

    /** One vowel, then one consonant that would be doubled: "car", "stop", "bug". */
    private static boolean isShort(String stem) {
        int length = stem.length();
        char last = stem.charAt(length - 1);
        if (isVowel(last) || "wxy".indexOf(last) >= 0 || !isVowel(stem.charAt(length - 2))) {
            return false;
        }
        return !hasVowel(stem.substring(0, length - 2));
    }

    private static boolean hasVowel(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isVowel(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isVowel(char c) {
        return "aeiouy".indexOf(c) >= 0;
    }
}
