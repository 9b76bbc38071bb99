package io.leadroutes.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.leadroutes.conversation.Reason;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.conversation.Wished;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wishes that were decided, until they are granted (invariants 4, 5, 9).
 *
 * <p>A wish waits ({@code pending}), is in a dispatcher's hand ({@code sending}), and ends as {@code done}, as
 * {@code merged} into a newer one of its kind, or as {@code dead}. The intent to send is on disk before the call is
 * made, so that after a crash it is known that the call may have happened.
 */
public final class Outbox {
    /** Longer than any call with its redeliveries may take; after it another dispatcher takes the wish over. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_GROWN_PAUSE = Duration.ofMinutes(5);
    private static final Duration LATE_PAUSE = Duration.ofMinutes(15);
    private static final int GROWING_ATTEMPTS = 10;

    /** About 72 hours of trying. */
    private static final int MAX_ATTEMPTS = GROWING_ATTEMPTS + 72 * 4;

    private static final int MAX_TEXT_CHARS = 2_000;
    private static final TypeReference<List<Reason>> REASONS = new TypeReference<>() {};
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private final Database database;
    private final Clock clock;
    private final RandomGenerator random;

    /** @param random spreads retries */
    public Outbox(Database database, Clock clock, RandomGenerator random) {
        this.database = database;
        this.clock = clock;
        this.random = random;
    }

    /** Adds wishes, each merged into the waiting one of its kind, in the surrounding transaction (invariant 5). */
    void add(long accountId, long conversationId, Collection<Wished> decided) {
        for (Wished wished : decided) {
            Optional<Waiting> older = waiting(key(accountId, conversationId, wished.wish()));
            if (older.isPresent()) {
                update(older.get().id, wished.over(older.get().wished));
            } else {
                insert(accountId, conversationId, wished);
            }
        }
    }

    private record Waiting(long id, Wished wished) {}

    private Optional<Waiting> waiting(String wishKey) {
        return database.jdbc()
                .sql("""
                        SELECT id, kind, destination, payload, reasons, urgency
                        FROM outbox
                        WHERE wish_key = :key
                        FOR UPDATE""")
                .param("key", wishKey)
                .query((rs, i) -> new Waiting(
                        rs.getLong("id"),
                        new Wished(
                                WishCodec.read(
                                        rs.getString("kind"), rs.getString("destination"), rs.getString("payload")),
                                Urgency.values()[rs.getInt("urgency")],
                                Json.read(rs.getString("reasons"), REASONS))))
                .optional();
    }

    private void update(long id, Wished wished) {
        // A wish that changes is worth trying at once, whatever befell the older value.
        database.jdbc()
                .sql("""
                        UPDATE outbox
                        SET payload = :payload, reasons = :reasons, urgency = :urgency, due_at = :now
                        WHERE id = :id""")
                .param("payload", WishCodec.payload(wished.wish()))
                .param("reasons", Json.write(wished.reasons()))
                .param("urgency", wished.urgency().ordinal())
                .param("now", Timestamp.from(clock.instant()))
                .param("id", id)
                .update();
    }

    private void insert(long accountId, long conversationId, Wished wished) {
        Timestamp now = Timestamp.from(clock.instant());
        database.jdbc()
                .sql("""
                        INSERT INTO outbox (wish_key, account_id, conversation_id, kind, destination, payload, reasons,
                          urgency, state, created_at, due_at)
                        VALUES (:key, :account, :conversation, :kind, :destination, :payload, :reasons,
                          :urgency, 'pending', :now, :now)""")
                .param("key", key(accountId, conversationId, wished.wish()))
                .param("account", accountId)
                .param("conversation", conversationId)
                .param("kind", wished.wish().kind())
                .param("destination", wished.wish().destination())
                .param("payload", WishCodec.payload(wished.wish()))
                .param("reasons", Json.write(wished.reasons()))
                .param("urgency", wished.urgency().ordinal())
                .param("now", now)
                .update();
    }

    private static String key(long accountId, long conversationId, Wish wish) {
        return accountId + ":" + conversationId + ":" + wish.destination() + ":" + wish.kind();
    }

    /** The wishes of a conversation that are not yet granted, the older first. */
    List<Wish> waiting(long accountId, long conversationId) {
        return database.jdbc()
                .sql("""
                        SELECT kind, destination, payload
                        FROM outbox
                        WHERE account_id = :account AND conversation_id = :conversation
                          AND state IN ('pending', 'sending')
                        ORDER BY id""")
                .param("account", accountId)
                .param("conversation", conversationId)
                .query((rs, i) ->
                        WishCodec.read(rs.getString("kind"), rs.getString("destination"), rs.getString("payload")))
                .list();
    }

