package io.leadroutes.cli;

import io.leadroutes.chatwoot.ChatwootException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a refused call says.
 *
 * @param status 0 where it names none
 * @param text for the operator, one line
 */
record Refusal(int status, String text) {
    /** As the gateway writes it: verb, status, the beginning of the body. */
    private static final Pattern MESSAGE = Pattern.compile("[a-z-]+: (\\d{3}) ?(.*)", Pattern.DOTALL);

    static Refusal of(ChatwootException refused) {
        Matcher matcher = MESSAGE.matcher(refused.getMessage());
        return matcher.matches()
                ? new Refusal(
                        Integer.parseInt(matcher.group(1)), Lines.plain(matcher.group(1) + " " + matcher.group(2)))
                : new Refusal(0, Lines.plain(refused.getMessage()));
    }

    /** The token, or what its user may do: every other call would be refused as well, or at least this one again. */
    boolean isOfToken() {
        return status == 401 || status == 403;
    }
}
