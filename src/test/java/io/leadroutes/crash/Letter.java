package io.leadroutes.crash;

/**
 * Something that is told to the product, by one delivery or several.
 *
 * @param conversation 0 if it names none
 * @param message its id, which tells letters apart; 0 for what is only noise
 * @param word by which its effects are known
 * @param body as it is posted
 */
record Letter(Kind kind, long conversation, long message, String word, String body) {
    enum Kind {
        /** A customer's message, which has effects. */
        MESSAGE,
        /** A customer's message that fails each time it is handled. */
        POISON,
        /** A body that is an event, but not one that can be understood. */
        UNREADABLE,
        /** The rest of what Chatwoot tells, echoes of our own writes too. */
        NOISE
    }
}