    /** Takes due wishes for Chatwoot into hand, the most urgent first and at most one per conversation. */
    public List<Delivery> claimForChatwoot(int limit) {
        return claim("""
                SELECT o.id, o.account_id, o.conversation_id, o.kind, o.destination, o.payload, o.attempts, o.created_at,
                  o.reasons
                FROM outbox o
                WHERE o.state = 'pending' AND o.due_at <= :now AND o.destination = 'chatwoot'
                  AND NOT EXISTS (
                    SELECT 1 FROM outbox s
                    WHERE s.state = 'sending' AND s.conversation_id = o.conversation_id
                      AND s.account_id = o.account_id AND s.destination = 'chatwoot')
                ORDER BY o.urgency, o.id
                LIMIT :limit
                FOR UPDATE SKIP LOCKED""", limit);
    }

    /** Takes due wishes for other systems into hand, the most urgent first and at most one per conversation. */
    public List<Delivery> claimForEndpoints(int limit) {
        return claim("""
                SELECT o.id, o.account_id, o.conversation_id, o.kind, o.destination, o.payload, o.attempts, o.created_at,
                  o.reasons
                FROM outbox o
                WHERE o.state = 'pending' AND o.due_at <= :now AND o.destination <> 'chatwoot'
                  AND NOT EXISTS (
                    SELECT 1 FROM outbox s
                    WHERE s.state = 'sending' AND s.conversation_id = o.conversation_id
                      AND s.account_id = o.account_id AND s.destination = o.destination)
                ORDER BY o.urgency, o.id
                LIMIT :limit
                FOR UPDATE SKIP LOCKED""", limit);
    }

    private List<Delivery> claim(String sql, int limit) {
        if (limit <= 0) {
            return List.of();
        }
        Instant now = clock.instant();
        List<Delivery> claimed = database.transaction().execute(status -> {
            List<Delivery> due = database.jdbc()
                    .sql(sql)
                    .param("now", Timestamp.from(now))
                    .param("limit", limit)
                    .query((rs, i) -> delivery(rs))
                    .list();
            List<Delivery> mine = onePerConversation(due);
            for (Delivery delivery : mine) {
                database.jdbc()
                        .sql("""
                                UPDATE outbox
                                SET state = 'sending', wish_key = NULL, sent_at = :now, lease_until = :lease
                                WHERE id = :id""")
                        .param("now", Timestamp.from(now))
                        .param("lease", Timestamp.from(now.plus(LEASE)))
                        .param("id", delivery.id())
                        .update();
            }
            return mine;
        });
        if (!claimed.isEmpty()) {
            database.sync();
        }
        return claimed;
    }

    private static Delivery delivery(ResultSet rs) throws SQLException {
        return new Delivery(
                rs.getLong("id"),
                rs.getLong("account_id"),
                rs.getLong("conversation_id"),
                WishCodec.read(rs.getString("kind"), rs.getString("destination"), rs.getString("payload")),
                rs.getInt("attempts"),
                rs.getTimestamp("created_at").toInstant(),
                Json.read(rs.getString("reasons"), REASONS).stream()
                        .mapToLong(Reason::messageId)
                        .max()
                        .orElse(0));
    }

    private static List<Delivery> onePerConversation(List<Delivery> due) {
        Set<String> seen = new HashSet<>();
        return due.stream()
                .filter(d -> seen.add(d.accountId() + ":" + d.conversationId() + ":" + d.destination()))
                .toList();
    }

    /** @param answer what came back, in few words; no customer text */
    public void done(Delivery delivery, String answer) {
        database.jdbc()
                .sql("""
                        UPDATE outbox
                        SET state = 'done', done_at = :now, answer = :answer, error = NULL, lease_until = NULL
                        WHERE id = :id AND state = 'sending'""")
                .param("now", Timestamp.from(clock.instant()))
                .param("answer", cut(answer))
                .param("id", delivery.id())
                .update();
    }

    /** Sets a wish aside that will never be granted as it is. */
    public void dead(Delivery delivery, String error) {
        database.jdbc()
                .sql("""
                        UPDATE outbox
                        SET state = 'dead', attempts = attempts + 1, error = :error, lease_until = NULL
                        WHERE id = :id AND state = 'sending'""")
                .param("error", cut(error))
                .param("id", delivery.id())
                .update();
        LOG.warn(
                "wish {} ({}) of conversation {} set aside as a dead letter",
                delivery.id(),
                delivery.kind(),
                delivery.conversationId());
    }

