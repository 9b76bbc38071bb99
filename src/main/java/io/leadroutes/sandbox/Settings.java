package io.leadroutes.sandbox;

import java.time.Clock;
import java.time.Duration;

/**
 * How one sandbox behaves.
 *
 * @param port 0 for any free one
 * @param rateLimitPerMinute calls per clock minute; 0 is without limit
 * @param autoCreate a conversation or contact named in a path comes into being instead of answering 404
 * @param mergeSupported custom attributes can be merged and removed by key (CONTRACT section 3.6: after 4.16.2)
 * @param noise the by-products of messages and creations leave as webhooks too (CONTRACT section 2.4)
 * @param webhookTimeout for the connection and the answer of one delivery
 * @param deliveryWorkers how many deliveries run at a time; with 1 they keep their order
 */
record Settings(
        int port,
        long accountId,
        Dialect dialect,
        Clock clock,
        int rateLimitPerMinute,
        boolean autoCreate,
        boolean mergeSupported,
        boolean noise,
        Duration webhookTimeout,
        int deliveryWorkers) {

    Settings {
        if (rateLimitPerMinute < 0) {
            throw new IllegalArgumentException("sandbox: rateLimitPerMinute is " + rateLimitPerMinute
                    + "; expected calls per minute, or 0 for no limit");
        }
        if (deliveryWorkers < 1) {
            throw new IllegalArgumentException("sandbox: deliveryWorkers is " + deliveryWorkers
                    + "; expected 1 or more, 1 keeps webhooks in order");
        }
    }

    boolean isReference() {
        return dialect == Dialect.REFERENCE;
    }
}
