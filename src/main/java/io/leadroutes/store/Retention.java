package io.leadroutes.store;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * Prunes what is finally done and old: handled and dropped events with their payloads, the lanes that they leave empty,
 * granted, merged and dropped wishes, the ids of commands, and gaps that were made good. Conversations, score entries and dead letters stay,
 * and events that a wish still has to forward.
 *
 * <p>An event's dedupe keys go with it, so that a repetition is known for as long as events are kept (invariant 2).
 */
public final class Retention {
    private static final int BATCH = 500;

    /** What the reconciler fetches anew reaches back a little: by these keys it must find what is known (invariant 2). */
    private static final Duration BEFORE_GAP = Duration.ofDays(1);

    private final Database database;
    private final Clock clock;
    private final Supplier<Instant> neededSince;
    private final Duration kept;

    /**
     * @param neededSince what came after it stays, however old it is
     * @param kept how long after it is done each row stays
     */
    public Retention(Database database, Clock clock, Supplier<Instant> neededSince, Duration kept) {
        this.database = database;
        this.clock = clock;
        this.neededSince = neededSince;
        this.kept = kept;
    }

    /**
     * Prunes one batch of each kind in a short transaction, unless another replica is at it. The rows are nobody else's:
     * what is done is not touched again.
     *
     * @return how many rows are gone; 0 if there is nothing more to do now
     */
    public int prune() {
        Instant old = clock.instant().minus(kept);
        Instant needed = neededSince.get().minus(BEFORE_GAP);
        Timestamp before = Timestamp.from(old.isBefore(needed) ? old : needed);
        return database.transaction().execute(status -> {
            boolean isMine = database.jdbc()
                    .sql("SELECT lane FROM lane WHERE lane = 'retention' FOR UPDATE SKIP LOCKED")
                    .query(String.class)
                    .optional()
                    .isPresent();
            return isMine ? pruneEvents(before) + pruneWishes(before) + pruneCommands(before) + pruneGaps(before) : 0;
        });
    }

    private record Handled(long id, String lane) {}

    private int pruneEvents(Timestamp before) {
        // By the index on handled_at, which only finished events have. H2 would look for states that are asked for at
        // all that
        // are done, and for a time without a lower end at all that have none. A wish to forward one needs its payload.
        List<Handled> old = database.jdbc()
                .sql("""
                        SELECT e.id, e.lane
                        FROM webhook_event e
                        WHERE e.handled_at > TIMESTAMP WITH TIME ZONE '0001-01-01 00:00:00Z' AND e.handled_at < :before
                          AND e.state NOT IN ('new', 'dead')
                          AND NOT EXISTS (
                            SELECT 1 FROM outbox o
                            WHERE o.conversation_id = COALESCE(e.conversation_id, 0) AND o.account_id = e.account_id
                              AND o.state IN ('pending', 'sending', 'dead') AND o.kind = 'event:' || e.id)
                        ORDER BY e.handled_at
                        LIMIT :limit""")
                .param("before", before)
                .param("limit", BATCH)
                .query((rs, i) -> new Handled(rs.getLong("id"), rs.getString("lane")))
                .list();
        if (old.isEmpty()) {
            return 0;
        }
        List<Long> ids = old.stream().map(Handled::id).toList();
        database.jdbc()
                .sql("DELETE FROM webhook_payload WHERE event_id IN (:ids)")
                .param("ids", ids)
                .update();
        database.jdbc()
                .sql("DELETE FROM webhook_event WHERE id IN (:ids)")
                .param("ids", ids)
                .update();
        pruneLanes(old.stream().map(Handled::lane).distinct().toList());
        return old.size();
    }

    /** A lane that a worker holds is in use, whatever it held before; one that comes back is made anew. */
    private void pruneLanes(List<String> lanes) {
        List<String> empty = database.jdbc()
                .sql("""
                        SELECT lane
                        FROM lane
                        WHERE lane IN (:lanes)
                          AND NOT EXISTS (
                            SELECT 1 FROM webhook_event e
                            WHERE e.state IN ('new', 'done', 'dead', 'dropped') AND e.lane = lane.lane)
                        FOR UPDATE SKIP LOCKED""")
                .param("lanes", lanes)
                .query(String.class)
                .list();
        if (!empty.isEmpty()) {
            database.jdbc()
                    .sql("DELETE FROM lane WHERE lane IN (:lanes)")
                    .param("lanes", empty)
                    .update();
        }
    }

    private int pruneWishes(Timestamp before) {
        // By the index on done_at, as events are.
        List<Long> old = database.jdbc()
                .sql("""
                        SELECT id
                        FROM outbox
                        WHERE done_at > TIMESTAMP WITH TIME ZONE '0001-01-01 00:00:00Z' AND done_at < :before
                          AND state NOT IN ('pending', 'sending', 'asked', 'dead')
                        ORDER BY done_at
                        LIMIT :limit""")
                .param("before", before)
                .param("limit", BATCH)
                .query(Long.class)
                .list();
        if (!old.isEmpty()) {
            database.jdbc()
                    .sql("DELETE FROM outbox WHERE id IN (:ids)")
                    .param("ids", old)
                    .update();
        }
        return old.size();
    }

    private int pruneCommands(Timestamp before) {
        return database.jdbc()
                .sql("""
                        DELETE FROM command
                        WHERE id IN (SELECT id FROM command WHERE taken_at < :before ORDER BY taken_at LIMIT :limit)""")
                .param("before", before)
                .param("limit", BATCH)
                .update();
    }

    private int pruneGaps(Timestamp before) {
        return database.jdbc()
                .sql("DELETE FROM gap WHERE reconciled_at < :before")
                .param("before", before)
                .update();
    }
}
