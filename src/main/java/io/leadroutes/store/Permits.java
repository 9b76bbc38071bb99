package io.leadroutes.store;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;
import org.springframework.jdbc.support.GeneratedKeyHolder;

/**
 * The calls that count against Chatwoot's rate limit, in the database: so a restart goes on where it stopped, and
 * processes that use the same database share one budget.
 *
 * <p>Each call costs one insert before it is sent, which is on disk when {@link #take} returns, and one update when it
 * is answered; looking costs nothing to write.
 */
public final class Permits {
    private static final Duration DROP_EVERY = Duration.ofSeconds(10);

    private final Database database;
    private volatile Instant droppedAt = Instant.EPOCH;

    public Permits(Database database) {
        this.database = database;
    }

    /**
     * What is known.
     *
     * @param held id of each permit and when it is free
     * @param lowered what a 429 has taught
     * @param pausedUntil nothing is to be sent before
     */
    public record Standing(Map<Long, Instant> held, Optional<Lowered> lowered, Instant pausedUntil) {}

    /**
     * A limit below the configured one.
     *
     * @param to calls per minute
     * @param at since when
     */
    public record Lowered(int to, Instant at) {}

    /** True if another process may take permits beside this one. */
    public boolean isShared() {
        return !database.isExclusive();
    }

    /**
     * At the start: calls that the process before this one had open have ended with it, if no other process can be alive.
     *
     * @param until when they are free at the latest
     */
    public void endAbandoned(Instant until) {
        if (database.isExclusive()) {
            database.jdbc()
                    .sql("UPDATE permit SET free_at = :until WHERE free_at > :until")
                    .param("until", Timestamp.from(until))
                    .update();
        }
    }

    /** Without those that are free. */
    public Standing standing(Instant now) {
        Map<Long, Instant> held = new HashMap<>();
        database.jdbc()
                .sql("SELECT id, free_at FROM permit WHERE free_at > :now")
                .param("now", Timestamp.from(now))
                .query(rs -> {
                    held.put(rs.getLong("id"), rs.getTimestamp("free_at").toInstant());
                });
        return database.jdbc()
                .sql("SELECT lowered_to, lowered_at, paused_until FROM budget WHERE id = 1")
                .query((rs, i) -> {
                    int to = rs.getInt("lowered_to");
                    return new Standing(
                            held,
                            instant(rs.getTimestamp("lowered_at")).map(at -> new Lowered(to, at)),
                            instant(rs.getTimestamp("paused_until")).orElse(Instant.MIN));
                })
                .single();
    }

    /**
     * Takes a permit if one is free. For one thread at a time. It is on disk when {@link #sync} returns.
     *
     * @param until when it is free if its end is never told
     * @param limit the number of permits as things stand; not asked if no other process can have taken any, because then who
     *     asks for a permit knows what is held
     */
    public OptionalLong take(Instant now, Instant until, ToIntFunction<Standing> limit) {
        dropFree(now);
        if (!isShared()) {
            return insert(until);
        }
        return database.transaction().execute(status -> {
            database.jdbc()
                    .sql("SELECT id FROM budget WHERE id = 1 FOR UPDATE")
                    .query(Integer.class)
                    .single();
            return isOver(standing(now), limit) ? OptionalLong.empty() : insert(until);
        });
    }

    /** Now and then: those that are free count for nobody, and taking one is not to cost a DELETE. */
    private void dropFree(Instant now) {
        if (droppedAt.plus(DROP_EVERY).isBefore(now) || droppedAt.isAfter(now)) {
            droppedAt = now;
            database.jdbc()
                    .sql("DELETE FROM permit WHERE free_at <= :now")
                    .param("now", Timestamp.from(now))
                    .update();
        }
    }

    private static boolean isOver(Standing standing, ToIntFunction<Standing> limit) {
        return standing.held().size() >= limit.applyAsInt(standing);
    }

    /** Returns when all permits that were taken are on disk. Several who wait for that share it. */
    public void sync() {
        database.sync();
    }

    private OptionalLong insert(Instant until) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        database.jdbc()
                .sql("INSERT INTO permit (free_at) VALUES (:until)")
                .param("until", Timestamp.from(until))
                .update(key, "id");
        return OptionalLong.of(Objects.requireNonNull(key.getKey()).longValue());
    }

    /** The call was answered, or it is known that it will not be. */
    public void keep(long id, Instant until) {
        database.jdbc()
                .sql("UPDATE permit SET free_at = :until WHERE id = :id")
                .param("until", Timestamp.from(until))
                .param("id", id)
                .update();
    }

    /** Remembers that less is allowed than is configured. */
    public void lower(Lowered lowered) {
        database.jdbc()
                .sql("UPDATE budget SET lowered_to = :to, lowered_at = :at WHERE id = 1")
                .param("to", lowered.to())
                .param("at", Timestamp.from(lowered.at()))
                .update();
    }

    public void pause(Instant until) {
        database.jdbc()
                .sql("UPDATE budget SET paused_until = :until WHERE id = 1")
                .param("until", Timestamp.from(until))
                .update();
    }

    private static Optional<Instant> instant(Timestamp at) {
        return Optional.ofNullable(at).map(Timestamp::toInstant);
    }
}
