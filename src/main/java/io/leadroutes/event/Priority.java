package io.leadroutes.event;

import java.util.Locale;

/** Priority of a conversation, lowest first; {@code NONE} is Chatwoot's null. */
public enum Priority {
    NONE,
    LOW,
    MEDIUM,
    HIGH,
    URGENT;

    /**
     * The priority with this word, in any case; {@code none} and the empty text are {@link #NONE}.
     *
     * @throws IllegalArgumentException naming the word and the allowed ones
     */
    public static Priority of(String word) {
        if (word.isEmpty()) {
            return NONE;
        }
        for (Priority priority : values()) {
            if (priority.word().equals(word.toLowerCase(Locale.ROOT))) {
                return priority;
            }
        }
        throw new IllegalArgumentException("priority is \"" + word + "\"; expected none, low, medium, high or urgent");
    }

    /** The word that Chatwoot uses, lower-case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
