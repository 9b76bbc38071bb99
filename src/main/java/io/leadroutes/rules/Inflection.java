package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The base forms that a word may be an inflection of. A word of a text fits a word of a keyword when they share one.
 *
 * <p>Light on purpose: plurals and verb forms of English (after Porter, "An algorithm for suffix stripping", 1980, step 1),
 * plural endings of German, French, Spanish, Portuguese, Italian and Dutch, and the prefixes and suffixes of Arabic (after
 * Larkey, Ballesteros and Connell, "Light stemming for Arabic", 2007). No derivations: "costume" is not "cost", "priceless"
 * not "price", and forms such as "cancellation" or "urgently" stand in the rule file. The language of a word is not known,
 * so each ending demands a stem long enough that words of other languages do not meet by chance.
 *
 * <p>Where the same endings would mix up too many words, only the text's words are taken apart: verb forms are found for a
 * keyword that is an infinitive ("kündigen": "gekündigt"; "annuler": "annulez"; "cancelar": "cancelé").
 */
final class Inflection {

    /** Stands behind a verb's stem in place of forms that other languages have, too: they need a French text. */
    static final String MAYBE_FRENCH = "~er?";

    private static final String GERMAN_VERB = "~en";
    private static final String FRENCH_VERB = "~er";
    private static final String VERB_IN_A = "~ar";
    private static final String VERB_IN_I = "~ir";

    private static final int SHORTEST_STEM = 3;
    private static final int SHORTEST_GERMAN_STEM = 5;
    private static final int SHORTEST_VERB_STEM = 4;

    private static final Map<String, String> IRREGULAR = irregular();

    /** Endings of verbs with what takes their place, by their last letter. */
    private static final Map<Character, String[][]> VERB_ENDINGS = verbEndings();

    private static final String[] ARABIC_PREFIXES = "ال وال بال كال فال لل ولل و ف ب ك ل".split(" ");
    private static final String[] ARABIC_SUFFIXES = "ها ان ات ون ين يه ه ي نا كم هم ك ا".split(" ");
    private static final String ARABIC_ARTICLE = "ال";

    private final String word;
    private final Forms forms;

    /** Where the word ends without an English owner's {@code 's}. */
    private final int end;

    private Inflection(String word, Forms forms) {
        this.word = word;
        this.forms = forms;
        this.end = word.endsWith("'s") && word.length() > SHORTEST_STEM ? word.length() - 2 : word.length();
    }

    /** Takes the possible base forms of a word, none of them built. */
    @FunctionalInterface
    interface Forms {

        /** The form {@code word.substring(start, end) + ending}. */
        void accept(String word, int start, int end, String ending);
    }

    /** The forms by which a keyword's word, folded, is found. */
    static Set<String> ofKeyword(String word) {
        Set<String> found = new LinkedHashSet<>();
        Inflection inflection =
                new Inflection(word, (of, start, end, ending) -> found.add(of.substring(start, end) + ending));
        inflection.common();
        inflection.infinitive();
        if (isArabic(word) && word.startsWith(ARABIC_ARTICLE)) {
            inflection.add(2, word.length(), "");
        }
        return found;
    }

    /**
     * The forms that a word of a text, folded, may be one of. They begin as it does, in the first two characters, unless
     * {@link #mayLoseBeginning} says otherwise.
     */
    static void ofText(String word, Forms forms) {
        Inflection inflection = new Inflection(word, forms);
        inflection.common();
        if (isArabic(word)) {
            inflection.arabic();
        } else {
            String base = IRREGULAR.get(word);
            if (base != null) {
                forms.accept(word, 0, 0, base);
            }
            inflection.verbForms();
        }
    }

    /** True for words that have a form with another beginning: Arabic, irregular, and "ge-" of German participles. */
    static boolean mayLoseBeginning(String word) {
        return isArabic(word) || word.startsWith("ge") || IRREGULAR.containsKey(word);
    }

    private void common() {
        forms.accept(word, 0, word.length(), "");
        if (end < word.length()) {
            forms.accept(word, 0, end, "");
        }
        if (end <= SHORTEST_STEM) {
            return;
        }
        switch (word.charAt(end - 1)) {
            case 's' -> plural();
            case 'd' -> past();
            case 'g' -> verb("ing");
            case 'x' -> {
                replace("eaux", "eau", 1);
                replace("aux", "al", 2);
            }
            case 'n' -> {
                german("en");
                germanN();
            }
            case 'e' -> {
                german("e");
                replace("he", "a", 3);
                replace("e", "a", 5);
            }
            case 'i' -> {
                replace("i", "o", 4);
                replace("i", "e", 4);
            }
            default -> {
                // Other endings are no inflection.
            }
        }
    }

