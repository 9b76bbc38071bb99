package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.Observed;
import io.leadroutes.conversation.Reason;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.event.Priority;
import io.leadroutes.store.TestDatabases.Engine;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
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
class OutboxTest {
    private static final long A = 1580;
    private static final long B = 1581;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Wish TEAM = new Wish.AssignTeam("sales");
    private static final Wish NOTE = new Wish.Note("qualify", "hello");
    private static final Wish HIGH = Wish.SetPriority.atLeast(Priority.HIGH);

    @Parameter
    Engine engine;

    private Store store;
    private Outbox outbox;

    @BeforeEach
    void open() {
        store = new Store(engine);
        outbox = store.outbox;
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private static Wish labels(String... labels) {
        return Wish.ChangeLabels.add(List.of(labels));
    }

    private static Wish attribute(String key, Object value) {
        return Wish.ChangeAttributes.set(Map.of(key, value));
    }

    // ---- adding

    @Test
    @Tag("invariant-5")
    void labelsOfABurstBecomeOneWish() {
        store.wish(A, Urgency.TAGGING, labels("a", "b"));
        store.wish(A, Urgency.TAGGING, labels("b", "c"));

        assertThat(outbox.waiting(Store.ACCOUNT, A)).containsExactly(labels("a", "b", "c"));
    }

    @Test
    @Tag("invariant-5")
    void attributesAreMergedAndTheLastValueWins() {
        store.wish(A, Urgency.TAGGING, attribute("lead_score", 30), attribute("industry", "boats"));
        store.wish(A, Urgency.TAGGING, attribute("lead_score", 75));

        assertThat(outbox.waiting(Store.ACCOUNT, A))
                .containsExactly(Wish.ChangeAttributes.set(Map.of("lead_score", 75, "industry", "boats")));
    }

    @Test
    @Tag("invariant-5")
    void thereIsOneWaitingWishPerConversationAndKind() {
        store.wish(A, Urgency.TAGGING, TEAM, NOTE, HIGH, labels("a"));
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("support"), HIGH, labels("b"));
        store.wish(B, Urgency.TAGGING, TEAM);

        assertThat(outbox.waiting(Store.ACCOUNT, A))
                .containsExactly(new Wish.AssignTeam("support"), NOTE, HIGH, labels("a", "b"));
        assertThat(outbox.waiting(Store.ACCOUNT, B)).containsExactly(TEAM);
        assertThat(outbox.waiting(Store.ACCOUNT + 1, A)).as("another account").isEmpty();
    }

    @Test
    void aMergedWishTakesTheMoreUrgentLane() {
        store.wish(A, Urgency.ESCALATION, labels("escalated"));
        store.wish(A, Urgency.TAGGING, labels("pricing-inquiry"));
        store.wish(B, Urgency.TAGGING, labels("a"));
        store.wish(B, Urgency.QUALIFICATION, labels("b"));

        assertThat(store.rows("SELECT urgency FROM outbox ORDER BY id"))
                .extracting(row -> row.get("urgency"))
                .containsExactly(0, 1);
    }

    @Test
    @Tag("invariant-11")
    void aMergedWishKeepsAllItsReasons() {
        store.wish(A, Urgency.TAGGING, new Reason("one", 11, List.of("price")), labels("a"));
        store.wish(A, Urgency.TAGGING, new Reason("two", 12, List.of("demo")), labels("b"));

        assertThat(store.rows("SELECT reasons FROM outbox").get(0).get("reasons"))
                .asString()
                .contains("\"one\"", "\"price\"", "\"two\"", "\"demo\"", "11", "12");
    }

    @Test
    void aMergedWishKeepsTheTracesOfItsDecisionsTheNewestFirst() {
        String older = trace(1);
        String newer = trace(2);
        store.trace = Optional.of(older);
        store.wish(A, Urgency.TAGGING, labels("a"));
        store.trace = Optional.empty();
        store.wish(A, Urgency.TAGGING, labels("b"));
        store.trace = Optional.of(newer);
        store.wish(A, Urgency.TAGGING, labels("c"));
        store.wish(A, Urgency.TAGGING, labels("d"));

        assertThat(outbox.claimForChatwoot(1)).singleElement().satisfies(delivery -> assertThat(delivery.traces())
                .containsExactly(newer, older));
    }

    @Test
    void ofManyTracesTheOldestAreLeftOutAndNoneIsCut() {
        for (int i = 0; i < 12; i++) {
            store.trace = Optional.of(trace(i));
            store.wish(A, Urgency.TAGGING, labels("label-" + i));
        }

        assertThat(outbox.claimForChatwoot(1)).singleElement().satisfies(delivery -> assertThat(delivery.traces())
                .hasSize(10)
                .startsWith(trace(11))
                .endsWith(trace(2)));
    }

