package io.leadroutes.intake;

import io.leadroutes.event.Event;
import java.util.Optional;

/** What the {@link WebhookGate} says to a request. */
public sealed interface Admission {

    /**
     * To be stored, then answered with 200.
     *
     * @param storedPayload the body's JSON with secrets redacted
     * @param deliveryId at most 100 of letters, digits, {@code . _ -}; equal for repetitions of one delivery
     * @param meaningKey equal for deliveries of one happening, at most 200 characters
     */
    record Accepted(Event event, String storedPayload, Optional<String> deliveryId, Optional<String> meaningKey)
            implements Admission {}

    /**
     * To be answered with this status and {@code {"error": error}}.
     *
     * @param error a few words without text of the request, so that they may be logged
     * @param why likewise, for the log alone: what the sender must not be told
     */
    record Refused(int status, String error, String why) implements Admission {
        public Refused(int status, String error) {
            this(status, error, error);
        }
    }
}
