package io.leadroutes.store;

import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what rows of the outbox want. */
final class WishRows {
    private static final String UNREADABLE = "unreadable";
    private static final int MAX_TEXT_CHARS = 2_000;
    private static final Logger LOG = LoggerFactory.getLogger(WishRows.class);

    private final Database database;
    private final Tally tally;

    WishRows(Database database, Tally tally) {
        this.database = database;
        this.tally = tally;
    }

    /** What stands in the row; absent, and set aside with its reason, if this release cannot read it (invariant 10). */
    <T> Optional<T> readable(WishRow row, Function<WishRow, T> reader) {
        try {
            return Optional.of(reader.apply(row));
        } catch (IllegalStateException e) {
            database.jdbc()
                    .sql("""
                            UPDATE outbox
                            SET state = 'dead', wish_key = NULL, reason = :reason, error = :error, lease_until = NULL
                            WHERE id = :id""")
                    .param("reason", UNREADABLE)
                    .param("error", cut(e.getMessage()))
                    .param("id", row.id())
                    .update();
            database.afterCommit(() -> tally.deadWish(UNREADABLE));
            LOG.atWarn()
                    .addKeyValue(LogFields.ACTION, LogFields.DEAD)
                    .addKeyValue(LogFields.CONVERSATION, row.conversationId())
                    .addKeyValue(LogFields.WISH, row.id())
                    .log("wish {} ({}) cannot be read and is set aside as a dead letter", row.id(), row.kind());
            return Optional.empty();
        }
    }

    /** An answer or error as the column takes it. */
    static String cut(String text) {
        return Texts.cut(String.valueOf(text).replace('\u0000', ' '), MAX_TEXT_CHARS);
    }
}