    @Test
    void aWishThatIsPutBackIntoANewerOneLeavesItsTraceThere() {
        store.trace = Optional.of(trace(1));
        store.wish(A, Urgency.TAGGING, labels("a"));
        Delivery sending = outbox.claimForChatwoot(1).get(0);
        store.trace = Optional.of(trace(2));
        store.wish(A, Urgency.TAGGING, labels("b"));

        outbox.retryAt(sending, store.clock.instant(), true, "an outage");

        assertThat(outbox.claimForChatwoot(1)).singleElement().satisfies(delivery -> assertThat(delivery.traces())
                .containsExactly(trace(2), trace(1)));
    }

    private static String trace(int number) {
        return "00-" + "%032x".formatted(number) + "-" + "%016x".formatted(number) + "-01";
    }

    // ---- sharing

    @Test
    @Tag("invariant-5")
    void equalWishesOfSeveralConversationsShareOneCall() {
        store.wish(1, Urgency.TAGGING, labels("a"));
        store.wish(2, Urgency.TAGGING, labels("a"));
        store.wish(3, Urgency.TAGGING, labels("b"));
        store.wish(4, Urgency.TAGGING, TEAM);
        store.wish(5, Urgency.TAGGING, new Wish.AssignTeam("support"));

        List<Delivery> claimed = outbox.claimForChatwoot(3);

        assertThat(claimed.get(0).all()).extracting(Delivery::conversationId).containsExactly(1L, 2L);
        assertThat(claimed.get(1).all()).extracting(Delivery::conversationId).containsExactly(3L);
        assertThat(store.count("outbox WHERE state = 'sending'")).isEqualTo(3);
        assertThat(outbox.claimForChatwoot(9)).extracting(Delivery::isShared).containsOnly(false);
    }

    @Test
    @Tag("invariant-5")
    @Tag("invariant-11")
    void labelsAreSharedWithAWishForMoreOfWhichTheRestWaitsOn() {
        store.wish(1, Urgency.TAGGING, labels("a"));
        store.wish(2, Urgency.TAGGING, labels("b", "a"));
        store.wish(3, Urgency.QUALIFICATION, labels("a", "c"));

        List<Delivery> claimed = outbox.claimForChatwoot(9);

        assertThat(claimed)
                .extracting(one -> one.all().stream()
                        .map(delivery -> delivery.conversationId() + " " + delivery.wish())
                        .toList())
                .as("a lead's labels are not torn apart for a tag's sake")
                .containsExactly(List.of("3 " + labels("a", "c")), List.of("1 " + labels("a"), "2 " + labels("a")));
        assertThat(outbox.waiting(Store.ACCOUNT, 2))
                .as("nothing is forgotten")
                .containsExactly(labels("a"), labels("b"));
        assertThat(store.rows("SELECT DISTINCT reasons FROM outbox WHERE conversation_id = 2"))
                .hasSize(1);

        claimed.get(1).all().forEach(delivery -> outbox.done(delivery, "200"));
        assertThat(outbox.claimForChatwoot(9)).singleElement().satisfies(rest -> assertThat(rest.wish())
                .isEqualTo(labels("b")));
    }

