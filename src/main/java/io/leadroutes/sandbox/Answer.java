package io.leadroutes.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What goes back for one API call. An empty body has no content type. */
record Answer(int status, String contentType, String body, Map<String, String> headers) {
    private static final String JSON = "application/json; charset=utf-8";

    /** 200 with JSON; null becomes the literal {@code null}. */
    static Answer ok(Object body) {
        return json(200, body);
    }

    static Answer json(int status, Object body) {
        return new Answer(status, JSON, Json.text(body), Map.of());
    }

    /** Status without a body, as Rails' {@code head}. */
    static Answer empty(int status) {
        return new Answer(status, "", "", Map.of());
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    static Answer plain(int status, String text) {
        return new Answer(status, "text/plain", text, Map.of());
    }
}
