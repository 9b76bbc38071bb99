package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Delivery;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a conversation, from the customer's message to labels, score, escalation and lead, over real HTTP. */
class ConversationFlowTest {
    private static final String[] QUALIFYING = {
        "We are an enterprise.", "What about our budget?", "Can we have a demo please?"
    };

    private static Product product;
    private static SandboxChatwoot sandbox;

    @BeforeAll
    static void start() {
        product = Product.connected(SandboxChatwoot.builder(), Map.of("chatwoot.rate-limit", "3000"));
        sandbox = product.sandbox();
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    void threeMessagesMakeAQualifiedLead() {
        long id = product.conversation("Ada Qualified");

        for (String text : QUALIFYING) {
            write(id, text);
        }

        var conversation = sandbox.conversation(id);
        assertThat(conversation.labels())
                .containsExactlyInAnyOrder("enterprise-lead", "sales-qualified", "qualified", "hot-lead");
        assertThat(conversation.customAttributes()).containsEntry("lead_score", 75);
        assertThat(conversation.priority()).contains("high");
        assertThat(conversation.teamName()).contains("sales");
        assertThat(conversation.notes()).singleElement().satisfies(note -> assertThat(note.content())
                .contains("Lead qualified", "75/100", "Ada Qualified"));
        assertThat(product.lead(id))
                .containsEntry("conversation_id", id)
                .containsEntry("name", "Ada Qualified")
                .containsEntry("email", "ada.qualified@harborpine.example")
                .containsEntry("score", 75)
                .containsEntry("stage", "qualified")
                .containsEntry("first_message", QUALIFYING[0])
                .containsEntry("conversation_url", sandbox.baseUrl() + "/app/accounts/7/conversations/" + id);
    }

    @Test
    void aChurnRiskWithEnterpriseInterestIsEscalated() {
        long id = product.conversation("Ben Leaving");

        write(id, "Our enterprise account is fine");
        write(id, "but now I want to cancel it");

        var conversation = sandbox.conversation(id);
        assertThat(conversation.labels())
                .containsExactlyInAnyOrder("enterprise-lead", "churn-risk", "escalated", "urgent", "requires-manager");
        assertThat(conversation.priority()).contains("urgent");
        assertThat(conversation.teamName()).contains("senior support");
        assertThat(conversation.notes()).singleElement().satisfies(note -> assertThat(note.content())
                .contains("ESCALATED", "Ben Leaving"));
    }

    @Test
    void aQualifiedLeadThatIsEscalatedIsToldToTheCrmAsSuch() {
        long id = product.conversation("Cy Both");
        for (String text : QUALIFYING) {
            sandbox.customerWrites(id, text);
        }
        product.settle();

        write(id, "Or cancel everything");

        assertThat(sandbox.conversation(id).priority()).contains("urgent");
        assertThat(product.lead(id)).containsEntry("stage", "escalated");
    }

    @Test
    @Tag("invariant-8")
    @Tag("attack-20")
    void onlyCustomersMessagesAreDecidedOn() {
        long id = product.conversation("Dee Quiet");
        String keywords = "enterprise budget demo pricing cancel";
        sandbox.agentReplies(id, keywords);
        sandbox.agentWritesPrivateNote(id, keywords);
        for (String type : List.of("template", "activity", "outgoing")) {
            assertThat(product.post(message(id, keywords, type, false)).statusCode())
                    .isEqualTo(200);
        }
        product.post(message(id, keywords, "incoming", true));

        product.settle();

        assertThat(product.callsOf(id)).isEmpty();
        assertThat(product.admin("/admin/conversations/" + id).path("score").asInt())
                .isZero();
    }

    @Test
    void theNestedMessageIsNeverRead() {
        long id = product.conversation("Eve Nested");
        sandbox.holdDeliveries();
        sandbox.customerWrites(id, "How much is the enterprise plan?");
        sandbox.agentWritesPrivateNote(id, "a note");
        sandbox.releaseDeliveries(queued ->
                queued.stream().filter(d -> d.body().contains("a note")).toList());

        product.settle();

        assertThat(product.callsOf(id))
                .as("calls for a private note whose nested message is the customer's")
                .isEmpty();
    }

    @Test
    void aMessageOfAttachmentsAloneDoesNoHarm() {
        long id = product.conversation("Flo Pictures");

        sandbox.customerSendsAttachment(id, "image");
        product.settle();
        write(id, "the enterprise plan");

        assertThat(sandbox.conversation(id).labels()).containsExactly("enterprise-lead");
    }

    @Test
    @Tag("invariant-6")
    void labelsThatAgentsSetBeforeAndBetweenSurvive() {
        long id = product.conversation("Gus Labelled");
        sandbox.agentSetsLabels(id, "vip");

        write(id, "the enterprise plan");
        sandbox.agentSetsLabels(id, "vip", "enterprise-lead", "between");
        write(id, "there is a bug");

        assertThat(sandbox.conversation(id).labels())
                .containsExactlyInAnyOrder("vip", "enterprise-lead", "between", "technical-issue");
    }

    @Test
    @Tag("invariant-6")
    void aLabelThatAnAgentSetsWhileWeDecideSurvives() {
        long id = product.conversation("Hal During");

        sandbox.customerWrites(id, "the enterprise plan");
        sandbox.agentSetsLabels(id, "during");
        product.settle();

        assertThat(sandbox.conversation(id).labels()).containsExactlyInAnyOrder("during", "enterprise-lead");
    }

    @Test
    @Tag("invariant-6")
    void aLabelThatAnAgentSetsWhileTheWishWaitsSurvives() {
        long id = product.conversation("Hal Waiting");
        try (var away = sandbox.failWhile(
                call -> call.path().contains("/conversations/" + id + "/"),
                Fault.status(429, "Retry later\n", Map.of("Retry-After", "1")))) {
            sandbox.customerWrites(id, "the enterprise plan");
            await().until(() -> !product.callsOf(id).isEmpty());
            sandbox.agentSetsLabels(id, "during");
        }
        product.settle();

        assertThat(sandbox.conversation(id).labels()).containsExactlyInAnyOrder("during", "enterprise-lead");
    }

    @Test
    @Tag("invariant-6")
    void aLabelThatAnAgentTookAwayStaysAway() {
        long id = product.conversation("Ida Untagged");
        write(id, "the enterprise plan");

        sandbox.agentSetsLabels(id);
        write(id, "there is a bug");

        assertThat(sandbox.conversation(id).labels()).containsExactly("technical-issue");
    }

    @Test
    @Tag("invariant-6")
    void attributesThatAgentsSetSurvive() {
        long id = product.conversation("Jon Attributes");
        sandbox.agentSetsCustomAttributes(id, Map.of("order", "A-1", "seats", 40, "rate", 0.5, "trial", true));

        write(id, "the enterprise plan");
        sandbox.agentSetsCustomAttributes(
                id, Map.of("order", "A-2", "seats", 41, "rate", 0.25, "trial", false, "lead_score", 30));
        write(id, "is within our budget");

        assertThat(sandbox.conversation(id).customAttributes())
                .containsOnly(
                        Map.entry("order", "A-2"),
                        Map.entry("seats", 41),
                        Map.entry("rate", 0.25),
                        Map.entry("trial", false),
                        Map.entry("lead_score", 50));
    }

    @Test
    @Tag("invariant-5")
    void whatIsAlreadySoCostsNoCall() {
        long id = product.conversation("Kim Already");
        sandbox.agentSetsLabels(id, "enterprise-lead");
        sandbox.agentSetsCustomAttributes(id, Map.of("lead_score", 30));

        write(id, "the enterprise plan");
        write(id, "the enterprise plan, again");

        assertThat(product.callsOf(id)).isEmpty();
    }

    @Test
    @Tag("invariant-5")
    void aBurstOfTenMessagesCostsOneSetOfWrites() {
        long id = product.conversation("Lea Burst");

        for (int i = 0; i < 10; i++) {
            sandbox.customerWrites(id, i % 2 == 0 ? "enterprise " + i : "our budget " + i);
        }
        product.settle();

        assertThat(writesOf(id)).containsExactlyInAnyOrder("POST labels", "POST custom_attributes");
        assertThat(sandbox.conversation(id).customAttributes()).containsEntry("lead_score", 50);
    }

    @Test
    @Tag("invariant-2")
    void aRepeatedDeliveryAndItsTwinHaveOneEffect() {
        long id = product.conversation("Max Twice");
        for (String text : QUALIFYING) {
            write(id, text);
        }
        List<Delivery> sent = sandbox.deliveries(d -> d.body().contains("\"id\":" + id + ","));
        int calls = product.callsOf(id).size();

        sent.forEach(sandbox::redeliver);
        sent.forEach(sandbox::deliverTwin);
        product.settle();

        assertThat(sent).isNotEmpty();
        assertThat(product.callsOf(id))
                .as("calls after all was delivered thrice")
                .hasSize(calls);
        assertThat(sandbox.conversation(id).notes()).hasSize(1);
        assertThat(product.own("SELECT rule FROM score_entry WHERE conversation_id = " + id))
                .hasSize(3);
    }

    @Test
    @Tag("invariant-8")
    void ourOwnWritesComingBackCostNothing() {
        long id = product.conversation("Nia Echo");
        for (String text : QUALIFYING) {
            sandbox.customerWrites(id, text);
        }
        product.settle();

        // However many of the messages are decided on together, nothing is written twice.
        assertThat(product.callsOf(id))
                .filteredOn(Call::isWrite)
                .extracting(call -> call.path().replaceFirst(".*/", "") + call.body())
                .doesNotHaveDuplicates()
                .extracting(call -> call.replaceFirst("\\{.*", ""))
                .contains("labels", "custom_attributes", "toggle_priority", "assignments", "messages");
        String labelChange = Product.IN_REFERENCE_DIALECT ? "\"changes\":{\"labels\"" : "label_list";
        assertThat(sandbox.deliveries(
                        d -> d.body().contains(labelChange) && d.body().contains("\"id\":" + id + ",")))
                .as("the echo of the labels")
                .isNotEmpty()
                .allMatch(Delivery::isAccepted);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @Tag("invariant-3")
    void eventsInAnyOrderEndTheSame(long seed) {
        long id = product.conversation("Oda Shuffled " + seed);
        sandbox.holdDeliveries();
        sandbox.agentSetsLabels(id, "first");
        sandbox.customerWrites(id, QUALIFYING[0]);
        sandbox.agentSetsLabels(id, "second");
        sandbox.customerWrites(id, QUALIFYING[1]);
        sandbox.agentSetsPriority(id, "low");
        sandbox.customerWrites(id, QUALIFYING[2]);
        sandbox.agentSetsLabels(id, "third");
        sandbox.releaseDeliveries(queued -> shuffled(queued, seed));

        product.settle();

        var conversation = sandbox.conversation(id);
        assertThat(conversation.labels())
                .as("seed " + seed)
                .containsExactlyInAnyOrder("third", "enterprise-lead", "sales-qualified", "qualified", "hot-lead");
        assertThat(conversation.customAttributes()).containsEntry("lead_score", 75);
        assertThat(conversation.priority()).contains("high");
        assertThat(conversation.notes()).hasSize(1);
        assertThat(product.lead(id)).containsEntry("first_message", QUALIFYING[0]);
    }

    @Test
    @Tag("invariant-3")
    void aLateOlderSnapshotChangesNothing() {
        assumeFalse(Product.IN_REFERENCE_DIALECT, "its versions are whole seconds, and this takes less than one");
        long id = product.conversation("Pam Late");
        sandbox.holdDeliveries();
        sandbox.agentSetsLabels(id, "old");
        List<Delivery> old = new ArrayList<>();
        sandbox.releaseDeliveries(queued -> {
            old.addAll(queued);
            return List.of();
        });
        sandbox.agentSetsLabels(id, "new");
        sandbox.agentSetsPriority(id, "low");
        sandbox.agentResolves(id);
        product.settle();

        old.forEach(delivery -> product.post(delivery.body()));
        product.settle();

        JsonNode state = product.admin("/admin/conversations/" + id);
        assertThat(old).hasSize(1);
        assertThat(state.path("labels").toString()).isEqualTo("[\"new\"]");
        assertThat(state.path("priority").asText()).isEqualTo("low");
        assertThat(state.path("status").asText()).isEqualTo("resolved");
    }

    @Test
    void aResolvedConversationResolvesItsLead() {
        long id = product.conversation("Quin Resolved");
        for (String text : QUALIFYING) {
            sandbox.customerWrites(id, text);
        }
        product.settle();

        sandbox.agentResolves(id);
        product.settle();
        var resolved = product.lead(id);
        write(id, "One more thing");

        assertThat(resolved).containsEntry("stage", "resolved");
        assertThat(resolved.get("resolved_at")).isNotNull();
        assertThat(product.lead(id)).as("after it was opened again").containsEntry("stage", "qualified");
        assertThat(product.lead(id).get("resolved_at")).isNull();
    }

    @Test
    void aConversationWithoutALeadIsResolvedWithoutOne() {
        long id = product.conversation("Ron Resolved");
        write(id, "hello");

        sandbox.agentResolves(id);
        product.settle();

        assertThat(product.leads())
                .noneMatch(lead -> lead.get("conversation_id").equals(id));
    }

    @Test
    void aContactUpdateReachesTheLead() {
        long id = product.conversation("Sue Married");
        for (String text : QUALIFYING) {
            sandbox.customerWrites(id, text);
        }
        product.settle();

        sandbox.updateContact(
                sandbox.conversation(id).contactId(), Map.of("name", "Sue Maried", "phone_number", "+4790012345"));
        product.settle();

        assertThat(product.lead(id))
                .containsEntry("name", "Sue Maried")
                .containsEntry("phone", "+4790012345")
                .containsEntry("email", "sue.married@harborpine.example")
                .containsEntry("score", 75);
    }

    @Test
    void contactEventsWithoutALeadWriteNone() {
        long contact = sandbox.contactAppears(Map.of("name", "Tom Nobody", "email", "tom.nobody@harborpine.example"));

        sandbox.updateContact(contact, Map.of("name", "Tom Somebody"));
        product.settle();

        assertThat(product.leads()).noneMatch(lead -> lead.get("contact_id").equals(contact));
    }

    @Test
    @Tag("invariant-9")
    void anEventOfAnUnknownTypeIsRecorded() {
        String delivery = UUID.randomUUID().toString();

        product.post("{\"event\":\"conversation_moved\",\"id\":77001,\"account\":{\"id\":7}}", delivery);
        product.settle();

        assertThat(product.own("SELECT event, state FROM webhook_event WHERE delivery_id = '" + delivery + "'"))
                .containsExactly(Map.of("event", "conversation_moved", "state", "done"));
    }

    @Test
    @Tag("invariant-11")
    void aDecisionIsExplained() {
        long id = product.conversation("Una Why");
        write(id, "How much is the Enterprise plan?");

        JsonNode state = product.admin("/admin/conversations/" + id);

        JsonNode entry = state.path("score_entries").path(0);
        assertThat(entry.path("rule").asText()).isEqualTo("enterprise");
        assertThat(entry.path("points").asInt()).isEqualTo(30);
        assertThat(entry.path("matched").toString()).isEqualTo("[\"Enterprise\"]");
        assertThat(entry.path("rule_version").asText()).isNotEmpty();
        JsonNode labels = product.wish(id, "labels");
        assertThat(labels.path("reasons").findValuesAsText("rule"))
                .containsExactly("pricing-inquiry", "enterprise-lead");
        assertThat(labels.path("reasons").path(0).path("messageId").asLong())
                .isEqualTo(entry.path("message_id").asLong());
        assertThat(labels.path("answer").asText()).isEqualTo("set-labels: 200");
    }

    /**
     * All calls about a conversation; but in the reference's dialect messages carry no custom attributes, so that these
     * must be read before the first write of them.
     */
    private static List<String> writesOf(long conversation) {
        List<String> verbs = product.verbsOf(conversation);
        return Product.IN_REFERENCE_DIALECT
                ? verbs.stream()
                        .filter(verb -> !verb.equals("GET " + conversation))
                        .toList()
                : verbs;
    }

    private static void write(long conversation, String text) {
        sandbox.customerWrites(conversation, text);
        product.settle();
    }

    private static <T> List<T> shuffled(List<T> list, long seed) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, new Random(seed));
        return copy;
    }

    private static String message(long conversation, String content, String type, boolean isPrivate) {
        return "{\"event\":\"message_created\",\"id\":" + (900_000 + content.length() + type.length())
                + ",\"content\":\"" + content + "\",\"message_type\":\"" + type + "\",\"private\":" + isPrivate
                + ",\"account\":{\"id\":7},\"conversation\":{\"id\":" + conversation + "}}";
    }
}