    private void plural() {
        if (!endsWith("ss") && !endsWith("us") && !endsWith("is")) {
            replace("s", "", SHORTEST_STEM);
        }
        replace("ies", "y", 2);
        if (endsWith("es")) {
            if (endsBefore("es", "s", "x", "z", "ch", "sh", "o")) {
                replace("es", "", SHORTEST_STEM);
            }
            // Spanish and Portuguese: errores, versiones, ciudades, mensuales; luces; versoes.
            if (endsBefore("es", "ion", "or", "dad", "al", "il", "ol")) {
                replace("es", "", 5);
            }
            replace("ces", "z", 2);
            replace("oes", "ao", 3);
            german("es");
        } else if (endsWith("is")) {
            // Portuguese: mensais; French: essais.
            replace("ais", "al", 3);
            replace("eis", "el", 3);
            replace("ais", "ai", 3);
        }
    }

    private void past() {
        replace("ied", "y", 2);
        if (endsWith("eed")) {
            replace("d", "", 5);
        } else {
            verb("ed");
        }
    }

    /** What stands before -ed or -ing: cost(ing), pric(ing) for price, cancell(ed) for cancel. */
    private void verb(String ending) {
        int stem = end - ending.length();
        if (!endsWith(ending) || stem < 2 || !hasVowel(stem)) {
            return;
        }
        char last = word.charAt(stem - 1);
        boolean doubled = stem > 2 && last == word.charAt(stem - 2) && !isVowel(last);
        if (doubled) {
            add(0, stem - 1, "");
        }
        // A short stem such as "car" would double its consonant: "caring" comes from "care" alone.
        if (!isShort(stem)) {
            add(0, stem, "");
        }
        if (!doubled && last != 'w' && last != 'y') {
            add(0, stem, "e");
        }
    }

    /** German and Dutch: Preis(e), Angebot(en), Problem(es); not after -al and -an, where "locale" would be "local". */
    private void german(String ending) {
        int stem = end - ending.length();
        if (endsWith(ending)
                && stem >= SHORTEST_GERMAN_STEM
                && !isVowel(word.charAt(stem - 1))
                && !endsBefore(ending, "al", "an")) {
            add(0, stem, "");
        }
    }

    /** German: Kunde(n), Adresse(n), Fehler(n). */
    private void germanN() {
        if (end > SHORTEST_GERMAN_STEM && (endsWith("en") || endsWith("ern") || endsWith("eln"))) {
            add(0, end - 1, "");
        }
    }

    private void infinitive() {
        verbStem("en", GERMAN_VERB);
        verbStem("er", FRENCH_VERB);
        verbStem("er", MAYBE_FRENCH);
        verbStem("ar", VERB_IN_A);
        verbStem("are", VERB_IN_A);
        verbStem("ir", VERB_IN_I);
        verbStem("ire", VERB_IN_I);
    }

    private void verbStem(String ending, String mark) {
        if (endsWith(ending) && end - ending.length() >= SHORTEST_VERB_STEM) {
            forms.accept(word, 0, end - ending.length(), mark);
        }
    }

    private void verbForms() {
        String[][] endings = VERB_ENDINGS.get(word.charAt(word.length() - 1));
        if (endings == null) {
            return;
        }
        boolean participle = word.startsWith("ge");
        for (String[] ending : endings) {
            int stem = word.length() - ending[0].length();
            // Costa Rica is no form of "costar".
            int shortest = ending[0].length() == 1 ? SHORTEST_VERB_STEM + 1 : SHORTEST_VERB_STEM;
            if (stem >= shortest && word.endsWith(ending[0]) && !(ending[0].equals("et") && !isDental(stem))) {
                forms.accept(word, 0, stem, ending[1]);
                if (participle && stem >= SHORTEST_VERB_STEM + 2) {
                    forms.accept(word, 2, stem, ending[1]);
                }
            }
        }
    }

    /** German "kostet" and "redet", but not "planet" for "planen". */
    private boolean isDental(int stem) {
        return word.charAt(stem - 1) == 't' || word.charAt(stem - 1) == 'd';
    }

