package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.store.TestDatabases.Engine;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class RetentionTest {
    private static final long A = 1580;
    private static final Duration KEPT = Duration.ofDays(7);

    @Parameter
    Engine engine;

    private Store store;
    private Gaps gaps;
    private Retention retention;

    @BeforeEach
    void open() {
        store = new Store(engine);
        gaps = new Gaps(store.database, store.clock);
        gaps.start();
        retention =
                new Retention(store.database, store.clock, () -> gaps.since().from(), KEPT);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    /** As long as Chatwoot answers, all is known. */
    private int prune() {
        gaps.hold("reconciler", store.clock.instant(), true);
        gaps.done("reconciler", gaps.since(), store.clock.instant());
        return retention.prune();
    }

    private void handled(long conversation, long message) {
        store.append(Bodies.message(conversation, message, "enterprise").at(store.clock.instant()));
        store.clock.advance(Duration.ofSeconds(5));
        store.inbox.dueLanes(10);
        assertThat(store.work(Store.lane(conversation))).isTrue();
    }

    @Test
    @Tag("invariant-2")
    void whatIsDoneIsKnownForAsLongAsItIsKeptAndThenGone() {
        Bodies body = Bodies.message(A, 1, "enterprise").at(store.clock.instant());
        store.append(body);
        store.clock.advance(Duration.ofSeconds(5));
        store.inbox.dueLanes(10);
        store.work(Store.lane(A));
        store.outbox.done(store.next(), "set-labels: 200");

        store.clock.advance(KEPT.minusSeconds(1));
        assertThat(prune()).isZero();
        assertThat(store.append(body)).as("known").isZero();

        store.clock.advance(Duration.ofSeconds(2));
        assertThat(prune()).isEqualTo(2);
        assertThat(prune()).isZero();

        assertThat(store.count("webhook_event")).isZero();
        assertThat(store.count("webhook_payload")).isZero();
        assertThat(store.rows("SELECT state FROM outbox"))
                .as("the other wish waits")
                .extracting(row -> row.get("state"))
                .containsExactly("pending");
        assertThat(store.count("lane WHERE lane = '" + Store.lane(A) + "'")).isZero();
        assertThat(store.count("lane")).as("those of turns stay").isEqualTo(2);
    }

    @Test
    @Tag("invariant-2")
    void whileChatwootCannotBeAskedWhatWasKnownBeforeStays() {
        handled(A, 1);
        store.clock.advance(KEPT.plusDays(30));

        assertThat(retention.prune()).isZero();
        gaps.record(store.clock.instant().minus(KEPT.plusDays(30)), store.clock.instant(), "down");
        gaps.hold("reconciler", store.clock.instant(), true);
        gaps.done("reconciler", new Gaps.Since(Instant.EPOCH, Optional.empty(), 0), store.clock.instant());
        assertThat(retention.prune()).as("a gap is open").isZero();

        assertThat(prune()).isEqualTo(1);
    }

    @Test
    void theScoreLedgerAndTheConversationStay() {
        handled(A, 1);
        store.clock.advance(KEPT.plusDays(1));

        assertThat(prune()).isEqualTo(1);

        assertThat(store.count("score_entry")).isEqualTo(1);
        assertThat(store.conversations.find(Store.ACCOUNT, A)).isPresent();
    }

    @Test
    @Tag("invariant-9")
    void whatWaitsOrIsDeadStaysHoweverOldItIs() {
        store.append(Bodies.message(A, 1, "hello").at(store.clock.instant()));
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("nobody"));
        store.outbox.dead(store.next(), "impossible", "no such team");
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("sales"));

        store.clock.advance(KEPT.plusDays(100));

        assertThat(prune()).isZero();
        assertThat(store.count("webhook_event")).isEqualTo(1);
        assertThat(store.count("outbox")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {A, 0})
    @Tag("invariant-9")
    void anEventThatIsStillToBeForwardedStays(long conversation) {
        Bodies body = Bodies.message(A, 1, "hello").at(store.clock.instant());
        store.append(body);
        store.database
                .jdbc()
                .sql("UPDATE webhook_event SET state = 'done', handled_at = received_at")
                .update();
        if (conversation == 0) {
            store.database
                    .jdbc()
                    .sql("UPDATE webhook_event SET conversation_id = NULL")
                    .update();
        }
        long event = store.database
                .jdbc()
                .sql("SELECT id FROM webhook_event")
                .query(Long.class)
                .single();
        store.wish(conversation, Urgency.TAGGING, new Wish.Forward("jms:queue:events", event));
        store.clock.advance(KEPT.plusDays(1));

        assertThat(prune()).as("waits").isZero();
        Delivery delivery = store.outbox.claimForEndpoints(1).get(0);
        assertThat(prune()).as("in hand").isZero();
        store.outbox.dead(delivery, "impossible", "no broker");
        assertThat(prune()).as("dead").isZero();
        assertThat(store.count("webhook_payload")).isEqualTo(1);

        store.database.jdbc().sql("UPDATE outbox SET state = 'done'").update();
        assertThat(prune()).isEqualTo(1);
        assertThat(store.count("webhook_payload")).isZero();
    }

    @Test
    void aDroppedDeadLetterGoesWithItsTime() {
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("nobody"));
        Delivery wish = store.next();
        store.outbox.dead(wish, "impossible", "no such team");
        store.records.drop("wish-" + wish.id());

        store.clock.advance(KEPT.plusSeconds(1));

        assertThat(prune()).isEqualTo(1);
        assertThat(store.count("outbox")).isZero();
    }

    @Test
    void aMergedWishGoesWithItsTime() {
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("sales"));
        Delivery first = store.next();
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("support"));
        store.outbox.retryLater(first, "503");
        assertThat(store.count("outbox WHERE state = 'merged'")).isEqualTo(1);

        store.clock.advance(KEPT.plusSeconds(1));

        assertThat(prune()).isEqualTo(1);
        assertThat(store.count("outbox WHERE state = 'merged'")).isZero();
    }

    @Test
    void aLaneWithYoungerEventsStays() {
        handled(A, 1);
        store.clock.advance(KEPT.minusHours(1));
        handled(A, 2);
        store.clock.advance(Duration.ofHours(2));

        assertThat(prune()).isEqualTo(1);

        assertThat(store.count("webhook_event")).isEqualTo(1);
        assertThat(store.count("lane WHERE lane = '" + Store.lane(A) + "'")).isEqualTo(1);
    }

    @Test
    void aLaneThatComesBackIsHandledAsEver() {
        handled(A, 1);
        store.clock.advance(KEPT.plusDays(1));
        prune();

        handled(A, 2);

        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(0, 0));
    }

    @Test
    @Tag("invariant-3")
    void aLaneInAWorkersHandStays() throws Exception {
        handled(A, 1);
        store.clock.advance(KEPT.plusDays(1));
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch pruned = new CountDownLatch(1);
        CompletableFuture<Boolean> worker = Async.supply(() -> store.inTransaction(s -> {
            store.database
                    .jdbc()
                    .sql("SELECT lane FROM lane WHERE lane = :lane FOR UPDATE")
                    .param("lane", Store.lane(A))
                    .query(String.class)
                    .single();
            held.countDown();
            try {
                return pruned.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }));
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(prune()).as("without waiting for the worker").isEqualTo(1);
        pruned.countDown();

        assertThat(worker.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(store.count("lane WHERE lane = '" + Store.lane(A) + "'")).isEqualTo(1);
    }

    @Test
    void oneReplicaPrunesAtATime() throws Exception {
        handled(A, 1);
        store.clock.advance(KEPT.plusDays(1));
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        CompletableFuture<Boolean> other = Async.supply(() -> store.inTransaction(s -> {
            store.database
                    .jdbc()
                    .sql("SELECT lane FROM lane WHERE lane = 'retention' FOR UPDATE")
                    .query(String.class)
                    .single();
            held.countDown();
            try {
                return seen.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }));
        assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(prune()).isZero();
        seen.countDown();
        other.get(20, TimeUnit.SECONDS);

        assertThat(prune()).isEqualTo(1);
    }

    @Test
    void muchIsPrunedInSmallBatches() {
        Instant old = store.clock.instant();
        for (int i = 1; i <= 1_100; i++) {
            store.database
                    .jdbc()
                    .sql("""
                            INSERT INTO webhook_event (id, account_id, lane, event, received_at, due_at, state, handled_at)
                            VALUES (:id, 1, 'a', 'e', :old, :old, 'done', :old)""")
                    .param("id", i)
                    .param("old", Timestamp.from(old))
                    .update();
        }
        store.clock.advance(KEPT.plusSeconds(1));

        assertThat(prune()).isEqualTo(500);
        assertThat(prune()).isEqualTo(500);
        assertThat(prune()).isEqualTo(100);
        assertThat(prune()).isZero();
    }

    @Test
    void gapsThatWereMadeGoodGoAndOpenOnesStay() {
        Timestamp at = Timestamp.from(store.clock.instant());
        store.database
                .jdbc()
                .sql("INSERT INTO gap (from_at, to_at, reason, reconciled_at) VALUES (:at, :at, 'start', :at)")
                .param("at", at)
                .update();
        store.database
                .jdbc()
                .sql("INSERT INTO gap (from_at, to_at, reason) VALUES (:at, :at, 'overload')")
                .param("at", at)
                .update();
        store.clock.advance(KEPT.plusSeconds(1));

        assertThat(prune()).isEqualTo(1);

        assertThat(store.rows("SELECT reason FROM gap"))
                .extracting(row -> row.get("reason"))
                .containsExactly("overload");
    }
}
