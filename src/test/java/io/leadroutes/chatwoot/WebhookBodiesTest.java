package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.event.Decoded;
import io.leadroutes.event.Event;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.event.Message;
import io.leadroutes.sandbox.Delivery;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is made of the API's answers against what the sandbox sends for the same message and conversation. */
@Tag("invariant-2")
class WebhookBodiesTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private SandboxChatwoot sandbox;
    private WebhookBodies bodies;
    private long conversation;

    private void start(Dialect dialect) {
        // No noise: it changes the conversation after the message's webhook was made.
        sandbox = SandboxChatwoot.builder().dialect(dialect).withoutNoise().start();
        bodies = new WebhookBodies(sandbox.accountId());
        long contact = sandbox.contactAppears(Map.of(
                "name",
                "Jonas Feld",
                "email",
                "jonas@feld.example",
                "phone_number",
                "+4930123456",
                "custom_attributes",
                Map.of("company", "Feld & Söhne", "employees", 50_000.0)));
        conversation = sandbox.addConversation(contact);
        sandbox.agentSetsLabels(conversation, "vip", "größe");
        sandbox.agentSetsCustomAttributes(conversation, Map.of("order", "A-1"));
        sandbox.addWebhook(URI.create("http://127.0.0.1:9/held"), "");
        sandbox.holdDeliveries();
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + "/api/v1/accounts/7" + path))
                .header("Api-Access-Token", sandbox.apiToken())
                .build();
        return Json.tree(HTTP.send(request, BodyHandlers.ofString()).body());
    }

    private JsonNode conversation() throws IOException, InterruptedException {
        return get("/conversations/" + conversation);
    }

    private JsonNode message(long id) throws IOException, InterruptedException {
        JsonNode found = get("/conversations/" + conversation + "/messages").path("payload");
        for (JsonNode message : found) {
            if (message.path("id").asLong() == id) {
                return message;
            }
        }
        throw new AssertionError("no message " + id + " in " + found);
    }

    private Decoded sent(String event) {
        List<Delivery> sent = sandbox.deliveries(delivery -> delivery.event().equals(event));
        return decoded(sent.get(sent.size() - 1).body().getBytes(StandardCharsets.UTF_8));
    }

    private static Decoded decoded(byte[] body) {
        Decoded decoded = new EventDecoder().decode(body);
        assertThat(decoded.problem()).isEmpty();
        return decoded;
    }

    /** To the second, which is all that the API tells of a message's time. */
    private static Event toTheSecond(Event event) {
        return new Event(
                event.type(),
                event.accountId(),
                event.conversationId(),
                event.contactId(),
                event.message(),
                event.conversation(),
                event.contact(),
                event.changes(),
                OptionalLong.of(
                        TimeUnit.MICROSECONDS.toSeconds(event.versionMicros().getAsLong())));
    }

    private void assertSameEvent(long id) throws IOException, InterruptedException {
        Decoded real = sent("message_created");
        Decoded made = decoded(bodies.message(conversation(), message(id)));

        assertThat(toTheSecond(made.event())).isEqualTo(toTheSecond(real.event()));
        assertThat(made.meaningKey()).isPresent().isEqualTo(real.meaningKey());
    }

    @Test
    void aCustomersMessageIsTheSameEvent() throws IOException, InterruptedException {
        start(Dialect.ACTUAL);

        assertSameEvent(sandbox.customerWrites(conversation, "How much is <b>it</b> & \"why\"? 価格"));
    }

    @Test
    void soIsOneOfAttachmentsOnly() throws IOException, InterruptedException {
        start(Dialect.ACTUAL);

        assertSameEvent(sandbox.customerSendsAttachment(conversation, "image"));
    }

    @Test
    void soAreAnAnswerAndANote() throws IOException, InterruptedException {
        start(Dialect.ACTUAL);

        assertSameEvent(sandbox.agentReplies(conversation, "It costs 5."));
        assertSameEvent(sandbox.agentWritesPrivateNote(conversation, "They can pay 6."));
    }

    @Test
    void soIsOneInAConversationThatSomebodyHas() throws IOException, InterruptedException {
        start(Dialect.ACTUAL);
        long agent = sandbox.addAgent("Ben Hale", "ben@harborpine.example", true);
        sandbox.agentAssignsTeam(conversation, sandbox.addTeam("billing", agent));
        sandbox.agentAssignsAgent(conversation, agent);
        sandbox.agentSetsPriority(conversation, "high");

        assertSameEvent(sandbox.customerWrites(conversation, "And now?"));
    }

    @Test
    void oneOfLongAgoIsMarkedAndStillTheSame() throws IOException, InterruptedException {
        start(Dialect.ACTUAL);
        long id = sandbox.customerWrites(conversation, "How much is it?");

        Decoded made = decoded(bodies.oldMessage(conversation(), message(id)));

        assertThat(made.event().isBackfill()).isTrue();
        assertThat(sent("message_created").event().isBackfill()).isFalse();
        assertThat(made.meaningKey())
                .isPresent()
                .isEqualTo(sent("message_created").meaningKey());
        assertThat(decoded(made.storedPayload().getBytes(StandardCharsets.UTF_8))
                        .event()
                        .isBackfill())
                .as("from the inbox, too")
                .isTrue();
    }

    @Test
    void theOriginalReferencesMessageSaysTheSameAndMore() throws IOException, InterruptedException {
        start(Dialect.REFERENCE);
        long id = sandbox.customerWrites(conversation, "How much is it?");

        Decoded real = sent("message_created");
        Decoded made = decoded(bodies.message(conversation(), message(id)));

        assertThat(made.meaningKey()).isPresent().isEqualTo(real.meaningKey());
        assertThat(made.event().versionMicros()).isEqualTo(real.event().versionMicros());
        assertThat(made.event().contactId()).isEqualTo(real.event().contactId());
        assertThat(made.event().isCustomerMessage()).isTrue();
        Message wrote = made.event().message().orElseThrow();
        assertThat(wrote)
                .usingRecursiveComparison()
                .ignoringFields("contentType")
                .isEqualTo(real.event().message().orElseThrow());
        assertThat(wrote.contentType())
                .as("the reference's answer does not have it")
                .isEmpty();
        assertThat(made.event().conversation().orElseThrow())
                .usingRecursiveComparison()
                .comparingOnlyFields("id", "status", "labels", "inboxId")
                .isEqualTo(real.event().conversation().orElseThrow());
        assertThat(made.event().contact().orElseThrow())
                .usingRecursiveComparison()
                .comparingOnlyFields("id", "name", "email")
                .isEqualTo(real.event().contact().orElseThrow());
    }

    @Test
    void aConversationThatWasResolvedLastIsTheSameEvent() throws IOException, InterruptedException {
        start(Dialect.ACTUAL);
        sandbox.agentResolves(conversation);

        Decoded real = sent("conversation_status_changed");
        Decoded made = decoded(bodies.conversation("conversation_status_changed", conversation()));

        assertThat(made.event()).isEqualTo(real.event());
        assertThat(made.meaningKey()).isPresent().isEqualTo(real.meaningKey());
    }

    @ParameterizedTest
    @EnumSource
    void aConversationShowsHowItStands(Dialect dialect) throws IOException, InterruptedException {
        start(dialect);
        sandbox.agentResolves(conversation);

        Event event = decoded(bodies.conversation("conversation_updated", conversation()))
                .event();

        assertThat(event.conversationId()).hasValue(conversation);
        assertThat(event.accountId()).hasValue(sandbox.accountId());
        assertThat(event.conversation().orElseThrow().status()).contains("resolved");
        assertThat(event.conversation().orElseThrow().labels()).contains(List.of("vip", "größe"));
        assertThat(event.contact().orElseThrow().email()).contains("jonas@feld.example");
    }

    @Test
    void whatTheApiDoesNotCarryIsNotMadeUp() throws IOException {
        bodies = new WebhookBodies(7);
        sandbox = SandboxChatwoot.start();

        Event event = decoded(bodies.message(Json.tree("{\"id\":5}"), Json.tree("{\"id\":6,\"message_type\":9}")))
                .event();

        assertThat(event.message().orElseThrow().type()).isEqualTo(Message.Type.UNKNOWN);
        assertThat(event.conversation().orElseThrow())
                .usingRecursiveComparison()
                .isEqualTo(decoded("{\"event\":\"conversation_updated\",\"id\":5}".getBytes(StandardCharsets.UTF_8))
                        .event()
                        .conversation()
                        .orElseThrow());
        ObjectNode body = (ObjectNode) Json.tree(new String(
                bodies.conversation("conversation_updated", Json.tree("{\"id\":5}")), StandardCharsets.UTF_8));
        assertThat(body.fieldNames()).toIterable().containsExactlyInAnyOrder("id", "account", "event");
    }
}
