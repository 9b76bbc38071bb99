package io.leadroutes.event;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Types of custom attributes, in the order of Chatwoot's codes 0 to 7 (API reference, attribute types). */
public enum AttributeType {
    TEXT,
    NUMBER,
    CURRENCY,
    PERCENT,
    LINK,
    DATE,
    LIST,
    CHECKBOX;

    /** The longest text that Chatwoot takes as a value (CONTRACT section 3.6). */
    public static final int MAX_CHARS = 1_500;

    /** The greatest whole number that it takes, of either sign. */
    public static final long MAX_NUMBER = 9_999_999_999L;

    /** The word that Chatwoot uses, lower-case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All words, in the order of their codes. */
    public static List<String> words() {
        return Arrays.stream(values()).map(AttributeType::word).toList();
    }
}
