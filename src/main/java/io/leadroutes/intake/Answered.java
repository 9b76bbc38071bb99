package io.leadroutes.intake;

import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells of each webhook, when it has been answered, how it was, how long that took and what event it was: the door knows the
 * former, the route the latter. Thread-safe; remembers the requests in hand only.
 */
public final class Answered {
    private static final String UNKNOWN = "";

    /** Is told once of each webhook. Must neither throw nor wait: the HTTP server's thread tells it. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param status 0 if the sender was gone
         * @param event as the body names it; empty if it was answered before that was known
         * @param took from the head of the request to the end of the answer
         */
        void answered(int status, String event, Duration took);
    }

    private final Listener listener;
    private final Map<HttpServerRequest, String> events = new ConcurrentHashMap<>();

    public Answered(Listener listener) {
        this.listener = listener;
    }

    void began(HttpServerRequest request) {
        events.put(request, UNKNOWN);
    }

    /** Nothing for a request that has been answered by now. */
    void is(HttpServerRequest request, String event) {
        events.replace(request, event);
    }

    void ended(HttpServerRequest request, int status, Duration took) {
        listener.answered(status, events.remove(request), took);
    }
}
