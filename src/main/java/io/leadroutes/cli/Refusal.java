package io.leadroutes.cli;

import io.leadroutes.chatwoot.ChatwootException;

/**
 * What a refused call says.
 *
 * @param status 0 where it names none
 * @param text for the operator, one line
 */
record Refusal(int status, String text) {
    static Refusal of(ChatwootException refused) {
        // The gateway begins with the verb, which is no word of the operator's.
        String text = refused.getMessage();
        return new Refusal(
                refused.status(), Lines.plain(refused.status() == 0 ? text : text.substring(text.indexOf(": ") + 2)));
    }

    /** The token, or what its user may do: every other call would be refused as well, or at least this one again. */
    boolean isOfToken() {
        return status == 401 || status == 403;
    }
}
