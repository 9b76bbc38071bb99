package io.leadroutes.rules;

import java.util.Arrays;

/**
 * A hash table of base forms that is asked without building one: {@link Inflection} names some ten per word, of which a
 * text's words have nearly none here.
 */
final class Stems {

    private static final int[] NONE = {};

    private String[] keys = new String[16];
    private int[][] values = new int[16][];
    private int size;

    /** The first two characters of all forms, hashed: spares most words of a text their inflection. */
    private final long[] beginnings = new long[64];

    /** Adds a value to those of this form, once. */
    void add(String form, int value) {
        if (2 * size >= keys.length) {
            grow();
        }
        int slot = slot(form, 0, form.length(), "");
        if (keys[slot] == null) {
            keys[slot] = form;
            values[slot] = NONE;
            size++;
        }
        int[] old = values[slot];
        if (Arrays.stream(old).noneMatch(known -> known == value)) {
            values[slot] = Arrays.copyOf(old, old.length + 1);
            values[slot][old.length] = value;
        }
        int beginning = beginning(form);
        beginnings[beginning >> 6] |= 1L << beginning;
    }

    /** The values of the form {@code word.substring(start, end) + ending}; not to be changed. */
    int[] get(String word, int start, int end, String ending) {
        int slot = slot(word, start, end, ending);
        return keys[slot] == null ? NONE : values[slot];
    }

    /** False only if no form begins with the same two characters as this word. */
    boolean mayBegin(String word) {
        int beginning = beginning(word);
        return (beginnings[beginning >> 6] & 1L << beginning) != 0;
    }

    private static int beginning(String word) {
        int second = word.length() > 1 ? word.charAt(1) : 0;
        return (word.charAt(0) * 67 + second) & 0xFFF;
    }

    private int slot(String word, int start, int end, String ending) {
        int hash = 0;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + word.charAt(i);
        }
        for (int i = 0; i < ending.length(); i++) {
            hash = 31 * hash + ending.charAt(i);
        }
        int mask = keys.length - 1;
        int slot = (hash ^ hash >>> 15) & mask;
        while (keys[slot] != null && !is(keys[slot], word, start, end, ending)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private static boolean is(String key, String word, int start, int end, String ending) {
        return key.length() == end - start + ending.length()
                && key.regionMatches(0, word, start, end - start)
                && key.endsWith(ending);
    }

    private void grow() {
        String[] oldKeys = keys;
        int[][] oldValues = values;
        keys = new String[2 * oldKeys.length];
        values = new int[keys.length][];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != null) {
                int slot = slot(oldKeys[i], 0, oldKeys[i].length(), "");
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
