package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conversation.Planner;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.store.Delivery;
import io.leadroutes.store.Linger;
import io.leadroutes.store.Records.Depth;
import io.leadroutes.store.Store;
import io.leadroutes.store.TestDatabases.Engine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DispatcherTest {
    private final Store store = new Store(Engine.H2, new Planner(List::of, macro -> false, this::mayShare));
    private final Budget budget = new Budget(60, store.clock);
    private final BulkActions bulkActions = new BulkActions(store.clock);

    @BeforeEach
    void wish() {
        for (long conversation = 1; conversation <= 9; conversation++) {
            store.wish(conversation, Urgency.TAGGING, new Wish.AssignTeam("team " + conversation));
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private boolean mayShare() {
        return bulkActions.areAllowed();
    }

    private Dispatcher dispatcher(int concurrency) {
        return new Dispatcher(
                store.outbox,
                limits -> store.conversations.claim(limits, Linger.ofTags(budget.linger())),
                () -> store.conversations.claimOldest(Dispatcher.patience(Linger.NONE), Linger.NONE),
                budget::free,
                (deliveries, answer) -> store.conversations.asked(deliveries, answer, Duration.ofMinutes(2)),
                bulkActions,
                concurrency,
                store.clock);
    }

    @Test
    void noMoreAreInHandThanMayBeInFlight() {
        Dispatcher dispatcher = dispatcher(4);

        List<Delivery> first = dispatcher.next();
        assertThat(first).as("one sender is left to escalations").hasSize(3);
        assertThat(dispatcher.next()).isEmpty();
        dispatcher.finished(first.get(0));
        assertThat(dispatcher.next()).hasSize(1);
        store.wish(11, Urgency.ESCALATION, new Wish.AssignTeam("support"));
        assertThat(dispatcher.next()).extracting(Delivery::conversationId).containsExactly(11L);
        assertThat(dispatcher.next()).isEmpty();
    }

    @Test
    void deadIsWhoHasNotBeenAskedForHalfAMinute() {
        Dispatcher dispatcher = dispatcher(4);
        store.clock.advance(Duration.ofSeconds(10));
        dispatcher.next();
        Instant asked = store.clock.instant();

        store.clock.advance(Duration.ofSeconds(30));
        assertThat(dispatcher.deadSince()).isEmpty();
        store.clock.advance(Duration.ofMillis(1));
        assertThat(dispatcher.deadSince()).contains(asked);

        dispatcher.next();
        assertThat(dispatcher.deadSince()).isEmpty();
    }

    @Test
    void whoWaitsForTheDatabaseIsNotDead() {
        AtomicReference<Optional<Instant>> dead = new AtomicReference<>();
        AtomicReference<Dispatcher> dispatcher = new AtomicReference<>();
        dispatcher.set(new Dispatcher(
                store.outbox,
                limits -> {
                    store.clock.advance(Duration.ofMinutes(5));
                    dead.set(dispatcher.get().deadSince());
                    return List.of();
                },
                List::of,
                budget::free,
                (deliveries, answer) -> {},
                bulkActions,
                4,
                store.clock));

        dispatcher.get().next();

        assertThat(dead.get()).isEmpty();
    }

    @Test
    @Tag("invariant-7")
    void noMoreAreTakenThanThereArePermits() {
        for (int i = 0; i < 58; i++) {
            budget.tryTake();
        }
        for (long conversation = 11; conversation <= 13; conversation++) {
            store.wish(conversation, Urgency.ESCALATION, new Wish.AssignTeam("team " + conversation));
        }
        Dispatcher dispatcher = dispatcher(4);

        assertThat(dispatcher.next()).hasSize(2);
        assertThat(dispatcher.next())
                .as("those two have not taken their permits yet")
                .isEmpty();
    }

    @Test
    void taggingWaitsWhereAnEscalationDoesNot() {
        for (int i = 0; i < 58; i++) {
            budget.tryTake();
        }
        Dispatcher dispatcher = dispatcher(4);
        assertThat(dispatcher.next()).isEmpty();

        store.wish(11, Urgency.ESCALATION, new Wish.AssignTeam("sales"));

        assertThat(dispatcher.next()).extracting(Delivery::conversationId).containsExactly(11L);
    }

    @Test
    void whatWaitsForItsNextPermitHoldsUpNoEscalation() {
        Dispatcher dispatcher = dispatcher(4);
        assertThat(dispatcher.next()).hasSize(3);
        for (int i = 0; i < 59; i++) {
            budget.tryTake();
        }

        store.wish(11, Urgency.ESCALATION, new Wish.AssignTeam("sales"));

        assertThat(dispatcher.next()).extracting(Delivery::conversationId).containsExactly(11L);
    }

    @Test
    void taggingLingersWhileFewPermitsAreLeft() {
        for (int i = 0; i < 35; i++) {
            budget.tryTake();
        }
        Dispatcher dispatcher = dispatcher(4);
        store.clock.advance(Duration.ofMillis(29_999));
        assertThat(dispatcher.next()).isEmpty();

        store.clock.advance(Duration.ofMillis(1));

        assertThat(dispatcher.next()).hasSize(1);
    }

    @Test
    void aTwelfthOfTheTurnsIsForTheOneThatHasWaitedLongest() {
        store.clock.advance(Dispatcher.patience(Linger.NONE));
        for (long conversation = 101; conversation <= 140; conversation++) {
            store.wish(conversation, Urgency.ESCALATION, new Wish.AssignTeam("team " + conversation));
        }
        Dispatcher dispatcher = dispatcher(1);

        List<Long> order = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            Delivery next = dispatcher.next().get(0);
            order.add(next.conversationId());
            dispatcher.finished(next);
        }

        assertThat(order).filteredOn(conversation -> conversation < 100).containsExactly(1L, 2L);
        assertThat(order.subList(0, 11)).allMatch(conversation -> conversation > 100);
    }

    @Test
    void whileCallsArePausedNothingIsTaken() {
        budget.pause(store.clock.instant().plusSeconds(30));

        assertThat(dispatcher(4).next()).isEmpty();
    }

    @Test
    @Tag("invariant-9")
    void eachFailureEndsAsItsKindAsksFor() {
        Dispatcher dispatcher = dispatcher(9);
        List<Delivery> taken = dispatcher.next();

        dispatcher.failed(taken.get(0), new ChatwootException.Rejected("404", 404));
        dispatcher.failed(taken.get(1), new IllegalArgumentException("contact_id is missing"));
        dispatcher.failed(taken.get(2), new ChatwootException.Unavailable("500"));
        dispatcher.failed(taken.get(3), new IOException());
        dispatcher.failed(
                taken.get(4),
                new ChatwootException.Paused("429", 429, store.clock.instant().plusSeconds(1), false));
        dispatcher.done(taken.get(5), null);
        dispatcher.done(taken.get(6), "200");

        assertThat(store.records.outbox()).isEqualTo(new Depth(5, 2));
        assertThat(store.records.dead())
                .extracting(row -> row.get("reason") + ": " + row.get("error"))
                .containsExactlyInAnyOrder("chatwoot-404: 404", "impossible: contact_id is missing");
    }

    @Test
    @Tag("invariant-5")
    void aTokenThatMayNotAskForBulkActionsAsksOnlyOnce() {
        for (long conversation = 21; conversation <= 24; conversation++) {
            store.wish(conversation, Urgency.ESCALATION, Wish.ChangeLabels.add(List.of("urgent")));
        }
        Dispatcher dispatcher = dispatcher(9);
        Delivery shared = dispatcher.next().get(0);
        assertThat(shared.all()).hasSize(4);

        dispatcher.failed(shared, new ChatwootException.Rejected("401", 401));
        store.clock.advance(Duration.ofMinutes(59));
        for (long conversation = 31; conversation <= 32; conversation++) {
            store.wish(conversation, Urgency.ESCALATION, Wish.ChangeLabels.add(List.of("urgent")));
        }
        assertThat(dispatcher(30).next())
                .filteredOn(delivery -> delivery.kind().equals("labels"))
                .hasSize(6)
                .noneMatch(Delivery::isShared);

        store.clock.advance(Duration.ofMinutes(1));
        for (long conversation = 41; conversation <= 42; conversation++) {
            store.wish(conversation, Urgency.ESCALATION, Wish.ChangeLabels.add(List.of("urgent")));
        }
        assertThat(dispatcher(30).next()).anyMatch(Delivery::isShared);
    }
}
