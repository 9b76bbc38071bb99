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
     */
    record Refused(int status, String error) implements Admission {}
}
