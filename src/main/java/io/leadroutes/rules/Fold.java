package io.leadroutes.rules;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.Map;

/**
 * Makes letters comparable whatever their case, accents, width or compatibility form, keeping the way back: NFKD (UAX 15),
 * lower case, marks off where they only accent a letter, invisible characters removed, one form of apostrophe, dash and
 * decimal digit.
 *
 * <p>Marks stay where dropping them would make another letter: in Japanese and Indic scripts, and on the Cyrillic short i.
 * Letters of different scripts that look alike stay different. Folding a folded text changes nothing.
 */
final class Fold {

    /** Letters that Unicode does not decompose, but that people type without their stroke or ligature. */
    private static final Map<Character, String> PLAIN = Map.ofEntries(
            Map.entry('ß', "ss"),
            Map.entry('æ', "ae"),
            Map.entry('œ', "oe"),
            Map.entry('ø', "o"),
            Map.entry('ł', "l"),
            Map.entry('đ', "d"),
            Map.entry('ð', "d"),
            Map.entry('ħ', "h"),
            Map.entry('þ', "th"),
            // Arabic letters that are written for one another: hamza seats, final ya, ta marbuta, Farsi kaf and ya.
            Map.entry('\u0649', "\u064A"),
            Map.entry('\u06CC', "\u064A"),
            Map.entry('\u06A9', "\u0643"),
            Map.entry('\u0629', "\u0647"),
            Map.entry('\u0671', "\u0627"));

    private static final String APOSTROPHES = "'\u2018\u2019\u201B\u02BC\u02B9\u2032`\u05F3";
    private static final String DASHES = "\u2010\u2012\u2212";

    /** Typed as an apostrophe on many keyboards; its NFKD would be a space. */
    private static final int ACUTE_ACCENT = '\u00B4';

    private static final char COMBINING_BREVE = '\u0306';
    private static final char COMBINING_DIAERESIS = '\u0308';

    /** Up to here, folds are looked up: calling the normalizer for each character would cost most of the time. */
    private static final int TABLE_SIZE = 0x3400;

    /** Filled as characters are met: all of them at once would be a fortieth of the start. */
    private static final String[] TABLE = new String[TABLE_SIZE];

    private static final char[] ASCII = ascii();

    private Fold() {}

    /** The folded text, mapped to the indexes of {@code text}. Time is linear in its length. */
    static MappedText fold(String text) {
        char[] chars = text.toCharArray();
        int i = 0;
        while (i < chars.length && chars[i] < ASCII.length) {
            chars[i] = ASCII[chars[i]];
            i++;
        }
        int base = i == 0 ? 0 : chars[i - 1];
        MappedText folded = new MappedText(chars, i);
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c < 0x80) {
                folded.append(ASCII[c], i, i + 1);
                base = c;
                i++;
                continue;
            }
            int codePoint = text.codePointAt(i);
            int end = i + Character.charCount(codePoint);
            String letters = of(codePoint);
            for (int k = 0; k < letters.length(); k++) {
                int letter = letters.codePointAt(k);
                k += Character.charCount(letter) - 1;
                if (Character.getType(letter) != Character.NON_SPACING_MARK) {
                    base = letter;
                    appendCodePoint(folded, letter, i, end);
                } else if (isAccent(base, letter)) {
                    folded.extendLast(end);
                } else {
                    appendCodePoint(folded, letter, i, end);
                }
            }
            i = end;
        }
        return folded;
    }

    private static void appendCodePoint(MappedText folded, int codePoint, int start, int end) {
        if (Character.isBmpCodePoint(codePoint)) {
            folded.append((char) codePoint, start, end);
        } else {
            folded.append(Character.highSurrogate(codePoint), start, start + 1);
            folded.append(Character.lowSurrogate(codePoint), end - 1, end);
        }
    }

    private static boolean isAccent(int base, int mark) {
        if (base < 0x0400) {
            return true;
        }
        return switch (UnicodeScript.of(base)) {
            case LATIN, GREEK, HEBREW, ARABIC, COMMON -> true;
            case CYRILLIC -> mark != COMBINING_BREVE && (mark != COMBINING_DIAERESIS || base == 'е');
            default -> false;
        };
    }

    private static String of(int codePoint) {
        if (codePoint < TABLE_SIZE) {
            // Two threads may both compute it, to the same text.
            String known = TABLE[codePoint];
            if (known == null) {
                known = compute(codePoint);
                TABLE[codePoint] = known;
            }
            return known;
        }
        // CJK ideographs and Hangul syllables stand for themselves; so do unpaired surrogates and private use.
        if (codePoint < 0xF900) {
            return codePoint >= 0xA640 && codePoint < 0xAC00 ? compute(codePoint) : Character.toString(codePoint);
        }
        return compute(codePoint);
    }

    private static char[] ascii() {
        char[] ascii = new char[0x80];
        for (char c = 0; c < ascii.length; c++) {
            ascii[c] = compute(c).charAt(0);
        }
        return ascii;
    }

    private static String compute(int codePoint) {
        if (isInvisible(codePoint)) {
            return "";
        }
        if (codePoint == ACUTE_ACCENT) {
            return "'";
        }
        StringBuilder folded = new StringBuilder();
        Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKD)
                .codePoints()
                .filter(part -> !isInvisible(part))
                .map(part -> Character.toLowerCase(Character.toUpperCase(part)))
                .forEach(part -> folded.append(plain(part)));
        return folded.toString();
    }

    private static String plain(int codePoint) {
        if (APOSTROPHES.indexOf(codePoint) >= 0) {
            return "'";
        }
        if (DASHES.indexOf(codePoint) >= 0) {
            return "-";
        }
        if (Character.getType(codePoint) == Character.DECIMAL_DIGIT_NUMBER) {
            return Integer.toString(Character.digit(codePoint, 10));
        }
        String plain = Character.isBmpCodePoint(codePoint) ? PLAIN.get((char) codePoint) : null;
        return plain == null ? Character.toString(codePoint) : plain;
    }

    /** Zero-width and formatting characters, variation selectors, Hangul fillers, the Arabic stretch mark. */
    private static boolean isInvisible(int codePoint) {
        return Character.getType(codePoint) == Character.FORMAT
                || codePoint >= 0xFE00 && codePoint <= 0xFE0F
                || codePoint >= 0xE0100 && codePoint <= 0xE01EF
                || codePoint == 0x034F
                || codePoint == 0x0640
                || codePoint == 0x115F
                || codePoint == 0x1160
                || codePoint == 0x3164
                || codePoint == 0xFFA0;
    }
}
