package io.leadroutes.sandbox;

import java.time.Instant;
import java.util.Map;

/**
 * One API call as it came in and what became of it.
 *
 * @param query raw, empty when there was none
 * @param headers by lower-case name, first value of each
 * @param status sent back; 0 while unanswered, and when the connection was closed before an answer
 * @param fault what was done to it on purpose, such as {@code DropAfterCommit}; empty for an ordinary call
 * @param at arrival, by the sandbox's clock
 */
public record Call(
        String method,
        String path,
        String query,
        Map<String, String> headers,
        String body,
        int status,
        String fault,
        Instant at) {

    /** The method is this one and the path ends so; {@code is("POST", "/labels")}. */
    public boolean is(String wantedMethod, String pathEnd) {
        return method.equals(wantedMethod) && path.endsWith(pathEnd);
    }

    /** Everything but GET and HEAD. */
    public boolean isWrite() {
        return !method.equals("GET") && !method.equals("HEAD");
    }

    Call ended(int answeredStatus, String injectedFault) {
        return new Call(method, path, query, headers, body, answeredStatus, injectedFault, at);
    }
}
