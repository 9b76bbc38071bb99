package io.leadroutes.chatwoot;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A successful answer.
 *
 * @param body a missing node for an empty body, which is a legal answer of several calls (CONTRACT section 3.1)
 */
public record ApiAnswer(String verb, int status, JsonNode body) {

    /** True if it only says that a job was put into Chatwoot's queue ({@code bulk_actions_controller.rb, macros_controller.rb}). */
    boolean isQueued() {
        return verb.equals(Requests.BULK_UPDATE) || verb.equals(Requests.EXECUTE_MACRO);
    }

    @Override
    public String toString() {
        return verb + ": " + status;
    }
}
