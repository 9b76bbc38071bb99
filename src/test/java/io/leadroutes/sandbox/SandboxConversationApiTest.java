package io.leadroutes.sandbox;

import static io.leadroutes.sandbox.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.store.TestClock;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxConversationApiTest {
    private SandboxChatwoot sandbox;
    private ApiClient api;
    private long contact;
    private long id;

    @BeforeEach
    void start() {
        sandbox = SandboxChatwoot.start();
        api = new ApiClient(sandbox);
        contact = sandbox.addContact("Jonas Feld", "jonas@example.com");
        id = sandbox.addConversation(contact);
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private String path(String end) {
        return "/conversations/" + id + end;
    }

    @Test
    void aFilterShowsTheConversationsOfTheseNumbers() throws Exception {
        long other = sandbox.addConversation(contact);
        sandbox.addConversation(contact);
        String filter =
                "{\"payload\":[{\"attribute_key\":\"%s\",\"filter_operator\":\"equal_to\",\"values\":[\"%d\",\"%d\",\"9999\"]}]}";

        JsonNode found = json(api.post("/conversations/filter", filter.formatted("display_id", id, other)));

        assertThat(found.path("payload"))
                .extracting(shown -> shown.path("id").asLong())
                .containsExactlyInAnyOrder(id, other);
        assertThat(api.post("/conversations/filter", filter.formatted("status", id, other))
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void labelsPostReplacesTheWholeSet() throws Exception {
        sandbox.agentSetsLabels(id, "old", "kept");

        HttpResponse<String> answer = api.post(path("/labels"), "{\"labels\":[\"kept\",\"new\"]}");

        assertThat(answer.body()).isEqualTo("{\"payload\":[\"kept\",\"new\"]}");
        assertThat(sandbox.conversation(id).labels()).containsExactly("kept", "new");
        assertThat(json(api.get(path("/labels")))).isEqualTo(json("{\"payload\":[\"kept\",\"new\"]}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"labels\":null}", "{\"labels\":\"vip\"}", "{\"labels\":[]}"})
    void labelsThatAreNoArrayClearAll(String body) throws Exception {
        sandbox.agentSetsLabels(id, "old");

        api.post(path("/labels"), body);

        assertThat(sandbox.conversation(id).labels()).isEmpty();
    }

    @Test
    void aCommaSplitsOneLabelIntoTwo() throws Exception {
        api.post(path("/labels"), "{\"labels\":[\"one,two\"]}");

        assertThat(sandbox.conversation(id).labels()).containsExactly("one", "two");
    }

    @Test
    void customAttributesPostReplacesTheWholeMap() throws Exception {
        sandbox.agentSetsCustomAttributes(id, Map.of("industry", "Technology"));

        HttpResponse<String> answer =
                api.post(path("/custom_attributes"), "{\"custom_attributes\":{\"lead_score\":85},\"merge\":true}");

        assertThat(answer.body()).isEqualTo("{\"custom_attributes\":{\"lead_score\":85}}");
        assertThat(sandbox.conversation(id).customAttributes())
                .as("released servers do not know merge")
                .isEqualTo(Map.of("lead_score", 85));
    }

    @Test
    void customAttributesMergeAndGoByKeyWhereTheServerSupportsIt() throws Exception {
        try (SandboxChatwoot newer = SandboxChatwoot.builder().mergeSupported().start()) {
            long other = newer.addConversation(newer.addContact("Jonas", "j@example.com"));
            newer.agentSetsCustomAttributes(other, Map.of("industry", "Technology"));
            ApiClient client = new ApiClient(newer);

            client.post(
                    "/conversations/" + other + "/custom_attributes",
                    "{\"custom_attributes\":{\"lead_score\":85},\"merge\":true}");
            assertThat(newer.conversation(other).customAttributes()).containsOnlyKeys("industry", "lead_score");

            client.post(
                    "/conversations/" + other + "/destroy_custom_attributes", "{\"custom_attributes\":[\"industry\"]}");
            assertThat(newer.conversation(other).customAttributes()).containsOnlyKeys("lead_score");
        }
    }

    @Test
    void customAttributesRefuseLongTextAndLargeNumbers() throws Exception {
        String tooLong = "{\"custom_attributes\":{\"a\":\"" + "x".repeat(1501) + "\"}}";

        assertThat(api.post(path("/custom_attributes"), tooLong).statusCode()).isEqualTo(422);
        assertThat(api.post(path("/custom_attributes"), "{\"custom_attributes\":{\"a\":10000000000}}")
                        .statusCode())
                .isEqualTo(422);
        assertThat(api.post(path("/custom_attributes"), "{\"custom_attributes\":{\"a\":9999999999}}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void customAttributesMissingIsAnInternalError() throws Exception {
        assertThat(api.post(path("/custom_attributes"), "{}").statusCode()).isEqualTo(500);
    }

    @Test
    void togglePriorityAnswersAnEmptyBody() throws Exception {
        HttpResponse<String> answer = api.post(path("/toggle_priority"), "{\"priority\":\"urgent\"}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(sandbox.conversation(id).priority()).contains("urgent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "P1"})
    void togglePriorityWithAnUnknownWordIsAnInternalError(String word) throws Exception {
        sandbox.agentSetsPriority(id, "low");

        HttpResponse<String> answer = api.post(path("/toggle_priority"), "{\"priority\":\"" + word + "\"}");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(json(answer)).isEqualTo(json("{\"status\":500,\"error\":\"Internal Server Error\"}"));
        assertThat(sandbox.conversation(id).priority()).contains("low");
    }

    @Test
    void togglePriorityIsClearedByNullAndByABodyThatIsNotJson() throws Exception {
        sandbox.agentSetsPriority(id, "low");
        api.post(path("/toggle_priority"), "{\"priority\":null}");
        assertThat(sandbox.conversation(id).priority()).isEmpty();

        sandbox.agentSetsPriority(id, "low");
        HttpRequest form = api.request("POST", path("/toggle_priority"), "{\"priority\":\"high\"}")
                .setHeader("Content-Type", "application/x-www-form-urlencoded")
                .build();
        ApiClient.exchange(form);
        assertThat(sandbox.conversation(id).priority()).isEmpty();
    }

    @Test
    void patchSetsThePriorityAndAnswersTheConversation() throws Exception {
        JsonNode answer = json(api.send("PATCH", path(""), "{\"priority\":\"high\"}"));

        assertThat(answer.path("id").asLong()).isEqualTo(id);
        assertThat(answer.path("priority").asText()).isEqualTo("high");
        assertThat(answer.path("meta").has("team")).as("absent when none").isFalse();
    }

    @Test
    void toggleStatusWithoutStatusToggles() throws Exception {
        JsonNode resolved = json(api.post(path("/toggle_status"), "{}"));
        JsonNode open = json(api.post(path("/toggle_status"), "{}"));

        assertThat(resolved.at("/payload/current_status").asText()).isEqualTo("resolved");
        assertThat(open.at("/payload/current_status").asText()).isEqualTo("open");
    }

    @Test
    void snoozeTakesEpochSecondsOnly() throws Exception {
        HttpResponse<String> iso =
                api.post(path("/toggle_status"), "{\"status\":\"snoozed\",\"snoozed_until\":\"2026-12-01T00:00:00Z\"}");
        JsonNode epoch =
                json(api.post(path("/toggle_status"), "{\"status\":\"snoozed\",\"snoozed_until\":1796083200}"));

        assertThat(iso.statusCode()).isEqualTo(500);
        assertThat(epoch.at("/payload/snoozed_until").asText()).isEqualTo("2026-12-01T00:00:00.000Z");
    }

    @Test
    void leavingSnoozedForgetsTheTime() throws Exception {
        api.post(path("/toggle_status"), "{\"status\":\"snoozed\",\"snoozed_until\":1796083200}");

        api.post(path("/toggle_status"), "{\"status\":\"open\"}");

        assertThat(sandbox.conversation(id).snoozedUntil()).isEmpty();
    }

    @Test
    void openingWithAnAgentsTokenAssignsTheConversationToThatAgent() throws Exception {
        try (SandboxChatwoot strict =
                SandboxChatwoot.builder().token("agent-token", Role.AGENT).start()) {
            long other = strict.addConversation(strict.addContact("Jonas", "j@example.com"));

            new ApiClient(strict).post("/conversations/" + other + "/toggle_status", "{\"status\":\"open\"}");

            assertThat(strict.conversation(other).assigneeId()).hasValue(strict.userId("agent-token"));
        }
    }

    @Test
    void assignmentToATeamAnswersTheTeamRow() throws Exception {
        JsonNode answer = json(api.post(path("/assignments"), "{\"team_id\":5}"));

        assertThat(answer.path("name").asText()).isEqualTo("senior support");
        assertThat(answer.path("created_at").isTextual()).isTrue();
        assertThat(sandbox.conversation(id).teamName()).contains("senior support");
    }

    @Test
    void assignmentIgnoresTheTeamWhenTheKeyAssigneeIdIsThere() throws Exception {
        HttpResponse<String> answer = api.post(path("/assignments"), "{\"assignee_id\":null,\"team_id\":5}");

        assertThat(answer.body()).isEqualTo("null");
        assertThat(sandbox.conversation(id).teamId()).isEmpty();
    }

    @Test
    void assignmentToAnUnknownAgentUnassignsAndAnswersNull() throws Exception {
        assertThat(json(api.post(path("/assignments"), "{\"assignee_id\":12}"))
                        .path("email")
                        .asText())
                .isEqualTo("mara.quill@harborpine.example");

        HttpResponse<String> answer = api.post(path("/assignments"), "{\"assignee_id\":99999}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("null");
        assertThat(sandbox.conversation(id).assigneeId()).isEmpty();
    }

    @Test
    void assignmentToAnUnknownTeamIsNotFoundAndTeamZeroClears() throws Exception {
        sandbox.agentAssignsTeam(id, 2);

        assertThat(api.post(path("/assignments"), "{\"team_id\":99}").statusCode())
                .isEqualTo(404);
        assertThat(sandbox.conversation(id).teamId()).hasValue(2);

        assertThat(api.post(path("/assignments"), "{\"team_id\":0}").body()).isEqualTo("null");
        assertThat(sandbox.conversation(id).teamId()).isEmpty();
    }

    @Test
    void aTeamTakesTheConversationFromAnOutsiderAndGivesItToAnOnlineMember() {
        long member = sandbox.addAgent("Teo Brandt", "teo@harborpine.example", true);
        long team = sandbox.addTeam(" Key Accounts ", member);
        sandbox.agentAssignsAgent(id, 12);

        sandbox.agentAssignsTeam(id, team);

        assertThat(sandbox.conversation(id).assigneeId()).hasValue(member);
        assertThat(sandbox.conversation(id).teamName()).contains("key accounts");
    }

    @Test
    void aPostedNoteKeepsItsContentAttributes() throws Exception {
        JsonNode answer = json(api.post(
                path("/messages"),
                "{\"content\":\"**Lead**\",\"private\":true,\"content_attributes\":{\"origin\":\"x\"}}"));

        assertThat(answer.path("message_type").asInt()).isEqualTo(1);
        assertThat(answer.path("conversation_id").asLong()).isEqualTo(id);
        assertThat(answer.at("/sender/email").isMissingNode()).isTrue();
        MessageView note = sandbox.conversation(id).notes().get(0);
        assertThat(note.contentAttributes()).isEqualTo(Map.of("origin", "x"));
        assertThat(note.senderId()).hasValue(sandbox.userId(sandbox.apiToken()));
    }

    @Test
    void messagesRefuseTooLongContentAndIncomingOutsideApiInboxes() throws Exception {
        String tooLong = "{\"content\":\"" + "x".repeat(150_001) + "\",\"private\":true}";

        assertThat(api.post(path("/messages"), tooLong).statusCode()).isEqualTo(422);
        HttpResponse<String> incoming =
                api.post(path("/messages"), "{\"content\":\"hi\",\"message_type\":\"incoming\"}");

        assertThat(incoming.statusCode()).isEqualTo(422);
        assertThat(json(incoming).path("error").isTextual()).isTrue();
        assertThat(sandbox.conversation(id).messages()).isEmpty();
    }

    @Test
    void anApiInboxTakesIncomingMessages() throws Exception {
        long portal = sandbox.addConversation(contact, 99, 33);

        api.post("/conversations/" + portal + "/messages", "{\"content\":\"hi\",\"message_type\":\"incoming\"}");

        assertThat(sandbox.conversation(portal).messages().get(0).type()).isEqualTo("incoming");
    }

    @Test
    void aConversationTakesAtMost200MessagesAMinute() throws Exception {
        TestClock clock = new TestClock(Instant.parse("2026-08-14T09:00:00Z"));
        try (SandboxChatwoot still = SandboxChatwoot.builder().clock(clock).start()) {
            long other = still.addConversation(still.addContact("Jonas", "j@example.com"));
            for (int i = 0; i < 200; i++) {
                still.agentWritesPrivateNote(other, "note " + i);
            }

            HttpResponse<String> answer =
                    new ApiClient(still).post("/conversations/" + other + "/messages", "{\"content\":\"one more\"}");

            assertThat(answer.statusCode()).isEqualTo(422);
        }
    }

    @Test
    void messagesComeTheNewest20OldestFirstAndByIdBeforeAndAfter() throws Exception {
        for (int i = 1; i <= 30; i++) {
            sandbox.customerWrites(id, "message " + i);
        }
        JsonNode newest = json(api.get(path("/messages"))).path("payload");
        long first = newest.get(0).path("id").asLong();

        JsonNode before = json(api.get(path("/messages?before=" + first))).path("payload");
        JsonNode after = json(api.get(path("/messages?after=" + first))).path("payload");

        assertThat(newest).hasSize(20);
        assertThat(newest.get(19).path("content").asText()).isEqualTo("message 30");
        assertThat(before).hasSize(10);
        assertThat(before.get(0).path("content").asText()).isEqualTo("message 1");
        assertThat(after).hasSize(19);
    }

    @Test
    void liquidInOutgoingContentExpandsOutsideBackticks() throws Exception {
        api.post(
                path("/messages"),
                "{\"private\":true,\"content\":\"{{ contact.name }} `{{contact.email}}` [{{ no.such }}]\"}");

        assertThat(sandbox.conversation(id).notes().get(0).content()).isEqualTo("Jonas Feld `{{contact.email}}` []");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ contact.name", "{% nonsense %} {{ contact.name }}"})
    void malformedLiquidStaysAsItIs(String content) {
        sandbox.agentWritesPrivateNote(id, content);

        assertThat(sandbox.conversation(id).notes().get(0).content()).isEqualTo(content);
    }

    @Test
    void onlyTheLinkFormOfAMentionInAPrivateNoteNotifies() {
        sandbox.agentReplies(id, "[@Mara](mention://user/12/Mara)");
        sandbox.agentWritesPrivateNote(id, "@mara please");
        long note = sandbox.agentWritesPrivateNote(id, "[@Mara Quill](mention://user/12/Mara%20Quill) please");

        assertThat(sandbox.notifications()).containsExactly(new Notification(id, note, "user", 12, "Mara%20Quill"));
    }

    @Test
    void theListHoldsOpenConversationsWithAnyOfTheLabels() throws Exception {
        long other = sandbox.addConversation(contact);
        long resolved = sandbox.addConversation(contact);
        sandbox.addConversation(contact);
        sandbox.agentSetsLabels(id, "one");
        sandbox.agentSetsLabels(other, "two");
        sandbox.agentSetsLabels(resolved, "two");
        sandbox.agentResolves(resolved);

        JsonNode answer = json(api.get("/conversations?labels%5B%5D=one&labels%5B%5D=two"));

        assertThat(answer.at("/data/payload").findValuesAsText("account_id")).isNotEmpty();
        assertThat(answer.at("/data/meta/all_count").asInt()).isEqualTo(2);
        assertThat(json(api.get("/conversations?status=all"))
                        .at("/data/meta/all_count")
                        .asInt())
                .isEqualTo(4);
    }

    @Test
    void theListHas25PerPageUnlessUpdatedWithinIsGiven() throws Exception {
        for (int i = 0; i < 29; i++) {
            sandbox.addConversation(contact);
        }

        assertThat(json(api.get("/conversations?page=1")).at("/data/payload")).hasSize(25);
        assertThat(json(api.get("/conversations?page=2")).at("/data/payload")).hasSize(5);
        assertThat(json(api.get("/conversations?page=3")).at("/data/payload")).isEmpty();
        assertThat(json(api.get("/conversations?updated_within=60")).at("/data/payload"))
                .hasSize(30);
    }

    @Test
    void aConversationIsCreatedWithAttributesTeamAndMessage() throws Exception {
        HttpResponse<String> answer = api.post(
                "/conversations",
                "{\"inbox_id\":33,\"contact_id\":" + contact
                        + ",\"team_id\":2,\"custom_attributes\":{\"a\":1},\"message\":{\"content\":\"Hello\"}}");

        assertThat(answer.statusCode()).isEqualTo(200);
        ConversationView created = sandbox.conversation(json(answer).path("id").asLong());
        assertThat(created.teamName()).contains("sales");
        assertThat(created.customAttributes()).isEqualTo(Map.of("a", 1));
        assertThat(created.messages().get(0).content()).isEqualTo("Hello");
    }

    @Test
    void aWhatsappSourceIdMustBeDigits() throws Exception {
        HttpResponse<String> answer = api.post(
                "/conversations", "{\"inbox_id\":32,\"contact_id\":" + contact + ",\"source_id\":\"whatsapp_12345\"}");

        assertThat(answer.statusCode()).isEqualTo(422);
    }

    @Test
    void updatedAtGrowsByMicrosecondsWithAClockThatStandsStill() {
        try (SandboxChatwoot still = SandboxChatwoot.builder()
                .clock(new TestClock(Instant.parse("2026-08-14T09:00:00Z")))
                .start()) {
            long other = still.addConversation(still.addContact("Jonas", "j@example.com"));
            var before = still.conversation(other).updatedAt();

            still.agentSetsPriority(other, "high");

            assertThat(still.conversation(other).updatedAt()).isAfter(before);
        }
    }

    @Test
    void anUnknownConversationIsNotFoundUnlessTheSandboxCreatesByItself() throws Exception {
        HttpResponse<String> missing = api.post("/conversations/4711/labels", "{\"labels\":[\"a\"]}");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(json(missing)).isEqualTo(json("{\"error\":\"Resource could not be found\"}"));

        try (SandboxChatwoot generous = SandboxChatwoot.builder().autoCreate().start()) {
            new ApiClient(generous).post("/conversations/4711/labels", "{\"labels\":[\"a\"]}");
            assertThat(generous.conversation(4711).labels()).containsExactly("a");
        }
    }
}
