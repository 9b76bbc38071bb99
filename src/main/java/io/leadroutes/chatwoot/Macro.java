package io.leadroutes.chatwoot;

import java.util.List;

/**
 * A macro of the account or of the token's user.
 *
 * @param visibility global or personal
 * @param actions in the order in which they are carried out
 */
public record Macro(long id, String name, String visibility, List<Action> actions) {

    /**
     * @param name such as {@code add_label}
     * @param params as JSON has them: text, number, or null
     */
    public record Action(String name, List<Object> params) {
        /** Without the parameters, which may be a text for customers. */
        @Override
        public String toString() {
            return name;
        }
    }
}
