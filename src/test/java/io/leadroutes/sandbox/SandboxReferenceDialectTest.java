package io.leadroutes.sandbox;

import static io.leadroutes.sandbox.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.store.TestClock;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxReferenceDialectTest {
    private SandboxChatwoot sandbox;
    private WebhookReceiver receiver;
    private ApiClient api;
    private long contact;
    private long id;

    @BeforeEach
    void start() throws Exception {
        receiver = new WebhookReceiver();
        sandbox = SandboxChatwoot.builder()
                .dialect(Dialect.REFERENCE)
                .withoutNoise()
                .start();
        api = new ApiClient(sandbox);
        contact = sandbox.addContact("John Doe", "john@example.com");
        id = sandbox.addConversation(contact);
        sandbox.addWebhook(receiver.url());
    }

    @AfterEach
    void stop() {
        sandbox.close();
        receiver.close();
    }

    private String path(String end) {
        return "/conversations/" + id + end;
    }

    private JsonNode delivered(String event) {
        sandbox.quiesce(Duration.ofSeconds(10));
        return receiver.last(event).json();
    }

    @Test
    void labelsAreABareArray() throws Exception {
        assertThat(api.post(path("/labels"), "{\"labels\":[\"support\"]}").body())
                .isEqualTo("{\"payload\":[\"support\"]}");
        assertThat(api.get(path("/labels")).body()).isEqualTo("[\"support\"]");
    }

    @Test
    void contactLabelsAnswerTheContact() throws Exception {
        assertThat(json(api.post("/contacts/" + contact + "/labels", "{\"labels\":[\"vip\"]}")))
                .isEqualTo(json("{\"payload\":{\"id\":" + contact + ",\"name\":\"John Doe\",\"labels\":[\"vip\"]}}"));
    }

    @Test
    void togglePriorityAnswersAnObjectAndTakesNone() throws Exception {
        assertThat(api.post(path("/toggle_priority"), "{\"priority\":\"urgent\"}")
                        .body())
                .isEqualTo("{\"id\":" + id + ",\"priority\":\"urgent\",\"status\":\"open\"}");
        assertThat(api.post(path("/toggle_priority"), "{\"priority\":\"none\"}").statusCode())
                .isEqualTo(200);
        assertThat(sandbox.conversation(id).priority()).isEmpty();
    }

    @Test
    void messagesHaveTheirTypeAsTextAndTheSendersEmail() throws Exception {
        JsonNode note = json(api.post(path("/messages"), "{\"content\":\"n\",\"private\":true}"));

        assertThat(note.path("message_type").asText()).isEqualTo("outgoing");
        assertThat(note.at("/sender/email").asText()).contains("@");
        assertThat(json(api.get(path("/messages"))).path("meta").has("mine_count"))
                .isTrue();
    }

    @Test
    void anUnknownAgentIsNotFound() throws Exception {
        assertThat(api.post(path("/assignments"), "{\"assignee_id\":999}").statusCode())
                .isEqualTo(404);
    }

    @Test
    void definitionsAnswerIntegers() throws Exception {
        JsonNode definition = json(api.post(
                "/custom_attribute_definitions",
                "{\"attribute_display_name\":\"Deal Value\",\"attribute_display_type\":2,"
                        + "\"attribute_key\":\"deal_value\",\"attribute_model\":0}"));

        assertThat(definition.path("attribute_display_type").asInt()).isEqualTo(2);
        assertThat(definition.path("attribute_model").isInt()).isTrue();
    }

    @Test
    void teamNamesAreEchoedAsSent() throws Exception {
        JsonNode team = json(api.post("/teams", "{\"name\":\"Support Team\"}"));

        assertThat(team.path("name").asText()).isEqualTo("Support Team");
        assertThat(team.path("description").asText("absent")).isEmpty();
    }

    @Test
    void webhooksAreFlatAndHaveNoSecret() throws Exception {
        JsonNode created = json(api.post("/webhooks", "{\"url\":\"http://127.0.0.1:9/hooks\"}"));

        assertThat(created.path("url").asText()).isEqualTo("http://127.0.0.1:9/hooks");
        assertThat(created.has("secret")).isFalse();
        assertThat(json(api.get("/webhooks"))).hasSize(2);
    }

    @Test
    void theRateLimitAnswersJson() throws Exception {
        try (SandboxChatwoot limited = SandboxChatwoot.builder()
                .dialect(Dialect.REFERENCE)
                .clock(new TestClock(Instant.parse("2026-08-14T09:00:45Z")))
                .rateLimitPerMinute(1)
                .start()) {
            ApiClient client = new ApiClient(limited);
            client.get("/teams");

            HttpResponse<String> refused = client.get("/teams");

            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(json(refused).path("retry_after").asInt()).isEqualTo(15);
        }
    }

    @Test
    void aRoleThatIsNotPermittedIs403() throws Exception {
        try (SandboxChatwoot strict = SandboxChatwoot.builder()
                .dialect(Dialect.REFERENCE)
                .token("agent-token", Role.AGENT)
                .start()) {
            assertThat(new ApiClient(strict).get("/webhooks").statusCode()).isEqualTo(403);
        }
    }

    @Test
    void updatesCarryChangesWithBeforeAndAfterAndNoSignature() {
        sandbox.agentSetsLabels(id, "support", "urgent");

        JsonNode body = delivered("conversation_updated");

        assertThat(body.path("changes"))
                .isEqualTo(json("{\"labels\":{\"before\":[],\"after\":[\"support\",\"urgent\"]}}"));
        assertThat(body.path("updated_at").isIntegralNumber()).isTrue();
        assertThat(receiver.received().get(0).headers())
                .doesNotContainKeys("X-chatwoot-signature", "X-chatwoot-delivery");
    }

    @Test
    void statusChangesNameThePreviousStatusAndWhoDidIt() {
        sandbox.agentResolves(id);

        JsonNode body = delivered("conversation_status_changed");

        assertThat(body.path("previous_status").asText()).isEqualTo("open");
        assertThat(body.at("/changed_by/name").asText()).isEqualTo("Mara Quill");
    }

    @Test
    void messagesCarryAShortConversationAndAnEpoch() {
        sandbox.customerWrites(id, "Hello, I need help with my order");

        JsonNode body = delivered("message_created");

        assertThat(body.path("created_at").isIntegralNumber()).isTrue();
        assertThat(body.at("/conversation/id").asLong()).isEqualTo(id);
        assertThat(body.at("/conversation/meta").isMissingNode()).isTrue();
        assertThat(body.at("/sender/email").asText()).isEqualTo("john@example.com");
    }

    @Test
    void aNewConversationCarriesItsInboxAndAnIsoTime() {
        sandbox.customerStartsConversation(contact, 32, "Hi");

        JsonNode body = delivered("conversation_created");

        assertThat(body.at("/inbox/name").asText()).isEqualTo("Harbor WhatsApp");
        assertThat(body.path("timestamp").asText()).endsWith("Z");
    }
}
