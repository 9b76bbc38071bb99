package io.leadroutes.rules;

import java.util.Arrays;

/** A text made from another one, where each char knows the range of the source that it stands for. */
final class MappedText {

    private final StringBuilder chars;
    private int[] starts;
    private int[] ends;

    MappedText(int expectedLength) {
        chars = new StringBuilder(expectedLength);
        starts = new int[Math.max(16, expectedLength)];
        ends = new int[starts.length];
    }

    void append(char c, int start, int end) {
        int at = chars.length();
        if (at == starts.length) {
            starts = Arrays.copyOf(starts, 2 * at);
            ends = Arrays.copyOf(ends, 2 * at);
        }
        chars.append(c);
        starts[at] = start;
        ends[at] = end;
    }

    void append(CharSequence text, int start, int end) {
        for (int i = 0; i < text.length(); i++) {
            append(text.charAt(i), start, end);
        }
    }

    /** Lets the last char stand for the source up to {@code end} too. */
    void extendLast(int end) {
        if (!isEmpty()) {
            ends[chars.length() - 1] = end;
        }
    }

    boolean isEmpty() {
        return chars.length() == 0;
    }

    String text() {
        return chars.toString();
    }

    /** Where in the source the char at this index begins. */
    int start(int index) {
        return starts[index];
    }

    /** Where in the source the char at this index ends, exclusive. */
    int end(int index) {
        return ends[index];
    }
}
