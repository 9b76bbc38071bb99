package io.leadroutes.sandbox;

import static io.leadroutes.sandbox.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxProvisioningTest {
    private static final Duration SOON = Duration.ofSeconds(10);

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

    @Test
    void contactAttributesAreMergedOneLevelDeep() throws Exception {
        sandbox.updateContact(contact, Map.of("custom_attributes", Map.of("company_size", "51-200")));

        JsonNode answer = json(api.send("PATCH", "/contacts/" + contact, "{\"custom_attributes\":{\"vip\":true}}"));

        assertThat(answer.at("/payload/custom_attributes"))
                .isEqualTo(json("{\"company_size\":\"51-200\",\"vip\":true}"));
        assertThat(answer.at("/payload/contact_inboxes/0/inbox/id").asInt()).isEqualTo(31);
        assertThat(json(api.send("PUT", "/contacts/" + contact, "{\"name\":\"J. Feld\"}"))
                        .at("/payload/name")
                        .asText())
                .isEqualTo("J. Feld");
    }

    @Test
    void aContactsConversationsAreListed() throws Exception {
        sandbox.addConversation(sandbox.addContact("Other", ""));

        assertThat(json(api.get("/contacts/" + contact + "/conversations")).path("payload"))
                .hasSize(1);
    }

    @Test
    void contactAttributesGoByKey() throws Exception {
        sandbox.updateContact(contact, Map.of("custom_attributes", Map.of("a", 1, "b", 2)));

        api.post("/contacts/" + contact + "/destroy_custom_attributes", "{\"custom_attributes\":[\"a\"]}");

        assertThat(sandbox.contact(contact).customAttributes()).isEqualTo(Map.of("b", 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"phone_number\":\"0123\"}", "{\"email\":\"mara\"}", "{\"email\":\"taken@example.com\"}"})
    void contactFieldsAreValidated(String body) throws Exception {
        sandbox.addContact("Other", "taken@example.com");

        HttpResponse<String> answer = api.send("PATCH", "/contacts/" + contact, body);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer).path("attributes")).hasSize(1);
    }

    @Test
    void contactLabelsAreReplaced() throws Exception {
        String path = "/contacts/" + contact + "/labels";

        assertThat(api.post(path, "{\"labels\":[\"vip\"]}").body()).isEqualTo("{\"payload\":[\"vip\"]}");
        assertThat(api.get(path).body()).isEqualTo("{\"payload\":[\"vip\"]}");
        assertThat(sandbox.contact(contact).labels()).containsExactly("vip");
    }

    @Test
    void aContactIsCreatedAndDeletedWithItsConversations() throws Exception {
        long created = json(api.post("/contacts", "{\"name\":\"Priya\",\"email\":\"Priya@Example.com\"}"))
                .at("/payload/contact/id")
                .asLong();
        assertThat(sandbox.contact(created).email()).contains("priya@example.com");

        api.send("DELETE", "/contacts/" + contact, "");

        assertThat(api.get("/contacts/" + contact).statusCode()).isEqualTo(404);
        assertThat(sandbox.conversations()).isEmpty();
    }

    @Test
    void definitionsTakeCodesOrNamesAndAnswerNames() throws Exception {
        JsonNode byCode = json(api.post(
                "/custom_attribute_definitions",
                "{\"attribute_display_name\":\"Lead Score\",\"attribute_display_type\":1,"
                        + "\"attribute_key\":\"lead_score\",\"attribute_model\":0}"));
        api.post(
                "/custom_attribute_definitions",
                "{\"attribute_display_name\":\"Industry\",\"attribute_display_type\":\"list\","
                        + "\"attribute_key\":\"industry\",\"attribute_model\":\"contact_attribute\","
                        + "\"attribute_values\":[\"Technology\"]}");

        assertThat(byCode.path("attribute_display_type").asText()).isEqualTo("number");
        assertThat(byCode.path("attribute_model").asText()).isEqualTo("conversation_attribute");
        assertThat(json(api.get("/custom_attribute_definitions"))).hasSize(2);
        JsonNode contacts = json(api.get("/custom_attribute_definitions?attribute_model=1"));
        assertThat(contacts).hasSize(1);
        assertThat(contacts.at("/0/attribute_values/0").asText()).isEqualTo("Technology");
    }

    @ParameterizedTest
    @ValueSource(strings = {"priority", "lead score", ""})
    void definitionsRefuseBuiltInAndOddKeys(String key) throws Exception {
        HttpResponse<String> answer = api.post(
                "/custom_attribute_definitions",
                "{\"attribute_display_name\":\"X\",\"attribute_display_type\":1,\"attribute_key\":\"" + key
                        + "\",\"attribute_model\":0}");

        assertThat(answer.statusCode()).isEqualTo(422);
    }

    @Test
    void aDefinitionIsChangedAndDeleted() throws Exception {
        long definition = json(api.post(
                        "/custom_attribute_definitions",
                        "{\"attribute_display_name\":\"X\",\"attribute_display_type\":1,\"attribute_key\":\"x\","
                                + "\"attribute_model\":0}"))
                .path("id")
                .asLong();
        String path = "/custom_attribute_definitions/" + definition;

        JsonNode changed = json(api.send("PATCH", path, "{\"attribute_display_type\":\"text\"}"));
        HttpResponse<String> deleted = api.send("DELETE", path, "");

        assertThat(changed.path("attribute_display_type").asText()).isEqualTo("text");
        assertThat(changed.path("attribute_key").asText()).isEqualTo("x");
        assertThat(deleted.statusCode()).isEqualTo(204);
        assertThat(api.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void labelTitlesAreLowerCasedUniqueAndChecked() throws Exception {
        assertThat(json(api.post("/labels", "{\"title\":\"Q4-Campaign\"}"))
                        .path("title")
                        .asText())
                .isEqualTo("q4-campaign");
        assertThat(api.post("/labels", "{\"title\":\"q4-campaign\"}").statusCode())
                .isEqualTo(422);
        assertThat(api.post("/labels", "{\"title\":\"x\"}").statusCode()).isEqualTo(422);
        assertThat(api.post("/labels", "{\"title\":\"two words\"}").statusCode())
                .isEqualTo(422);
        assertThat(api.post("/labels", "{}").statusCode())
                .as("missing root parameter")
                .isEqualTo(422);
        assertThat(sandbox.accountLabels()).containsExactly("q4-campaign");
    }

    @Test
    void renamingALabelRewritesConversationsAndDeletingItTakesItOff() throws Exception {
        long label = sandbox.addLabel("vip");
        sandbox.agentSetsLabels(id, "vip", "other");

        api.send("PATCH", "/labels/" + label, "{\"title\":\"very-vip\"}");
        assertThat(sandbox.conversation(id).labels()).containsExactly("very-vip", "other");

        api.send("DELETE", "/labels/" + label, "");
        assertThat(sandbox.conversation(id).labels()).containsExactly("other");
    }

    @Test
    void teamNamesAreStrippedLowerCasedAndUnique() throws Exception {
        JsonNode team = json(api.post("/teams", "{\"name\":\" Key Accounts \"}"));

        assertThat(team.path("name").asText()).isEqualTo("key accounts");
        assertThat(team.path("description").isNull()).isTrue();
        assertThat(api.post("/teams", "{\"name\":\"SALES\"}").statusCode()).isEqualTo(422);
        assertThat(json(api.get("/teams")).findValuesAsText("name"))
                .containsExactly("sales", "senior support", "key accounts");
    }

    @Test
    void teamMembersAnswerOnlyTheNewlyAdded() throws Exception {
        assertThat(json(api.post("/teams/2/team_members", "{\"user_ids\":[12]}")))
                .hasSize(1);
        assertThat(json(api.post("/teams/2/team_members", "{\"user_ids\":[12]}")))
                .isEmpty();
        assertThat(json(api.get("/teams/2/team_members")).at("/0/email").asText())
                .isEqualTo("mara.quill@harborpine.example");
    }

    @Test
    void anUnknownTeamMemberIs401AndMissingIdsAre500() throws Exception {
        HttpResponse<String> unknown = api.post("/teams/2/team_members", "{\"user_ids\":[12,999]}");

        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(unknown.body()).isEqualTo("{\"error\":\"Invalid User IDs\"}");
        assertThat(json(api.get("/teams/2/team_members"))).isEmpty();
        assertThat(api.post("/teams/2/team_members", "{}").statusCode()).isEqualTo(500);
    }

    @Test
    void agentsAreListed() throws Exception {
        sandbox.addAgent("Teo Brandt", "teo@harborpine.example", true);

        assertThat(json(api.get("/agents")).findValuesAsText("name")).contains("Mara Quill", "Teo Brandt");
    }

    @Test
    void webhooksAreWrappedInPayloadAndCarryAGeneratedSecret() throws Exception {
        JsonNode created = json(api.post("/webhooks", "{\"url\":\"http://127.0.0.1:9/hooks\"}"))
                .at("/payload/webhook");
        JsonNode listed = json(api.get("/webhooks")).at("/payload/webhooks");
        JsonNode changed = json(api.send(
                        "PATCH",
                        "/webhooks/" + created.path("id").asLong(),
                        "{\"subscriptions\":[\"message_created\"]}"))
                .at("/payload/webhook");

        assertThat(created.path("secret").asText()).hasSize(24);
        assertThat(created.path("subscriptions")).hasSize(8);
        assertThat(listed).hasSize(1);
        assertThat(changed.path("subscriptions")).hasSize(1);
        assertThat(changed.path("url")).isEqualTo(created.path("url"));
        assertThat(changed.path("secret")).isEqualTo(created.path("secret"));
    }

    @Test
    void webhooksAreValidatedAndDeleted() throws Exception {
        sandbox.addWebhook(URI.create("http://127.0.0.1:9/hooks"));

        assertThat(api.post("/webhooks", "{\"url\":\"http://127.0.0.1:9/hooks\"}")
                        .statusCode())
                .as("taken")
                .isEqualTo(422);
        assertThat(api.post("/webhooks", "{\"url\":\"nowhere\"}").statusCode()).isEqualTo(422);
        assertThat(api.post("/webhooks", "{\"url\":\"http://127.0.0.1:9/x\",\"subscriptions\":[\"nonsense\"]}")
                        .statusCode())
                .isEqualTo(422);
        HttpResponse<String> deleted =
                api.send("DELETE", "/webhooks/" + sandbox.webhooks().get(0).id(), "");
        assertThat(deleted.statusCode()).isEqualTo(200);
        assertThat(deleted.body()).isEmpty();
        assertThat(sandbox.webhooks()).isEmpty();
    }

    @Test
    void bulkActionsAddLabelsAndAssignAndSkipUnknownIds() throws Exception {
        sandbox.agentSetsLabels(id, "kept", "gone");

        HttpResponse<String> answer = api.post(
                "/bulk_actions",
                "{\"type\":\"Conversation\",\"ids\":[4711," + id
                        + "],\"labels\":{\"add\":[\"new\"],\"remove\":[\"gone\"]},"
                        + "\"fields\":{\"team_id\":5,\"status\":\"resolved\"}}");
        sandbox.quiesce(SOON);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        ConversationView after = sandbox.conversation(id);
        assertThat(after.labels()).containsExactly("kept", "new");
        assertThat(after.teamName()).contains("senior support");
        assertThat(after.status()).isEqualTo("resolved");
    }

    @Test
    void aMacroPerformsItsActionsAndARerunDuplicatesTheNoteOnly() throws Exception {
        sandbox.agentSetsCustomAttributes(id, Map.of("lead_score", 85));
        long macro = json(api.post(
                        "/macros",
                        "{\"name\":\"Qualify\",\"visibility\":\"global\",\"actions\":["
                                + "{\"action_name\":\"add_label\",\"action_params\":[\"qualified\"]},"
                                + "{\"action_name\":\"assign_team\",\"action_params\":[999]},"
                                + "{\"action_name\":\"change_priority\",\"action_params\":[\"high\"]},"
                                + "{\"action_name\":\"add_private_note\",\"action_params\":"
                                + "[\"Score {{ conversation.custom_attribute.lead_score }}\"]}]}"))
                .at("/payload/id")
                .asLong();
        String execute = "/macros/" + macro + "/execute";

        api.post(execute, "{\"conversation_ids\":[" + id + "]}");
        api.post(execute, "{\"conversation_ids\":[" + id + "]}");
        sandbox.quiesce(SOON);

        ConversationView after = sandbox.conversation(id);
        assertThat(after.labels()).containsExactly("qualified");
        assertThat(after.priority()).contains("high");
        assertThat(after.teamName()).as("the error of one action is swallowed").isEmpty();
        assertThat(after.notes()).extracting(MessageView::content).containsExactly("Score 85", "Score 85");
    }

    @Test
    void aMacroWithAnUnknownActionIsRefused() throws Exception {
        HttpResponse<String> answer =
                api.post("/macros", "{\"name\":\"X\",\"actions\":[{\"action_name\":\"dance\",\"action_params\":[]}]}");

        assertThat(answer.statusCode()).isEqualTo(422);
    }
}
