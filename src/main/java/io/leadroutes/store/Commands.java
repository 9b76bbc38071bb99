package io.leadroutes.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.leadroutes.conversation.Reason;
import io.leadroutes.conversation.Wish;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The commands of other systems that were taken: each becomes wishes once, however often it comes (invariant 2). */
public final class Commands {
    private static final String ASKER = "command";
    private static final TypeReference<List<Long>> ROWS = new TypeReference<>() {};

    private final Database database;
    private final Outbox outbox;
    private final Clock clock;

    public Commands(Database database, Outbox outbox, Clock clock) {
        this.database = database;
        this.outbox = outbox;
        this.clock = clock;
    }

    /**
     * Puts a command's wishes into the outbox, in one transaction with its id, and returns when they are on disk.
     *
     * @param id at most 200 characters; known for as long as handled events are kept
     * @return the rows of the outbox; for an id that was taken before, those of the first time
     * @throws org.springframework.dao.DataAccessException if they could not be stored; then none was
     * @throws StoreBrokenException if they are not known to be on disk, and will not be before a restart
     */
    public List<Long> take(String id, long accountId, long conversationId, List<Wish> wishes) {
        List<Long> rows = database.transaction().execute(status -> {
            if (!isNew(id)) {
                return Json.read(
                        database.jdbc()
                                .sql("SELECT wishes FROM command WHERE id = :id")
                                .param("id", id)
                                .query(String.class)
                                .single(),
                        ROWS);
            }
            List<Long> added = new ArrayList<>();
            for (Wish wish : wishes) {
                added.add(outbox.wish(accountId, conversationId, wish, new Reason(ASKER, 0, List.of(id))));
            }
            database.jdbc()
                    .sql("UPDATE command SET wishes = :wishes WHERE id = :id")
                    .param("wishes", Json.write(added))
                    .param("id", id)
                    .update();
            return added;
        });
        database.sync();
        return rows;
    }

    /** Another transaction with the same id is waited for. */
    private boolean isNew(String id) {
        return database.jdbc()
                        .sql(
                                "INSERT INTO command (id, wishes, taken_at) VALUES (:id, '[]', :now) ON CONFLICT DO NOTHING")
                        .param("id", id)
                        .param("now", Timestamp.from(clock.instant()))
                        .update()
                == 1;
    }
}
