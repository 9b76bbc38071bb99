package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.store.TestDatabases.Engine;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;

@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class InboxTest {
    private static final long A = 1580;
    private static final long B = 1581;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

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

    private Bodies message(long conversation, long message) {
        return Bodies.message(conversation, message, "hello").at(store.clock.instant());
    }

    // ---- append

    @Test
    @Tag("invariant-2")
    void aDeliveryThatComesAgainIsNotStoredAgain() {
        store.inbox.append(List.of(store.event(message(A, 1), "delivery")));

        int stored = store.inbox.append(List.of(store.event(message(A, 1), "delivery")));

        assertThat(stored).isZero();
        assertThat(store.count("webhook_event")).isEqualTo(1);
    }

    @Test
    @Tag("invariant-2")
    @Tag("attack-03")
    void aDeliveryWhoseMeaningIsNotKnownIsNotStoredAgain() {
        NewEvent event = store.event(Bodies.contactUpdated("Ada", List.of()), "delivery");
        assertThat(event.meaningKey()).isEmpty();
        store.inbox.append(List.of(event));

        assertThat(store.inbox.append(List.of(event, event))).isZero();
        assertThat(store.count("webhook_event")).isEqualTo(1);
    }

    @Test
    @Tag("invariant-2")
    void theSameFactUnderAnotherDeliveryIsNotStoredAgain() {
        store.append(message(A, 1));

        assertThat(store.append(message(A, 1))).isZero();
        assertThat(store.append(message(A, 2))).isEqualTo(1);
    }

    @Test
    @Tag("invariant-2")
    void ofABatchOfOldAndNewTheNewIsStoredHoweverOftenThatHappens() {
        store.append(message(A, 1));

        for (int i = 1; i <= 5; i++) {
            assertThat(store.append(message(A, i), message(A, i + 1), message(B, 100 + i)))
                    .isEqualTo(2);
        }
        assertThat(store.count("webhook_event")).isEqualTo(11);
        assertThat(store.count("webhook_payload")).isEqualTo(11);
    }

    @Test
    @Tag("invariant-2")
    void duplicatesWithinOneBatchAreStoredOnce() {
        int stored = store.inbox.append(List.of(
                store.event(message(A, 1), "one"),
                store.event(message(A, 1), "one"),
                store.event(message(A, 1), "another")));

        assertThat(stored).isEqualTo(1);
        assertThat(store.count("webhook_payload")).isEqualTo(1);
    }

    @Test
    @Tag("invariant-9")
    void aDroppedDuplicateMakesNothingElseKnown() {
        store.inbox.append(List.of(store.event(message(A, 1), "one")));

        // The first is dropped for its delivery id; its meaning is stored nowhere, so the second must not be dropped.
        int stored =
                store.inbox.append(List.of(store.event(message(A, 2), "one"), store.event(message(A, 2), "another")));

        assertThat(stored).isEqualTo(1);
    }

    @Test
    void eventsThatNothingNamesAreAllStored() {
        Bodies body = Bodies.updated(A);
        NewEvent event = new NewEvent(
                body.event(), Store.ACCOUNT, body.json(), Optional.empty(), Optional.empty(), store.clock.instant());

        assertThat(store.inbox.append(List.of(event, event))).isEqualTo(2);
    }

    @Test
    void anEventKeepsTheTraceOfItsReceipt() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        store.inbox.append(List.of(store.event(message(A, 1)).in(trace), store.event(message(A, 2))));
        store.clock.advance(Store.QUIET);

        assertThat(store.inbox.dueLanes(1)).containsExactly(Store.lane(A));
        assertThat(store.claim(Store.lane(A)).getEvents())
                .extracting(StoredEvent::trace)
                .containsExactly(Optional.of(trace), Optional.empty());
    }

    @Test
    void anEmptyBatchIsNothing() {
        assertThat(store.inbox.append(List.of())).isZero();
    }

    @Test
    @Tag("invariant-2")
    void replicasThatStoreTheSameAtTheSameTimeStoreItOnce() throws Exception {
        List<Inbox> replicas = List.of(store.inbox, store.anotherInbox(), store.anotherInbox());
        CyclicBarrier start = new CyclicBarrier(replicas.size());
        int rounds = 20;

        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (Inbox replica : replicas) {
            all.add(Async.supply(() -> {
                int stored = 0;
                for (int round = 0; round < rounds; round++) {
                    await(start);
                    stored += replica.append(List.of(
                            store.event(message(A, 1 + 2 * round), "x" + round),
                            store.event(message(A, 2 + 2 * round), "y" + round)));
                }
                return stored;
            }));
        }

        int stored = 0;
        for (CompletableFuture<Integer> one : all) {
            stored += one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(stored).isEqualTo(2 * rounds);
        assertThat(store.count("webhook_event")).isEqualTo(2 * rounds);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- dueLanes

    @Test
    void aLaneIsDueWhenItHasBeenQuiet() {
        store.append(message(A, 1));
        store.clock.advance(Duration.ofMillis(600));
        store.append(message(A, 2));
        store.clock.advance(Duration.ofMillis(600));

        assertThat(store.inbox.dueLanes(10)).as("the second came 0.6 s ago").isEmpty();
        store.clock.advance(Duration.ofMillis(400));
        assertThat(store.inbox.dueLanes(10)).containsExactly(Store.lane(A));
    }

    @Test
    void aLaneThatIsNeverQuietIsDueAfterFiveSeconds() {
        for (int i = 1; i <= 10; i++) {
            store.append(message(A, i));
            assertThat(store.inbox.dueLanes(10)).isEmpty();
            store.clock.advance(Duration.ofMillis(500));
        }

        assertThat(store.inbox.dueLanes(10)).containsExactly(Store.lane(A));
    }

    @Test
    void whileWebhooksCrowdInLanesAreHandedOutOnceASecond() {
        store.append(message(A, 1));
        store.clock.advance(Store.QUIET);
        crowd(100);

        assertThat(store.inbox.dueLanes(10)).containsExactly(Store.lane(A));
        store.clock.advance(Duration.ofMillis(900));
        crowd(200);
        assertThat(store.inbox.dueLanes(10)).as("too early").isEmpty();
        store.clock.advance(Duration.ofMillis(100));
        assertThat(store.inbox.dueLanes(10)).contains(Store.lane(A));
        store.clock.advance(Duration.ofMillis(200));
        assertThat(store.inbox.dueLanes(10)).as("no crowd any more").contains(Store.lane(A));
    }

    private void crowd(int firstMessage) {
        store.append(IntStream.range(firstMessage, firstMessage + 16)
                .mapToObj(message -> message(B, message))
                .toArray(Bodies[]::new));
    }

    @Test
    void theLongestWaitingLaneComesFirst() {
        store.append(message(B, 1));
        store.clock.advance(Duration.ofMillis(10));
        store.append(message(A, 2));
        store.clock.advance(Duration.ofSeconds(2));

        assertThat(store.inbox.dueLanes(10)).containsExactly(Store.lane(B), Store.lane(A));
        assertThat(store.inbox.dueLanes(1)).containsExactly(Store.lane(B));
    }

    @Test
    void whatNamesNoConversationRunsInTheLaneOfItsContact() {
        store.append(Bodies.contactUpdated("Jonas", List.of("name")));
        store.clock.advance(Store.QUIET);

        assertThat(store.inbox.dueLanes(10)).containsExactly("contact:7:9021");
    }

    @Test
    void aHandledLaneIsNotDueAgain() {
        store.append(message(A, 1));
        due();

        store.work(Store.lane(A));

        assertThat(store.inbox.dueLanes(10)).isEmpty();
    }

    // ---- claim

    private void due() {
        store.clock.advance(Duration.ofSeconds(5));
        store.inbox.dueLanes(100);
    }

    @Test
    @Tag("invariant-3")
    void aSecondWorkerGetsNothingAndDoesNotWaitWhileALaneIsHeld() throws Exception {
        store.append(message(A, 1), message(B, 2));
        due();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Void> first = Async.run(() -> store.inTransaction(s -> {
            s.take(Store.lane(A));
            held.countDown();
            return await(release);
        }));
        await(held);

        Claim same = Async.supply(() -> store.claim(Store.lane(A))).get(5, TimeUnit.SECONDS);
        Claim other = Async.supply(() -> store.claim(Store.lane(B))).get(5, TimeUnit.SECONDS);
        release.countDown();
        first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(same).isNull();
        assertThat(other.getEvents()).hasSize(1);
        assertThat(store.claim(Store.lane(A)).getEvents()).as("released").hasSize(1);
    }

    @Test
    void lanesOfConversationsAreTakenTogetherAndThatOfAContactAlone() {
        store.append(message(A, 1), message(B, 2), Bodies.contactUpdated("Jonas", List.of("name")));
        due();

        assertThat(store.inbox.dueGroups(10))
                .extracting(LaneGroup::lanes)
                .containsExactlyInAnyOrder(List.of("contact:7:9021"), List.of(Store.lane(A), Store.lane(B)));
    }

    @Test
    @Tag("invariant-3")
    void ofAGroupTheLaneThatAnotherWorkerHasIsLeftOut() throws Exception {
        store.append(message(A, 1), message(B, 2));
        due();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Void> first = Async.run(() -> store.inTransaction(s -> {
            s.take(Store.lane(A));
            held.countDown();
            return await(release);
        }));
        await(held);

        LaneGroup group = Async.supply(() -> store.inTransaction(s -> s.take(Store.lane(A), Store.lane(B))))
                .get(5, TimeUnit.SECONDS);
        release.countDown();
        first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(group.getTaken()).extracting(Claim::getLane).containsExactly(Store.lane(B));
    }

    @Test
    void whatAGroupDoesNotComeToInTimeWaitsOn() {
        store.append(message(A, 1), message(B, 2));
        due();
        LaneGroup group = store.inbox.dueGroups(10).get(0);

        store.work(group, slowly -> store.clock.advance(Duration.ofMillis(250)));

        assertThat(group.getTaken()).extracting(Claim::getLane).containsExactly(Store.lane(A));
        assertThat(store.inbox.dueLanes(10)).containsExactly(Store.lane(B));
    }

    private static Void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return null;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Tag("invariant-2")
    @Tag("invariant-3")
    void manyWorkersHandleEachEventOnce() {
        int lanes = 6;
        for (int i = 1; i <= 30; i++) {
            store.append(message(A + i % lanes, i));
        }
        due();
        List<Long> handled = java.util.Collections.synchronizedList(new ArrayList<>());

        CompletableFuture<?>[] workers = new CompletableFuture<?>[3];
        for (int w = 0; w < workers.length; w++) {
            workers[w] = Async.run(() -> {
                for (int round = 0; round < 3 * lanes; round++) {
                    store.work(Store.lane(A + round % lanes), c -> handled.add(c.getMessageId()));
                }
            });
        }
        CompletableFuture.allOf(workers)
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();

        assertThat(handled).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    @Tag("invariant-3")
    void eventsAreHandledByVersionWhateverTheOrderOfTheirArrival() {
        Bodies first = message(A, 1);
        store.clock.advance(Duration.ofMillis(1));
        Bodies second = message(A, 2);
        store.append(second, first);
        due();
        List<Long> handled = new ArrayList<>();

        store.work(Store.lane(A), c -> handled.add(c.getMessageId()));

        assertThat(handled).containsExactly(1L, 2L);
    }

    @Test
    @Tag("invariant-3")
    void aMessageThatWasFetchedWithItsTimeInWholeSecondsDoesNotOvertakeAnOlderOne() {
        Instant second = store.clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Bodies delivered = Bodies.message(A, 1, "first").at(second.plusMillis(500));
        Bodies fetched = Bodies.message(A, 2, "second")
                .at(second.plusMillis(700))
                .withRoot("created_at", second.getEpochSecond());
        store.append(fetched, delivered);
        due();
        List<Long> handled = new ArrayList<>();

        store.work(Store.lane(A), c -> handled.add(c.getMessageId()));

        assertThat(handled).containsExactly(1L, 2L);
    }

    @Test
    void aClaimOfALaneWithoutEventsIsNothing() {
        store.append(message(A, 1));
        due();
        store.work(Store.lane(A));

        assertThat(store.claim(Store.lane(A))).isNull();
        assertThat(store.claim("conversation:7:4711")).isNull();
    }

    @Test
    void aLongBacklogIsTakenInParts() {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 1; i <= 130; i++) {
            events.add(store.event(message(A, i)));
        }
        store.inbox.append(events);
        due();
        List<Long> handled = new ArrayList<>();

        store.work(Store.lane(A), c -> handled.add(c.getMessageId()));
        assertThat(handled).hasSize(100);
        store.work(Store.lane(A), c -> handled.add(c.getMessageId()));
        assertThat(handled).hasSize(130).isSorted();
    }

    // ---- complete

    @Test
    @Tag("invariant-4")
    void stateWishesAndHandledEventsAreCommittedTogether() {
        store.append(Bodies.message(A, 1, "enterprise").at(store.clock.instant()));
        due();

        store.work(Store.lane(A));

        assertThat(store.records.inbox().pending()).isZero();
        assertThat(store.conversations.find(Store.ACCOUNT, A).orElseThrow().ledger())
                .hasSize(1);
        assertThat(store.outbox.waiting(Store.ACCOUNT, A))
                .hasAtLeastOneElementOfType(Wish.ChangeLabels.class)
                .hasAtLeastOneElementOfType(Wish.ChangeAttributes.class);
    }

    @Test
    @Tag("invariant-4")
    void aDecisionThatIsRolledBackLeavesNothing() {
        store.append(Bodies.message(A, 1, "enterprise").at(store.clock.instant()));
        due();

        assertThatThrownBy(() -> store.inTransaction(s -> {
                    LaneGroup group = s.take(Store.lane(A));
                    Claim claim = group.getTaken().get(0);
                    s.allSteps(s.events.conversation(claim, claim.getEvents().get(0)));
                    s.inbox.complete(group);
                    throw new IllegalStateException("killed here");
                }))
                .hasMessage("killed here");

        assertThat(store.records.inbox().pending()).isEqualTo(1);
        assertThat(store.conversations.find(Store.ACCOUNT, A)).isEmpty();
        assertThat(store.count("outbox")).isZero();
    }

    @Test
    @Tag("invariant-8")
    void theEchoOfOurOwnWriteIsRecordedAndWishesNothing() {
        store.append(Bodies.message(A, 1, "enterprise").at(store.clock.instant()));
        due();
        store.work(Store.lane(A));
        long wishes = store.count("outbox");

        store.append(Bodies.updated(A)
                .labels("enterprise-lead")
                .attributes(java.util.Map.of("lead_score", 30))
                .at(store.clock.instant()));
        due();
        store.work(Store.lane(A));

        assertThat(store.count("outbox")).isEqualTo(wishes);
        assertThat(store.records.inbox().pending()).isZero();
    }

    // ---- failures

    private void failOn(long message, RuntimeException failure) {
        store.work(Store.lane(A), c -> {
            if (c.getMessageId() == message) {
                throw failure;
            }
        });
    }

    @Test
    @Tag("invariant-9")
    @Tag("invariant-10")
    void anEventThatFailsFiveTimesIsSetAsideWithItsReason() {
        store.append(message(A, 1));

        for (int attempt = 1; attempt <= 4; attempt++) {
            due();
            failOn(1, new IllegalStateException("no way"));
            assertThat(store.records.inbox()).isEqualTo(new Records.Depth(1, 0));
        }
        due();
        failOn(1, new IllegalStateException("no way"));

        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(0, 1));
        assertThat(store.records.dead().get(0)).containsEntry("attempts", 5);
        assertThat(store.records.dead().get(0).get("error")).asString().contains("no way");
    }

    @Test
    @Tag("invariant-10")
    void aPoisonEventTakesNoOtherOfItsLaneDown() {
        for (int i = 1; i <= 3; i++) {
            store.append(message(A, i));
            store.clock.advance(Duration.ofMillis(1));
        }
        List<Long> handled = new ArrayList<>();

        for (int round = 0; round < 12; round++) {
            due();
            store.work(Store.lane(A), c -> {
                if (c.getMessageId() == 2) {
                    throw new IllegalStateException("poison");
                }
                handled.add(c.getMessageId());
            });
        }

        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(0, 1));
        assertThat(store.count("webhook_event WHERE state = 'done'")).isEqualTo(2);
        assertThat(handled).endsWith(3L).containsOnly(1L, 3L);
    }

    @Test
    @Tag("invariant-10")
    void afterAFailureEventsAreTakenOneByOne() {
        store.append(message(A, 1), message(A, 2), message(A, 3));
        due();
        failOn(2, new IllegalStateException("poison"));
        due();

        Claim claim = store.claim(Store.lane(A));

        assertThat(claim.getEvents()).hasSize(1);
    }

    @Test
    @Tag("invariant-10")
    void aFailureThatNoneIsToBlameForIsFoundByTakingThemSingly() {
        store.append(message(A, 1), message(A, 2));
        due();
        LaneGroup group = store.inTransaction(s -> s.take(Store.lane(A)));

        store.inbox.failed(group, new IllegalStateException("at the commit"));

        assertThat(store.claim(Store.lane(A)).getEvents()).hasSize(1);
        assertThat(store.records.inbox().dead()).isZero();
    }

    @Test
    @Tag("invariant-10")
    void aPoisonEventTakesNoOtherLaneOfItsGroupDown() {
        store.append(message(A, 1), message(B, 2));
        List<Long> handled = new ArrayList<>();

        for (int round = 1; round <= 12; round++) {
            due();
            store.inbox
                    .dueGroups(10)
                    .forEach(group -> store.work(group, c -> {
                        if (c.getMessageId() == 1) {
                            throw new IllegalStateException("poison");
                        }
                        handled.add(c.getMessageId());
                    }));
            if (round == 2) {
                assertThat(store.count("webhook_event WHERE state = 'done'"))
                        .as("together in the first round, singly in the second")
                        .isEqualTo(1);
            }
        }

        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(0, 1));
        assertThat(store.records.dead().get(0)).containsEntry("attempts", 5);
        assertThat(handled).containsOnly(2L);
    }

    @Test
    @Tag("invariant-10")
    void aLaneInWhichOneHasFailedIsNotTakenWithOthers() {
        store.append(message(A, 1), message(B, 2));
        due();
        failOn(1, new IllegalStateException("poison"));
        due();
        Inbox restarted = store.anotherInbox();
        LaneGroup group = restarted.dueGroups(10).get(0);
        assertThat(group.lanes()).containsExactlyInAnyOrder(Store.lane(A), Store.lane(B));

        store.inTransaction(s -> {
            restarted.claim(group).forEachRemaining(claim -> {});
            return null;
        });

        assertThat(group.getTaken()).extracting(Claim::getLane).containsExactly(Store.lane(B));
        assertThat(restarted.dueGroups(10))
                .extracting(LaneGroup::lanes)
                .containsExactlyInAnyOrder(List.of(Store.lane(A)), List.of(Store.lane(B)));
    }

    @Test
    void aDatabaseThatIsAwayIsNoEventsFault() {
        store.append(message(A, 1));
        for (int i = 0; i < 6; i++) {
            due();
            failOn(1, new QueryTimeoutException("locked"));
            store.inbox.failed(new LaneGroup(List.of(Store.lane(A))), new IllegalStateException("not even claimed"));
        }

        assertThat(store.count("webhook_event WHERE attempts = 0 AND state = 'new'"))
                .isEqualTo(1);
    }

    @Test
    void aFailedEventIsTriedAgainAfterAGrowingPause() {
        store.append(message(A, 1));
        due();
        failOn(1, new IllegalStateException("first"));

        store.clock.advance(Duration.ofMillis(1_199));
        assertThat(store.inbox.dueLanes(10)).isEmpty();
        store.clock.advance(Duration.ofMillis(1));
        assertThat(store.inbox.dueLanes(10)).hasSize(1);
    }

    @Test
    @Tag("invariant-9")
    @Tag("invariant-10")
    void aPayloadThatCannotBeReadAnyMoreDoesNotBlockItsLane() {
        store.append(message(A, 1), message(A, 2));
        store.database
                .jdbc()
                .sql(
                        "UPDATE webhook_payload SET payload = '{broken' WHERE event_id = (SELECT MIN(id) FROM webhook_event)")
                .update();
        due();

        store.work(Store.lane(A));

        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(0, 1));
        assertThat(store.records.dead().get(0).get("error")).asString().contains("JSON");
        assertThat(store.claim(Store.lane(A))).isNull();
    }

    @Test
    @Tag("invariant-10")
    void aStateThatCannotBeReadEndsInADeadLetterAndNotInAnEndlessLoop() {
        store.append(message(A, 1));
        due();
        store.work(Store.lane(A));
        store.database.jdbc().sql("UPDATE conversation SET contact = '{broken'").update();
        store.append(message(A, 2));

        for (int i = 0; i < 5; i++) {
            due();
            store.work(Store.lane(A));
        }

        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(0, 1));
    }

    @Test
    @Tag("invariant-10")
    void textsThatNoColumnCanHoldDoNotFailTheirEvent() {
        String hostile = "a\u0000b" + "\uD83D\uDE80".repeat(600);
        store.append(Bodies.message(A, 1, "he\u0000llo")
                .status(hostile)
                .with("channel", hostile)
                .team(3, hostile)
                .contact(5, hostile)
                .labels(hostile)
                .attributes(java.util.Map.of("k\u0000", hostile))
                .at(store.clock.instant()));
        due();

        store.work(Store.lane(A));

        assertThat(store.records.inbox()).isEqualTo(new Records.Depth(0, 0));
        var state = store.conversations.find(Store.ACCOUNT, A).orElseThrow();
        assertThat(state.firstMessage()).contains("hello");
        assertThat(state.contact().orElseThrow().name()).contains(hostile);
        assertThat(state.labels().orElseThrow().value()).containsExactly(hostile);
        assertThat(state.channel().orElseThrow()).startsWith("ab").hasSizeLessThanOrEqualTo(200);
    }

    @Test
    void aConstraintThatIsViolatedIsTheEventsFault() {
        store.append(message(A, 1));
        due();

        failOn(1, new DataIntegrityViolationException("too long"));

        assertThat(store.count("webhook_event WHERE attempts = 1")).isEqualTo(1);
    }

    // ---- contacts

    @Test
    void aContactEventUpdatesItsConversationsAndTheLatestLead() {
        qualify(A, 1);
        qualify(B, 10);
        store.append(Bodies.contactUpdated("Jonas Feldmann", List.of("name")));
        due();

        store.work("contact:7:9021");

        assertThat(store.conversations
                        .find(Store.ACCOUNT, A)
                        .orElseThrow()
                        .contact()
                        .orElseThrow()
                        .name())
                .contains("Jonas Feldmann");
        assertThat(store.rows("SELECT conversation_id FROM outbox WHERE kind = 'lead' AND state = 'pending'"))
                .as("told once, for the conversation that qualified last")
                .extracting(row -> row.get("conversation_id"))
                .containsExactly(B);
    }

    @Test
    @Tag("invariant-5")
    void aContactsLastActivityIsNoReasonToWriteItsLeadAgain() {
        qualify(A, 1);
        store.append(Bodies.contactUpdated("Jonas Feld", List.of("last_activity_at", "updated_at")));
        due();

        store.work("contact:7:9021");

        assertThat(store.count("outbox WHERE kind = 'lead' AND state = 'pending'"))
                .isZero();
    }

    /** A qualified conversation whose lead has been delivered. */
    private void qualify(long conversation, long message) {
        store.append(Bodies.message(conversation, message, "urgent enterprise demo, we have a budget")
                .at(store.clock.instant()));
        due();
        store.work(Store.lane(conversation));
        store.outbox.claimForEndpoints(1).forEach(delivery -> store.outbox.done(delivery, "delivered"));
        store.clock.advance(Duration.ofMinutes(1));
    }

    @Test
    @Tag("invariant-3")
    void aContactEventAndAMessageAtTheSameTimeLoseNeithersChange() throws Exception {
        store.append(message(A, 1));
        due();
        store.work(Store.lane(A));
        store.append(
                Bodies.message(A, 2, "enterprise").at(store.clock.instant()),
                Bodies.contactUpdated("New Name", List.of("name")));
        due();
        CountDownLatch loaded = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);

        CompletableFuture<Boolean> worker = Async.supply(() -> store.work(Store.lane(A), c -> {
            store.allSteps(c);
            loaded.countDown();
            await(go);
        }));
        await(loaded);
        CompletableFuture<Boolean> contact = Async.supply(() -> store.work("contact:7:9021"));
        assertThat(contact)
                .as("waits for the worker")
                .failsWithin(200, TimeUnit.MILLISECONDS)
                .withThrowableOfType(TimeoutException.class);
        go.countDown();
        worker.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        contact.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        var state = store.conversations.find(Store.ACCOUNT, A).orElseThrow();
        assertThat(state.ledger()).hasSize(1);
        assertThat(state.contact().orElseThrow().name()).contains("New Name");
    }

    @Test
    @Tag("invariant-4")
    void aWriteNotedByADispatcherIsNotOverwrittenByAWorker() throws Exception {
        store.wish(A, Urgency.TAGGING, Wish.ChangeLabels.add(List.of("ours")));
        Delivery wish = store.next();
        store.append(message(A, 1));
        due();
        store.work(Store.lane(A));
        store.append(message(A, 2));
        due();
        CountDownLatch loaded = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);

        CompletableFuture<Boolean> worker = Async.supply(() -> store.work(Store.lane(A), c -> {
            loaded.countDown();
            await(go);
        }));
        await(loaded);
        CompletableFuture<Void> dispatcher = Async.run(() -> store.conversations.wroteLabels(wish, List.of("ours")));
        go.countDown();
        worker.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        dispatcher.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(store.conversations
                        .find(Store.ACCOUNT, A)
                        .orElseThrow()
                        .labels()
                        .orElseThrow()
                        .value())
                .containsExactly("ours");
    }

    @Test
    void aWishThatStillWaitsIsSeenByTheNextDecision() {
        store.wish(A, Urgency.TAGGING, Wish.ChangeLabels.add(List.of("vip")));
        store.append(Bodies.message(A, 1, UUID.randomUUID().toString()).at(store.clock.instant()));
        due();
        List<Boolean> seen = new ArrayList<>();

        store.work(Store.lane(A), c -> seen.add(c.hasLabel("vip")));

        assertThat(seen).containsExactly(true);
    }
}