    /**
     * Puts a wish back: with full jitter, 1 s doubled by each attempt up to 5 min, then every 15 min; after 72 h it is a
     * dead letter (notes, reliability, section 7). A newer wish of its kind that came meanwhile takes it over.
     */
    public void retryLater(Delivery delivery, String error) {
        if (delivery.attempts() + 1 >= MAX_ATTEMPTS) {
            dead(delivery, error);
            return;
        }
        putBack(delivery, clock.instant().plus(pause(delivery.attempts())), 1, error);
    }

    /**
     * Puts a wish back until a time that the other side named.
     *
     * @param attempted false if the request never reached the application, which then is no attempt
     */
    public void retryAt(Delivery delivery, Instant at, boolean attempted, String error) {
        putBack(delivery, at, attempted ? 1 : 0, error);
    }

    private Duration pause(int attempts) {
        if (attempts >= GROWING_ATTEMPTS) {
            return LATE_PAUSE;
        }
        long grown = FIRST_PAUSE.toMillis() << attempts;
        return Duration.ofMillis(random.nextLong(Math.min(grown, LONGEST_GROWN_PAUSE.toMillis())) + 1);
    }

    private void putBack(Delivery delivery, Instant dueAt, int attempts, String error) {
        database.transaction().executeWithoutResult(status -> {
            Wish wish = delivery.wish();
            String key = key(delivery.accountId(), delivery.conversationId(), wish);
            Optional<Waiting> newer = waiting(key);
            if (newer.isPresent()) {
                Waiting n = newer.get();
                Wished older = new Wished(wish, n.wished.urgency(), List.of());
                database.jdbc()
                        .sql("UPDATE outbox SET payload = :payload WHERE id = :id")
                        .param("payload", WishCodec.payload(n.wished.over(older).wish()))
                        .param("id", n.id)
                        .update();
            }
            database.jdbc()
                    .sql("""
                            UPDATE outbox
                            SET state = :state, wish_key = :key, attempts = attempts + :attempts, error = :error,
                              due_at = :dueAt, lease_until = NULL
                            WHERE id = :id AND state IN ('sending', 'dead')""")
                    .param("state", newer.isPresent() ? "merged" : "pending")
                    .param("key", newer.isPresent() ? null : key)
                    .param("attempts", attempts)
                    .param("error", cut(error))
                    .param("dueAt", Timestamp.from(dueAt))
                    .param("id", delivery.id())
                    .update();
        });
    }

    /**
     * Puts back what a dispatcher that died had in hand; the call may or may not have been made.
     *
     * @param alone true if no other process can be sending, so that leases need not run out
     * @return how many were put back
     */
    public int recover(boolean alone) {
        Instant now = clock.instant();
        List<Delivery> abandoned = database.jdbc()
                .sql("""
                        SELECT id, account_id, conversation_id, kind, destination, payload, attempts, created_at, reasons
                        FROM outbox
                        WHERE state = 'sending' AND lease_until <= :until""")
                .param("until", Timestamp.from(alone ? now.plus(LEASE) : now))
                .query((rs, i) -> delivery(rs))
                .list();
        for (Delivery delivery : abandoned) {
            putBack(delivery, now, 1, "the dispatcher stopped while it was sending");
        }
        return abandoned.size();
    }

    /**
     * Puts a dead letter back, to be tried at once. It counts as tried before, so that a note is looked for first.
     *
     * @return false if there is no such dead letter
     */
    public boolean revive(long id) {
        Optional<Delivery> dead = database.jdbc()
                .sql("""
                        SELECT id, account_id, conversation_id, kind, destination, payload, 0 AS attempts, created_at,
                          reasons
                        FROM outbox
                        WHERE id = :id AND state = 'dead'""")
                .param("id", id)
                .query((rs, i) -> delivery(rs))
                .optional();
        dead.ifPresent(delivery -> putBack(delivery, clock.instant(), 0, "put back by hand"));
        return dead.isPresent();
    }

    private static String cut(String text) {
        String clean = text.replace('\u0000', ' ');
        return clean.length() <= MAX_TEXT_CHARS ? clean : clean.substring(0, MAX_TEXT_CHARS);
    }
}
