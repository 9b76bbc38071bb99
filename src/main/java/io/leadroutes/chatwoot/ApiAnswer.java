package io.leadroutes.chatwoot;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A successful answer.
 *
 * @param body a missing node for an empty body, which is a legal answer of several calls (CONTRACT section 3.1)
 */
public record ApiAnswer(String verb, int status, JsonNode body) {

    @Override
    public String toString() {
        return verb + ": " + status;
    }
}
