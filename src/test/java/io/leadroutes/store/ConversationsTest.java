package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.Observed;
import io.leadroutes.conversation.OwnWrite;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Snapshot.Ref;
import io.leadroutes.store.TestDatabases.Engine;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import org.h2.util.DateTimeUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class ConversationsTest {
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

    private ConversationState save(Bodies... bodies) {
        return save(A, bodies);
    }

    private ConversationState save(long id, Bodies... bodies) {
        return store.inTransaction(s -> {
            Conversation conversation = s.conversations.load(Store.ACCOUNT, id);
            for (Bodies body : bodies) {
                conversation.observe(body.event(), s.clock.instant());
                if (body.event().isCustomerMessage()) {
                    s.allSteps(conversation);
                }
            }
            s.conversations.save(conversation);
            return conversation.state();
        });
    }

    private ConversationState found() {
        return store.conversations.find(Store.ACCOUNT, A).orElseThrow();
    }

    private Bodies rich() {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("text", "caf\u00e9 \uD83D\uDE80 \u0000 \"'\\");
        attributes.put("whole", 5);
        attributes.put("big", 9_999_999_999L);
        attributes.put("huge", new java.math.BigInteger("123456789012345678901234567890"));
        attributes.put("price", new BigDecimal("50000.00"));
        attributes.put("flag", true);
        attributes.put("none", null);
        attributes.put("list", Arrays.asList(1, "two", null));
        attributes.put("map", Map.of("deep", List.of(1.5)));
        return Bodies.message(A, 1, "urgent enterprise demo, our budget; cancel else")
                .status("open")
                .priority("low")
                .labels("b", "a", "\u00fcber")
                .attributes(attributes)
                .team(3, "sales")
                .with("channel", "Channel::WebWidget")
                .at(Instant.parse("2026-09-01T09:59:58.123456Z"));
    }

    @Test
    void everyPartSurvivesTheDatabase() {
        ConversationState saved = save(rich(), Bodies.updated(A).status("resolved"));

        assertThat(found()).isEqualTo(saved);
        assertThat(saved.qualifiedAt()).isPresent();
        assertThat(saved.episodes()).isNotEmpty();
        assertThat(saved.resolvedAt()).isPresent();
        assertThat(saved.versionMicros()).hasValue(1_788_256_798_123_456L);
    }

    @Test
    void whatIsNotKnownStaysUnknown() {
        ConversationState saved = save(Bodies.updated(A));

        assertThat(found()).isEqualTo(saved).isEqualTo(ConversationState.unknown(Store.ACCOUNT, A));
        assertThat(store.conversations.find(Store.ACCOUNT, 4711)).isEmpty();
        assertThat(store.conversations.find(Store.ACCOUNT + 1, A)).isEmpty();
    }

    @Test
    void nobodyIsNotTheSameAsUnknown() {
        save(Bodies.updated(A).with("meta", Map.of()).priority(null));
        store.inTransaction(s -> {
            Conversation conversation = s.conversations.load(Store.ACCOUNT, A);
            Map<String, Object> meta = new LinkedHashMap<>();
            meta.put("team", null);
            meta.put("assignee", null);
            conversation.observe(Bodies.updated(A).with("meta", meta).event(), s.clock.instant());
            s.conversations.save(conversation);
            return null;
        });

        assertThat(found().team()).contains(Ref.NONE);
        assertThat(found().assignee()).contains(Ref.NONE);
        assertThat(found().priority()).contains(Priority.NONE);
    }

    @Test
    @Tag("invariant-11")
    void scoreEntriesAreAppendedInOrder() {
        save(Bodies.message(A, 1, "enterprise").at(store.clock.instant()));
        store.clock.advance(Duration.ofSeconds(1));
        save(Bodies.message(A, 2, "our budget").at(store.clock.instant()));

        assertThat(found().ledger()).extracting(entry -> entry.rule()).containsExactly("enterprise", "budget");
        assertThat(found().ledger()).extracting(entry -> entry.messageId()).containsExactly(1L, 2L);
        assertThat(found().ledger().get(1).matched()).containsExactly("budget");
        assertThat(found().ledger().get(1).at()).isEqualTo(store.clock.instant());
        assertThat(store.rows("SELECT score FROM conversation").get(0)).containsEntry("score", 50);
    }

    @Test
    void ourOwnWritesAreRememberedAsUnconfirmed() {
        save(rich());

        note(inHand());

        Instant now = store.clock.instant();
        assertThat(found().labels())
                .contains(new Observed<>(
                        List.of("a", "b"),
                        now,
                        Optional.of(now.plusSeconds(60)),
                        List.of(new OwnWrite<>(List.of("a"), List.of("a", "b"), now.plusSeconds(300)))));
        assertThat(found().attributes().orElseThrow().value()).isEqualTo(Map.of("lead_score", 75));
        assertThat(found().priority()).contains(Priority.URGENT);
        assertThat(found().priorityUnconfirmedUntil()).contains(now.plusSeconds(60));
        assertThat(found().team()).contains(new Ref(9, "senior support"));
    }

    @Test
    void aPriorityWhoseEchoCameBeforeTheAnswerIsConfirmed() {
        save(rich().priority("urgent"));

        note(inHand());

        assertThat(found().priority()).contains(Priority.URGENT);
        assertThat(found().priorityUnconfirmedUntil()).isEmpty();
    }

    private Delivery inHand() {
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("sales"));
        return store.next();
    }

    private void note(Delivery wish) {
        store.conversations.writingLabels(wish, List.of("a"), List.of("a", "b"));
        store.conversations.wroteLabels(wish, List.of("a", "b"));
        store.conversations.writingAttributes(wish, Map.of(), Map.of("lead_score", 75));
        store.conversations.wroteAttributes(wish, Map.of("lead_score", 75));
        store.conversations.wrotePriority(wish, Priority.URGENT);
        store.conversations.wroteTeam(wish, new Ref(9, "senior support"));
    }

    @Test
    @Tag("invariant-3")
    void whoStoodStillUntilAnotherTookItsWishOverNotesNothing() {
        save(rich());
        Delivery before = inHand();
        store.clock.advance(Store.LEASE.plusSeconds(1));
        assertThat(store.outbox.recover(false)).isEqualTo(1);
        ConversationState state = found();

        noteAll(before);

        assertThat(found()).isEqualTo(state);
        assertThat(store.next().attempts()).as("in the other's hand").isEqualTo(1);
        noteAll(before);
        assertThat(found()).isEqualTo(state);
    }

    private void noteAll(Delivery wish) {
        note(wish);
        store.conversations.saw(wish, Long.MAX_VALUE, List.of("seen"), Map.of("seen", 1));
    }

    @Test
    void theConversationsOfAContactComeWithTheLatestLeadFirst() {
        save(1, Bodies.message(1, 1, "hello").at(store.clock.instant()));
        save(2, Bodies.message(2, 2, "urgent enterprise demo").at(store.clock.instant()));
        store.clock.advance(Duration.ofMinutes(1));
        save(3, Bodies.message(3, 3, "urgent enterprise demo").at(store.clock.instant()));
        save(4, Bodies.message(4, 4, "hello").at(store.clock.instant()).contact(5, "Somebody Else"));

        List<Long> ids = store.inTransaction(s -> s.conversations.ofContact(Store.ACCOUNT, Bodies.CONTACT).stream()
                .map(Conversation::getId)
                .toList());

        assertThat(ids).containsExactly(3L, 2L, 1L);
    }

    @Test
    void timesAreInstantsWhateverTheProcessesTimeZone() {
        TimeZone before = TimeZone.getDefault();
        setTimeZone(TimeZone.getTimeZone("Europe/Berlin"));
        try (Store there = new Store(engine)) {
            // 02:30 happens twice in the first night, and not at all in the other.
            for (String night : List.of("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-03-29T01:30:00Z")) {
                there.clock.set(Instant.parse(night));
                Known.make(there, Bodies.updated(A).labels("x"));

                assertThat(there.conversations
                                .find(Store.ACCOUNT, A)
                                .orElseThrow()
                                .labels()
                                .orElseThrow()
                                .at())
                        .isEqualTo(Instant.parse(night));
            }
        } finally {
            setTimeZone(before);
        }
    }

    private static void setTimeZone(TimeZone zone) {
        TimeZone.setDefault(zone);
        // H2 remembers the process's zone.
        DateTimeUtils.resetCalendar();
    }

    @Test
    @Tag("invariant-6")
    void noWriteIsSentWhoseEchoCouldNotBeWaitedFor() {
        save(rich());
        store.wish(A, Urgency.TAGGING, Wish.ChangeLabels.add(List.of("ours")));
        Delivery wish = store.next();
        List<String> many = List.of("x".repeat(300_000));

        assertThat(store.conversations.writingLabels(wish, many, List.of())).isTrue();
        assertThat(store.conversations.writingLabels(wish, many, List.of("2"))).isTrue();
        assertThat(store.conversations.writingLabels(wish, many, List.of("3"))).isTrue();
        assertThat(store.conversations.writingLabels(wish, many, List.of("4")))
                .as("one more than the column holds")
                .isFalse();

        assertThat(found().labels().orElseThrow().own())
                .extracting(OwnWrite::written)
                .as("none that waits is forgotten for it")
                .containsExactly(List.of(), List.of("2"), List.of("3"));
        store.clock.advance(Duration.ofMinutes(5));
        assertThat(store.conversations.writingLabels(wish, many, List.of("4"))).isTrue();
        assertThat(found().labels().orElseThrow().own())
                .as("what is waited for no longer goes")
                .extracting(OwnWrite::written)
                .containsExactly(List.of("4"));
    }

    @Test
    void aWriteThatIsTooLongEvenAloneNeverBecomesPossible() {
        save(rich());
        store.wish(A, Urgency.TAGGING, Wish.ChangeLabels.add(List.of("ours")));
        Delivery wish = store.next();

        assertThatThrownBy(() -> store.conversations.writingLabels(wish, List.of("x".repeat(1_000_000)), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("labels before and after the change have 1000")
                .hasMessageEndingWith("expected at most 1000000");
    }
}
