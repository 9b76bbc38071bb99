package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.store.Overview.Standing;
import io.leadroutes.store.TestDatabases.Engine;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class OverviewTest {
    private static final long A = 1580;

    @Parameter
    Engine engine;

    private Store store;
    private Overview overview;

    @BeforeEach
    void open() {
        store = new Store(engine);
        overview = new Overview(store.database);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    @Test
    void nothingWaitsAtFirst() {
        assertThat(overview.queues()).isEmpty();
        assertThat(overview.dead()).isEmpty();
        assertThat(overview.gaps()).isEmpty();
        assertThat(overview.latestEvents()).isEmpty();
    }

    @Test
    void eachStateAndLaneHasItsOldest() {
        Instant first = store.clock.instant();
        store.append(Bodies.message(A, 1, "hello").at(first));
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("sales"));
        store.clock.advance(Duration.ofSeconds(30));
        store.wish(A + 1, Urgency.TAGGING, new Wish.AssignTeam("sales"));
        store.wish(A + 2, Urgency.ESCALATION, new Wish.AssignTeam("sales"));

        assertThat(overview.queues())
                .containsExactly(
                        new Standing("inbox", "new", 0, 1, false, first),
                        new Standing("outbox", "pending", 0, 1, false, first.plusSeconds(30)),
                        new Standing("outbox", "pending", 2, 2, false, first));
    }

    private String numbers(int count) {
        return (engine == Engine.H2 ? "SYSTEM_RANGE(1, %d)" : "generate_series(1, %d)").formatted(count);
    }

    /** As many as the escalation that waits. */
    private void wishes(int count, boolean toChatwoot, Urgency urgency) {
        store.database
                .jdbc()
                .sql("""
                        INSERT INTO outbox (account_id, conversation_id, kind, destination, to_chatwoot, payload, reasons,
                          urgency, state, created_at, due_at)
                        SELECT account_id, conversation_id, kind, destination, :toChatwoot, payload, reasons, :urgency, state,
                          created_at, due_at
                        FROM outbox, %s
                        WHERE urgency = 0""".formatted(numbers(count)))
                .param("toChatwoot", toChatwoot)
                .param("urgency", urgency.ordinal())
                .update();
    }

    @Test
    void nobodyCountsFurtherThanTenThousand() {
        store.wish(A, Urgency.ESCALATION, new Wish.AssignTeam("sales"));
        wishes(10_001, true, Urgency.TAGGING);

        assertThat(overview.queues())
                .extracting(Standing::urgency, Standing::count, Standing::more)
                .containsExactly(tuple(0, 1L, false), tuple(2, 9_999L, true));
    }

    @Test
    void theLaneThatIsCutOffIsMarkedAndNoOtherWhereWishesToEndpointsWait() {
        store.wish(A, Urgency.ESCALATION, new Wish.AssignTeam("sales"));
        wishes(3, false, Urgency.QUALIFICATION);
        wishes(2, false, Urgency.BACKFILL);
        wishes(10_001, true, Urgency.TAGGING);

        assertThat(overview.queues())
                .extracting(Standing::urgency, Standing::count, Standing::more)
                .containsExactly(tuple(0, 1L, false), tuple(1, 3L, false), tuple(2, 9_999L, true), tuple(3, 2L, false));
    }

    @Test
    void wishesToEndpointsHideNoneToChatwootHoweverManyTheyAre() {
        store.wish(A, Urgency.ESCALATION, new Wish.AssignTeam("sales"));
        wishes(10_001, false, Urgency.QUALIFICATION);

        assertThat(overview.queues())
                .extracting(Standing::urgency, Standing::count, Standing::more)
                .containsExactly(tuple(0, 1L, false), tuple(1, 10_000L, true));
    }

    @Test
    void theOldestEventIsToldHoweverManyWait() {
        Instant first = store.clock.instant();
        store.database
                .jdbc()
                .sql("""
                        INSERT INTO webhook_event (id, account_id, lane, event, received_at, due_at, state)
                        SELECT n, 7, 'a', 'x', CAST(:later AS TIMESTAMP WITH TIME ZONE),
                          CAST(:later AS TIMESTAMP WITH TIME ZONE), 'new'
                        FROM %s AS numbers (n)""".formatted(numbers(10_001)))
                .param("later", Timestamp.from(first.plusSeconds(60)))
                .update();
        store.database.jdbc().sql("""
                        INSERT INTO webhook_event (id, account_id, lane, event, received_at, due_at, state)
                        VALUES (20000, 7, 'z', 'x', :first, :first, 'new')""").param("first", Timestamp.from(first)).update();

        assertThat(overview.queues()).containsExactly(new Standing("inbox", "new", 0, 10_000, true, first));
    }

    @Test
    void deadLettersAreCountedByReason() {
        for (int i = 0; i < 3; i++) {
            store.wish(A + i, Urgency.TAGGING, new Wish.AssignTeam("nobody"));
            store.outbox.dead(store.next(), i == 0 ? "chatwoot-404" : "impossible", "no");
        }

        assertThat(overview.dead())
                .extracting(letters -> letters.get("queue") + " " + letters.get("reason") + " " + letters.get("count"))
                .containsExactly("wish impossible 2", "wish chatwoot-404 1");
    }

    @Test
    void throughputIsCountedWithinItsTime() {
        store.append(Bodies.message(A, 1, "hello").at(store.clock.instant()));
        store.clock.advance(Duration.ofSeconds(5));
        store.inbox.dueLanes(10);
        store.work(Store.lane(A));
        Instant handled = store.clock.instant();

        assertThat(overview.handled(handled.minusSeconds(1), handled)).isEqualTo(1);
        assertThat(overview.handled(handled, handled.plusSeconds(1))).isZero();
        assertThat(overview.granted(handled.minusSeconds(1), handled)).isZero();
    }
}
