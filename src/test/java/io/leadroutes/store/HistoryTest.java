package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.event.Bodies;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessException;

/** What a replay reads. */
class HistoryTest {
    private static final long ID = 1580;

    @ParameterizedTest
    @EnumSource(TestDatabases.Engine.class)
    void whatWasHandledTogetherIsReadInOrderOverAConnectionThatOnlyReads(TestDatabases.Engine engine) {
        boolean isH2 = engine == TestDatabases.Engine.H2;
        String url = isH2 ? "jdbc:h2:mem:history-" + UUID.randomUUID() : TestDatabases.postgresUrl();
        String user = isH2 ? "sa" : "postgres";
        try (Store store = new Store(new Database("leadroutes", url, user, "", "db/migration", 8));
                Database reading = Database.toRead("leadroutes", url, user, "")) {
            store.append(Bodies.message(ID, 2, "second"), Bodies.message(ID, 3, "third"));
            handle(store);
            Instant first = store.clock.instant();
            store.append(Bodies.message(ID, 4, "fourth"));
            handle(store);
            store.append(Bodies.message(ID + 1, 5, "waits"));
            History history = new History(reading, Store.ACCOUNT);

            assertThat(history.conversations(Instant.EPOCH)).containsExactly(ID);
            assertThat(history.of(ID, Instant.EPOCH))
                    .extracting(handled -> handled.events().size())
                    .containsExactly(2, 1);
            assertThat(history.of(ID, first)).as("since").hasSize(1);
            assertThat(new History(reading, Store.ACCOUNT + 1).conversations(Instant.EPOCH))
                    .as("another account")
                    .isEmpty();
            if (!isH2) {
                // H2 refuses it for files, which two processes cannot open at once.
                assertThatThrownBy(() -> reading.jdbc()
                                .sql("UPDATE webhook_event SET attempts = 5")
                                .update())
                        .isInstanceOf(DataAccessException.class)
                        .hasMessageContaining("read-only");
            }
        }
    }

    private static void handle(Store store) {
        store.clock.advance(Store.QUIET);
        store.inbox.dueLanes(10);
        assertThat(store.work(Store.lane(ID))).isTrue();
        store.clock.advance(Store.QUIET);
    }
}