    @Test
    @Tag("invariant-5")
    @Tag("invariant-9")
    void aPartThatFailsIsMergedIntoTheRest() {
        store.wish(1, Urgency.TAGGING, labels("a"));
        store.wish(2, Urgency.TAGGING, labels("a", "b"));
        List<Delivery> shared = outbox.claimForChatwoot(9).get(0).all();
        store.wish(2, Urgency.TAGGING, labels("c"));

        shared.forEach(delivery -> outbox.retryLater(delivery, "503"));

        assertThat(outbox.waiting(Store.ACCOUNT, 2))
                .singleElement()
                .satisfies(all -> assertThat(((Wish.ChangeLabels) all).add()).containsExactlyInAnyOrder("a", "b", "c"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @Tag("invariant-5")
    void ofSharedLabelsAllAreAddedAndNoOthersInNoMoreCallsThanWishes(long seed) {
        Random random = new Random(seed);
        Map<Long, Set<String>> wished = new HashMap<>();
        Map<Long, Set<String>> added = new HashMap<>();
        for (long conversation = 1; conversation <= 8; conversation++) {
            List<String> some = Stream.of("a", "b", "c", "d")
                    .filter(label -> random.nextBoolean())
                    .toList();
            if (!some.isEmpty()) {
                Urgency urgency = random.nextInt(4) > 0 ? Urgency.TAGGING : Urgency.ESCALATION;
                store.wish(conversation, urgency, Wish.ChangeLabels.add(some));
                wished.put(conversation, Set.copyOf(some));
            }
        }

        int calls = 0;
        for (List<Delivery> next = outbox.claimForChatwoot(1); !next.isEmpty(); next = outbox.claimForChatwoot(1)) {
            Wish call = next.get(0).wish();
            calls++;
            for (Delivery one : next.get(0).all()) {
                assertThat(one.wish()).as("one call adds the same to all").isEqualTo(call);
                assertThat(added.computeIfAbsent(one.conversationId(), key -> new HashSet<>())
                                .addAll(((Wish.ChangeLabels) call).add()))
                        .as("not for nothing, conversation %d, seed %d", one.conversationId(), seed)
                        .isTrue();
                outbox.done(one, "200");
            }
        }

        assertThat(added).as("seed %d", seed).isEqualTo(wished);
        assertThat(calls).isLessThanOrEqualTo(wished.size());
    }

    private static final Linger LINGER =
            new Linger(Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(40), Duration.ofSeconds(5));

    private List<Long> claimed() {
        return store.conversations.claim(urgency -> 9, LINGER).stream()
                .map(Delivery::conversationId)
                .toList();
    }

    private void shown(long conversation) {
        Known.make(
                store,
                Bodies.updated(conversation).at(store.clock.instant()).labels().attributes(Map.of()));
    }

    @Test
    @Tag("invariant-5")
    void attributesThatHaveWaitedGoWhenAWebhookSavesTheirRead() {
        shown(A);
        shown(B);
        store.wish(A, Urgency.TAGGING, attribute("lead_score", 30));
        store.wish(B, Urgency.TAGGING, attribute("lead_score", 30));
        assertThat(claimed()).as("others may be merged into them").isEmpty();
        store.clock.advance(Duration.ofSeconds(20));
        assertThat(claimed()).as("a read would be needed").isEmpty();
        shown(A);

        Delivery unread = store.conversations.claim(urgency -> 9, LINGER).get(0);
        assertThat(unread.conversationId()).isEqualTo(A);
        outbox.done(unread, "200");
        store.clock.advance(Duration.ofSeconds(20));
        assertThat(claimed()).as("the longest wait").containsExactly(B);
    }

    @Test
    @Tag("invariant-5")
    void whileAttributesAreReadOthersWaitForWhatTheReadShowsOfThem() {
        long escalated = 1582;
        long last = 1583;
        for (long conversation : List.of(A, B, escalated, last)) {
            shown(conversation);
            store.wish(conversation, Urgency.QUALIFICATION, attribute("lead_score", 75));
        }
        store.clock.advance(Duration.ofSeconds(5));

        List<Delivery> first = store.conversations.claim(urgency -> 9, LINGER);
        assertThat(first).extracting(Delivery::conversationId).containsExactly(A);
        assertThat(store.conversations.unread(first.get(0), LINGER.fresh(), 9)).containsExactly(B, escalated, last);
        store.wish(escalated, Urgency.ESCALATION, attribute("lead_score", 80));
        assertThat(claimed()).as("an escalation does not wait").containsExactly(escalated);

        store.conversations.sawBeside(Store.ACCOUNT, B, 4_000_000_000_000_000L, List.of("vip"), Map.of("order", "A-1"));
        assertThat(claimed()).containsExactly(B);
        store.clock.advance(Duration.ofSeconds(5));
        assertThat(claimed()).as("a call that takes long holds up nobody").containsExactly(last);
    }

    @Test
    @Tag("invariant-3")
    @Tag("invariant-6")
    void aReadBesideOthersDoesNotOverwriteWhatIsOnItsWayOrNewer() {
        shown(A);
        store.wish(A, Urgency.TAGGING, attribute("lead_score", 30));
        Delivery sending = store.next();
        sawBeside(4_000_000_000_000_000L);
        assertThat(attributesOfA()).as("while it is being sent").isEmpty();
        store.conversations.wroteAttributes(sending, Map.of("lead_score", 30));
        outbox.done(sending, "200");

        sawBeside(4_000_000_000_000_000L);
        assertThat(attributesOfA()).as("while it waits for its webhook").containsOnlyKeys("lead_score");
        store.clock.advance(Duration.ofMinutes(2));
        sawBeside(1);
        assertThat(attributesOfA()).as("an older one").containsOnlyKeys("lead_score");

        sawBeside(4_000_000_000_000_000L);
        assertThat(attributesOfA()).containsOnlyKeys("read");
    }

    private void sawBeside(long versionMicros) {
        store.conversations.sawBeside(Store.ACCOUNT, A, versionMicros, List.of(), Map.of("read", 1));
    }

    private Map<String, Object> attributesOfA() {
        return store.conversations
                .find(Store.ACCOUNT, A)
                .flatMap(ConversationState::attributes)
                .map(Observed::value)
                .orElseThrow();
    }

    @Test
    void whatTakesAwayIsNotShared() {
        Wish exactly = Wish.ChangeLabels.exactly(List.of("a"));
        Wish remove = Wish.ChangeLabels.remove(List.of("a"));
        store.wish(1, Urgency.TAGGING, exactly);
        store.wish(2, Urgency.TAGGING, exactly);
        store.wish(3, Urgency.TAGGING, remove);
        store.wish(4, Urgency.TAGGING, remove);

        assertThat(outbox.claimForChatwoot(9)).hasSize(4);
    }

    @Test
    void aConversationThatIsInHandDoesNotShare() {
        store.wish(2, Urgency.ESCALATION, NOTE);
        outbox.claimForChatwoot(1);
        store.wish(1, Urgency.TAGGING, labels("a"));
        store.wish(2, Urgency.TAGGING, labels("a"));

        assertThat(outbox.claimForChatwoot(9)).flatExtracting(Delivery::all).hasSize(1);
    }

    @Test
    @Tag("invariant-9")
    void whatNoWebhookConfirmsIsTriedByItself() {
        store.wish(1, Urgency.TAGGING, labels("a"));
        store.wish(2, Urgency.TAGGING, labels("a"));
        store.conversations.asked(outbox.claimForChatwoot(1).get(0).all(), "200", Duration.ofMinutes(2));
        assertThat(store.records.outbox().pending()).isEqualTo(2);
        assertThat(outbox.waiting(Store.ACCOUNT, 1)).containsExactly(labels("a"));
        assertThat(outbox.recover(true)).as("it is in nobody's hand").isZero();
        assertThat(outbox.claimForChatwoot(9)).isEmpty();

        Known.make(store, Bodies.updated(1).labels("a", "others").at(store.clock.instant()));
        store.clock.advance(Duration.ofMinutes(2));

        assertThat(outbox.claimForChatwoot(9)).singleElement().satisfies(delivery -> {
            assertThat(delivery.conversationId()).isEqualTo(2);
            assertThat(delivery.attempts()).isEqualTo(1);
            assertThat(delivery.isShared()).isFalse();
        });
        assertThat(store.count("outbox WHERE conversation_id = 1 AND state = 'done'"))
                .isEqualTo(1);
    }

    @Test
    @Tag("invariant-3")
    void aJobThatIsStillInChatwootsQueueIsNotOvertaken() {
        store.wish(1, Urgency.QUALIFICATION, TEAM);
        store.wish(2, Urgency.QUALIFICATION, TEAM);
        store.conversations.asked(outbox.claimForChatwoot(1).get(0).all(), "200", Duration.ofMinutes(2));

        store.wish(1, Urgency.ESCALATION, new Wish.AssignTeam("support"), labels("escalated"));

        assertThat(outbox.claimForChatwoot(9))
                .as("the job would set its team after ours")
                .singleElement()
                .extracting(Delivery::wish)
                .isEqualTo(labels("escalated"));
        store.clock.advance(Duration.ofMinutes(2));
        assertThat(outbox.waiting(Store.ACCOUNT, 1)).contains(new Wish.AssignTeam("support"));
    }

    @Test
    void aWebhookThatIsQuickerThanTheAnswerConfirms() {
        Known.make(store, Bodies.updated(1).at(store.clock.instant()));
        store.wish(1, Urgency.TAGGING, labels("a"));
        store.wish(2, Urgency.TAGGING, labels("a"));
        Delivery shared = outbox.claimForChatwoot(1).get(0);
        Known.make(store, Bodies.updated(1).labels("a").at(store.clock.instant()));

        store.conversations.asked(shared.all(), "200", Duration.ofMinutes(2));

        assertThat(store.count("outbox WHERE conversation_id = 1 AND state = 'done'"))
                .isEqualTo(1);
        assertThat(store.count("outbox WHERE conversation_id = 2 AND state = 'asked'"))
                .isEqualTo(1);
    }

    // ---- claiming

    @Test
    void theMostUrgentIsTakenFirstThenTheOldest() {
        store.wish(1, Urgency.TAGGING, NOTE);
        store.wish(2, Urgency.QUALIFICATION, NOTE);
        store.wish(3, Urgency.TAGGING, NOTE);
        store.wish(4, Urgency.ESCALATION, NOTE);

        assertThat(outbox.claimForChatwoot(2))
                .extracting(Delivery::conversationId)
                .containsExactly(4L, 2L);
        assertThat(outbox.claimForChatwoot(9))
                .extracting(Delivery::conversationId)
                .containsExactly(1L, 3L);
    }

    @Test
    @Tag("invariant-3")
    void oneConversationHasAtMostOneWishInHand() {
        store.wish(A, Urgency.TAGGING, TEAM, NOTE, HIGH);

        assertThat(outbox.claimForChatwoot(9)).hasSize(1);
        assertThat(outbox.claimForChatwoot(9)).isEmpty();
    }

    @Test
    @Tag("invariant-3")
    void oneConversationHasAtMostOneWishInHandHoweverManyReplicasAsk() {
        for (int round = 0; round < 15; round++) {
            store.wish(100 + round, Urgency.TAGGING, TEAM, NOTE, HIGH, labels("a"), attribute("k", 1));
        }
        List<Outbox> replicas = List.of(outbox, replica(), replica());
        List<Delivery> taken = Collections.synchronizedList(new ArrayList<>());

        CompletableFuture<?>[] all = replicas.stream()
                .map(replica -> Async.run(() -> {
                    for (int i = 0; i < 15; i++) {
                        taken.addAll(replica.claimForChatwoot(1));
                    }
                }))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(all)
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();

        assertThat(taken).extracting(Delivery::conversationId).doesNotHaveDuplicates();
    }

    @Test
    @Tag("invariant-5")
    void routesThatAskForTheSameKindAtTheSameTimeEndAsOneWish() {
        int rounds = 20;
        CyclicBarrier start = new CyclicBarrier(2);

        CompletableFuture<?>[] both = Stream.of("a", "b")
                .map(label -> Async.run(() -> {
                    for (int round = 0; round < rounds; round++) {
                        await(start);
                        outbox.wish(Store.ACCOUNT, 100 + round, labels(label), "add-labels");
                    }
                }))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(both)
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();

        assertThat(outbox.claimForChatwoot(100))
                .flatExtracting(Delivery::all)
                .hasSize(rounds)
                .allSatisfy(delivery ->
                        assertThat(delivery.wish(Wish.ChangeLabels.class).add()).containsExactlyInAnyOrder("a", "b"));
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Outbox replica() {
        return new Outbox(store.database, store.clock, new Random(7), Store.LEASE, Tally.NONE, Optional::empty);
    }

    @Test
    void nothingIsTakenWithoutAPermit() {
        store.wish(A, Urgency.TAGGING, TEAM);

        assertThat(outbox.claimForChatwoot(0)).isEmpty();
        assertThat(outbox.claimForChatwoot(-1)).isEmpty();
    }

    @Test
    void leadsAndChatwootWishesDoNotWaitForEachOther() {
        Wish lead = new Wish.Publish("direct:crm-sync", "lead", Leads.of(A));
        store.wish(A, Urgency.TAGGING, TEAM, lead, new Wish.Publish("jms:leads", "lead", Leads.of(A)));

        assertThat(outbox.claimForEndpoints(9))
                .as("each destination by itself")
                .extracting(Delivery::destination)
                .containsExactlyInAnyOrder("direct:crm-sync", "jms:leads");
        assertThat(outbox.claimForChatwoot(9)).extracting(Delivery::wish).containsExactly(TEAM);
    }

    @Test
    @Tag("invariant-9")
    @Tag("invariant-10")
    void aWishThatCannotBeReadIsSetAsideAndBlocksNoOther() {
        store.wish(A, Urgency.ESCALATION, TEAM);
        store.wish(B, Urgency.TAGGING, TEAM);
        store.database
                .jdbc()
                .sql("UPDATE outbox SET kind = 'telepathy' WHERE conversation_id = :a")
                .param("a", A)
                .update();

        List<Delivery> taken = outbox.claimForChatwoot(9);

        assertThat(taken).extracting(Delivery::conversationId).containsExactly(B);
        assertThat(store.records.dead().get(0).get("error")).asString().contains("telepathy");
    }

    @Test
    @Tag("invariant-10")
    void aWishThatCannotBeReadDoesNotStopTheStart() {
        store.wish(A, Urgency.ESCALATION, TEAM);
        store.next();
        store.database.jdbc().sql("UPDATE outbox SET payload = '{broken'").update();

        assertThat(outbox.recover(true)).isZero();
        assertThat(store.records.outbox()).isEqualTo(new Records.Depth(0, 1));
    }

    // ---- while one is being sent

    @Test
    @Tag("invariant-5")
    void whileOneIsBeingSentANewerOneWaitsAndGoesAfterwards() {
        store.wish(A, Urgency.TAGGING, labels("a"));
        Delivery first = store.next();
        store.wish(A, Urgency.TAGGING, labels("b"));

        assertThat(outbox.claimForChatwoot(9)).isEmpty();
        outbox.done(first, "200");

        assertThat(store.next().wish()).isEqualTo(labels("b"));
    }

    @Test
    @Tag("invariant-5")
    void aFailedWishIsMergedIntoTheNewerOneOfItsKind() {
        store.wish(A, Urgency.TAGGING, labels("a"));
        store.wish(A, Urgency.TAGGING, attribute("lead_score", 30));
        Delivery first = store.next();
        store.wish(A, Urgency.TAGGING, labels("b"));

        outbox.retryLater(first, "503");

        assertThat(outbox.waiting(Store.ACCOUNT, A)).contains(labels("a", "b")).hasSize(2);
        assertThat(store.row(first.id())).containsEntry("state", "merged").containsEntry("error", "503");
    }

    @Test
    @Tag("invariant-5")
    void theNewerValueWinsWhenAFailedWishIsMerged() {
        store.wish(A, Urgency.TAGGING, attribute("lead_score", 30));
        Delivery first = store.next();
        store.wish(A, Urgency.TAGGING, attribute("lead_score", 75));

        outbox.retryLater(first, "503");

        assertThat(outbox.waiting(Store.ACCOUNT, A)).containsExactly(attribute("lead_score", 75));
    }

    @Test
    @Tag("invariant-11")
    void aFailedEscalationStaysUrgentWhenItIsMergedIntoANewerTag() {
        store.wish(A, Urgency.ESCALATION, new Reason("churn", 1, List.of("cancel")), labels("escalated"));
        Delivery escalation = store.next();
        store.wish(A, Urgency.TAGGING, new Reason("pricing", 2, List.of("price")), labels("pricing-inquiry"));

        outbox.retryLater(escalation, "503");

        Map<String, Object> waiting = store.rows("SELECT urgency, reasons FROM outbox WHERE state = 'pending'")
                .get(0);
        assertThat(waiting).containsEntry("urgency", Urgency.ESCALATION.ordinal());
        assertThat(waiting.get("reasons")).asString().contains("churn", "pricing");
    }

    @Test
    void aWorkerAndADispatcherThatPutsBackNeverMakeTwoThatWait() throws Exception {
        store.append(Bodies.message(A, 1, "hi").at(store.clock.instant()));
        store.clock.advance(Duration.ofSeconds(5));
        store.inbox.dueLanes(9);
        store.work(Store.lane(A));
        store.wish(A, Urgency.TAGGING, labels("a"));
        Delivery first = store.next();
        CountDownLatch added = new CountDownLatch(1);
        CountDownLatch commit = new CountDownLatch(1);

        CompletableFuture<Void> worker = Async.run(() -> store.inTransaction(s -> {
            s.conversations.load(Store.ACCOUNT, A);
            s.wish(A, Urgency.TAGGING, labels("b"));
            added.countDown();
            return await(commit);
        }));
        await(added);
        CompletableFuture<Void> dispatcher = Async.run(() -> outbox.retryLater(first, "503"));
        assertThat(dispatcher)
                .as("waits for the worker")
                .failsWithin(200, TimeUnit.MILLISECONDS)
                .withThrowableOfType(TimeoutException.class);
        commit.countDown();
        worker.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        dispatcher.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(outbox.waiting(Store.ACCOUNT, A)).containsExactly(labels("a", "b"));
    }

    private static Void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return null;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- outcomes

    @Test
    @Tag("invariant-11")
    void aGrantedWishTellsWhatCameBack() {
        store.wish(A, Urgency.TAGGING, TEAM);
        Delivery delivery = store.next();

        outbox.done(delivery, "assign-team: 200");

        assertThat(store.row(delivery.id())).containsEntry("state", "done").containsEntry("answer", "assign-team: 200");
        assertThat(store.records.outbox()).isEqualTo(new Records.Depth(0, 0));
    }

    @Test
    void retriesComeAtGrowingRandomPausesThenEveryQuarterOfAnHour() {
        store.wish(A, Urgency.TAGGING, TEAM);
        Random same = new Random(42);

        for (int attempt = 0; attempt < 12; attempt++) {
            Delivery delivery = store.next();
            assertThat(delivery.attempts()).isEqualTo(attempt);
            outbox.retryLater(delivery, "503");

            Duration pause = Duration.between(store.clock.instant(), dueAt(delivery));
            Duration expected = attempt < 10
                    ? Duration.ofMillis(same.nextLong(Math.min(1_000L << attempt, 300_000)) + 1)
                    : Duration.ofMinutes(15);
            assertThat(pause).as("attempt %d", attempt).isEqualTo(expected);

            store.clock.advance(pause.minusMillis(1));
            assertThat(outbox.claimForChatwoot(1)).as("not before its time").isEmpty();
            store.clock.advance(Duration.ofMillis(1));
        }
    }

    private Instant dueAt(Delivery delivery) {
        return ((Timestamp) store.database
                        .jdbc()
                        .sql("SELECT due_at FROM outbox WHERE id = :id")
                        .param("id", delivery.id())
                        .query(Timestamp.class)
                        .single())
                .toInstant();
    }

    @Test
    @Tag("invariant-9")
    void afterThreeDaysOfTryingAWishIsADeadLetterWhateverProcessTries() {
        store.wish(A, Urgency.TAGGING, TEAM);
        Instant start = store.clock.instant();

        for (int attempt = 0; store.records.outbox().dead() == 0; attempt++) {
            assertThat(attempt).isLessThan(400);
            // Each try by a process of its own: the schedule is all in the database.
            Outbox process = new Outbox(
                    store.database, store.clock, new Random(attempt), Store.LEASE, Tally.NONE, Optional::empty);
            assertThat(process.recover(true)).as("nothing was being sent").isZero();
            Delivery delivery = process.claimForChatwoot(1).get(0);
            process.retryLater(delivery, "503");
            Duration pause = Duration.between(store.clock.instant(), dueAt(delivery));
            if (attempt >= 10) {
                assertThat(pause)
                        .as("attempt %d", attempt)
                        .isEqualTo(store.records.outbox().dead() == 0 ? Duration.ofMinutes(15) : Duration.ZERO);
            }
            assertThat(pause).isLessThanOrEqualTo(Duration.ofMinutes(15));
            store.clock.set(dueAt(delivery));
        }

        assertThat(Duration.between(start, store.clock.instant()))
                .isBetween(Duration.ofHours(71), Duration.ofHours(73));
        assertThat(store.records.dead().get(0))
                .containsEntry("error", "503")
                .containsEntry("reason", "gave-up")
                .containsEntry("kind", "team");
    }

    @Test
    void aPauseThatTheOtherSideNamesIsKeptAndIsNoAttempt() {
        store.wish(A, Urgency.TAGGING, TEAM);
        Instant until = store.clock.instant().plusSeconds(30);

        outbox.retryAt(store.next(), until, false, "429");

        store.clock.set(until.minusMillis(1));
        assertThat(outbox.claimForChatwoot(1)).isEmpty();
        store.clock.set(until);
        assertThat(store.next().attempts()).isZero();
    }

    @Test
    void aPausedRequestThatMayHaveReachedTheApplicationIsAnAttempt() {
        store.wish(A, Urgency.TAGGING, NOTE);

        outbox.retryAt(store.next(), store.clock.instant(), true, "503");

        assertThat(store.next().attempts()).as("so that the note is looked for").isEqualTo(1);
    }

    @Test
    @Tag("invariant-9")
    void aRefusedWishIsKeptWithItsReason() {
        store.wish(A, Urgency.TAGGING, TEAM);

        outbox.dead(store.next(), "chatwoot-404", "404 \u0000 " + "x".repeat(5_000));

        assertThat(store.records.dead()).hasSize(1);
        assertThat(store.records.dead().get(0).get("error"))
                .asString()
                .startsWith("404")
                .hasSize(2_000);
    }

    // ---- recovery

    @Test
    @Tag("invariant-9")
    void aLoneProcessPutsBackAtItsStartWhatWasInHand() {
        store.wish(A, Urgency.TAGGING, NOTE);
        store.next();

        assertThat(outbox.recover(true)).isEqualTo(1);

        assertThat(store.next().attempts()).as("it may have been sent").isEqualTo(1);
    }

    @Test
    void aLoneProcessRecoversEvenIfItsClockWasSetBack() {
        store.wish(A, Urgency.TAGGING, NOTE);
        store.next();
        store.clock.advance(Duration.ofDays(-1));

        assertThat(outbox.recover(true)).isEqualTo(1);
    }

    @Test
    void whatAnotherReplicaMayBeSendingIsLeftToItUntilItsLeaseIsOver() {
        store.wish(A, Urgency.TAGGING, NOTE);
        store.next();

        assertThat(outbox.recover(false)).isZero();
        store.clock.advance(Store.LEASE);
        assertThat(outbox.recover(false)).isEqualTo(1);
    }

    @Test
    @Tag("invariant-9")
    void whatADeadReplicaHadInHandComesBackWithoutARestart() {
        store.wish(A, Urgency.TAGGING, NOTE);
        store.next();
        store.clock.advance(Duration.ofMinutes(11));

        assertThat(replica().claimForChatwoot(1)).extracting(Delivery::attempts).containsExactly(1);
    }

    @Test
    void aDispatcherWhoseLeaseIsOverChangesNothingAnyMore() {
        store.wish(A, Urgency.TAGGING, NOTE);
        Delivery slow = store.next();
        store.clock.advance(Duration.ofMinutes(10));
        outbox.recover(false);
        Delivery taken = store.next();

        outbox.retryLater(slow, "timeout");
        outbox.dead(slow, "chatwoot-404", "404");
        outbox.done(slow, "200");

        assertThat(store.row(taken.id())).containsEntry("state", "sending");
        outbox.done(taken, "already so");
        assertThat(store.row(taken.id())).containsEntry("state", "done");
    }

    @Test
    @Tag("invariant-2")
    void aProcessThatStoodStillForHalfALeaseMakesNoCallForWhatItHadInHand() {
        store.wish(A, Urgency.TAGGING, NOTE);
        Delivery delivery = store.next();
        assertThat(outbox.mayCallFor(delivery)).isTrue();

        store.clock.advance(Store.LEASE.dividedBy(2));

        assertThat(outbox.mayCallFor(delivery)).isFalse();
    }

    @Test
    void aProcessThatLivesKeepsWhatItHasInHandHoweverLongItTakes() {
        store.wish(A, Urgency.TAGGING, NOTE);
        Delivery delivery = store.next();

        for (int i = 0; i < 100; i++) {
            store.clock.advance(Store.LEASE.dividedBy(5));
            assertThat(outbox.claimForChatwoot(0)).isEmpty();
        }

        assertThat(replica().claimForChatwoot(1)).isEmpty();
        assertThat(outbox.mayCallFor(delivery)).isTrue();
    }

    @Test
    @Tag("invariant-2")
    void aProcessThatStoodStillDoesNotRenewWhatAnotherHasTakenOver() {
        store.wish(A, Urgency.TAGGING, NOTE);
        Delivery slow = store.next();
        store.clock.advance(Store.LEASE);
        Outbox other = replica();
        Delivery taken = other.claimForChatwoot(1).get(0);

        outbox.claimForChatwoot(0);

        assertThat(outbox.mayCallFor(slow)).isFalse();
        assertThat(other.mayCallFor(taken)).isTrue();
        store.clock.advance(Store.LEASE);
        assertThat(outbox.recover(false))
                .as("the other's lease, not renewed by us")
                .isEqualTo(1);
    }

    // ---- dead letters

    @Test
    @Tag("invariant-9")
    void aRevivedWishIsTriedAtOnceAndCountsAsTriedOnce() {
        store.wish(A, Urgency.TAGGING, NOTE);
        Delivery delivery = store.next();
        outbox.dead(delivery, "chatwoot-404", "404");

        assertThat(outbox.revive(delivery.id())).isTrue();

        assertThat(store.next().attempts()).isEqualTo(1);
        assertThat(outbox.revive(delivery.id())).as("it is dead no more").isFalse();
        assertThat(outbox.revive(4711)).isFalse();
    }

    @Test
    void aRevivedWishIsTriedAsLongAsANewOne() {
        store.wish(A, Urgency.TAGGING, TEAM);
        store.database.jdbc().sql("UPDATE outbox SET attempts = 297").update();
        Delivery last = store.next();
        outbox.retryLater(last, "503");
        assertThat(store.records.outbox().dead()).isEqualTo(1);

        outbox.revive(last.id());
        outbox.retryLater(store.next(), "503");

        assertThat(store.records.outbox()).isEqualTo(new Records.Depth(1, 0));
    }

    @Test
    void aRevivedWishIsMergedIntoTheOneThatWaits() {
        store.wish(A, Urgency.TAGGING, labels("a"));
        Delivery delivery = store.next();
        outbox.dead(delivery, "chatwoot-422", "422");
        store.wish(A, Urgency.TAGGING, labels("b"));

        assertThat(outbox.revive(delivery.id())).isTrue();

        assertThat(outbox.waiting(Store.ACCOUNT, A)).containsExactly(labels("a", "b"));
    }
}
