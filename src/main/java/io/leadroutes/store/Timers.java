package io.leadroutes.store;

import io.leadroutes.event.Decoded;
import io.leadroutes.event.EventDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Has the worker look at conversations whose time has come. It is told by an event in the conversation's own lane, in the
 * transaction that takes the time away: one look, whatever number of replicas there is, in order with all else.
 */
public final class Timers {
    /** The type of that event. */
    public static final String DUE = "conversation_due";

    private static final int BATCH = 100;

    private final Database database;
    private final Inbox inbox;
    private final Clock clock;
    private final EventDecoder decoder = new EventDecoder();
    private final Backoff backoff;

    public Timers(Database database, Inbox inbox, Clock clock) {
        this.database = database;
        this.inbox = inbox;
        this.clock = clock;
        this.backoff = new Backoff("waiting conversations cannot be looked up", clock);
    }

    private record Due(long accountId, long conversationId, Instant at) {}

    /**
     * Has all looked at that wait by other rules than these.
     *
     * @param rules version of the rule book
     */
    public void lookAgain(String rules) {
        database.jdbc()
                .sql("UPDATE conversation SET due_at = :now WHERE waiting_since IS NOT NULL AND due_by <> :rules")
                .param("now", Timestamp.from(clock.instant()))
                .param("rules", rules)
                .update();
    }

    /** @return how many came due; 0 if there is nothing more to do now */
    public int raise() {
        return backoff.ask(this::raiseBatch, 0);
    }

    private int raiseBatch() {
        return database.transaction().execute(status -> {
            // A conversation that a worker has in hand is looked at by it. Without a lower end H2 would go through all
            // that
            // have no due_at.
            List<Due> due = database.jdbc()
                    .sql("""
                            SELECT account_id, conversation_id, due_at
                            FROM conversation
                            WHERE due_at > TIMESTAMP WITH TIME ZONE '0001-01-01 00:00:00Z' AND due_at <= :now
                            ORDER BY due_at
                            LIMIT :limit
                            FOR UPDATE SKIP LOCKED""")
                    .param("now", Timestamp.from(clock.instant()))
                    .param("limit", BATCH)
                    .query((rs, i) -> new Due(
                            rs.getLong("account_id"),
                            rs.getLong("conversation_id"),
                            rs.getTimestamp("due_at").toInstant()))
                    .list();
            if (!due.isEmpty()) {
                due.forEach(this::disarm);
                inbox.add(due.stream().map(this::event).toList());
            }
            return due.size();
        });
    }

    private void disarm(Due due) {
        database.jdbc()
                .sql("""
                        UPDATE conversation
                        SET due_at = NULL
                        WHERE account_id = :account AND conversation_id = :id""")
                .param("account", due.accountId)
                .param("id", due.conversationId)
                .update();
    }

    private NewEvent event(Due due) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("event", DUE);
        body.put("id", due.conversationId);
        body.put("account", Map.of("id", due.accountId));
        Decoded decoded = decoder.decode(Json.write(body).getBytes(StandardCharsets.UTF_8));
        // As if it had come when it was due: its lane need not be quiet after that.
        return new NewEvent(
                decoded.event(), due.accountId, decoded.storedPayload(), Optional.empty(), Optional.empty(), due.at);
    }
}
