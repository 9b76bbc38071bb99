package io.leadroutes.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.leadroutes.conversation.ScoreEntry;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What operators ask of the two queues and the conversations, and what they may do with dead letters. */
public final class Records {
    private static final int MAX_ROWS = 500;
    private static final String EVENT = "event-";
    private static final String WISH = "wish-";

    /** Columns that hold JSON and are answered as such. */
    private static final Set<String> JSON_COLUMNS =
            Set.of("labels", "attributes", "contact", "episodes", "waiting", "payload", "reasons");

    private final Database database;
    private final Outbox outbox;
    private final Messages messages;
    private final Clock clock;

    public Records(Database database, Outbox outbox, Clock clock) {
        this.database = database;
        this.messages = new Messages(database);
        this.outbox = outbox;
        this.clock = clock;
    }

    /** @param pending all that is not finally done, in flight too */
    public record Depth(long pending, long dead) {}

    public Depth inbox() {
        return depth("""
                SELECT COUNT(CASE WHEN state = 'new' THEN 1 END), COUNT(CASE WHEN state = 'dead' THEN 1 END)
                FROM webhook_event
                WHERE state IN ('new', 'dead')""");
    }

    public Depth outbox() {
        return depth("""
                SELECT COUNT(CASE WHEN state IN ('pending', 'sending', 'asked') THEN 1 END),
                  COUNT(CASE WHEN state = 'dead' THEN 1 END)
                FROM outbox
                WHERE state IN ('pending', 'sending', 'asked', 'dead')""");
    }

    private Depth depth(String sql) {
        return database.jdbc()
                .sql(sql)
                .query((rs, i) -> new Depth(rs.getLong(1), rs.getLong(2)))
                .single();
    }

    /** What is known of a conversation and why, by column name; absent if it is unknown. */
    public Optional<Map<String, Object>> conversation(long accountId, long conversationId) {
        return rows(
                        "SELECT * FROM conversation WHERE account_id = :account AND conversation_id = :id",
                        accountId,
                        conversationId)
                .stream()
                .findFirst()
                .map(state -> {
                    Map<String, Object> all = new LinkedHashMap<>(state);
                    List<ScoreEntry> entries = Conversations.ledger(database, accountId, conversationId);
                    Instant now = clock.instant();
                    all.put("score", ScoreEntry.score(entries, now));
                    all.put(
                            "score_entries",
                            entries.stream().map(entry -> shown(entry, now)).toList());
                    all.put("dropped_values", rows("""
                                    SELECT rule, attribute, message_id, why, at
                                    FROM dropped_value
                                    WHERE account_id = :account AND conversation_id = :id
                                    ORDER BY id DESC
                                    LIMIT 500""", accountId, conversationId));
                    all.put("events", rows("""
                                    SELECT id, event, state, version, received_at, handled_at, attempts, error
                                    FROM webhook_event
                                    WHERE account_id = :account AND conversation_id = :id
                                    ORDER BY id DESC
                                    LIMIT 500""", accountId, conversationId));
                    all.put("messages", messages.of(accountId, conversationId));
                    all.put("wishes", rows("""
                                    SELECT id, kind, destination, payload, reasons, urgency, state, attempts, created_at,
                                      due_at, sent_at, done_at, error, answer
                                    FROM outbox
                                    WHERE account_id = :account AND conversation_id = :id
                                    ORDER BY id DESC
                                    LIMIT 500""", accountId, conversationId));
                    return all;
                });
    }

