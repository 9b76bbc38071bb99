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
 */
public record NewEvent(
        Event event,
        long accountId,
        String payload,
        Optional<String> deliveryId,
        Optional<String> meaningKey,
        Instant receivedAt) {}
