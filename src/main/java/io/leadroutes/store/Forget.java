package io.leadroutes.store;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Erases what is known of a contact: bodies of webhooks, name and addresses, attributes, first message, the words that
 * scored, values that were dropped, and all that was or is to be sent. All other rows, points and labels stay, so that counts
 * do, and keys by which an event that comes twice is known. What comes in later is new.
 *
 * <p>Reads all rows of {@code webhook_event}: an index by contact would cost each webhook that comes in, many a second,
 * and this is done a few times a day at most.
 */
public final class Forget {
    /** The conversations that the contact has, or has in events that wait. */
    private static final String CONVERSATIONS = """
            SELECT conversation_id FROM conversation WHERE account_id = :account AND contact_id = :contact
            UNION
            SELECT conversation_id FROM webhook_event
            WHERE account_id = :account AND contact_id = :contact AND conversation_id IS NOT NULL""";

    /**
     * What was erased, in rows.
     *
     * @param dropped events and wishes among them that waited, or were dead letters, and are given up
     * @param sending wishes that were on their way to other systems: what they carry may arrive there after this
     */
    public record Forgotten(int events, int conversations, int scoreEntries, int wishes, int dropped, int sending) {}

    private final Database database;
    private final Clock clock;

    public Forget(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** May be repeated; returns when it is on disk. Waits for workers that have the contact's conversations in hand. */
    public Forgotten forget(long accountId, long contactId) {
        Forgotten forgotten = database.transaction().execute(status -> erase(accountId, contactId));
        database.sync();
        return forgotten;
    }

    private Forgotten erase(long accountId, long contactId) {
        holdLanes(accountId, contactId);
        List<Long> conversations =
                of(accountId, contactId, CONVERSATIONS).query(Long.class).list();
        // An empty list is no SQL; no conversation has this id.
        List<Long> ids = conversations.isEmpty() ? List.of(-1L) : conversations;
        of(
                        accountId,
                        contactId,
                        "SELECT 1 FROM conversation WHERE account_id = :account AND conversation_id IN (:ids)"
                                + " ORDER BY conversation_id FOR UPDATE")
                .param("ids", ids)
                .query(Integer.class)
                .list();
        int dropped = dropEvents(accountId, contactId, ids);
        int events = of(accountId, contactId, """
                        DELETE FROM webhook_payload WHERE event_id IN (
                          SELECT id FROM webhook_event
                          WHERE account_id = :account AND (contact_id = :contact OR conversation_id IN (:ids)))""").param("ids", ids).update();
        int rows = of(accountId, contactId, """
                        UPDATE conversation
                        SET contact = NULL, first_message = NULL, referer = NULL, attributes = NULL,
                          attributes_at = NULL, attributes_unconfirmed_until = NULL, attributes_writes = NULL
                        WHERE account_id = :account AND conversation_id IN (:ids)""").param("ids", ids).update();
        int entries = of(accountId, contactId, """
                        UPDATE score_entry SET matched = '[]'
                        WHERE account_id = :account AND conversation_id IN (:ids)""").param("ids", ids).update();
        of(accountId, contactId, "DELETE FROM dropped_value WHERE account_id = :account AND conversation_id IN (:ids)")
                .param("ids", ids)
                .update();
        return wishes(accountId, contactId, ids, new Forgotten(events, rows, entries, 0, dropped, 0));
    }

    /** A worker that has read an event would write what it says after us: none has, once its lane is ours. */
    private void holdLanes(long accountId, long contactId) {
        List<String> lanes = of(accountId, contactId, """
                        SELECT DISTINCT lane FROM webhook_event
                        WHERE state = 'new' AND account_id = :account
                          AND (contact_id = :contact OR conversation_id IN (
                            SELECT conversation_id FROM conversation
                            WHERE account_id = :account AND contact_id = :contact))
                        ORDER BY lane""").query(String.class).list();
        for (String lane : lanes) {
            database.jdbc()
                    .sql("INSERT INTO lane (lane) VALUES (:lane) ON CONFLICT DO NOTHING")
                    .param("lane", lane)
                    .update();
            database.jdbc()
                    .sql("SELECT lane FROM lane WHERE lane = :lane FOR UPDATE")
                    .param("lane", lane)
                    .query(String.class)
                    .list();
        }
    }

    private int dropEvents(long accountId, long contactId, List<Long> ids) {
        of(accountId, contactId, """
                        UPDATE webhook_event SET error = NULL
                        WHERE account_id = :account AND (contact_id = :contact OR conversation_id IN (:ids))
                          AND error IS NOT NULL""").param("ids", ids).update();
        return of(accountId, contactId, """
                        UPDATE webhook_event SET state = 'dropped', handled_at = :now
                        WHERE account_id = :account AND (contact_id = :contact OR conversation_id IN (:ids))
                          AND state IN ('new', 'dead')""")
                .param("ids", ids)
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }

    private Forgotten wishes(long accountId, long contactId, List<Long> ids, Forgotten soFar) {
        // Dispatchers take turns at this row: none takes a wish in hand while they are erased.
        database.jdbc()
                .sql("SELECT lane FROM lane WHERE lane = 'outbox' FOR UPDATE")
                .query(String.class)
                .list();
        // Wishes about contacts are of no conversation; those that are any request name it in their path.
        List<Wish> wishes = of(accountId, contactId, """
                        SELECT id, state FROM outbox
                        WHERE account_id = :account AND (conversation_id IN (:ids)
                          OR conversation_id = 0 AND (kind = 'contact-labels:' || :id OR kind LIKE 'call:%'
                            AND (payload LIKE '%/contacts/' || :id || '"%' OR payload LIKE '%/contacts/' || :id || '/%')))
                        ORDER BY id
                        FOR UPDATE""")
                .param("ids", ids)
                .param("id", Long.toString(contactId))
                .query((rs, i) -> new Wish(rs.getLong("id"), rs.getString("state")))
                .list();
        for (Wish wish : wishes) {
            database.jdbc()
                    .sql("""
                            UPDATE outbox
                            SET state = CASE WHEN state IN ('done', 'merged') THEN state ELSE 'dropped' END,
                              payload = '{}', reasons = '[]', error = NULL, answer = NULL, wish_key = NULL,
                              lease_until = NULL, done_at = COALESCE(done_at, :now)
                            WHERE id = :id""")
                    .param("now", Timestamp.from(clock.instant()))
                    .param("id", wish.id)
                    .update();
        }
        return new Forgotten(
                soFar.events,
                soFar.conversations,
                soFar.scoreEntries,
                wishes.size(),
                soFar.dropped + (int) wishes.stream().filter(Wish::waits).count(),
                (int) wishes.stream()
                        .filter(wish -> wish.state.equals("sending"))
                        .count());
    }

    private record Wish(long id, String state) {
        private boolean waits() {
            return List.of("pending", "sending", "asked", "dead").contains(state);
        }
    }

    private JdbcClient.StatementSpec of(long accountId, long contactId, String sql) {
        return database.jdbc().sql(sql).param("account", accountId).param("contact", contactId);
    }
}
