package io.leadroutes.sandbox;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Something that goes wrong with an API call. "Applied" means that the call has had its effect, webhooks too, whatever
 * the caller gets to see.
 */
public sealed interface Fault {

    /** Answers this instead, as a proxy in front would: nothing is applied. */
    record Status(int code, String body, Map<String, String> headers) implements Fault {
        public Status {
            headers = Map.copyOf(headers);
        }
    }

    /** Applied at once, answered after this time. */
    record Delay(Duration duration) implements Fault {}

    /** The connection closes without an answer; nothing is applied. */
    record DropBeforeCommit() implements Fault {}

    /** Applied, then the connection closes without an answer. */
    record DropAfterCommit() implements Fault {}

    /** Applied; the answer promises more bytes than it sends before the connection closes. */
    record CloseMidBody() implements Fault {}

    /** Applied; the answer is a 200 that stops being JSON half way. */
    record MalformedJson() implements Fault {}

    /** Not applied, not answered, until {@link #release()}; then handled as usual. */
    final class Hang implements Fault {
        private final CountDownLatch released = new CountDownLatch(1);

        private Hang() {}

        /** Lets all calls that hang on this go on; may run twice. */
        public void release() {
            released.countDown();
        }

        void await() throws InterruptedException {
            released.await();
        }
    }

    static Status status(int code) {
        return new Status(code, "", Map.of());
    }

    static Status status(int code, String body) {
        return new Status(code, body, Map.of());
    }

    /** For example {@code status(429, "Retry later\n", Map.of("Retry-After", "2"))}. */
    static Status status(int code, String body, Map<String, String> headers) {
        return new Status(code, body, headers);
    }

    static Delay delay(Duration duration) {
        return new Delay(duration);
    }

    static DropBeforeCommit dropBeforeCommit() {
        return new DropBeforeCommit();
    }

    static DropAfterCommit dropAfterCommit() {
        return new DropAfterCommit();
    }

    static CloseMidBody closeMidBody() {
        return new CloseMidBody();
    }

    static MalformedJson malformedJson() {
        return new MalformedJson();
    }

    static Hang hang() {
        return new Hang();
    }
}
