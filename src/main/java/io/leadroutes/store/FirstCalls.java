package io.leadroutes.store;

import io.leadroutes.conversation.Urgency;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** How long customers' messages waited for the first call of the escalation that they brought about. */
public final class FirstCalls {
    private final Database database;
    private final Consumer<Duration> onFirst;
    private final Backoff backoff;

    /** @param onFirst is told how long it took, once for each escalation that a message brought about */
    public FirstCalls(Database database, Clock clock, Consumer<Duration> onFirst) {
        this.database = database;
        this.onFirst = onFirst;
        this.backoff = new Backoff("escalations cannot be timed", clock);
    }

    /** Times those that are escalations'; never fails. Returns what it is given: wishes just taken to be sent. */
    public List<Delivery> timed(List<Delivery> taken) {
        taken.stream().filter(wish -> wish.urgency() == Urgency.ESCALATION).forEach(wish -> backoff.ask(
                        () -> delay(wish), Optional.<Duration>empty())
                .ifPresent(onFirst));
        return taken;
    }

    /**
     * From when the message came to when this wish was taken to be sent. Absent unless it is the first of its escalation,
     * and where no message brought it about: a waiting rule names one that was handled long before the wish was made.
     */
    private Optional<Duration> delay(Delivery wish) {
        if (wish.attempts() > 0 || wish.messageId() == 0) {
            return Optional.empty();
        }
        String message = "message_created:%s:" + wish.messageId();
        return database.jdbc()
                .sql("""
                        SELECT e.received_at, o.sent_at
                        FROM outbox o
                        JOIN webhook_event e ON e.meaning_key IN (:keys) AND e.handled_at >= o.created_at
                        WHERE o.id = :id
                          AND NOT EXISTS (
                            SELECT 1 FROM outbox b
                            WHERE b.conversation_id = o.conversation_id AND b.account_id = o.account_id
                              AND b.urgency = o.urgency AND b.destination = o.destination
                              AND b.sent_at >= e.received_at AND b.sent_at < o.sent_at)""")
                .param("keys", List.of(message.formatted(wish.accountId()), message.formatted("-")))
                .param("id", wish.id())
                .query((rs, i) -> between(rs.getTimestamp(1), rs.getTimestamp(2)))
                .optional();
    }

    private static Duration between(Timestamp from, Timestamp to) {
        return Duration.between(from.toInstant(), to.toInstant());
    }
}
