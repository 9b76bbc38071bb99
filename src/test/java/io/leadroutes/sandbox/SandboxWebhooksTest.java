package io.leadroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxWebhooksTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private SandboxChatwoot sandbox;
    private WebhookReceiver receiver;
    private ApiClient api;
    private long contact;
    private long id;

    @BeforeEach
    void start() throws Exception {
        receiver = new WebhookReceiver();
        sandbox = SandboxChatwoot.start();
        api = new ApiClient(sandbox);
        contact = sandbox.addContact("Jonas Feld", "jonas@example.com");
        id = sandbox.addConversation(contact);
        sandbox.addWebhook(receiver.url(), "whsec-fixture-one");
    }

    @AfterEach
    void stop() {
        sandbox.close();
        receiver.close();
    }

    private String path(String end) {
        return "/conversations/" + id + end;
    }

    private List<String> eventsAfter(String path, String body) throws Exception {
        receiver.clear();
        assertThat(api.post(path, body).statusCode()).isEqualTo(200);
        sandbox.quiesce(SOON);
        return receiver.events();
    }

    @Test
    void labelsEchoAsConversationUpdatedWithBothLists() throws Exception {
        assertThat(eventsAfter(path("/labels"), "{\"labels\":[\"a\",\"b\"]}")).containsExactly("conversation_updated");

        WebhookReceiver.Received update = receiver.last("conversation_updated");
        assertThat(update.changed()).containsExactlyInAnyOrder("cached_label_list", "label_list", "updated_at");
        assertThat(update.change("label_list").toString())
                .isEqualTo("{\"previous_value\":[],\"current_value\":[\"a\",\"b\"]}");
        assertThat(update.change("cached_label_list").path("current_value").asText())
                .isEqualTo("a, b");
        assertThat(update.json().path("labels")).hasSize(2);
    }

    @Test
    void theSameValueAgainEchoesNothing() throws Exception {
        Map<String, String> writes = Map.of(
                "/labels", "{\"labels\":[\"a\",\"b\"]}",
                "/custom_attributes", "{\"custom_attributes\":{\"lead_score\":85}}",
                "/toggle_priority", "{\"priority\":\"high\"}",
                "/assignments", "{\"team_id\":5}");
        for (Map.Entry<String, String> write : writes.entrySet()) {
            assertThat(eventsAfter(path(write.getKey()), write.getValue()))
                    .as("first " + write)
                    .containsExactly("conversation_updated");
            assertThat(eventsAfter(path(write.getKey()), write.getValue()))
                    .as("second " + write)
                    .isEmpty();
        }
        assertThat(eventsAfter(path("/labels"), "{\"labels\":[\"b\",\"a\"]}"))
                .as("only reordered")
                .isEmpty();
    }

    @Test
    void aNumberThatAnAgentSetAndTheApiRepeatsIsTheSameValue() throws Exception {
        sandbox.agentSetsCustomAttributes(id, Map.of("lead_score", 85L));
        sandbox.quiesce(SOON);

        assertThat(eventsAfter(path("/custom_attributes"), "{\"custom_attributes\":{\"lead_score\":85}}"))
                .isEmpty();
    }

    @Test
    void statusEchoesAsStatusChangedAndUpdated() throws Exception {
        assertThat(eventsAfter(path("/toggle_status"), "{\"status\":\"resolved\"}"))
                .containsExactly("conversation_status_changed", "conversation_updated");

        assertThat(receiver.last("conversation_status_changed")
                        .json()
                        .path("changed_attributes")
                        .isNull())
                .isTrue();
        assertThat(receiver.last("conversation_updated").changed())
                .containsExactlyInAnyOrder("status", "status_changed_at", "updated_at");
    }

    @Test
    void aPrivateNoteEchoesAsMessageCreatedOnly() throws Exception {
        assertThat(eventsAfter(
                        path("/messages"),
                        "{\"content\":\"n\",\"private\":true,\"content_attributes\":{\"origin\":\"x\"}}"))
                .containsExactly("message_created");

        JsonNode message = receiver.last("message_created").json();
        assertThat(message.path("message_type").asText()).isEqualTo("outgoing");
        assertThat(message.path("private").asBoolean()).isTrue();
        assertThat(message.at("/sender/type").asText()).isEqualTo("user");
        assertThat(message.at("/sender/id").asLong()).isEqualTo(sandbox.userId(sandbox.apiToken()));
        assertThat(message.at("/content_attributes/origin").asText()).isEqualTo("x");
    }

    @Test
    void aPublicAnswerEchoesAsCreatedUpdatedAndDelivered() throws Exception {
        assertThat(eventsAfter(path("/messages"), "{\"content\":\"Hello\"}"))
                .containsExactly("message_created", "conversation_updated", "message_updated");

        assertThat(receiver.last("conversation_updated").changed()).contains("first_reply_created_at", "waiting_since");
    }

    @Test
    void aCustomersMessageBringsTheContactAndTheWaitingTimeAlong() {
        sandbox.agentReplies(id, "Hello");
        sandbox.quiesce(SOON);
        receiver.clear();

        sandbox.customerWrites(id, "What does it cost?");
        sandbox.quiesce(SOON);

        assertThat(receiver.events()).containsExactly("message_created", "contact_updated", "conversation_updated");
        assertThat(receiver.last("contact_updated").changed()).contains("last_activity_at");
        assertThat(receiver.last("conversation_updated").changed()).contains("waiting_since");
    }

    @Test
    void withoutNoiseACustomersMessageIsOneWebhook() throws Exception {
        try (SandboxChatwoot quiet = SandboxChatwoot.builder().withoutNoise().start()) {
            long other = quiet.addConversation(quiet.addContact("Jonas", "j@example.com"));
            quiet.addWebhook(receiver.url());

            quiet.agentReplies(other, "Hello");
            quiet.customerWrites(other, "What does it cost?");
            quiet.quiesce(SOON);

            assertThat(receiver.events()).containsExactly("message_created", "message_created");
        }
    }

    @Test
    void aCustomersMessageReopensAResolvedConversation() {
        sandbox.agentResolves(id);

        sandbox.customerWrites(id, "One more thing");
        sandbox.quiesce(SOON);

        assertThat(sandbox.conversation(id).status()).isEqualTo("open");
        assertThat(receiver.last("conversation_status_changed")
                        .json()
                        .path("status")
                        .asText())
                .isEqualTo("open");
    }

    @Test
    void aNewConversationIsToldOfWithItsNoise() {
        sandbox.customerStartsConversation(contact, 31, "Hi");
        sandbox.quiesce(SOON);

        assertThat(receiver.events())
                .containsExactly("conversation_created", "conversation_updated", "message_created", "contact_updated");
        assertThat(receiver.received().get(1).changed()).contains("id", "account_id");
    }

    @Test
    void anAttachmentComesWithNullContent() {
        sandbox.customerSendsAttachment(id, "image");
        sandbox.quiesce(SOON);

        JsonNode message = receiver.last("message_created").json();
        assertThat(message.path("content").isNull()).isTrue();
        assertThat(message.at("/attachments/0/file_type").asText()).isEqualTo("image");
    }

    @Test
    void contactChangesAreToldOfAndUnchangedOnesAreNot() {
        sandbox.updateContact(contact, Map.of("custom_attributes", Map.of("company_size", "51-200")));
        sandbox.updateContact(contact, Map.of("custom_attributes", Map.of("company_size", "51-200")));
        sandbox.quiesce(SOON);

        assertThat(receiver.events()).containsExactly("contact_updated");
        assertThat(receiver.last("contact_updated").changed())
                .containsExactlyInAnyOrder("custom_attributes", "updated_at");
    }

    @ParameterizedTest
    @CsvSource({
        "06-conversation_updated-labels.json, conversation_updated",
        "03-conversation_status_changed-resolved.json, conversation_status_changed",
        "14-message_created-incoming-text.json, message_created",
        "27-contact_updated-custom_attributes.json, contact_updated",
        "01-conversation_created-web-widget.json, conversation_created"
    })
    void bodiesHaveTheKeysOfTheFixturesInTheirOrder(String fixture, String event) throws Exception {
        long started = sandbox.customerStartsConversation(contact, 31, "Hi");
        sandbox.agentSetsLabels(started, "a");
        sandbox.agentResolves(started);
        sandbox.quiesce(SOON);

        JsonNode expected;
        try (InputStream in = getClass().getResourceAsStream("/webhooks/" + fixture)) {
            expected = new ObjectMapper().readTree(in);
        }

        assertThat(keys(receiver.last(event).json())).isEqualTo(keys(expected));
        assertThat(keys(receiver.last("message_created").json().path("sender")))
                .as("full contact")
                .contains("avatar", "blocked");
    }

    @Test
    void aNestedSnapshotHasTheKeysOfTheFixture() throws Exception {
        sandbox.customerWrites(id, "Hi");
        sandbox.quiesce(SOON);

        JsonNode expected;
        try (InputStream in = getClass().getResourceAsStream("/webhooks/14-message_created-incoming-text.json")) {
            expected = new ObjectMapper().readTree(in).path("conversation");
        }
        JsonNode snapshot = receiver.last("message_created").json().path("conversation");

        assertThat(keys(snapshot)).isEqualTo(keys(expected));
        assertThat(keys(snapshot.path("meta"))).isEqualTo(keys(expected.path("meta")));
        assertThat(keys(snapshot.at("/messages/0"))).isEqualTo(keys(expected.at("/messages/0")));
        assertThat(keys(snapshot.path("contact_inbox"))).isEqualTo(keys(expected.path("contact_inbox")));
    }

    private static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void theSignatureCoversTimestampDotAndRawBody() {
        sandbox.customerWrites(id, "Is 5 < 6 & \"fine\"?\u2028Grüße 🛶");
        sandbox.quiesce(SOON);

        WebhookReceiver.Received message = receiver.last("message_created");
        Headers headers = message.headers();
        String timestamp = headers.getFirst("X-Chatwoot-Timestamp");
        assertThat(message.body()).contains("Is 5 \\u003c 6 \\u0026 \\\"fine\\\"?\\u2028Grüße 🛶");
        assertThat(headers.getFirst("X-Chatwoot-Delivery")).hasSize(36);
        assertThat(headers.getFirst("X-Chatwoot-Signature"))
                .isEqualTo(WebhookSender.signature(
                        "whsec-fixture-one", timestamp, message.body().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void signaturesEqualThePublishedVectors() throws Exception {
        JsonNode vectors;
        try (InputStream in = getClass().getResourceAsStream("/signature-vectors.json")) {
            vectors = new ObjectMapper().readTree(in).path("vectors");
        }

        assertThat(vectors).isNotEmpty().allSatisfy(vector -> {
            String signature = WebhookSender.signature(
                    vector.path("secret").asText(),
                    vector.path("timestamp").asText(),
                    vector.path("body").asText().getBytes(StandardCharsets.UTF_8));
            assertThat(signature).isEqualTo(vector.path("x_chatwoot_signature").asText());
        });
    }

    @Test
    void aWebhookWithoutSecretIsUnsigned() throws Exception {
        try (WebhookReceiver other = new WebhookReceiver()) {
            sandbox.addWebhook(other.url(), "");

            sandbox.agentSetsPriority(id, "high");
            sandbox.quiesce(SOON);

            Headers headers = other.last("conversation_updated").headers();
            assertThat(headers).doesNotContainKeys("X-chatwoot-signature", "X-chatwoot-timestamp");
        }
    }

    @Test
    void updatedAtIsAnEpochWithMicroseconds() {
        sandbox.agentSetsPriority(id, "high");
        sandbox.quiesce(SOON);

        assertThat(receiver.last("conversation_updated").body())
                .containsPattern("\"updated_at\":\\d{10}\\.\\d{1,6},\"account\"");
    }

    @Test
    void aRefusedDeliveryIsKeptAndNotRepeated() throws Exception {
        try (WebhookReceiver failing = new WebhookReceiver(503)) {
            sandbox.addWebhook(failing.url());

            sandbox.agentSetsPriority(id, "high");
            sandbox.quiesce(SOON);

            assertThat(failing.received()).hasSize(1);
            assertThat(sandbox.deliveries(delivery -> delivery.status() == 503)).hasSize(1);
        }
    }

    @Test
    void aDeliveryToNobodyIsKeptAsFailed() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        sandbox.addWebhook(URI.create("http://127.0.0.1:" + free + "/"));

        sandbox.agentSetsPriority(id, "high");
        sandbox.quiesce(SOON);

        Delivery failed =
                sandbox.deliveries(delivery -> delivery.url().getPort() == free).get(0);
        assertThat(failed.status()).isZero();
        assertThat(failed.failure()).contains("ConnectException");
        assertThat(failed.isAttempted()).isTrue();
    }

    @Test
    void aSilentReceiverTimesOut() throws Exception {
        try (ServerSocket silent = new ServerSocket(0);
                SandboxChatwoot hasty = SandboxChatwoot.builder()
                        .webhookTimeout(Duration.ofMillis(100))
                        .start()) {
            long other = hasty.addConversation(hasty.addContact("Jonas", "j@example.com"));
            hasty.addWebhook(URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/"));

            hasty.agentSetsPriority(other, "high");
            hasty.quiesce(SOON);

            assertThat(hasty.deliveries().get(0).failure()).contains("HttpTimeoutException");
        }
    }

    @Test
    void quiesceGivesUpWhenTheTimeIsOver() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            sandbox.addWebhook(URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/"));
            sandbox.agentSetsPriority(id, "high");

            assertThatThrownBy(() -> sandbox.quiesce(Duration.ofMillis(50)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("still pending");
        }
    }

    @Test
    void redeliveryKeepsTheDeliveryIdAndATwinHasAnother() {
        sandbox.agentSetsPriority(id, "high");
        sandbox.quiesce(SOON);
        Delivery first = sandbox.deliveries().get(0);

        sandbox.redeliver(first);
        sandbox.deliverTwin(first);
        sandbox.quiesce(SOON);

        List<String> ids = receiver.received().stream()
                .map(one -> one.headers().getFirst("X-Chatwoot-Delivery"))
                .toList();
        assertThat(ids).hasSize(3);
        assertThat(ids.get(1)).isEqualTo(ids.get(0));
        assertThat(ids.get(2)).isNotEqualTo(ids.get(0));
        assertThat(receiver.received())
                .extracting(WebhookReceiver.Received::body)
                .containsOnly(first.body());
    }

    @Test
    void heldDeliveriesLeaveInTheOrderAskedFor() {
        sandbox.holdDeliveries();
        sandbox.agentSetsPriority(id, "high");
        sandbox.agentSetsPriority(id, "low");
        sandbox.quiesce(SOON);
        assertThat(receiver.received()).isEmpty();

        sandbox.releaseDeliveries(held -> {
            List<Delivery> reversed = new ArrayList<>(held);
            Collections.reverse(reversed);
            return reversed;
        });
        sandbox.quiesce(SOON);

        assertThat(receiver.received())
                .extracting(one -> one.json().path("priority").asText())
                .containsExactly("low", "high");
    }

    @Test
    void onlySubscribedEventsAreDelivered() throws Exception {
        try (WebhookReceiver messages = new WebhookReceiver()) {
            api.post("/webhooks", "{\"url\":\"" + messages.url() + "\",\"subscriptions\":[\"message_created\"]}");

            sandbox.customerWrites(id, "Hi");
            sandbox.agentSetsPriority(id, "high");
            sandbox.quiesce(SOON);

            assertThat(messages.events()).containsExactly("message_created");
        }
    }
}
