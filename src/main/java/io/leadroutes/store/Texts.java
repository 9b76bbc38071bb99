package io.leadroutes.store;

/** Texts as columns hold them. */
public final class Texts {
    private Texts() {}

    /** At most so many characters of the text; never half of a character beyond the basic plane. */
    public static String cut(String text, int maxChars) {
        if (text.length() <= maxChars) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
        return text.substring(0, end);
    }
}
