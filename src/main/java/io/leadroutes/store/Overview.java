package io.leadroutes.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * How both queues stand, at a price that does not grow with what is stored: each statement goes by an index and looks at
 * {@value #MOST} rows and one at most.
 */
public final class Overview {
    /** Whoever has so many has no use for the exact number. */
    static final int MOST = 10_000;

    private static final int MOST_GAPS = 20;
    private static final int LATEST_EVENTS = 20;

    private final Database database;

    public Overview(Database database) {
        this.database = database;
    }

    /**
     * What is in one state.
     *
     * @param queue {@code inbox} or {@code outbox}
     * @param urgency of wishes, 0 the most urgent
     * @param count up to {@link #MOST}, of wishes to Chatwoot and of those to endpoints
     * @param more true if there are more, the later due ones or of less urgency; then there may be older ones, too
     * @param oldestAt when the oldest of them came
     */
    public record Standing(
            String queue,
            String state,
            int urgency,
            long count,
            boolean more,
            @JsonProperty("oldest_at") Instant oldestAt) {
        private Standing and(Standing other) {
            return new Standing(
                    queue,
                    state,
                    urgency,
                    count + other.count,
                    more || other.more,
                    oldestAt.isBefore(other.oldestAt) ? oldestAt : other.oldestAt);
        }
    }

    /** All that is not finally done; nothing for a state in which nothing is. */
    public List<Standing> queues() {
        List<Standing> standings = new ArrayList<>();
        for (String state : List.of("new", "dead")) {
            standings.addAll(standings("inbox", state, database.jdbc().sql("""
                            SELECT 0, COUNT(*), MIN(received_at)
                            FROM (
                              SELECT received_at
                              FROM webhook_event
                              WHERE state = :state
                              ORDER BY state, due_at
                              LIMIT :most) AS found
                            HAVING COUNT(*) > 0""")));
        }
        for (String state : List.of("pending", "sending", "asked", "dead")) {
            standings.addAll(wishes(state));
        }
        return standings;
    }

    /** Those to Chatwoot and those to endpoints are counted apart, as the index has them, so that neither hides the other. */
    private List<Standing> wishes(String state) {
        SortedMap<Integer, Standing> byUrgency = new TreeMap<>();
        for (boolean toChatwoot : List.of(true, false)) {
            StatementSpec lanes = database.jdbc().sql("""
                            SELECT urgency, COUNT(*), MIN(created_at)
                            FROM (
                              SELECT urgency, created_at
                              FROM outbox
                              WHERE state = :state AND to_chatwoot = :toChatwoot
                              ORDER BY state, to_chatwoot, urgency, id
                              LIMIT :most) AS found
                            GROUP BY urgency
                            ORDER BY urgency""").param("toChatwoot", toChatwoot);
            standings("outbox", state, lanes).forEach(one -> byUrgency.merge(one.urgency, one, Standing::and));
        }
        return List.copyOf(byUrgency.values());
    }

    /** Columns: urgency, count, oldest; the last row is the one that may be cut off. */
    private static List<Standing> standings(String queue, String state, StatementSpec sql) {
        List<Standing> standings = sql.param("state", state)
                .param("most", MOST + 1)
                .query((rs, i) -> new Standing(
                        queue,
                        state,
                        rs.getInt(1),
                        rs.getLong(2),
                        false,
                        rs.getTimestamp(3).toInstant()))
                .list();
        long all = standings.stream().mapToLong(Standing::count).sum();
        if (all <= MOST) {
            return standings;
        }
        List<Standing> cut = new ArrayList<>(standings);
        Standing last = cut.remove(cut.size() - 1);
        cut.add(new Standing(queue, state, last.urgency, last.count - 1, true, last.oldestAt));
        return cut;
    }

    /** Dead letters by {@code queue} and {@code reason}, with {@code count} and {@code newest_at}; of each queue some. */
    public List<Map<String, Object>> dead() {
        List<Map<String, Object>> dead = new ArrayList<>(rows("""
                SELECT 'event' AS queue, reason, COUNT(*) AS count, MAX(received_at) AS newest_at
                FROM (SELECT reason, received_at FROM webhook_event WHERE state = 'dead' LIMIT :most) AS found
                GROUP BY reason
                ORDER BY 3 DESC""", MOST));
        dead.addAll(rows("""
                SELECT 'wish' AS queue, reason, COUNT(*) AS count, MAX(created_at) AS newest_at
                FROM (SELECT reason, created_at FROM outbox WHERE state = 'dead' LIMIT :most) AS found
                GROUP BY reason
                ORDER BY 3 DESC""", MOST));
        return dead;
    }

    /** The newest times in which webhooks may have been lost and which have not been looked into yet. */
    public List<Map<String, Object>> gaps() {
        return rows("""
                SELECT from_at, to_at, reason
                FROM gap
                WHERE reconciled_at IS NULL
                ORDER BY id DESC
                LIMIT :most""", MOST_GAPS);
    }

    /** The events that came last. */
    public List<Map<String, Object>> latestEvents() {
        return rows("""
                SELECT id, event, conversation_id, state, received_at, handled_at
                FROM webhook_event
                ORDER BY id DESC
                LIMIT :most""", LATEST_EVENTS);
    }

    private List<Map<String, Object>> rows(String sql, int most) {
        return database.jdbc()
                .sql(sql)
                .param("most", most)
                .query((rs, i) -> Records.row(rs))
                .list();
    }

    /** How many events were handled after {@code from}, until {@code to}. */
    public long handled(Instant from, Instant to) {
        return count("SELECT COUNT(*) FROM webhook_event WHERE handled_at > :from AND handled_at <= :to", from, to);
    }

    /** How many wishes were granted after {@code from}, until {@code to}. Asked for the state, H2 would look at all that are done. */
    public long granted(Instant from, Instant to) {
        return count("""
                SELECT COUNT(CASE WHEN state = 'done' THEN 1 END)
                FROM outbox
                WHERE done_at > :from AND done_at <= :to""", from, to);
    }

    private long count(String sql, Instant from, Instant to) {
        return database.jdbc()
                .sql(sql)
                .param("from", Timestamp.from(from))
                .param("to", Timestamp.from(to))
                .query(Long.class)
                .single();
    }
}
