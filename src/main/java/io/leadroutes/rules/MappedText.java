package io.leadroutes.rules;

import java.util.Arrays;

/** A text made from another one, where each char knows the range of the source that it stands for. */
final class MappedText {

    private char[] chars;
    private int length;

    /** Absent as long as each char stands for the one at its own index, as in most texts. */
    private int[] starts;

    private int[] ends;

    /** Absent until it is asked for; nothing is appended afterwards. */
    private String text;

    MappedText(int expectedLength) {
        chars = new char[Math.max(16, expectedLength)];
    }

    /** A text whose first chars stand for those of the source. The array is its own from now on. */
    MappedText(char[] chars, int length) {
        this.chars = chars;
        this.length = length;
    }

    /** A text that stands for itself. */
    static MappedText same(String text) {
        MappedText same = new MappedText(0);
        same.text = text;
        same.length = text.length();
        return same;
    }

    void append(char c, int start, int end) {
        if (length == chars.length) {
            chars = Arrays.copyOf(chars, 2 * length);
            if (starts != null) {
                starts = Arrays.copyOf(starts, 2 * length);
                ends = Arrays.copyOf(ends, 2 * length);
            }
        }
        if (starts == null && (start != length || end != length + 1)) {
            map();
        }
        chars[length] = c;
        if (starts != null) {
            starts[length] = start;
            ends[length] = end;
        }
        length++;
    }

    private void map() {
        starts = new int[chars.length];
        ends = new int[chars.length];
        for (int i = 0; i < length; i++) {
            starts[i] = i;
            ends[i] = i + 1;
        }
    }

    void append(CharSequence text, int start, int end) {
        for (int i = 0; i < text.length(); i++) {
            append(text.charAt(i), start, end);
        }
    }

    /** Lets the last char stand for the source up to {@code end} too. */
    void extendLast(int end) {
        if (length > 0 && end(length - 1) != end) {
            if (starts == null) {
                map();
            }
            ends[length - 1] = end;
        }
    }

    int length() {
        return length;
    }

    /** Takes off what was appended since the text had this length. */
    void truncate(int shorter) {
        length = shorter;
    }

    String text() {
        if (text == null) {
            text = new String(chars, 0, length);
        }
        return text;
    }

    /** Where in the source the char at this index begins. */
    int start(int index) {
        return starts == null ? index : starts[index];
    }

    /** Where in the source the char at this index ends, exclusive. */
    int end(int index) {
        return starts == null ? index + 1 : ends[index];
    }
}
