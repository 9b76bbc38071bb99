package io.leadroutes.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What goes back for one API call. An empty body has no content type. */
record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
    private static final String JSON = "application/json; charset=utf-8";

    /** 200 with JSON; null becomes the literal {@code null}. */
    static Answer ok(Object body) {
        return json(200, body);
    }

    static Answer json(int status, Object body) {
        return new Answer(status, JSON, Json.bytes(body), Map.of());
    }

    /** Status without a body, as Rails' {@code head}. */
    static Answer empty(int status) {
        return new Answer(status, "", new byte[0], Map.of());
    }

    static Answer plain(int status, String text) {
        return new Answer(status, "text/plain", text.getBytes(StandardCharsets.UTF_8), Map.of());
    }
}
