package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.store.Gaps;
import io.leadroutes.store.Json;
import io.leadroutes.store.Store;
import io.leadroutes.store.TestDatabases.Engine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When the reconciler calls, and when others go first; what it finds is for the whole product's tests. */
class ReconcilerTest {
    private static final Duration EVERY = Duration.ofMinutes(10);

    private final Store store = new Store(Engine.H2);
    private final Requests requests = new Requests(Store.ACCOUNT);
    private final Budget budget = new Budget(60, store.clock);
    private final TokenWatch tokenWatch = new TokenWatch(requests, store.clock);
    private final Gaps gaps = new Gaps(store.database, store.clock);
    private final List<String> lost = new ArrayList<>();
    private final Reconciler reconciler = reconciler(EVERY);

    private Reconciler reconciler(Duration every) {
        return new Reconciler(
                gaps,
                store.inbox,
                store.conversations,
                store.outbox,
                requests,
                budget,
                tokenWatch,
                Store.ACCOUNT,
                every,
                false,
                lost::add,
                store.clock);
    }

    @BeforeEach
    void start() {
        gaps.start();
        store.clock.advance(EVERY.plus(Reconciler.SETTLED));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static ApiAnswer answer(String json) throws IOException {
        return new ApiAnswer("list-updated-conversations", 200, Json.tree(json));
    }

    @Test
    void aListWithoutNewsEndsTheRun() throws Exception {
        assertThat(reconciler.next()).isEqualTo(requests.listUpdatedConversations(610 + 60 + 1));

        reconciler.answer(answer("{\"data\":{\"payload\":[]}}"));

        assertThat(reconciler.next()).isNull();
        store.clock.advance(EVERY);
        assertThat(reconciler.next()).isEqualTo(requests.listUpdatedConversations(610 + 60 + 1));
        assertThat(lost).isEmpty();
    }

    @Test
    void withZeroItNeverCalls() {
        assertThat(reconciler(Duration.ZERO).next()).isNull();
    }

    @Test
    @Tag("invariant-7")
    void wishesThatAreDueGoFirstUnlessThereIsRoom() {
        // What is not urgent goes without pause until half of the permits are held.
        for (int i = 0; i < 28; i++) {
            budget.tryTake();
        }
        store.wish(1, Urgency.TAGGING, new Wish.AssignTeam("sales"));
        store.wish(2, Urgency.TAGGING, new Wish.AssignTeam("sales"));

        assertThat(reconciler.next()).as("two permits, two wishes").isNull();
        store.outbox.done(store.next(), "200");

        assertThat(reconciler.next()).as("two permits, one wish").isNotNull();
    }

    @Test
    void nothingIsCalledWhileAPauseLastsOrTheTokenIsRefused() {
        budget.pause(store.clock.instant().plusSeconds(30));
        assertThat(reconciler.next()).isNull();

        store.clock.advance(Duration.ofSeconds(30));
        ChatwootException.Paused refusal = tokenWatch.refused("list-teams: 401");
        assertThat(reconciler.next()).isNull();

        assertThat(refusal.until()).isAfter(store.clock.instant());
        tokenWatch.accepted();
        assertThat(reconciler.next()).isNotNull();
    }

    @Test
    void whileAnotherReplicaDoesItNoCallIsMade() throws Exception {
        Reconciler other = reconciler(EVERY);
        assertThat(reconciler.next()).isNotNull();

        assertThat(other.next()).isNull();
        reconciler.answer(answer("{\"data\":{\"payload\":[]}}"));
        assertThat(other.next()).as("it is done").isNull();

        store.clock.advance(EVERY);
        assertThat(other.next()).isNotNull();
    }

    @Test
    void theWorkOfAReplicaThatDiedIsTakenOver() {
        assertThat(reconciler.next()).isNotNull();
        Reconciler other = reconciler(EVERY);

        store.clock.advance(Duration.ofMinutes(2));

        assertThat(other.next()).isNotNull();
        assertThat(reconciler.next()).as("it has lost it").isNull();
    }

    @Test
    void afterAFailureItWaits() {
        Instant until = store.clock.instant().plusSeconds(7);
        reconciler.next();

        reconciler.failed(new ChatwootException.Paused("429", 429, until, false));

        assertThat(reconciler.next()).isNull();
        store.clock.set(until);
        assertThat(reconciler.next()).isNotNull();
        reconciler.failed(new IOException());
        assertThat(reconciler.next()).isNull();
        store.clock.advance(Duration.ofMinutes(1));
        assertThat(reconciler.next()).isNotNull();
    }
}
