package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conversation.Planner;
import io.leadroutes.conversation.RuleMacro;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.event.Priority;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.store.TestDatabases.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What one macro grants in several conversations is taken into hand together. */
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class MacroClaimTest {
    private static final Planner PLANNER =
            new Planner(() -> RuleMacro.of(RuleBook.load(Path.of("rules.yaml"))), macro -> true, () -> true);
    private static final String TEXT = "Score 75";

    @Parameter
    Engine engine;

    private Store store;

    @BeforeEach
    void open() {
        store = new Store(engine, PLANNER);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private void lead(long conversation, Map<String, Object> attributes) {
        Known.make(
                store,
                Bodies.updated(conversation).at(store.clock.instant()).labels().attributes(attributes));
        store.wish(
                conversation,
                Urgency.QUALIFICATION,
                Wish.ChangeLabels.add(List.of("qualified", "hot-lead")),
                Wish.SetPriority.atLeast(Priority.HIGH),
                new Wish.AssignTeam("sales", false),
                new Wish.Note("qualify", TEXT));
    }

    private static Map<String, Object> text() {
        return Map.of("leadroutes_note_qualify", TEXT);
    }

    private List<Delivery> claim(Duration linger) {
        return store.conversations.claim(urgency -> 20, new Linger(linger, linger, linger, Duration.ZERO));
    }

    @Test
    @Tag("invariant-5")
    void oneExecutionIsForAllLeadsWhoseTextIsThere() {
        lead(1, text());
        lead(2, text());
        lead(3, Map.of());
        store.wish(3, Urgency.QUALIFICATION, Wish.ChangeAttributes.set(text()));

        List<Delivery> claimed = claim(Duration.ZERO);

        assertThat(claimed).hasSize(2);
        assertThat(claimed.get(0).macro().map(RuleMacro::name)).contains("leadroutes: qualify");
        assertThat(claimed.get(0).all())
                .extracting(delivery -> delivery.conversationId() + " " + delivery.kind())
                .containsExactlyInAnyOrder(
                        "1 labels",
                        "1 priority",
                        "1 team",
                        "1 note:qualify",
                        "2 labels",
                        "2 priority",
                        "2 team",
                        "2 note:qualify");
        assertThat(claimed.get(1).conversationId() + " " + claimed.get(1).kind())
                .as("its text first")
                .isEqualTo("3 attributes");
    }

    @Test
    @Tag("invariant-5")
    void tagsThatWereWishedTogetherWithALeadWaitForOthersOfTheirKind() {
        lead(1, text());
        store.wish(1, Urgency.TAGGING, Wish.ChangeLabels.add(List.of("sales-qualified")));
        Linger linger = new Linger(Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ZERO);

        Delivery macro = store.conversations.claim(urgency -> 9, linger).get(0);

        assertThat(macro.isByMacro()).isTrue();
        assertThat(macro.all())
                .extracting(Delivery::wish)
                .hasSize(4)
                .contains(Wish.ChangeLabels.add(List.of("qualified", "hot-lead")));
        macro.all().forEach(one -> store.outbox.done(one, "200"));
        assertThat(store.conversations.claim(urgency -> 9, linger)).isEmpty();
        store.clock.advance(Duration.ofSeconds(30));
        assertThat(store.conversations.claim(urgency -> 9, linger))
                .singleElement()
                .satisfies(
                        rest -> assertThat(rest.wish()).isEqualTo(Wish.ChangeLabels.add(List.of("sales-qualified"))));
    }

    @Test
    @Tag("invariant-5")
    void leadsWhoseTextCameLateShareTheNextExecution() {
        lead(1, text());
        for (long conversation : List.of(2L, 3L)) {
            lead(conversation, Map.of());
            store.wish(conversation, Urgency.QUALIFICATION, Wish.ChangeAttributes.set(text()));
        }
        store.clock.advance(Duration.ofSeconds(10));
        List<Delivery> first = claim(Duration.ofSeconds(10));
        assertThat(first).extracting(Delivery::isByMacro).containsExactly(true, false, false);
        first.forEach(delivery -> delivery.all().forEach(one -> store.outbox.done(one, "200")));
        for (long conversation : List.of(2L, 3L)) {
            Known.make(
                    store,
                    Bodies.updated(conversation)
                            .at(store.clock.instant())
                            .labels()
                            .attributes(text()));
        }

        store.clock.advance(Duration.ofSeconds(9));
        assertThat(claim(Duration.ofSeconds(10))).isEmpty();
        store.clock.advance(Duration.ofSeconds(1));
        assertThat(claim(Duration.ofSeconds(10))).singleElement().satisfies(both -> assertThat(both.all())
                .extracting(Delivery::conversationId)
                .containsOnly(2L, 3L));
    }

    @Test
    void whileCallsAreFewALeadWaitsForOthersButItsAttributesDoNot() {
        lead(1, text());
        store.wish(2, Urgency.QUALIFICATION, Wish.ChangeAttributes.set(Map.of("lead_score", 75)));
        store.wish(3, Urgency.ESCALATION, new Wish.Note("escalate:x", "now"));

        assertThat(claim(Duration.ofSeconds(10)))
                .extracting(Delivery::kind)
                .containsExactly("note:escalate:x", "attributes");
        store.clock.advance(Duration.ofSeconds(10));
        assertThat(claim(Duration.ofSeconds(10)).get(0).isByMacro()).isTrue();
    }

    @Test
    @Tag("invariant-2")
    void aNoteThatIsToldOfWhileItsCallIsUnderWayIsGranted() {
        lead(1, text());
        List<Delivery> asked = claim(Duration.ZERO).get(0).all();

        Known.make(
                store,
                Bodies.message(1, 77, TEXT)
                        .withRoot("message_type", "outgoing")
                        .withRoot("private", true)
                        .at(store.clock.instant()));
        store.conversations.asked(asked, "execute-macro: 200", Duration.ofMinutes(2));

        assertThat(store.rows("SELECT kind FROM outbox WHERE state = 'done'"))
                .extracting(row -> row.get("kind"))
                .containsExactly("note:qualify");
    }

    @Test
    @Tag("invariant-2")
    void afterACrashAnExecutionIsGivenTimeBeforeItsNoteIsLookedFor() {
        lead(1, text());
        claim(Duration.ZERO);

        store.outbox.recover(true);

        assertThat(store.outbox.claimForChatwoot(9)).isEmpty();
        store.clock.advance(Duration.ofMinutes(2));
        assertThat(store.outbox.claimForChatwoot(9)).singleElement().satisfies(delivery -> assertThat(
                        delivery.attempts())
                .as("tried, so a note is looked for")
                .isOne());
    }
}