    private void arabic() {
        arabicSuffixes(0);
        for (String prefix : ARABIC_PREFIXES) {
            if (word.startsWith(prefix)) {
                add(prefix.length(), word.length(), "");
                arabicSuffixes(prefix.length());
            }
        }
    }

    private void arabicSuffixes(int start) {
        for (String suffix : ARABIC_SUFFIXES) {
            int stem = word.length() - suffix.length();
            if (word.endsWith(suffix) && stem - start >= SHORTEST_STEM) {
                add(start, stem, "");
                // Ta marbuta, folded to ha, is a ta before a suffix.
                if (word.charAt(stem - 1) == '\u062A') {
                    add(start, stem - 1, "\u0647");
                }
            }
        }
    }

    private void replace(String ending, String with, int shortestStem) {
        int stem = end - ending.length();
        if (stem >= shortestStem && endsWith(ending)) {
            add(0, stem, with);
        }
    }

    private void add(int start, int stemEnd, String ending) {
        if (stemEnd - start + ending.length() >= SHORTEST_STEM) {
            forms.accept(word, start, stemEnd, ending);
        }
    }

    private boolean endsWith(String ending) {
        return word.startsWith(ending, end - ending.length());
    }

    private boolean endsBefore(String ending, String... stemEnds) {
        for (String stemEnd : stemEnds) {
            if (word.startsWith(stemEnd, end - ending.length() - stemEnd.length())) {
                return true;
            }
        }
        return false;
    }

    /** One vowel, then one consonant that would be doubled: "car", "stop", "bug". */
    private boolean isShort(int stem) {
        char last = word.charAt(stem - 1);
        if (isVowel(last) || "wxy".indexOf(last) >= 0 || !isVowel(word.charAt(stem - 2))) {
            return false;
        }
        return !hasVowel(stem - 2);
    }

    private boolean hasVowel(int length) {
        for (int i = 0; i < length; i++) {
            if (isVowel(word.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isVowel(char c) {
        return "aeiouy".indexOf(c) >= 0;
    }

    private static boolean isArabic(String word) {
        char first = word.charAt(0);
        return first >= '\u0621' && first <= '\u06D3';
    }

    private static Map<String, String> irregular() {
        String forms =
                "got get gotten get paid pay bought buy sold sell sent send lost lose kept keep made make went go"
                        + " gone go came come took take taken take gave give given give wrote write written write spoke speak"
                        + " spoken speak began begin begun begin chose choose chosen choose built build spent spend met meet"
                        + " said say told tell broke break ran run did do done do had have held hold dealt deal thought think";
        Map<String, String> irregular = new HashMap<>();
        String[] words = forms.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            irregular.put(words[i], words[i + 1]);
        }
        return irregular;
    }

    private static Map<Character, String[][]> verbEndings() {
        Map<Character, List<String[]>> endings = new HashMap<>();
        addEndings(endings, GERMAN_VERB, "e st est t et te ten tet ete eten end en");
        addEndings(
                endings,
                FRENCH_VERB,
                "ez ee ees ons ait ais aient iez ant ai a era erai eras erez erons eront erait erais");
        addEndings(endings, MAYBE_FRENCH, "e es ent");
        // Spanish, Portuguese, Italian
        addEndings(
                endings,
                VERB_IN_A,
                "o a as amos ais an am e es en em emos ei ou aste asteis aron aram ava avas avam aba abas aban abamos ando"
                        + " ado ada ados adas are ara aras aran arao aremos aria arias arian ariam arme arte arlo arla arlos"
                        + " arlas arse arnos i iamo ano ato ata ati avo enme enlo enla");
        addEndings(
                endings,
                VERB_IN_I,
                "o e es en em imos ido ida idos idas iendo indo io ia ias ian iam i iu ira iras iran irei iria isce isco"
                        + " iscono ito ita iti is it issons issez issent issait");
        Map<Character, String[][]> byLastLetter = new HashMap<>();
        endings.forEach((last, list) -> byLastLetter.put(last, list.toArray(String[][]::new)));
        return byLastLetter;
    }

    private static void addEndings(Map<Character, List<String[]>> endings, String mark, String list) {
        for (String ending : list.split(" ")) {
            endings.computeIfAbsent(ending.charAt(ending.length() - 1), last -> new ArrayList<>())
                    .add(new String[] {ending, mark});
        }
    }
}
