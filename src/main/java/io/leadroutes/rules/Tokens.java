package io.leadroutes.rules;

import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The words of a text, folded, and what stands between them.
 *
 * <p>A word is a run of letters, digits and marks; an apostrophe inside it belongs to it, but an elided article
 * ({@code l'erreur}) is a word of its own. In scripts written without spaces each character is a word, so that a keyword
 * matches as a run of characters at any position. A URL or an e-mail address is one word that matches nothing: in
 * {@code bugs@team.example} nobody speaks of bugs. What the sender only quotes has no words ({@link Quotes}).
 */
final class Tokens {

    /** The word that stands for a URL or an e-mail address; no folded word is empty. */
    static final String OPAQUE = "";

    /** What stands before a word: any of these, combined. */
    static final int ADJACENT = 1;

    static final int BREAKS_PHRASE = 2;
    static final int COMMA = 4;
    static final int ENDS_CLAUSE = 8;

    private static final Set<String> ELIDED =
            Set.of("l d c j m n s t qu jusqu lorsqu puisqu dell all un dall nell sull quell".split(" "));

    /** Inside a phrase these are skipped like white space: quotes, emphasis, brackets, hyphens. */
    private static final String LIGHT = "-_*~'\"()[]/\u00AB\u00BB\u201C\u201D\u201E\u2039\u203A\u201A\u30FB";

    private static final boolean[] ADDRESS_CHARS = addressChars();

    private static final String CLAUSE_ENDS = ".!?;:\u3002\u037E\u061F\u061B\u06D4\u0964\u0965\u1362\u203D";
    private static final String COMMAS = ",\u060C\u2013\u2014\u2015";

    private final MappedText folded;
    private final MappedText visible;
    private final String shown;
    private final String text;
    private final char[] chars;
    private final List<int[]> quoted;

    /** False if no part of this text is an address for sure. */
    private final boolean mayHoldAddress;

    /** False if what stands between two spaces is no address for sure. */
    private boolean mayBeAddress;

    private final Vocabulary vocabulary;
    private int size;
    private Word[] words;
    private int[] froms;
    private int[] tos;
    private int[] gaps;

    private Tokens(String source, Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        visible = Markup.visible(source);
        shown = visible.text();
        folded = Fold.fold(shown);
        text = folded.text();
        chars = text.toCharArray();
        quoted = Quotes.in(text);
        mayHoldAddress = text.indexOf('@') >= 0 || text.contains("://") || text.contains("www.");
        int expectedWords = chars.length / 4 + 1;
        words = new Word[expectedWords];
        froms = new int[expectedWords];
        tos = new int[expectedWords];
        gaps = new int[expectedWords];
    }

    /** The words of this text. Time is linear in its length. */
    static Tokens of(String source) {
        return of(source, new Vocabulary(1));
    }

    /** The same; words that the vocabulary knows are not made anew. */
    static Tokens of(String source, Vocabulary vocabulary) {
        Tokens tokens = new Tokens(source, vocabulary);
        tokens.run();
        return tokens;
    }

    int size() {
        return size;
    }

    String word(int index) {
        return words[index].text;
    }

    /** All words, in order. */
    List<String> words() {
        return Arrays.stream(words, 0, size).map(word -> word.text).toList();
    }

    /** A word, with what was found out about it. */
    Word token(int index) {
        return words[index];
    }

    /** The flags of what stands between this word and the one before it. */
    int gap(int index) {
        return gaps[index];
    }

    /** True if the word continues a run of characters without spaces. */
    boolean isRun(int index) {
        return isRunScript(codePointAt(froms[index]));
    }

    /** Where the word begins in what a reader sees. */
    int from(int index) {
        return folded.start(froms[index]);
    }

    /** Where the word ends in what a reader sees, exclusive. */
    int to(int index) {
        return folded.end(tos[index] - 1);
    }

    /** What a reader sees: the text without markup. */
    String shown() {
        return shown;
    }

    /** The parts of {@link #shown()} that the sender did not write, each from and to (exclusive), in order. */
    List<int[]> quoted() {
        return quoted.stream()
                .map(range -> new int[] {folded.start(range[0]), folded.end(range[1] - 1)})
                .toList();
    }

    /** Where in the source the char at this index of {@link #shown()} begins. */
    int start(int shownIndex) {
        return visible.start(shownIndex);
    }

    /** Where in the source the char at this index of {@link #shown()} ends, exclusive. */
    int end(int shownIndex) {
        return visible.end(shownIndex);
    }

    private void run() {
        int gap = ENDS_CLAUSE | BREAKS_PHRASE;
        int newlines = 0;
        int chunkEnd = 0;
        int nextQuote = 0;
        int i = 0;
        while (i < chars.length) {
            if (nextQuote < quoted.size() && i == quoted.get(nextQuote)[0]) {
                i = quoted.get(nextQuote)[1];
                gap = ENDS_CLAUSE | BREAKS_PHRASE;
                nextQuote++;
                continue;
            }
            int codePoint = codePointAt(i);
            if (mayHoldAddress && i >= chunkEnd && isAddressChar(codePoint)) {
                chunkEnd = chunkEnd(i);
                int end = mayBeAddress ? addressEnd(i, chunkEnd) : i;
                if (end > i) {
                    Word opaque = vocabulary.word(chars, end, end);
                    add(opaque, i, end, gap);
                    gap = ADJACENT;
                    newlines = 0;
                    i = end;
                    continue;
                }
            }
            if (codePoint >= 'a' && codePoint <= 'z') {
                i = addWord(i, gap);
            } else if (codePoint == ' ') {
                gap &= ~ADJACENT;
                i++;
                continue;
            } else if (isRunScript(codePoint)) {
                int end = afterMarks(i + Character.charCount(codePoint));
                add(vocabulary.word(chars, i, end), i, end, gap);
                i = end;
            } else if (Character.isLetterOrDigit(codePoint)) {
                i = addWord(i, gap);
            } else {
                newlines += codePoint == '\n' ? 1 : 0;
                gap = gap & ~ADJACENT | separator(i, codePoint) | (newlines > 1 ? BREAKS_PHRASE : 0);
                i += Character.charCount(codePoint);
                continue;
            }
            gap = ADJACENT;
            newlines = 0;
        }
    }

    private int addWord(int start, int gap) {
        int before = gap;
        int from = start;
        int i = start;
        while (i < chars.length) {
            char c = chars[i];
            if (c >= 'a' && c <= 'z') {
                i++;
                continue;
            }
            int codePoint = codePointAt(i);
            if (codePoint == '\'' && i > from && i + 1 < chars.length && isWordPart(codePointAt(i + 1))) {
                Word article = vocabulary.word(chars, from, i);
                if (ELIDED.contains(article.text)) {
                    add(article, from, i, before);
                    before = 0;
                    from = i + 1;
                }
            } else if (!isWordPart(codePoint)) {
                break;
            }
            i += Character.charCount(codePoint);
        }
        add(vocabulary.word(chars, from, i), from, i, before);
        return i;
    }

    private void add(Word word, int start, int end, int gap) {
        if (size == words.length) {
            words = Arrays.copyOf(words, 2 * size);
            froms = Arrays.copyOf(froms, 2 * size);
            tos = Arrays.copyOf(tos, 2 * size);
            gaps = Arrays.copyOf(gaps, 2 * size);
        }
        words[size] = word;
        froms[size] = start;
        tos[size] = end;
        gaps[size] = gap;
        size++;
    }

    private int codePointAt(int i) {
        return Character.isSurrogate(chars[i]) ? Character.codePointAt(chars, i) : chars[i];
    }

    private int afterMarks(int i) {
        int end = i;
        while (end < chars.length && isMark(codePointAt(end))) {
            end += Character.charCount(codePointAt(end));
        }
        return end;
    }

    private int separator(int i, int codePoint) {
        if (codePoint == '\n' || codePoint == '\r' || codePoint == '\u2028' || codePoint == '\u2029') {
            return ENDS_CLAUSE;
        }
        // 2.0, 10:30, 1,000: one phrase.
        if (isBetweenDigits(i)) {
            return 0;
        }
        if (CLAUSE_ENDS.indexOf(codePoint) >= 0) {
            return BREAKS_PHRASE | ENDS_CLAUSE;
        }
        if (COMMAS.indexOf(codePoint) >= 0 || codePoint == '-' && isBetweenSpaces(i)) {
            // Chinese and Japanese part clauses with a comma.
            boolean inRun = i > 0 && isRunScript(text.codePointBefore(i));
            return BREAKS_PHRASE | COMMA | (inRun ? ENDS_CLAUSE : 0);
        }
        boolean light = Character.isWhitespace(codePoint) || LIGHT.indexOf(codePoint) >= 0;
        return light ? 0 : BREAKS_PHRASE;
    }

    private boolean isBetweenDigits(int i) {
        return i > 0 && i + 1 < chars.length && Character.isDigit(chars[i - 1]) && Character.isDigit(chars[i + 1]);
    }

    private boolean isBetweenSpaces(int i) {
        return i > 0
                && i + 1 < chars.length
                && Character.isWhitespace(chars[i - 1])
                && Character.isWhitespace(chars[i + 1]);
    }

    private int chunkEnd(int start) {
        mayBeAddress = text.startsWith("www.", start);
        int end = start;
        while (end < chars.length && isAddressChar(chars[end])) {
            mayBeAddress |= chars[end] == '@' || chars[end] == ':';
            end++;
        }
        return end;
    }

    /** The end of the URL or e-mail address that this chunk is, or {@code start}. */
    private int addressEnd(int start, int chunkEnd) {
        int end = chunkEnd;
        while (end > start && ".,!?:;'*_".indexOf(chars[end - 1]) >= 0) {
            end--;
        }
        String chunk = text.substring(start, end);
        if (chunk.startsWith("www.") || chunk.indexOf("://") > 0) {
            return end;
        }
        int at = chunk.indexOf('@');
        boolean isMail = at > 0 && Character.isLetterOrDigit(chunk.charAt(at - 1)) && chunk.indexOf('.', at) > at + 1;
        return isMail ? end : start;
    }

    private static boolean isAddressChar(int codePoint) {
        return codePoint < 0x7F && ADDRESS_CHARS[codePoint];
    }

    private static boolean[] addressChars() {
        boolean[] chars = new boolean[0x7F];
        for (char c = '!'; c < chars.length; c++) {
            chars[c] = "\"()[]{}<>|,;".indexOf(c) < 0;
        }
        return chars;
    }

    private static boolean isWordPart(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint >= 'a' && codePoint <= 'z' || codePoint >= '0' && codePoint <= '9';
        }
        return Character.isLetterOrDigit(codePoint) && !isRunScript(codePoint) || isMark(codePoint);
    }

    private static boolean isMark(int codePoint) {
        if (codePoint < 0x0300) {
            return false;
        }
        int type = Character.getType(codePoint);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    /** Scripts that part no words: Thai, Lao, Khmer, Myanmar, Chinese characters, Japanese syllables. */
    private static boolean isRunScript(int codePoint) {
        if (codePoint < 0x0E00 || !Character.isLetter(codePoint)) {
            return false;
        }
        // The long vowel mark of Katakana belongs to no script.
        if (codePoint == 0x30FC) {
            return true;
        }
        return switch (UnicodeScript.of(codePoint)) {
            case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
            default -> false;
        };
    }
}
