package io.leadroutes.store;

import io.leadroutes.event.Event;
import io.leadroutes.event.Message;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/**
 * An event in a worker's hand.
 *
 * @param id its row in the inbox
 * @param attempts how often handling it has failed
 */
public record StoredEvent(long id, Event event, Instant receivedAt, int attempts) {

    /** By what the events describe, not by arrival: deliveries overtake each other (CONTRACT section 1.1). */
    static final Comparator<StoredEvent> IN_ORDER = Comparator.comparingLong(StoredEvent::versionMicros)
            .thenComparingLong(e -> e.event.message().map(Message::id).orElse(0L))
            .thenComparingLong(StoredEvent::id);

    private long versionMicros() {
        return event.versionMicros()
                .orElseGet(() -> TimeUnit.SECONDS.toMicros(receivedAt.getEpochSecond())
                        + TimeUnit.NANOSECONDS.toMicros(receivedAt.getNano()));
    }

    public boolean isCustomerMessage() {
        return event.isCustomerMessage();
    }

    public boolean isOfConversation() {
        return event.conversationId().isPresent();
    }

    public boolean isOfContact() {
        return event.contact().isPresent();
    }
}
