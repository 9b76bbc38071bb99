package io.leadroutes.rules;

/**
 * Words that texts had lately, so that what is found out about a word is found out once: people use few different ones. A
 * later word takes the place of an earlier one of the same hash. Threads may race: each entry is right by itself.
 */
final class Vocabulary {

    private static final int LONGEST = 32;

    private final Word[] words;

    /** @param size how many words to keep at most, a power of two */
    Vocabulary(int size) {
        words = new Word[size];
    }

    /** The word that stands in the text from here to there (exclusive). */
    Word word(char[] text, int from, int to) {
        if (to - from > LONGEST) {
            return new Word(new String(text, from, to - from));
        }
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text[i];
        }
        int slot = (hash ^ hash >>> 16) & words.length - 1;
        Word known = words[slot];
        if (known == null || !isAt(known.text, text, from, to)) {
            known = new Word(new String(text, from, to - from));
            words[slot] = known;
        }
        return known;
    }

    private static boolean isAt(String word, char[] text, int from, int to) {
        if (word.length() != to - from) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (word.charAt(i - from) != text[i]) {
                return false;
            }
        }
        return true;
    }
}
