package io.leadroutes.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.leadroutes.conversation.Reason;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.conversation.Wished;
import io.leadroutes.event.Message;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Passes events on to routes that begin with them. The wish is committed with what is decided on the event (invariant 4)
 * and is a row of its own, so that a route that fails holds up nothing but its own event.
 */
public final class EventFeed {
    private static final long NO_CONVERSATION = 0;

    private final Database database;
    private final Outbox outbox;
    private final Function<String, Collection<String>> subscribers;

    /** @param subscribers the endpoints that want events of a type */
    public EventFeed(Database database, Outbox outbox, Function<String, Collection<String>> subscribers) {
        this.database = database;
        this.outbox = outbox;
        this.subscribers = subscribers;
    }

    /** A wish for each endpoint that wants the event, in the surrounding transaction; nothing if none does. */
    public void offer(Claim claim, StoredEvent stored) {
        List<Wished> wishes = subscribers.apply(stored.event().type()).stream()
                .map(endpoint -> wished(endpoint, stored))
                .toList();
        if (!wishes.isEmpty()) {
            claim.take(stored);
            outbox.add(claim.accountId(), stored.event().conversationId().orElse(NO_CONVERSATION), wishes);
        }
    }

    private static Wished wished(String endpoint, StoredEvent stored) {
        long message = stored.event().message().map(Message::id).orElse(0L);
        return new Wished(
                new Wish.Forward(endpoint, stored.id()),
                Urgency.TAGGING,
                List.of(new Reason(stored.event().type(), message, List.of())));
    }

    /**
     * The webhook body of the event that is to be delivered, as Chatwoot sent it, its secrets redacted.
     *
     * @throws IllegalArgumentException if it is no longer there
     */
    public Map<String, Object> body(Delivery delivery) throws JsonProcessingException {
        String payload = database.jdbc()
                .sql("SELECT payload FROM webhook_payload WHERE event_id = :id")
                .param("id", delivery.eventId())
                .query(String.class)
                .optional()
                .orElseThrow(() -> new IllegalArgumentException(
                        "event " + delivery.eventId() + " is no longer there; expected it in the inbox"));
        return Json.map(Json.tree(payload));
    }
}