    private static Map<String, Object> shown(ScoreEntry entry, Instant now) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("rule", entry.rule());
        shown.put("rule_version", entry.ruleVersion());
        shown.put("points", entry.points());
        shown.put("remaining", entry.remaining(now));
        shown.put("message_id", entry.messageId());
        shown.put("matched", entry.matched());
        shown.put("at", entry.at());
        return shown;
    }

    private List<Map<String, Object>> rows(String sql, long accountId, long conversationId) {
        return database.jdbc()
                .sql(sql)
                .param("account", accountId)
                .param("id", conversationId)
                .query((rs, i) -> row(rs))
                .list();
    }

    /** A row by column name, JSON as such. */
    static Map<String, Object> row(ResultSet rs) throws SQLException {
        ResultSetMetaData columns = rs.getMetaData();
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String name = columns.getColumnLabel(i).toLowerCase(Locale.ROOT);
            row.put(
                    name,
                    value(
                            name,
                            columns.getColumnType(i) == Types.TIMESTAMP_WITH_TIMEZONE
                                            || columns.getColumnType(i) == Types.TIMESTAMP
                                    ? rs.getTimestamp(i)
                                    : rs.getObject(i)));
        }
        return row;
    }

    private static Object value(String column, Object value) {
        if (value instanceof Timestamp time) {
            return time.toInstant();
        }
        return value instanceof String text && JSON_COLUMNS.contains(column) ? json(text) : value;
    }

    private static JsonNode json(String text) {
        try {
            return Json.tree(text);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }

    /**
     * Which dead letters are meant.
     *
     * @param queue {@code event} or {@code wish}; empty for both
     * @param reason the class of the error, such as {@code chatwoot-404}; empty for any
     * @param conversationId 0 for any
     */
    public record DeadFilter(String queue, String reason, long conversationId) {
        public static final DeadFilter ALL = new DeadFilter("", "", 0);

        private boolean hasEvents() {
            return !queue.equals("wish");
        }

        private boolean hasWishes() {
            return !queue.equals("event");
        }
    }

    /** The newest dead letters of both queues, at most 500 of each. */
    public List<Map<String, Object>> dead() {
        return dead(DeadFilter.ALL, "", 2 * MAX_ROWS);
    }

    /**
     * Dead letters by column name: events, then wishes, the newest first. Ids are unique over both queues.
     *
     * @param after the id that ended the page before; empty for the first page
     * @param limit how many at most
     */
    public List<Map<String, Object>> dead(DeadFilter filter, String after, int limit) {
        List<Map<String, Object>> dead = new ArrayList<>();
        if (filter.hasEvents() && wishId(after).isEmpty()) {
            dead.addAll(page("""
                    SELECT id, 'event' AS queue, event AS kind, conversation_id, reason, attempts, error,
                      received_at AS at
                    FROM webhook_event
                    WHERE state = 'dead' AND id < :before
                      AND (:reason = '' OR reason = :reason)
                      AND (:conversation = 0 OR conversation_id = :conversation)
                    ORDER BY id DESC
                    LIMIT :limit""", filter, eventId(after), limit));
        }
        if (filter.hasWishes() && dead.size() < limit) {
            dead.addAll(page("""
                    SELECT id, 'wish' AS queue, kind, destination, conversation_id, reason, attempts, error,
                      created_at AS at
                    FROM outbox
                    WHERE state = 'dead' AND id < :before
                      AND (:reason = '' OR reason = :reason)
                      AND (:conversation = 0 OR conversation_id = :conversation)
                    ORDER BY id DESC
                    LIMIT :limit""", filter, wishId(after), limit - dead.size()));
        }
        dead.forEach(letter -> letter.put("id", letter.get("queue") + "-" + letter.get("id")));
        return dead;
    }

    private List<Map<String, Object>> page(String sql, DeadFilter filter, Optional<Long> before, int limit) {
        return database.jdbc()
                .sql(sql)
                .param("before", before.orElse(Long.MAX_VALUE))
                .param("reason", filter.reason)
                .param("conversation", filter.conversationId)
                .param("limit", limit)
                .query((rs, i) -> row(rs))
                .list();
    }

    /**
     * Puts a dead letter back into its queue, to be tried at once.
     *
     * @param id as {@link #dead} tells it
     * @return false if there is no such dead letter
     */
    public boolean retry(String id) {
        return eventId(id)
                .map(this::retryEvent)
                .or(() -> wishId(id).map(outbox::revive))
                .orElse(false);
    }

    private boolean retryEvent(long id) {
        return database.jdbc()
                        .sql("""
                                UPDATE webhook_event
                                SET state = 'new', attempts = 0, reason = NULL, due_at = :now
                                WHERE id = :id AND state = 'dead'""")
                        .param("now", Timestamp.from(clock.instant()))
                        .param("id", id)
                        .update()
                == 1;
    }

    /** Puts all of them back into their queues; returns how many that were. One that fails again meanwhile is not repeated. */
    public int retry(DeadFilter filter) {
        return each(filter, this::retry);
    }

    /**
     * Gives a dead letter up. Its row stays until it is pruned, without what an event said, so that the same event is
     * known if it comes again.
     *
     * @return false if there is no such dead letter
     */
    public boolean drop(String id) {
        return eventId(id)
                .map(this::dropEvent)
                .or(() -> wishId(id).map(this::dropWish))
                .orElse(false);
    }

    private boolean dropEvent(long id) {
        return Boolean.TRUE.equals(database.transaction().execute(status -> {
            boolean isDropped = drop("""
                    UPDATE webhook_event
                    SET state = 'dropped', handled_at = :now
                    WHERE id = :id AND state = 'dead'""", id);
            if (isDropped) {
                database.jdbc()
                        .sql("DELETE FROM webhook_payload WHERE event_id = :id")
                        .param("id", id)
                        .update();
            }
            return isDropped;
        }));
    }

    private boolean dropWish(long id) {
        return drop("""
                UPDATE outbox
                SET state = 'dropped', done_at = :now
                WHERE id = :id AND state = 'dead'""", id);
    }

    private boolean drop(String sql, long id) {
        return database.jdbc()
                        .sql(sql)
                        .param("now", Timestamp.from(clock.instant()))
                        .param("id", id)
                        .update()
                == 1;
    }

    /** Gives all of them up; returns how many that were. */
    public int drop(DeadFilter filter) {
        return each(filter, this::drop);
    }

    /** From the newest to the oldest, so that what dies anew behind the page is not met again. */
    private int each(DeadFilter filter, Predicate<String> action) {
        int count = 0;
        String last = "";
        List<Map<String, Object>> page;
        do {
            page = dead(filter, last, MAX_ROWS);
            for (Map<String, Object> letter : page) {
                last = (String) letter.get("id");
                count += action.test(last) ? 1 : 0;
            }
        } while (page.size() == MAX_ROWS);
        return count;
    }

    private static Optional<Long> eventId(String id) {
        return id(id, EVENT);
    }

    private static Optional<Long> wishId(String id) {
        return id(id, WISH);
    }

    private static Optional<Long> id(String id, String prefix) {
        return id.matches(prefix + "\\d{1,18}")
                ? Optional.of(Long.parseLong(id.substring(prefix.length())))
                : Optional.empty();
    }
}
