package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.event.Contact;
import io.leadroutes.event.Event;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Snapshot.Ref;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationTest {
    private static final long ID = 1580;
    private static final Instant NOW = Instant.parse("2026-09-01T10:00:00Z");
    private static final Reason WHY = new Reason("rule", 1, List.of());

    private final Conversation conversation = new Conversation(ConversationState.unknown(7, ID), List.of(), NOW);

    private static Conversation of(ConversationState state, Wish... waiting) {
        return new Conversation(state, Arrays.asList(waiting), NOW);
    }

    private Conversation see(Bodies body) {
        return see(conversation, body, NOW);
    }

    private static Conversation see(Conversation conversation, Bodies body, Instant receivedAt) {
        conversation.observe(body.event(), receivedAt);
        return conversation;
    }

    private static Bodies updated() {
        return Bodies.updated(ID);
    }

    private Collection<Wished> wish(Wish... wishes) {
        Arrays.stream(wishes).forEach(wish -> conversation.wish(wish, Urgency.TAGGING, WHY));
        return conversation.decided();
    }

    // ---- what is observed

    @Test
    void aContactThatWasMergedIntoAnotherOneIsToldBySnapshotsOnly() {
        see(updated().contact(4, "Ada").at(NOW));
        assertThat(conversation.formerContactId()).as("nobody's before").isEmpty();
        Conversation next = of(conversation.state());

        see(next, updated().contact(5, "Ada L.").at(NOW.plusSeconds(1)), NOW.plusSeconds(1));

        assertThat(next.formerContactId()).hasValue(4);
        assertThat(next.contact().flatMap(Contact::name)).contains("Ada L.");
        Conversation later = of(next.state());
        see(later, updated().contact(5, "Ada L.").at(NOW.plusSeconds(2)), NOW.plusSeconds(2));
        see(later, updated().contact(4, "Ada").at(NOW), NOW.plusSeconds(2));
        assertThat(later.formerContactId())
                .as("told once, and not by what is older")
                .isEmpty();
    }

    @Test
    void whatABodyDoesNotCarryStaysAsItIsKnown() {
        see(updated()
                .status("open")
                .priority("high")
                .labels("a")
                .team(3, "sales")
                .at(NOW));

        see(updated().status("pending").at(NOW.plusSeconds(1)));

        assertThat(conversation.getStatus()).isEqualTo("pending");
        assertThat(conversation.getPriority()).isEqualTo(Priority.HIGH);
        assertThat(conversation.getLabels()).containsExactly("a");
        assertThat(conversation.state().team().orElseThrow().name()).isEqualTo("sales");
    }

    @Test
    @Tag("invariant-3")
    void aStaleSnapshotOverwritesNothing() {
        see(updated()
                .status("resolved")
                .labels("new")
                .attributes(Map.of("k", 2))
                .priority("urgent")
                .at(NOW));
        ConversationState before = conversation.state();

        see(updated()
                .status("open")
                .labels("old")
                .attributes(Map.of("k", 1))
                .priority("low")
                .at(NOW.minusMillis(1)));

        assertThat(conversation.state()).isEqualTo(before);
        assertThat(conversation.isResolutionChanged()).isFalse();
    }

    @Test
    @Tag("invariant-3")
    void aStaleSnapshotDoesNotBringAnOldNameBack() {
        see(updated().contact(5, "New Name").at(NOW));

        see(updated().contact(5, "Old Name").at(NOW.minusSeconds(1)));
        see(updated().contact(4, "Merged Away").at(NOW.minusSeconds(2)));

        assertThat(conversation.contact().flatMap(Contact::name)).contains("New Name");
        assertThat(conversation.contactId()).hasValue(5);
    }

    @Test
    @Tag("invariant-3")
    void aStaleMessageIsDecidedOnAllTheSame() {
        see(updated().labels("a").at(NOW));

        see(Bodies.message(ID, 1, "late").at(NOW.minusSeconds(1)));

        assertThat(conversation.getText()).isEqualTo("late");
        assertThat(conversation.contact().flatMap(Contact::name))
                .as("not known before")
                .contains("Jonas Feld");
    }

    @Test
    void aSnapshotOfTheSameVersionIsTakenOver() {
        see(updated().labels("a").at(NOW));
        see(updated().labels("a", "b").at(NOW));

        assertThat(conversation.getLabels()).containsExactly("a", "b");
    }

    @Test
    @Tag("invariant-6")
    @Tag("attack-20")
    void anUnconfirmedOwnWriteIsNotUndoneByAnOlderSnapshot() {
        ConversationState ours = wrote(List.of("agents", "ours"), Map.of("agents", 1, "lead_score", 75));
        Conversation c = of(ours);

        see(c, updated().labels("agents").attributes(Map.of("agents", 1)).at(NOW), NOW);

        assertThat(c.getLabels()).containsExactly("agents", "ours");
        assertThat(c.getAttributes()).containsEntry("lead_score", 75);
    }

    @Test
    @Tag("invariant-8")
    void theEchoOfAnOwnWriteConfirmsIt() {
        Conversation c = of(wrote(List.of("ours"), Map.of("price", new BigDecimal("50.0"))));

        see(
                c,
                updated()
                        .labels("ours", "theirs")
                        .attributes(Map.of("price", 50, "k", 1))
                        .at(NOW),
                NOW);

        assertThat(c.state().labels().orElseThrow().unconfirmedUntil()).isEmpty();
        assertThat(c.state().attributes().orElseThrow().unconfirmedUntil())
                .as("50 is 50.0")
                .isEmpty();
        assertThat(c.getLabels()).containsExactly("ours", "theirs");
    }

    @Test
    @Tag("invariant-6")
    void afterAMinuteAnAgentsRemovalOfOurLabelIsBelieved() {
        Conversation c = of(wrote(List.of("ours"), Map.of()));

        see(c, updated().labels().at(NOW), NOW.plusSeconds(61));

        assertThat(c.getLabels()).isEmpty();
    }

    @Test
    @Tag("invariant-6")
    void aPriorityThatWeHaveRaisedIsNotLoweredByWhatWasToldBefore() {
        Conversation c = of(raised());

        see(c, Bodies.message(ID, 2, "told late").priority(null).at(NOW), NOW.plusSeconds(1));

        assertThat(c.getPriority()).isEqualTo(Priority.URGENT);
        assertThat(c.state().priorityUnconfirmedUntil()).isPresent();
    }

    @Test
    @Tag("invariant-6")
    void anAgentsPriorityIsBelievedAfterTheEchoOfOurs() {
        Conversation c = of(raised());

        see(c, updated().priority("urgent").at(NOW), NOW.plusSeconds(1));
        see(c, updated().priority("low").at(NOW.plusSeconds(1)), NOW.plusSeconds(2));

        assertThat(c.getPriority()).isEqualTo(Priority.LOW);
    }

    @Test
    @Tag("invariant-6")
    void anAgentsPriorityIsBelievedAfterAMinute() {
        Conversation c = of(raised());

        see(c, updated().priority("low").at(NOW), NOW.plusSeconds(61));

        assertThat(c.getPriority()).isEqualTo(Priority.LOW);
    }

    /** As our write of the priority leaves it. */
    private static ConversationState raised() {
        ConversationState s = ConversationState.unknown(7, ID);
        return with(s, Optional.of(Priority.URGENT), Optional.of(NOW.plusSeconds(60)), s.labels(), s.attributes());
    }

    private static ConversationState with(
            ConversationState s,
            Optional<Priority> priority,
            Optional<Instant> priorityUnconfirmedUntil,
            Optional<Observed<List<String>>> labels,
            Optional<Observed<Map<String, Object>>> attributes) {
        return new ConversationState(
                s.accountId(),
                s.conversationId(),
                s.versionMicros(),
                s.status(),
                priority,
                priorityUnconfirmedUntil,
                labels,
                attributes,
                s.assignee(),
                s.team(),
                s.channel(),
                s.contactId(),
                s.contact(),
                s.firstMessage(),
                s.ledger(),
                s.episodes(),
                s.resolvedAt(),
                s.origin(),
                s.waiting());
    }

    private static ConversationState wrote(List<String> labels, Map<String, Object> attributes) {
        Instant until = NOW.plusSeconds(60);
        List<String> base =
                labels.stream().filter(label -> !label.equals("ours")).toList();
        return unconfirmed(
                ConversationState.unknown(7, ID),
                new OwnWrite<>(base, labels, until),
                new OwnWrite<>(Map.of(), attributes, until));
    }

    private static ConversationState unconfirmed(
            ConversationState s, OwnWrite<List<String>> labels, OwnWrite<Map<String, Object>> attributes) {
        return with(
                s,
                s.priority(),
                s.priorityUnconfirmedUntil(),
                Optional.of(unconfirmed(labels)),
                Optional.of(unconfirmed(attributes)));
    }

    private static <T> Observed<T> unconfirmed(OwnWrite<T> own) {
        return new Observed<>(own.written(), NOW, Optional.of(own.until()), List.of(own));
    }

    @Test
    void aContactThatIsMentionedInPartKeepsWhatIsKnown() {
        conversation.observe(new Contact(
                5,
                Optional.of("Jonas"),
                Optional.of("jonas@example.org"),
                Optional.empty(),
                Optional.empty(),
                Map.of("company", "Nordlys"),
                Map.of()));

        conversation.observe(new Contact(
                5,
                Optional.of("Jonas Feld"),
                Optional.empty(),
                Optional.of("+47"),
                Optional.empty(),
                Map.of(),
                Map.of("city", "Oslo")));

        assertThat(conversation.contact())
                .contains(new Contact(
                        5,
                        Optional.of("Jonas Feld"),
                        Optional.of("jonas@example.org"),
                        Optional.of("+47"),
                        Optional.empty(),
                        Map.of("company", "Nordlys"),
                        Map.of("city", "Oslo")));
    }

    @Test
    void anotherContactInheritsNothing() {
        see(updated().contact(5, "Jonas").at(NOW));
        see(updated().contact(6, "").at(NOW.plusSeconds(1)));

        assertThat(conversation.contact().flatMap(Contact::name)).isEmpty();
        assertThat(conversation.isOf(6)).isTrue();
        assertThat(conversation.isOf(5)).isFalse();
    }

    @Test
    void theFirstTextOfTheCustomerIsKept() {
        see(Bodies.message(ID, 1, "  ").at(NOW));
        see(Bodies.message(ID, 2, "agent's")
                .withRoot("message_type", "outgoing")
                .at(NOW));
        see(Bodies.message(ID, 3, "first").at(NOW));
        see(Bodies.message(ID, 4, "second").at(NOW));

        assertThat(conversation.firstMessage()).contains("first");
    }

    @Test
    void resolutionIsNoticedOnceAndTakenBack() {
        see(updated().status("open").at(NOW));
        assertThat(conversation.isResolutionChanged()).isFalse();

        see(updated().status("resolved").at(NOW.plusSeconds(1)));
        assertThat(conversation.isResolutionChanged()).isTrue();
        assertThat(conversation.resolvedAt()).contains(NOW);

        conversation.observe(updated().status("resolved").at(NOW.plusSeconds(2)).event(), NOW.plusSeconds(9));
        assertThat(conversation.isResolutionChanged()).isFalse();
        assertThat(conversation.resolvedAt()).as("since then").contains(NOW);

        see(updated().status("open").at(NOW.plusSeconds(3)));
        assertThat(conversation.isResolutionChanged()).isTrue();
        assertThat(conversation.resolvedAt()).isEmpty();
    }

    // ---- what is wished

    @Test
    @Tag("invariant-5")
    @Tag("attack-20")
    void whatIsAlreadySoIsNotWished() {
        see(updated()
                .labels("a", "b")
                .attributes(Map.of("k", 1, "price", new BigDecimal("9.50")))
                .priority("high")
                .team(3, "sales")
                .at(NOW));

        assertThat(wish(
                        Wish.ChangeLabels.add(List.of("b", "a")),
                        Wish.ChangeLabels.add(List.of()),
                        Wish.ChangeAttributes.set(Map.of("k", 1L)),
                        Wish.ChangeAttributes.set(Map.of("price", 9.5)),
                        Wish.ChangeAttributes.set(Map.of()),
                        new Wish.SetPriority(Priority.HIGH),
                        new Wish.AssignTeam("SALES"),
                        new Wish.AssignTeam("3")))
                .isEmpty();
    }

    @Test
    @Tag("invariant-5")
    void onlyWhatIsMissingIsWished() {
        see(updated().labels("a").attributes(Map.of("k", 1)).at(NOW));

        assertThat(wish(
                        Wish.ChangeLabels.add(List.of("a", "b", "b")),
                        Wish.ChangeAttributes.set(Map.of("k", 1, "l", 2))))
                .extracting(Wished::wish)
                .containsExactly(Wish.ChangeLabels.add(List.of("b")), Wish.ChangeAttributes.set(Map.of("l", 2)));
    }

    @Test
    @Tag("invariant-5")
    void whatAlreadyWaitsIsNotWishedAgain() {
        Conversation c = of(
                ConversationState.unknown(7, ID),
                Wish.ChangeLabels.add(List.of("a")),
                Wish.ChangeAttributes.set(Map.of("k", 1)),
                Wish.SetPriority.atLeast(Priority.HIGH),
                new Wish.AssignTeam("sales"),
                new Wish.Note("hello", "text"));

        c.wish(Wish.ChangeLabels.add(List.of("a")), Urgency.TAGGING, WHY);
        c.wish(Wish.ChangeAttributes.set(Map.of("k", 1)), Urgency.TAGGING, WHY);
        c.wish(new Wish.SetPriority(Priority.HIGH), Urgency.TAGGING, WHY);
        c.wish(new Wish.AssignTeam("Sales"), Urgency.TAGGING, WHY);
        c.wish(new Wish.Note("hello", "text"), Urgency.TAGGING, WHY);

        assertThat(c.decided()).isEmpty();
    }

    @Test
    void waitingWishesCountAsIfTheyWereSo() {
        Conversation c = of(
                ConversationState.unknown(7, ID),
                Wish.ChangeLabels.add(List.of("vip")),
                Wish.ChangeAttributes.set(Map.of("k", 1)),
                new Wish.SetPriority(Priority.URGENT));

        assertThat(c.hasLabel("VIP")).isTrue();
        assertThat(c.hasLabel("other")).isFalse();
        assertThat(c.getAttributes()).containsEntry("k", 1);
        assertThat(c.getPriority()).isEqualTo(Priority.URGENT);
    }

    @Test
    @Tag("invariant-5")
    void aWishThatIsBeingSentCountsBesideTheNewerOneThatWaits() {
        Conversation c = of(
                ConversationState.unknown(7, ID),
                Wish.ChangeLabels.add(List.of("being-sent")),
                Wish.ChangeLabels.add(List.of("waiting")));

        assertThat(c.getLabels()).containsExactly("being-sent", "waiting");
    }

    @Test
    void laterWishesOfOneKindAreMergedIntoTheEarlier() {
        conversation.wish(Wish.ChangeLabels.add(List.of("a")), Urgency.TAGGING, WHY);
        conversation.wish(Wish.ChangeLabels.add(List.of("b")), Urgency.ESCALATION, new Reason("other", 2, List.of()));

        Wished wished = conversation.decided().iterator().next();
        assertThat(conversation.decided()).hasSize(1);
        assertThat(wished.wish()).isEqualTo(Wish.ChangeLabels.add(List.of("a", "b")));
        assertThat(wished.urgency()).isEqualTo(Urgency.ESCALATION);
        assertThat(wished.reasons()).extracting(Reason::rule).containsExactly("rule", "other");
    }

    @Test
    void theCaseOfAWaitingTeamsNameDoesNotMatter() {
        assertThat(wish(new Wish.AssignTeam("sales"), new Wish.AssignTeam("Support")))
                .extracting(Wished::wish)
                .containsExactly(new Wish.AssignTeam("Support"));
    }

    @Test
    @Tag("invariant-5")
    void nothingIsClearedThatIsNotThere() {
        new Wishes().setAttribute("k", null, exchange());
        assertThat(conversation.decided()).isEmpty();

        see(updated().attributes(Map.of("k", 1)).at(NOW));
        new Wishes().setAttribute("k", null, exchange());
        assertThat(conversation.decided()).hasSize(1);
    }

    @Test
    void stepsInRoutesWishByPlainWords() {
        Wishes wishes = new Wishes();
        wishes.addLabels(" VIP, b-2b ,,", exchange());
        wishes.setPriority("High", exchange());
        wishes.assignTeam("sales", exchange());
        wishes.note("hello", "text", exchange());

        assertThat(conversation.decided())
                .extracting(Wished::wish)
                .containsExactly(
                        Wish.ChangeLabels.add(List.of("vip", "b-2b")),
                        new Wish.SetPriority(Priority.HIGH),
                        new Wish.AssignTeam("sales"),
                        new Wish.Note("hello", "text"));
        assertThat(conversation.decided())
                .allSatisfy(wished ->
                        assertThat(wished.reasons()).extracting(Reason::rule).containsExactly("step"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 96, 5_000})
    void aNotesOccasionFitsItsColumn(int length) {
        org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
                .isThrownBy(() -> new Wishes().note("x".repeat(length), "text", exchange()))
                .withMessageContaining(length + " characters; expected a name of 1 to 95");
    }

    @Test
    void theStateThatIsStoredHoldsWhatWasDecided() {
        conversation.score(new ScoreEntry("a", "v", 30, 1, List.of("x"), NOW));
        conversation.begin(Episode.QUALIFY);
        conversation.begin(Episode.of("churn"));

        ConversationState state = conversation.state();
        Conversation next = new Conversation(state, List.of(), NOW.plus(Duration.ofDays(1)));

        assertThat(next.getScore()).isEqualTo(30);
        assertThat(next.isQualified()).isTrue();
        assertThat(next.hasEscalated()).isTrue();
        assertThat(next.state().episodes())
                .isEqualTo(Map.of("qualify", new Episode(1, NOW, false), "escalate:churn", new Episode(1, NOW, false)));
        assertThat(next.scored()).as("nothing new").isEmpty();
    }

    @Test
    @Tag("invariant-6")
    void aLabelThatOurWriteDroppedIsWishedForAgainByItsEcho() {
        Conversation c = of(wrote(List.of("ours", "old"), Map.of()));

        see(
                c,
                change("label_list", List.of("old", "agents"), List.of("ours", "old"))
                        .labels("ours", "old"),
                NOW);

        assertThat(c.decided()).extracting(Wished::wish).containsExactly(Wish.ChangeLabels.add(List.of("agents")));
    }

    @Test
    @Tag("invariant-6")
    void whatWeTookAwayOnPurposeIsNotPutBack() {
        Conversation c = of(wrote(List.of("ours"), Map.of()));
        Conversation removed = new Conversation(withBase(c.state(), List.of("ours", "removed")), List.of(), NOW);

        see(
                removed,
                change("label_list", List.of("ours", "removed"), List.of("ours"))
                        .labels("ours"),
                NOW);

        assertThat(removed.decided()).isEmpty();
    }

    @Test
    @Tag("invariant-6")
    void aValueThatOurWriteSetBackIsWishedForAgainByItsEcho() {
        Map<String, Object> base = Map.of("order", "A-1", "lead_score", 30);
        Map<String, Object> written = Map.of("order", "A-1", "lead_score", 75);
        Conversation c =
                new Conversation(withAttributes(new OwnWrite<>(base, written, NOW.plusSeconds(60))), List.of(), NOW);

        see(
                c,
                change("custom_attributes", Map.of("order", "B-2", "lead_score", 50, "vip", true), written)
                        .attributes(written),
                NOW);

        assertThat(c.decided())
                .as("the agent's order; the score is ours")
                .extracting(Wished::wish)
                .containsExactly(Wish.ChangeAttributes.set(Map.of("order", "B-2", "vip", true)));
    }

    private static ConversationState withAttributes(OwnWrite<Map<String, Object>> own) {
        return unconfirmed(ConversationState.unknown(7, ID), new OwnWrite<>(List.of(), List.of(), own.until()), own);
    }

    @Test
    @Tag("invariant-6")
    void anEchoThatComesBeforeTheAnswerPutsBackWhatIsStillTakenToBeThere() {
        Conversation c = new Conversation(withBase(wrote(List.of("ours"), Map.of()), List.of()), List.of(), NOW);
        see(c, updated().labels("ours", "vip").at(NOW.plusSeconds(2)), NOW.plusSeconds(3));

        see(c, change("label_list", List.of("vip"), List.of("ours")), NOW.plusSeconds(4));

        assertThat(c.decided()).extracting(Wished::wish).containsExactly(Wish.ChangeLabels.add(List.of("vip")));
    }

    @Test
    @Tag("invariant-6")
    void anEchoThatComesAfterALaterSnapshotStillPutsBack() {
        Conversation c = new Conversation(wrote(List.of("ours"), Map.of()), List.of(), NOW);
        see(c, updated().labels("ours").at(NOW.plusSeconds(2)), NOW.plusSeconds(3));

        see(c, change("label_list", List.of("vip"), List.of("ours")), NOW.plusSeconds(4));

        assertThat(c.getLabels()).containsExactly("ours", "vip");
    }

    @Test
    @Tag("invariant-6")
    void whatAnAgentTakesAwayAfterTheEchoIsNotPutBack() {
        Conversation c = new Conversation(wrote(List.of("ours"), Map.of()), List.of(), NOW);
        see(c, change("label_list", List.of(), List.of("ours")), NOW.plusSeconds(1));

        see(c, change("label_list", List.of("ours", "vip"), List.of("ours")), NOW.plusSeconds(4));

        assertThat(c.getLabels()).containsExactly("ours");
    }

    @Test
    @Tag("invariant-6")
    void aLabelThatAnAgentTookAwayIsNotPutBack() {
        Conversation c = of(wrote(List.of("ours", "old"), Map.of()));

        see(c, change("label_list", List.of("ours", "old"), List.of("ours")).labels("ours"), NOW);

        assertThat(c.decided()).isEmpty();
    }

    @Test
    @Tag("invariant-6")
    void anAttributeThatOurWriteDroppedIsWishedForAgainByItsEcho() {
        Conversation c = of(wrote(List.of(), Map.of("lead_score", 30)));

        see(
                c,
                change("custom_attributes", Map.of("order", "HP-1"), Map.of("lead_score", 30))
                        .attributes(Map.of("lead_score", 30)),
                NOW);

        assertThat(c.decided())
                .extracting(Wished::wish)
                .containsExactly(Wish.ChangeAttributes.set(Map.of("order", "HP-1")));
    }

    private static Bodies change(String attribute, Object before, Object after) {
        return updated()
                .at(NOW)
                .with(
                        "changed_attributes",
                        List.of(Map.of(attribute, Map.of("previous_value", before, "current_value", after))));
    }

    private static ConversationState withBase(ConversationState s, List<String> base) {
        Observed<List<String>> labels = s.labels().orElseThrow();
        OwnWrite<List<String>> own = new OwnWrite<>(base, labels.value(), NOW.plusSeconds(60));
        return with(
                s,
                s.priority(),
                s.priorityUnconfirmedUntil(),
                Optional.of(new Observed<>(labels.value(), NOW, labels.unconfirmedUntil(), List.of(own))),
                s.attributes());
    }

    private Exchange exchange() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody(conversation);
        return exchange;
    }

    // ---- the original reference's dialect: versions of whole seconds, messages without any

    private static final Instant SECOND = Instant.parse("2026-09-01T10:00:00Z");

    private static Event decoded(String json) {
        return new EventDecoder().decode(json.getBytes(StandardCharsets.UTF_8)).event();
    }

    private static Event referenceUpdate(String changes) {
        return decoded("{\"event\":\"conversation_updated\",\"id\":1580,\"account\":{\"id\":7},\"changes\":{" + changes
                + "},\"updated_at\":" + SECOND.getEpochSecond() + "}");
    }

    private static Event referenceMessage(long id, Instant createdAt, String status) {
        return decoded("{\"event\":\"message_created\",\"id\":" + id + ",\"content\":\"hi\",\"account\":{\"id\":7},"
                + "\"conversation\":{\"id\":1580,\"inbox_id\":1,\"status\":\"" + status + "\",\"labels\":[\"old\"]},"
                + "\"message_type\":\"incoming\",\"private\":false,\"created_at\":" + createdAt.getEpochSecond() + "}");
    }

    private static Conversation empty() {
        return new Conversation(ConversationState.unknown(7, 1580), List.of(), SECOND);
    }

    @Test
    @Tag("invariant-3")
    void aMessageWithoutVersionOverwritesNothingOfItsOwnSecond() {
        Conversation conversation = empty();
        conversation.observe(referenceUpdate("\"status\":{\"before\":\"resolved\",\"after\":\"open\"}"), SECOND);

        conversation.observe(referenceMessage(1, SECOND, "resolved"), SECOND);
        assertThat(conversation.getStatus()).isEqualTo("open");

        conversation.observe(referenceMessage(2, SECOND.plusSeconds(1), "pending"), SECOND);
        assertThat(conversation.getStatus()).as("what is later is believed").isEqualTo("pending");
    }

    @Test
    @Tag("invariant-6")
    void twoValuesOfOneVersionAreNoBaseForAWrite() {
        Conversation conversation = empty();
        Instant limit = SECOND.minusSeconds(5);
        conversation.observe(referenceUpdate("\"labels\":{\"before\":[],\"after\":[\"a\"]}"), SECOND);
        assertThat(conversation.state().labels().orElseThrow().isFresh(limit, SECOND))
                .isTrue();

        conversation.observe(referenceUpdate("\"labels\":{\"before\":[\"a\"],\"after\":[\"b\"]}"), SECOND);
        assertThat(conversation.state().labels().orElseThrow().isFresh(limit, SECOND))
                .isFalse();

        conversation.observe(referenceUpdate("\"labels\":{\"before\":[\"x\"],\"after\":[\"b\"]}"), SECOND);
        assertThat(conversation.state().labels().orElseThrow().isFresh(limit, SECOND))
                .as("the same value once more proves nothing")
                .isFalse();
    }

    @Test
    void aTeamThatIsChangedByIdIsKnownByIdAndKeepsItsName() {
        Conversation conversation = empty();
        conversation.observe(referenceUpdate("\"team_id\":{\"before\":null,\"after\":2}"), SECOND);
        assertThat(conversation.state().team()).contains(new Ref(2, ""));

        Conversation again = empty();
        again.observe(Bodies.updated(1580).team(2, "sales").at(SECOND).event(), SECOND);
        again.observe(referenceUpdate("\"team_id\":{\"before\":5,\"after\":2}"), SECOND);
        assertThat(again.state().team()).contains(new Ref(2, "sales"));

        again.observe(
                referenceUpdate(
                        "\"team_id\":{\"before\":2,\"after\":null},\"assignee_id\":{\"before\":1,\"after\":\"?\"}"),
                SECOND);
        assertThat(again.state().team()).contains(Ref.NONE);
        assertThat(again.state().assignee()).isEmpty();
    }
}
