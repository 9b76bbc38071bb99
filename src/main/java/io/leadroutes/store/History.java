package io.leadroutes.store;

import io.leadroutes.event.BadEventException;
import io.leadroutes.event.EventDecoder;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The handled events that are still stored, for whoever wants to decide on them again. Only reads. */
public final class History {
    private final Database database;
    private final long accountId;
    private final EventDecoder decoder = new EventDecoder();

    public History(Database database, long accountId) {
        this.database = database;
        this.accountId = accountId;
    }

    /** Events that a worker had in hand together, in the order in which it handled them. */
    public record Handled(Instant at, List<StoredEvent> events) {}

    /** The conversations of which events came in at or after this time. */
    public List<Long> conversations(Instant since) {
        return database.jdbc()
                .sql("""
                        SELECT DISTINCT conversation_id
                        FROM webhook_event
                        WHERE account_id = :account AND conversation_id IS NOT NULL AND state = 'done'
                          AND received_at >= :since
                        ORDER BY conversation_id""")
                .param("account", accountId)
                .param("since", Timestamp.from(since))
                .query(Long.class)
                .list();
    }

    /** What was decided on together, of a conversation and of its contact, in order. What cannot be read is left out. */
    public List<Handled> of(long conversation, Instant since) {
        Map<Instant, List<StoredEvent>> byTime = new TreeMap<>();
        // A contact's events are in a lane of their own. By the indexes on conversation and on state and lane.
        database.jdbc()
                .sql("""
                        SELECT e.id, e.received_at, e.handled_at, p.payload
                        FROM webhook_event e
                        JOIN webhook_payload p ON p.event_id = e.id
                        WHERE e.state = 'done' AND e.received_at >= :since
                          AND (e.conversation_id = :conversation AND e.account_id = :account
                            OR e.lane = (
                              SELECT 'contact:' || c.account_id || ':' || c.contact_id
                              FROM conversation c
                              WHERE c.account_id = :account AND c.conversation_id = :conversation))
                        ORDER BY e.handled_at, e.id""")
                .param("account", accountId)
                .param("conversation", conversation)
                .param("since", Timestamp.from(since))
                .query((rs, i) -> new Row(
                        rs.getLong("id"),
                        rs.getTimestamp("received_at").toInstant(),
                        rs.getTimestamp("handled_at").toInstant(),
                        rs.getString("payload")))
                .list()
                .forEach(row -> event(row)
                        .ifPresent(event -> byTime.computeIfAbsent(row.handledAt, at -> new ArrayList<>())
                                .add(event)));
        return byTime.entrySet().stream()
                .map(handled -> new Handled(handled.getKey(), StoredEvent.inOrder(handled.getValue())))
                .toList();
    }

    private record Row(long id, Instant receivedAt, Instant handledAt, String payload) {}

    private Optional<StoredEvent> event(Row row) {
        try {
            return Optional.of(
                    new StoredEvent(row.id, decoder.stored(row.payload), row.receivedAt, 0, Optional.empty()));
        } catch (BadEventException e) {
            // The worker could not read it either, unless another release wrote it.
            return Optional.empty();
        }
    }
}
