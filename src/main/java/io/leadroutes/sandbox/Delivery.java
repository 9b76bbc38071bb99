package io.leadroutes.sandbox;

import java.net.URI;
import java.time.Instant;

/**
 * One attempt to hand a webhook over; Chatwoot makes exactly one (CONTRACT section 1).
 *
 * @param number of the attempt, in the order queued
 * @param deliveryId as in {@code X-Chatwoot-Delivery}
 * @param body the exact text sent
 * @param status answered by the receiver; 0 while not attempted and when there was no answer
 * @param failure why there was no answer; empty otherwise
 */
public record Delivery(
        long number,
        String deliveryId,
        String event,
        URI url,
        String body,
        Instant queuedAt,
        int status,
        String failure) {

    /** The receiver answered 2xx. */
    public boolean isAccepted() {
        return status >= 200 && status < 300;
    }

    /** It was sent, whatever came of it. */
    public boolean isAttempted() {
        return status != 0 || !failure.isEmpty();
    }

    Delivery answered(int answeredStatus) {
        return new Delivery(number, deliveryId, event, url, body, queuedAt, answeredStatus, "");
    }

    Delivery failed(String reason) {
        return new Delivery(number, deliveryId, event, url, body, queuedAt, 0, reason);
    }
}
