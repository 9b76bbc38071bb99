package io.leadroutes.store;

import io.leadroutes.event.Event;
import java.time.Instant;
import java.util.Optional;

/**
 * An event to be put into the inbox.
 *
 * @param accountId the account served
 * @param payload the body as JSON, secrets redacted
 * @param deliveryId Chatwoot's id of the delivery
 * @param meaningKey what two deliveries of the same fact have in common (CONTRACT section 1.1)
 * @param trace the W3C traceparent of its receipt, if that is traced
 */
public record NewEvent(
        Event event,
        long accountId,
        String payload,
        Optional<String> deliveryId,
        Optional<String> meaningKey,
        Instant receivedAt,
        Optional<String> trace) {

    /** One that is not traced, or not yet. */
    public NewEvent(
            Event event,
            long accountId,
            String payload,
            Optional<String> deliveryId,
            Optional<String> meaningKey,
            Instant receivedAt) {
        this(event, accountId, payload, deliveryId, meaningKey, receivedAt, Optional.empty());
    }

    /** The same, received in this trace. */
    public NewEvent in(String traceparent) {
        return new NewEvent(event, accountId, payload, deliveryId, meaningKey, receivedAt, Optional.of(traceparent));
    }

    /** The id in the {@link #trace}. */
    public Optional<String> traceId() {
        return trace.map(traceparent -> traceparent.split("-")[1]);
    }
}
