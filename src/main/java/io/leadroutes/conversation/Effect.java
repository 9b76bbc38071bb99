package io.leadroutes.conversation;

import java.util.Locale;

/**
 * Something that rules bring about in a conversation, as people would name it.
 *
 * @param what a label, {@code demo +25} of a score rule, {@code qualified}, or an escalate rule, with {@code after 30m}
 *     where it looks at how long a customer waits
 */
public record Effect(Kind kind, String what) {

    /** Of what kind. */
    public enum Kind {
        LABEL,
        SCORE,
        LEAD,
        ESCALATION;

        /** In lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
