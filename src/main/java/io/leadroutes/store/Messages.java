package io.leadroutes.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.leadroutes.event.BadEventException;
import io.leadroutes.event.Event;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.event.Message;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What was written in a conversation, as far as its events are kept. */
final class Messages {
    private static final int SHOWN = 100;

    /** Longer bodies are left out: so many of the longest would fill the memory. */
    private static final int MAX_PAYLOAD_CHARS = 65_536;

    private final Database database;
    private final EventDecoder decoder = new EventDecoder();

    Messages(Database database) {
        this.database = database;
    }

    /**
     * One message.
     *
     * @param eventId the event that told of it
     * @param from customer, agent, note (private) or other
     * @param at when it was written; null if the event does not say
     */
    record Written(
            @JsonProperty("event_id") long eventId,
            @JsonProperty("message_id") long messageId,
            String from,
            String text,
            Instant at) {}

    /** The newest first. */
    List<Written> of(long accountId, long conversationId) {
        return database
                .jdbc()
                .sql("""
                        SELECT event_id, payload
                        FROM (
                          SELECT id
                          FROM webhook_event
                          WHERE account_id = :account AND conversation_id = :id AND event = 'message_created'
                          ORDER BY id DESC
                          LIMIT :most) AS newest
                        JOIN webhook_payload ON event_id = newest.id
                        WHERE LENGTH(payload) <= :chars
                        ORDER BY event_id DESC""")
                .param("account", accountId)
                .param("id", conversationId)
                .param("most", SHOWN)
                .param("chars", MAX_PAYLOAD_CHARS)
                .query((rs, i) -> written(rs.getLong(1), rs.getString(2)))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Written> written(long eventId, String payload) {
        try {
            Event event = decoder.stored(payload);
            return event.message()
                    .map(message -> new Written(
                            eventId,
                            message.id(),
                            from(message),
                            message.content(),
                            at(event).orElse(null)));
        } catch (BadEventException e) {
            // It is a dead letter, which says what is wrong with it.
            return Optional.empty();
        }
    }

    private static String from(Message message) {
        if (message.isPrivate()) {
            return "note";
        }
        return message.isFromCustomer() ? "customer" : message.isFromAgent() ? "agent" : "other";
    }

    private static Optional<Instant> at(Event event) {
        return event.versionMicros().isPresent()
                ? Optional.of(Instant.EPOCH.plus(event.versionMicros().getAsLong(), ChronoUnit.MICROS))
                : Optional.empty();
    }
}
