package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.store.Records.DeadFilter;
import io.leadroutes.store.TestDatabases.Engine;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
class RecordsTest {
    private static final long A = 1580;

    @Parameter
    Engine engine;

    private Store store;

    @BeforeEach
    void open() {
        store = new Store(engine);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private void receive(long message, String text) {
        store.append(Bodies.message(A, message, text).at(store.clock.instant()));
        store.clock.advance(Duration.ofSeconds(5));
        store.inbox.dueLanes(10);
    }

    private void deadEvent() {
        receive(1, "hello");
        for (int i = 0; i < 5; i++) {
            store.clock.advance(Duration.ofSeconds(5));
            store.work(Store.lane(A), c -> {
                throw new IllegalStateException("poison");
            });
        }
    }

    private Delivery deadWish() {
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("nobody"));
        Delivery delivery = store.next();
        store.outbox.dead(delivery, "impossible", "no such team");
        return delivery;
    }

    @Test
    void depthCountsWhatIsInFlightToo() {
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("sales"), new Wish.Note("x", "y"));
        store.next();
        receive(1, "hello");

        assertThat(store.records.outbox()).isEqualTo(new Records.Depth(2, 0));
        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(1, 0));
    }

    @Test
    @Tag("invariant-9")
    void deadLettersOfBothQueuesAreListedUnderIdsOfTheirOwn() {
        deadEvent();
        Delivery wish = deadWish();

        List<Map<String, Object>> dead = store.records.dead();

        assertThat(dead).hasSize(2);
        assertThat(dead.get(0))
                .containsEntry("queue", "event")
                .containsEntry("kind", "message_created")
                .containsEntry("conversation_id", A);
        assertThat(dead.get(0).get("id")).asString().startsWith("event-");
        assertThat(dead.get(1)).containsEntry("id", "wish-" + wish.id()).containsEntry("error", "no such team");
        assertThat(dead.get(1).get("at")).isInstanceOf(Instant.class);
    }

    @Test
    @Tag("invariant-9")
    void aDeadEventCanBeReplayed() {
        deadEvent();
        String id = (String) store.records.dead().get(0).get("id");

        assertThat(store.records.retry(id)).isTrue();
        store.clock.advance(Store.QUIET);

        assertThat(store.inbox.dueLanes(10)).containsExactly(Store.lane(A));
        assertThat(store.work(Store.lane(A))).isTrue();
        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(0, 0));
        assertThat(store.records.retry(id)).as("it is dead no more").isFalse();
    }

    @Test
    void aDeadWishCanBeTriedAgain() {
        Delivery wish = deadWish();

        assertThat(store.records.retry("wish-" + wish.id())).isTrue();

        assertThat(store.next().id()).isEqualTo(wish.id());
    }

    @Test
    void aDroppedDeadLetterIsGone() {
        deadEvent();
        Delivery wish = deadWish();
        String event = (String) store.records.dead().get(0).get("id");

        assertThat(store.records.drop(event)).isTrue();
        assertThat(store.records.drop("wish-" + wish.id())).isTrue();

        assertThat(store.records.dead()).isEmpty();
        assertThat(store.count("webhook_payload")).isZero();
        assertThat(store.records.drop(event)).isFalse();
        assertThat(store.records.retry(event)).isFalse();
        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(0, 0));
        assertThat(store.records.outbox()).isEqualTo(new Records.Depth(0, 0));
    }

    @Test
    @Tag("invariant-2")
    void aDroppedEventIsKnownIfItComesAgain() {
        deadEvent();
        store.records.drop((String) store.records.dead().get(0).get("id"));

        assertThat(store.append(Bodies.message(A, 1, "hello").at(store.clock.instant())))
                .isZero();
    }

    @Test
    @Tag("invariant-9")
    void deadLettersAreFoundByQueueReasonAndConversation() {
        deadEvent();
        deadWish();
        store.wish(1581, Urgency.TAGGING, new Wish.AssignTeam("sales"));
        store.outbox.dead(store.next(), "chatwoot-404", "set-team: 404");

        assertThat(ids("", "", 0)).hasSize(3);
        assertThat(ids("event", "", 0)).hasSize(1).allMatch(id -> id.startsWith("event-"));
        assertThat(ids("wish", "", 0)).hasSize(2).allMatch(id -> id.startsWith("wish-"));
        assertThat(ids("", "failed", 0)).isEqualTo(ids("event", "", 0));
        assertThat(ids("", "chatwoot-404", 0)).isEqualTo(ids("", "", 1581));
        assertThat(ids("", "impossible", 1581)).isEmpty();
    }

    private List<String> ids(String queue, String reason, long conversation) {
        return store.records.dead(new DeadFilter(queue, reason, conversation), "", 10).stream()
                .map(letter -> (String) letter.get("id"))
                .toList();
    }

    @Test
    void pagesFollowEachOtherOverBothQueues() {
        deadEvent();
        for (int i = 0; i < 3; i++) {
            deadWish();
        }

        List<Object> paged = new ArrayList<>();
        String after = "";
        List<Map<String, Object>> page;
        do {
            page = store.records.dead(DeadFilter.ALL, after, 2);
            for (Map<String, Object> letter : page) {
                after = (String) letter.get("id");
                paged.add(after);
            }
        } while (page.size() == 2);

        assertThat(paged)
                .isEqualTo(store.records.dead().stream()
                        .map(letter -> letter.get("id"))
                        .toList());
        assertThat(paged).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    @Tag("invariant-9")
    void allOfAReasonAreRetriedOrDroppedAndNoOthers() {
        for (int i = 0; i < 3; i++) {
            deadWish();
        }
        deadEvent();
        store.wish(1581, Urgency.TAGGING, new Wish.AssignTeam("sales"));
        store.outbox.dead(store.next(), "chatwoot-404", "set-team: 404");

        assertThat(store.records.retry(new DeadFilter("", "failed", 0))).isEqualTo(1);
        assertThat(store.records.drop(new DeadFilter("", "chatwoot-404", 0))).isEqualTo(1);
        assertThat(store.records.retry(new DeadFilter("", "impossible", 0))).isEqualTo(3);

        assertThat(store.records.dead()).isEmpty();
        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(1, 0));
        assertThat(store.count("outbox WHERE state = 'pending'"))
                .as("of one kind, merged")
                .isEqualTo(1);
        assertThat(store.count("outbox WHERE state = 'dropped'")).isEqualTo(1);
    }

    @Test
    void moreThanAPageIsRetriedAtOnce() {
        store.database
                .jdbc()
                .sql("""
                        INSERT INTO webhook_event (id, account_id, lane, event, received_at, due_at, state, reason)
                        SELECT x, 1, 'l', 'e', :now, :now, 'dead', 'failed'
                        FROM (SELECT a.n * 100 + b.n AS x FROM
                          (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) a (n),
                          (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16),
                            (17), (18), (19), (20), (21), (22), (23), (24), (25), (26), (27), (28), (29), (30), (31),
                            (32), (33), (34), (35), (36), (37), (38), (39), (40), (41), (42), (43)) b (n)) ids""")
                .param("now", Timestamp.from(store.clock.instant()))
                .update();

        assertThat(store.records.retry(new DeadFilter("event", "failed", 0))).isEqualTo(12 * 43);

        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(12 * 43, 0));
    }

    @Test
    void whatIsNotDeadIsNeitherDroppedNorRetried() {
        receive(1, "hello");
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("sales"));
        long event = (long) store.rows("SELECT id FROM webhook_event").get(0).get("id");
        long wish = (long) store.rows("SELECT id FROM outbox").get(0).get("id");

        assertThat(store.records.drop("event-" + event)).isFalse();
        assertThat(store.records.retry("event-" + event)).isFalse();
        assertThat(store.records.drop("wish-" + wish)).isFalse();
        assertThat(store.records.retry("wish-" + wish)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "event-", "event--1", "wish-x", "event-9999999999999999999", "wish-1 OR 1=1"})
    void idsThatAreNoneAreNotFound(String id) {
        assertThat(store.records.retry(id)).isFalse();
        assertThat(store.records.drop(id)).isFalse();
    }

    @Test
    @Tag("invariant-11")
    void aConversationIsExplainedByItsEntriesEventsAndWishes() {
        receive(1, "enterprise price");
        store.work(Store.lane(A));
        store.outbox.done(store.next(), "set-labels: 200");

        Map<String, Object> all = store.records.conversation(Store.ACCOUNT, A).orElseThrow();

        assertThat(rows(all, "score_entries").get(0))
                .containsEntry("rule", "enterprise")
                .containsEntry("points", 30);
        assertThat(rows(all, "events").get(0))
                .containsEntry("event", "message_created")
                .containsEntry("state", "done");
        assertThat(rows(all, "wishes")).hasSize(2);
        assertThat(rows(all, "wishes").get(1)).containsEntry("answer", "set-labels: 200");
        assertThat(((JsonNode) rows(all, "wishes").get(1).get("payload")).path("add"))
                .hasSize(2);
        assertThat(store.records.conversation(Store.ACCOUNT, 4711)).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Map<String, Object> all, String key) {
        return (List<Map<String, Object>>) all.get(key);
    }
}
