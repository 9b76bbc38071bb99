package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leadroutes.chatwoot.ChatwootException.Rejected;
import io.leadroutes.chatwoot.ChatwootException.Unavailable;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Snapshot.Ref;
import io.leadroutes.store.Delivery;
import io.leadroutes.store.Json;
import io.leadroutes.store.Known;
import io.leadroutes.store.Store;
import io.leadroutes.store.TestDatabases.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallsTest {
    private static final long ID = 1580;
    private static final String PATH = "/api/v1/accounts/7/conversations/1580";

    private final Store store = new Store(Engine.H2);
    private final Teams teams = new Teams();
    private final AtomicBoolean scarce = new AtomicBoolean();
    private final Calls calls = new Calls(
            store.conversations,
            teams,
            new Macros(teams, store.clock),
            Duration.ofSeconds(5),
            scarce::get,
            store.clock);

    @AfterEach
    void close() {
        store.close();
    }

    private void known(Bodies body) {
        Known.make(store, body.at(store.clock.instant()));
    }

    private Delivery delivery(Wish wish) {
        return delivery(wish, 0, 0);
    }

    private Delivery delivery(Wish wish, int attempts, long message) {
        return new Delivery(11, 7, ID, wish, attempts, store.clock.instant(), message);
    }

    /** One that is in a dispatcher's hand. */
    private Delivery inHand(Wish wish) {
        store.wish(ID, Urgency.TAGGING, wish);
        return store.next();
    }

    private static Wish labels(String... labels) {
        return Wish.ChangeLabels.add(List.of(labels));
    }

    private static Wish attributes(Map<String, Object> attributes) {
        return Wish.ChangeAttributes.set(attributes);
    }

    private static ApiAnswer answer(String json) {
        try {
            return new ApiAnswer("read", 200, json.isEmpty() ? MissingNode.getInstance() : Json.tree(json));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode body(ApiRequest request) {
        try {
            return Json.tree(request.body().orElseThrow());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> texts(JsonNode list) {
        return Json.read(list.toString(), new com.fasterxml.jackson.core.type.TypeReference<List<String>>() {});
    }

    // ---- labels

    @Test
    @Tag("invariant-6")
    void labelsAreWrittenOnTopOfAFreshSnapshotWithoutARead() throws Exception {
        known(Bodies.updated(ID).labels("agents"));
        Delivery delivery = delivery(labels("ours"));

        assertThat(calls.readLabels(delivery)).isNull();
        ApiRequest write = calls.writeLabels(delivery, null);

        assertThat(write.method() + " " + write.path()).isEqualTo("POST " + PATH + "/labels");
        assertThat(texts(body(write).path("labels"))).containsExactly("agents", "ours");
    }

    @Test
    @Tag("invariant-5")
    @Tag("attack-20")
    void labelsThatAreThereCostNoCall() throws Exception {
        known(Bodies.updated(ID).labels("agents", "ours"));

        assertThat(calls.readLabels(delivery(labels("ours")))).isNull();
        assertThat(calls.writeLabels(delivery(labels("ours")), null)).isNull();
    }

    @Test
    @Tag("invariant-6")
    void anAgedSnapshotIsReadAgain() throws Exception {
        known(Bodies.updated(ID).labels("agents"));
        store.clock.advance(Duration.ofSeconds(5));
        Delivery delivery = delivery(labels("ours"));

        ApiRequest read = calls.readLabels(delivery);
        ApiRequest write = calls.writeLabels(delivery, answer("{\"payload\":[\"agents\",\"newer\"]}"));

        assertThat(read.method() + " " + read.path()).isEqualTo("GET " + PATH);
        assertThat(texts(body(write).path("labels"))).containsExactly("agents", "newer", "ours");
    }

    @Test
    @Tag("invariant-5")
    void oneReadServesAllWishesOfAConversation() throws Exception {
        known(Bodies.updated(ID).labels("agents"));
        store.clock.advance(Duration.ofSeconds(5));
        String shown =
                "{\"updated_at\":4000000000.25,\"labels\":[\"newer\"],\"custom_attributes\":{\"order\":\"A-1\"}}";
        calls.writeLabels(inHand(labels("ours")), answer(shown));
        Delivery attributes = delivery(attributes(Map.of("lead_score", 75)));

        assertThat(calls.readAttributes(attributes)).isNull();
        assertThat(body(calls.writeAttributes(attributes, null)).path("custom_attributes"))
                .hasToString("{\"order\":\"A-1\",\"lead_score\":75}");
    }

    private void agedWithAttributesToSet(long conversation) {
        Known.make(
                store,
                Bodies.updated(conversation).at(store.clock.instant()).labels().attributes(Map.of()));
        store.wish(conversation, Urgency.TAGGING, attributes(Map.of("lead_score", 75)));
    }

    @Test
    @Tag("invariant-5")
    void oneReadServesTheAttributesOfManyConversations() throws Exception {
        for (long conversation : List.of(ID, 1581L, 1582L)) {
            agedWithAttributesToSet(conversation);
        }
        store.clock.advance(Duration.ofSeconds(5));
        Delivery first = store.next();

        ApiRequest read = calls.readTogether(first);

        assertThat(read.path()).isEqualTo("/api/v1/accounts/7/conversations/filter");
        assertThat(body(read).path("payload").path(0).path("values")).hasToString("[\"1580\",\"1581\",\"1582\"]");
        calls.sawTogether(
                first, answer("{\"meta\":{},\"payload\":[" + shown(ID, "A-1") + "," + shown(1581, "A-2") + "]}"));
        assertThat(calls.readAttributes(first)).isNull();
        assertThat(body(calls.writeAttributes(first, null)).path("custom_attributes"))
                .hasToString("{\"order\":\"A-1\",\"lead_score\":75}");
        Delivery second = store.next();
        assertThat(calls.readTogether(second)).isNull();
        assertThat(calls.readAttributes(second)).isNull();
        assertThat(body(calls.writeAttributes(second, null)).path("custom_attributes"))
                .hasToString("{\"order\":\"A-2\",\"lead_score\":75}");
        Delivery notShown = store.next();
        assertThat(calls.readTogether(notShown)).as("no other is left").isNull();
        assertThat(calls.readAttributes(notShown).path()).endsWith("/conversations/1582");
    }

    private static String shown(long conversation, String order) {
        return "{\"id\":" + conversation
                + ",\"updated_at\":4000000000.25,\"labels\":[],\"custom_attributes\":{\"order\":\"" + order + "\"}}";
    }

    @Test
    void whereConversationsCannotBeReadTogetherEachIsReadByItselfForAnHour() {
        agedWithAttributesToSet(ID);
        agedWithAttributesToSet(1581);
        store.clock.advance(Duration.ofSeconds(5));
        Delivery first = store.next();

        calls.refusedTogether();

        assertThat(calls.readTogether(first)).isNull();
        assertThat(calls.readAttributes(first)).isNotNull();
        store.clock.advance(Duration.ofHours(1));
        assertThat(calls.readTogether(first)).isNotNull();
    }

    @Test
    @Tag("invariant-6")
    void whilePermitsAreFewLabelsAreAddedToAnAgedSnapshotWithoutARead() throws Exception {
        known(Bodies.updated(ID).labels("agents"));
        store.clock.advance(Duration.ofSeconds(5));
        scarce.set(true);

        ApiRequest write = calls.writeLabels(delivery(labels("ours")), null);

        assertThat(calls.readLabels(delivery(labels("ours")))).isNull();
        assertThat(write.path()).isEqualTo("/api/v1/accounts/7/bulk_actions");
        assertThat(write.body().orElseThrow())
                .isEqualTo("{\"type\":\"Conversation\",\"ids\":[1580],\"labels\":{\"add\":[\"ours\"],\"remove\":[]},"
                        + "\"fields\":{}}");
        assertThat(calls.readLabels(delivery(labels("ours"), 1, 0)))
                .as("what no webhook has confirmed")
                .isNotNull();
        assertThat(calls.readLabels(delivery(Wish.ChangeLabels.remove(List.of("agents")))))
                .isNotNull();
    }

    @Test
    @Tag("invariant-5")
    void aSharedCallLeavesOutConversationsThatAreAlreadySo() throws Exception {
        known(Bodies.updated(ID).labels("ours"));
        Delivery other = new Delivery(12, 7, 1581, labels("ours"), 0, store.clock.instant(), 0);
        Delivery first = delivery(labels("ours"));
        Delivery both = new Delivery(
                first.id(),
                7,
                ID,
                first.wish(),
                0,
                first.createdAt(),
                0,
                Urgency.TAGGING,
                List.of(other),
                Optional.empty(),
                List.of());

        assertThat(body(calls.share(both)).path("ids")).hasToString("[1581]");
        assertThat(calls.share(first)).isNull();
    }

    @Test
    @Tag("invariant-3")
    void aReadThatIsOlderThanWhatIsKnownIsNotRemembered() throws Exception {
        known(Bodies.updated(ID).labels("agents"));
        store.clock.advance(Duration.ofSeconds(5));

        calls.writeLabels(
                delivery(labels("ours")),
                answer("{\"updated_at\":1.5,\"labels\":[\"older\"],\"custom_attributes\":{}}"));

        assertThat(store.conversations
                        .find(7, ID)
                        .orElseThrow()
                        .labels()
                        .orElseThrow()
                        .value())
                .containsExactly("agents");
    }

    @Test
    @Tag("invariant-6")
    void aSnapshotThatAgesBetweenTheTwoStepsIsStillTheBase() throws Exception {
        known(Bodies.updated(ID).labels("agents").attributes(Map.of("theirs", 1)));
        store.clock.advance(Duration.ofMillis(4_999));
        Delivery labels = delivery(labels("ours"));
        Delivery attributes = delivery(attributes(Map.of("lead_score", 75)));
        assertThat(calls.readLabels(labels)).isNull();
        assertThat(calls.readAttributes(attributes)).isNull();

        store.clock.advance(Duration.ofSeconds(1));

        assertThat(texts(body(calls.writeLabels(labels, null)).path("labels")))
                .as("never ours alone: that would erase the agents'")
                .containsExactly("agents", "ours");
        assertThat(body(calls.writeAttributes(attributes, null)).path("custom_attributes"))
                .hasSize(2);
    }

    @Test
    @Tag("invariant-6")
    void withoutAnyKnowledgeNothingIsWritten() {
        assertThat(calls.readLabels(delivery(labels("ours")))).isNotNull();
        assertThatThrownBy(() -> calls.writeLabels(delivery(labels("ours")), null))
                .isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> calls.writeAttributes(delivery(attributes(Map.of("k", 1))), null))
                .isInstanceOf(Unavailable.class);
    }

    @Test
    @Tag("invariant-6")
    void anUnconfirmedOwnWriteIsNoBase() throws Exception {
        known(Bodies.updated(ID).labels("agents"));
        Delivery delivery = inHand(labels("ours"));

        calls.wroteLabels(delivery, answer("{\"payload\":[\"agents\",\"ours\"]}"));

        assertThat(calls.readLabels(delivery)).isNotNull();
        assertThat(store.conversations
                        .find(7, ID)
                        .orElseThrow()
                        .labels()
                        .orElseThrow()
                        .value())
                .containsExactly("agents", "ours");
    }

    @Test
    @Tag("invariant-3")
    void afterATryThatDiedWithItsAnswerAnOlderSnapshotIsNoBase() throws Exception {
        known(Bodies.updated(ID).labels("agents").attributes(Map.of("theirs", 1)));
        store.clock.advance(Duration.ofSeconds(6));
        Delivery labels = tried(inHand(labels("ours")));
        assertThat(calls.writeLabels(labels, answer("{\"payload\":[\"agents\",\"ours\"]}")))
                .as("the earlier try has written it")
                .isNull();
        store.outbox.done(labels, "already so");
        Delivery attributes = tried(inHand(attributes(Map.of("lead_score", 75))));
        assertThat(calls.writeAttributes(
                        attributes, answer("{\"custom_attributes\":{\"theirs\":1,\"lead_score\":75}}")))
                .isNull();

        known(Bodies.updated(ID).labels("agents").attributes(Map.of("theirs", 1)));

        assertThat(calls.readLabels(delivery(labels("more")))).isNotNull();
        assertThat(calls.readAttributes(delivery(attributes(Map.of("more", 1)))))
                .isNotNull();
    }

    /** The same wish once more, after a try that failed. */
    private Delivery tried(Delivery delivery) {
        store.outbox.retryAt(delivery, store.clock.instant(), true, "no answer");
        return store.next();
    }

    @Test
    void labelsComeBareInTheOriginalReference() throws Exception {
        assertThat(calls.writeLabels(delivery(labels("a")), answer("[\"a\"]"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "{\"payload\":{}}", "\"a\""})
    @Tag("invariant-6")
    void anAnswerWithoutLabelsIsNotTakenForNone(String json) {
        assertThatThrownBy(() -> calls.writeLabels(delivery(labels("a")), answer(json)))
                .isInstanceOf(Unavailable.class);
    }

    // ---- attributes

    @Test
    @Tag("invariant-6")
    void attributesAreWrittenWithinTheWholeMap() throws Exception {
        known(Bodies.updated(ID).attributes(Map.of("theirs", "x", "lead_score", 30)));
        Delivery delivery = delivery(attributes(Map.of("lead_score", 75)));

        assertThat(calls.readAttributes(delivery)).isNull();
        ApiRequest write = calls.writeAttributes(delivery, null);

        assertThat(write.path()).isEqualTo(PATH + "/custom_attributes");
        assertThat(Json.map(body(write)))
                .isEqualTo(Map.of("custom_attributes", Map.of("theirs", "x", "lead_score", 75), "merge", true));
    }

    @ParameterizedTest
    @CsvSource({"75, 75", "75, 75.0", "50000.00, 50000"})
    @Tag("invariant-5")
    void aValueThatIsThereCostsNoCallWhateverItsNotation(String there, String wished) throws Exception {
        Delivery delivery = delivery(attributes(Map.of("k", new java.math.BigDecimal(wished))));

        assertThat(calls.writeAttributes(delivery, answer("{\"custom_attributes\":{\"k\":" + there + "}}")))
                .isNull();
    }

    @Test
    @Tag("invariant-6")
    void numbersOfOthersAreWrittenBackAsTheyStood() throws Exception {
        ApiRequest write = calls.writeAttributes(
                delivery(attributes(Map.of("k", 1))),
                answer("{\"custom_attributes\":{\"price\":50000.00,\"n\":12345678901234567890,\"f\":0.1}}"));

        assertThat(write.body().orElseThrow()).contains("\"price\":50000.00", "12345678901234567890", "\"f\":0.1");
    }

    @Test
    @Tag("invariant-12")
    void aRedactedValueIsNeverWrittenBack() throws Exception {
        known(Bodies.updated(ID).attributes(Map.of("portal_token", "s3cret", "k", 1)));
        Delivery delivery = delivery(attributes(Map.of("lead_score", 75)));

        assertThat(calls.readAttributes(delivery))
                .as("the stored map is not whole")
                .isNotNull();
        assertThatThrownBy(() -> calls.writeAttributes(delivery, null)).isInstanceOf(Unavailable.class);
        ApiRequest write = calls.writeAttributes(
                delivery, answer("{\"custom_attributes\":{\"portal_token\":\"s3cret\",\"k\":1}}"));
        assertThat(body(write).path("custom_attributes").path("portal_token").asText())
                .isEqualTo("s3cret");
    }

    @Test
    @Tag("invariant-12")
    void aValueRedactedWithinAnotherIsNeverWrittenBackEither() throws Exception {
        known(Bodies.updated(ID)
                .attributes(Map.of("crm", Map.of("token", "s3cret"), "l", List.of(Map.of("api_key", "s3cret")))));

        assertThat(calls.readAttributes(delivery(attributes(Map.of("lead_score", 75)))))
                .isNotNull();
    }

    @Test
    @Tag("invariant-12")
    void secretsInAnAnswerAreNotStored() throws Exception {
        known(Bodies.updated(ID).attributes(Map.of()));

        calls.wroteAttributes(
                inHand(attributes(Map.of("k", 1))),
                answer("{\"custom_attributes\":{\"token\":\"s3cret\",\"crm\":{\"token\":\"s3cret\"},"
                        + "\"l\":[{\"api_key\":\"s3cret\"},null,1],\"k\":1}}"));

        Map<String, Object> stored = store.conversations
                .find(7, ID)
                .orElseThrow()
                .attributes()
                .orElseThrow()
                .value();
        assertThat(stored.toString()).doesNotContain("s3cret");
        assertThat(stored).containsEntry("k", 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "{\"custom_attributes\":[]}", "[]"})
    @Tag("invariant-6")
    void anAnswerWithoutAttributesIsNotTakenForNone(String json) {
        assertThatThrownBy(() -> calls.writeAttributes(delivery(attributes(Map.of("k", 1))), answer(json)))
                .isInstanceOf(Unavailable.class);
    }

    // ---- priority

    @Test
    void aPriorityIsSetByItsWordAndClearedByNull() {
        assertThat(body(calls.setPriority(delivery(new Wish.SetPriority(Priority.URGENT))))
                        .path("priority")
                        .asText())
                .isEqualTo("urgent");
        assertThat(calls.setPriority(delivery(new Wish.SetPriority(Priority.NONE)))
                        .body())
                .contains("{\"priority\":null}");
    }

    @Test
    @Tag("invariant-5")
    @Tag("attack-20")
    void aPriorityThatIsThereCostsNoCall() {
        known(Bodies.updated(ID).priority("high"));

        assertThat(calls.setPriority(delivery(new Wish.SetPriority(Priority.HIGH))))
                .isNull();
    }

    @Test
    @Tag("invariant-6")
    void anAgentsHigherPriorityOfMeanwhileStays() {
        known(Bodies.updated(ID).priority("urgent"));

        assertThat(calls.setPriority(delivery(Wish.SetPriority.atLeast(Priority.HIGH))))
                .isNull();
        assertThat(calls.setPriority(delivery(new Wish.SetPriority(Priority.HIGH))))
                .as("a step may lower it")
                .isNotNull();
    }

    @Test
    void aPriorityThatWasSetIsRemembered() {
        known(Bodies.updated(ID).priority(null));
        Delivery delivery = inHand(Wish.SetPriority.atLeast(Priority.HIGH));

        calls.wrotePriority(delivery, answer(""));

        assertThat(calls.setPriority(delivery)).isNull();
    }

    // ---- team

    private static final String TEAMS = "[{\"id\":3,\"name\":\"sales\"},{\"id\":9,\"name\":\"senior support\"}]";

    @Test
    void aTeamIsLookedUpOnceAndFoundInAnyCase() throws Exception {
        Delivery delivery = delivery(new Wish.AssignTeam(" Senior Support "));

        ApiRequest read = calls.readTeams(delivery);
        ApiRequest write = calls.assignTeam(delivery, answer(TEAMS));

        assertThat(read.path()).isEqualTo("/api/v1/accounts/7/teams");
        assertThat(write.body()).as("assignee_id must not be there").contains("{\"team_id\":9}");
        assertThat(calls.readTeams(delivery(new Wish.AssignTeam("SALES")))).isNull();
    }

    @Test
    void aTeamCanBeNamedByItsNumber() throws Exception {
        assertThat(calls.readTeams(delivery(new Wish.AssignTeam("9")))).isNull();
        assertThat(calls.assignTeam(delivery(new Wish.AssignTeam("9")), null).body())
                .contains("{\"team_id\":9}");
    }

    @Test
    @Tag("invariant-5")
    void aTeamThatHasTheConversationCostsNoCall() throws Exception {
        known(Bodies.updated(ID).team(3, "sales"));

        assertThat(calls.assignTeam(delivery(new Wish.AssignTeam("sales")), answer(TEAMS)))
                .isNull();
    }

    @Test
    @Tag("invariant-9")
    void aTeamThatIsNotThereIsRefusedWithTheNamesOfThoseThatAre() {
        assertThatThrownBy(() -> calls.assignTeam(delivery(new Wish.AssignTeam("nobody")), answer(TEAMS)))
                .isInstanceOf(Rejected.class)
                .hasMessage("team is \"nobody\"; expected a team of the account: sales, senior support");
    }

    @Test
    void anAssignmentThatAssignsNobodyIsARefusal() {
        assertThatThrownBy(() -> calls.assignedTeam(delivery(new Wish.AssignTeam("3")), answer("null")))
                .isInstanceOf(Rejected.class);
    }

    @Test
    void anAssignedTeamIsRemembered() throws Exception {
        known(Bodies.updated(ID));
        calls.assignTeam(delivery(new Wish.AssignTeam("sales")), answer(TEAMS));

        calls.assignedTeam(inHand(new Wish.AssignTeam("sales")), answer("{\"id\":3,\"name\":\"sales\"}"));

        assertThat(store.conversations.find(7, ID).orElseThrow().team()).contains(new Ref(3, "sales"));
    }

    @Test
    void teamsMayComeInAPayload() {
        teams.remember(answer("{\"payload\":" + TEAMS + "}").body());

        assertThat(teams.names()).containsExactly("sales", "senior support");
        assertThat(teams.find("")).isEmpty();
    }

    // ---- notes

    private static final Wish NOTE = new Wish.Note("qualify", "**Lead** qualified");

    @Test
    void aNoteIsPrivateAndCarriesItsMarker() throws Exception {
        ApiRequest write = calls.writeNote(delivery(NOTE), null);

        assertThat(write.path()).isEqualTo(PATH + "/messages");
        assertThat(Json.map(body(write)))
                .isEqualTo(Map.of(
                        "content",
                        "**Lead** qualified",
                        "message_type",
                        "outgoing",
                        "private",
                        true,
                        "content_attributes",
                        Map.of("leadroutes", marker())));
    }

    private String marker() {
        return "11-" + store.clock.instant().toEpochMilli();
    }

    @Test
    @Tag("invariant-5")
    void aNoteThatWasNeverTriedIsNotLookedFor() {
        assertThat(calls.readNotes(delivery(NOTE, 0, 482_201))).isNull();
    }

    @Test
    @Tag("invariant-2")
    void aNoteThatWasTriedIsLookedForAfterTheMessageThatItWasDecidedOn() {
        ApiRequest read = calls.readNotes(delivery(NOTE, 1, 482_201));

        assertThat(read.method() + " " + read.path() + "?" + read.query())
                .isEqualTo("GET " + PATH + "/messages?after=482201");
        assertThat(calls.readNotes(delivery(NOTE, 1, 0)).query()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"payload\":[%s]}", "[%s]"})
    @Tag("invariant-2")
    void aNoteThatIsThereIsNotWrittenTwice(String shape) throws Exception {
        String other =
                "{\"id\":1,\"content\":\"hi\",\"content_attributes\":{}},{\"id\":2,\"content_attributes\":null},";
        String ours = "{\"id\":3,\"content_attributes\":{\"leadroutes\":\"" + marker() + "\"}}";

        assertThat(calls.writeNote(delivery(NOTE, 1, 1), answer(shape.formatted(other + ours))))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"payload\":[]}", "{\"payload\":[{\"content_attributes\":{\"leadroutes\":\"12-0\"}}]}"})
    void aNoteThatIsNotThereIsWritten(String messages) throws Exception {
        assertThat(calls.writeNote(delivery(NOTE, 1, 1), answer(messages))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "{\"payload\":null}"})
    @Tag("invariant-2")
    void aListThatIsNoneDoesNotProveThatTheNoteIsMissing(String messages) {
        assertThatThrownBy(() -> calls.writeNote(delivery(NOTE, 1, 1), answer(messages)))
                .isInstanceOf(Unavailable.class);
    }

    // ---- mentions

    private static final String AGENTS = """
            [{"id":12,"name":"Mara Quill","email":"mara@example.com"},{"id":13,"name":"Jo","email":"jo@example.com"},
            {"id":14,"name":"jo ","email":"jo.2@example.com"},{"id":15,"name":"A [b](c) {{x}} *d*"}]""";

    private static Wish note(String text) {
        return new Wish.Note("test", text);
    }

    private String written(String text) throws Exception {
        return body(calls.writeNote(delivery(note(text)), null)).path("content").asText();
    }

    private void listed() throws ChatwootException {
        calls.rememberTeams(answer(TEAMS));
        calls.rememberAgents(answer(AGENTS));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{mention-team: SALES}! | [@sales](mention://team/3/sales)!",
                "{mention-team: senior support} | [@senior support](mention://team/9/senior%20support)",
                "{mention-team: 9} | [@senior support](mention://team/9/senior%20support)",
                "Ask {mention-agent: mara quill}. | Ask [@Mara Quill](mention://user/12/Mara%20Quill).",
                "{mention-agent: 12} | [@Mara Quill](mention://user/12/Mara%20Quill)",
                "{mention-agent: Jo@example.com} | [@Jo](mention://user/13/Jo)",
                "{mention-agent: 15} | [@A b\\(c\\) {Z{ZxZ}Z} \\*d\\*](mention://user/15/A%20%5Bb%5D%28c%29%20%7B%7Bx%7D%7D%20*d*)",
                "{mention-agent: Jo} | Jo",
                "{mention-agent: 99} | 99",
                "{mention-team: 99} | 99",
                "{mention-team: no_body} | no\\_body",
                "no mention of {mention-teem: x} | no mention of {mention-teem: x}",
            })
    void mentionsAreTheLinksThatNotifyOrPlainNames(String text, String shown) throws Exception {
        listed();

        assertThat(written(text)).isEqualTo(shown.replace("Z", "\u200b"));
    }

    @Test
    void listsAreReadOnceAndOnlyForMentions() throws Exception {
        Delivery delivery = delivery(note("{mention-team: sales} {mention-agent: 12}"));

        assertThat(calls.readMentionedTeams(delivery(note("nobody")))).isNull();
        assertThat(calls.readMentionedAgents(delivery(note("{mention-team: sales}"))))
                .isNull();
        assertThat(calls.readMentionedTeams(delivery(new Wish.Message("a", "{mention-team: sales}"))))
                .as("a message to the customer mentions nobody")
                .isNull();
        assertThat(calls.readMentionedTeams(delivery).path()).isEqualTo("/api/v1/accounts/7/teams");
        assertThat(calls.readMentionedAgents(delivery).path()).isEqualTo("/api/v1/accounts/7/agents");
        listed();
        assertThat(calls.readMentionedTeams(delivery)).isNull();
        assertThat(calls.readMentionedAgents(delivery)).isNull();
        assertThat(calls.readTeams(delivery(new Wish.AssignTeam("sales"))))
                .as("assignments use the same list")
                .isNull();
    }

    @Test
    void whoIsNotListedIsLookedForAgainAfterTenMinutes() throws Exception {
        Delivery delivery = delivery(note("{mention-agent: New Colleague}"));
        listed();

        assertThat(calls.readMentionedAgents(delivery)).isNull();
        store.clock.advance(Duration.ofMinutes(11));
        assertThat(calls.readMentionedAgents(delivery)).isNotNull();
        calls.agentsRefused();
        assertThat(calls.readMentionedAgents(delivery)).isNull();
    }

    @Test
    @Tag("invariant-11")
    void whatIsNotedSaysWhyAMentionIsAPlainName() throws Exception {
        listed();

        assertThat(calls.wroteNote(delivery(note("{mention-team: sales}")), answer("{}")))
                .isEqualTo("read: 200");
        assertThat(calls.wroteNote(delivery(note("{mention-team: nobody} {mention-agent: jo}")), answer("{}")))
                .isEqualTo("read: 200; no mention of \"nobody\": the account's list shows no such team; no mention of"
                        + " \"jo\": 2 have that name; expected the id or e-mail address of one");
    }

    @Test
    @Tag("invariant-6")
    void anAgentWhoTookTheConversationMeanwhileKeepsIt() throws ChatwootException {
        teams.remember(List.of(new Ref(2, "sales")));
        known(Bodies.updated(ID).assignee(5, "Mia"));

        assertThat(calls.assignTeam(delivery(new Wish.AssignTeam("sales", false)), null))
                .isNull();
        assertThat(calls.assignTeam(delivery(new Wish.AssignTeam("sales", true)), null))
                .isNotNull();
    }
}
