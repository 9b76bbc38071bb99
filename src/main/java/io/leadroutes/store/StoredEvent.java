package io.leadroutes.store;

import io.leadroutes.event.Event;
import io.leadroutes.event.Message;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An event in a worker's hand.
 *
 * @param id its row in the inbox
 * @param attempts how often handling it has failed
 * @param trace the W3C traceparent of its receipt, if that was traced
 */
public record StoredEvent(long id, Event event, Instant receivedAt, int attempts, Optional<String> trace) {

    /**
     * By what the events describe, not by arrival: deliveries overtake each other (CONTRACT section 1.1). Customers'
     * messages by their ids: the API, which the reconciler reads, gives their times in whole seconds (CONTRACT 3.4), so by
     * them a message that was fetched would overtake one that was delivered.
     */
    static List<StoredEvent> inOrder(List<StoredEvent> events) {
        Map<Long, Long> place = new HashMap<>();
        long latest = Long.MIN_VALUE;
        List<StoredEvent> messages = events.stream()
                .filter(StoredEvent::isCustomerMessage)
                .sorted(Comparator.comparingLong(StoredEvent::messageId))
                .toList();
        for (StoredEvent message : messages) {
            latest = Math.max(latest, message.versionMicros());
            place.put(message.id, latest);
        }
        return events.stream()
                .sorted(Comparator.<StoredEvent>comparingLong(e -> place.getOrDefault(e.id, e.versionMicros()))
                        .thenComparingLong(StoredEvent::messageId)
                        .thenComparingLong(StoredEvent::id))
                .toList();
    }

    private long messageId() {
        return event.message().map(Message::id).orElse(0L);
    }

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
