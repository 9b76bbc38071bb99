package io.leadroutes.store;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;

/**
 * Up to when all that Chatwoot knew is known here, the times in which webhooks may have been lost, and what is known of a
 * conversation's events. One replica at a time holds the work of closing the gap.
 */
public final class Gaps {
    private static final Logger LOG = LoggerFactory.getLogger(Gaps.class);

    private final Database database;
    private final Clock clock;

    public Gaps(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Webhooks that came in this time may have been lost. Merged into an open gap of the same reason.
     *
     * @param reason at most 500 characters
     */
    public void record(Instant from, Instant to, String reason) {
        LOG.warn("webhooks may have been lost from {} to {}: {}", from, to, reason);
        int merged = database.jdbc()
                .sql("""
                        UPDATE gap
                        SET from_at = LEAST(from_at, :from), to_at = GREATEST(to_at, :to)
                        WHERE reconciled_at IS NULL AND reason = :reason""")
                .param("from", Timestamp.from(from))
                .param("to", Timestamp.from(to))
                .param("reason", reason)
                .update();
        if (merged == 0) {
            database.jdbc()
                    .sql("INSERT INTO gap (from_at, to_at, reason) VALUES (:from, :to, :reason)")
                    .param("from", Timestamp.from(from))
                    .param("to", Timestamp.from(to))
                    .param("reason", reason)
                    .update();
        }
    }

    /**
     * The process starts: in a fresh database all is known as of now, because what was before is no loss; else there is a
     * gap since the last webhook came in.
     */
    public void start() {
        Instant now = clock.instant();
        Optional<Instant> known = knownAt();
        if (known.isEmpty()) {
            begin(now);
            return;
        }
        Instant last = lastReceived().filter(known.get()::isBefore).orElse(known.get());
        if (last.isBefore(now)) {
            record(last, now, "start");
        }
    }

    private void begin(Instant now) {
        try {
            database.jdbc()
                    .sql("INSERT INTO reconciliation (id, known_at) VALUES (1, :now)")
                    .param("now", Timestamp.from(now))
                    .update();
        } catch (DuplicateKeyException e) {
            LOG.debug("another replica began at the same moment");
        }
    }

    private Optional<Instant> knownAt() {
        return database.jdbc()
                .sql("SELECT known_at FROM reconciliation WHERE id = 1")
                .query(Timestamp.class)
                .optional()
                .map(Timestamp::toInstant);
    }

    private Optional<Instant> lastReceived() {
        return database.jdbc()
                .sql("SELECT received_at FROM webhook_event ORDER BY id DESC LIMIT 1")
                .query(Timestamp.class)
                .optional()
                .map(Timestamp::toInstant);
    }

    /** True if a gap ended before this time and is open, or what is known is older than that. */
    public boolean isDue(Instant gapEndedBefore, Instant knownBefore) {
        return database.jdbc()
                        .sql("""
                                SELECT COUNT(*)
                                FROM reconciliation r
                                WHERE r.known_at <= :known
                                  OR EXISTS (SELECT 1 FROM gap WHERE reconciled_at IS NULL AND to_at <= :ended)""")
                        .param("known", Timestamp.from(knownBefore))
                        .param("ended", Timestamp.from(gapEndedBefore))
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /**
     * What is to be looked at.
     *
     * @param from all that was before is known
     * @param gapFrom when the first open gap began; absent if there is none
     * @param lastGap the newest gap that this covers
     */
    public record Since(Instant from, Optional<Instant> gapFrom, long lastGap) {}

    /**
     * Takes the work in hand, or keeps it there.
     *
     * @param until when another may take it
     * @param alone true if no other process can have it, whatever one that ended has left
     * @return false if another replica has it
     */
    public boolean hold(String holder, Instant until, boolean alone) {
        return database.jdbc()
                        .sql("""
                                UPDATE reconciliation
                                SET holder = :holder, lease_until = :until
                                WHERE id = 1 AND (:alone OR holder = :holder OR lease_until IS NULL OR lease_until <= :now)""")
                        .param("holder", holder)
                        .param("until", Timestamp.from(until))
                        .param("alone", alone)
                        .param("now", Timestamp.from(clock.instant()))
                        .update()
                == 1;
    }

    public Since since() {
        Instant known = knownAt().orElseThrow();
        return database.jdbc()
                .sql("SELECT MIN(from_at), MAX(id) FROM gap WHERE reconciled_at IS NULL")
                .query((rs, i) -> {
                    Optional<Instant> gapFrom =
                            Optional.ofNullable(rs.getTimestamp(1)).map(Timestamp::toInstant);
                    return new Since(gapFrom.filter(known::isAfter).orElse(known), gapFrom, rs.getLong(2));
                })
                .single();
    }

    /** All that Chatwoot knew at that time is known; gaps that this covers are closed. Ends the holding. */
    public void done(String holder, Since since, Instant knownAt) {
        database.transaction().executeWithoutResult(status -> {
            int held = database.jdbc()
                    .sql("""
                            UPDATE reconciliation
                            SET known_at = :known, holder = NULL, lease_until = NULL
                            WHERE id = 1 AND holder = :holder""")
                    .param("known", Timestamp.from(knownAt))
                    .param("holder", holder)
                    .update();
            if (held == 1) {
                database.jdbc()
                        .sql("""
                                UPDATE gap
                                SET reconciled_at = :now
                                WHERE reconciled_at IS NULL AND id <= :last AND to_at <= :known""")
                        .param("now", Timestamp.from(clock.instant()))
                        .param("last", since.lastGap)
                        .param("known", Timestamp.from(knownAt))
                        .update();
            }
        });
    }

    /**
     * The newest that is known of a conversation.
     *
     * @param versionMicros the newest snapshot applied or event stored, microseconds since the epoch; what was told in
     *     whole seconds reaches to that second's end
     * @param receivedAt when its last event came
     */
    public record Known(long versionMicros, Optional<Instant> receivedAt) {}

    /** By conversation; those that nothing is known of are not there. */
    public Map<Long, Known> known(long accountId, List<Long> conversations) {
        Map<Long, Known> known = new HashMap<>();
        if (conversations.isEmpty()) {
            return known;
        }
        database.jdbc()
                .sql("""
                        SELECT conversation_id, MAX(version), MAX(received_at)
                        FROM webhook_event
                        WHERE account_id = :account AND conversation_id IN (:conversations)
                        GROUP BY conversation_id""")
                .param("account", accountId)
                .param("conversations", conversations)
                .query((rs, i) -> known.put(
                        rs.getLong(1),
                        new Known(
                                reach(rs.getLong(2)),
                                Optional.ofNullable(rs.getTimestamp(3)).map(Timestamp::toInstant))))
                .list();
        database.jdbc()
                .sql("""
                        SELECT conversation_id, version
                        FROM conversation
                        WHERE account_id = :account AND conversation_id IN (:conversations)""")
                .param("account", accountId)
                .param("conversations", conversations)
                .query((rs, i) -> known.merge(
                        rs.getLong(1),
                        new Known(reach(rs.getLong(2)), Optional.empty()),
                        (event, state) ->
                                new Known(Math.max(event.versionMicros, state.versionMicros), event.receivedAt)))
                .list();
        return known;
    }

    private static long reach(long versionMicros) {
        return versionMicros % 1_000_000 == 0 && versionMicros > 0 ? versionMicros + 999_999 : versionMicros;
    }

    /** The newest known message of a conversation that was made before this time; absent if none is. */
    public OptionalLong lastMessage(long accountId, long conversationId, long beforeMicros) {
        return database.jdbc()
                .sql("""
                        SELECT meaning_key
                        FROM webhook_event
                        WHERE conversation_id = :conversation AND account_id = :account AND event = 'message_created'
                          AND version < :before AND meaning_key IS NOT NULL
                        ORDER BY version DESC, id DESC
                        LIMIT 1""")
                .param("conversation", conversationId)
                .param("account", accountId)
                .param("before", beforeMicros)
                .query(String.class)
                .optional()
                .map(key -> OptionalLong.of(Long.parseLong(key.substring(key.lastIndexOf(':') + 1))))
                .orElse(OptionalLong.empty());
    }
}
