package io.leadroutes.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** What years leave behind: handled events with a score entry and a granted wish each, of many conversations of account 7. */
public final class LargeStore {
    public static final int EVENTS_OF_A_CONVERSATION = 10;

    private LargeStore() {}

    /**
     * Fills an empty store.
     *
     * @param events how many; each thousandth is a dead letter
     */
    public static void fill(Connection connection, int events) throws SQLException {
        boolean isH2 = connection.getMetaData().getURL().startsWith("jdbc:h2:");
        String numbers = isH2 ? "SYSTEM_RANGE(1, %d) AS s(n)" : "generate_series(1, %d) AS s(n)";
        int conversations = events / EVENTS_OF_A_CONVERSATION;
        String eventRows = numbers.formatted(events);
        String conversationRows = numbers.formatted(conversations);
        try (Statement statement = connection.createStatement()) {
            for (String sql : List.of(
                    """
                    INSERT INTO webhook_event (id, account_id, lane, conversation_id, event, received_at, due_at, state,
                      handled_at)
                    SELECT n, 7, 'conversation:7:' || MOD(n, %d), MOD(n, %d), 'message_created',
                      TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00Z' + n * INTERVAL '1' SECOND,
                      TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00Z', CASE WHEN MOD(n, 1000) = 0 THEN 'dead' ELSE 'done' END,
                      CASE WHEN MOD(n, 1000) = 0 THEN NULL
                        ELSE TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00Z' + n * INTERVAL '1' SECOND END
                    FROM %s""".formatted(conversations, conversations, eventRows),
                    "INSERT INTO webhook_payload (event_id, payload) SELECT n, '{\"event\":\"message_created\",\"id\":1,"
                            + "\"content\":\"hello\"}' FROM " + eventRows,
                    """
                    INSERT INTO conversation (account_id, conversation_id, contact_id, contact, score, qualified_at,
                      episodes, due_by, updated_at)
                    SELECT 7, n, n, '{"id":1,"name":"Guest ' || n || '"}', 75,
                      CASE WHEN MOD(n, 2) = 0 THEN TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00Z' + n * INTERVAL '1' SECOND
                      END, '{}', '', TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00Z'
                    FROM %s""".formatted(conversationRows),
                    """
                    INSERT INTO score_entry (account_id, conversation_id, rule, rule_version, points, message_id, matched, at)
                    SELECT 7, MOD(n, %d), 'demo', '1', 25, n, '["demo"]', TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00Z'
                    FROM %s""".formatted(conversations, eventRows),
                    """
                    INSERT INTO outbox (account_id, conversation_id, kind, destination, payload, reasons, urgency, state,
                      created_at, due_at, done_at)
                    SELECT 7, MOD(n, %d), 'labels', 'chatwoot', '{}', '[{"rule":"demo","messageId":1,"matched":["demo"]}]', 2,
                      CASE WHEN MOD(n, 1000) = 0 THEN 'dead' ELSE 'done' END,
                      TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00Z', TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00Z',
                      CASE WHEN MOD(n, 1000) = 0 THEN NULL
                        ELSE TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00Z' + n * INTERVAL '1' SECOND END
                    FROM %s""".formatted(conversations, eventRows),
                    "ANALYZE")) {
                statement.execute(sql);
            }
        }
    }
}
