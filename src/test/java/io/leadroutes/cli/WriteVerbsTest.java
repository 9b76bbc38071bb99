package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.chatwoot.AccountLabel;
import io.leadroutes.chatwoot.Macro;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.MessageView;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelExecutionException;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Each write verb, called as a route would, against a sandbox that answers in either dialect. */
@ParameterizedClass(name = "{0}")
@EnumSource(Dialect.class)
class WriteVerbsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Parameter
    private Dialect dialect;

    private Product product;
    private SandboxChatwoot sandbox;
    private long contact;
    private long conversation;

    @BeforeEach
    void start() {
        product = Product.connected(
                SandboxChatwoot.builder().dialect(dialect).withoutNoise(), Map.of("chatwoot.rate-limit", "3000"));
        sandbox = product.sandbox();
        contact = sandbox.addContact("Ada Verb", "ada@verb.example");
        conversation = sandbox.addConversation(contact);
    }

    @AfterEach
    void stop() {
        product.close();
    }

    @Test
    @Tag("invariant-6")
    void labelsAreAddedRemovedAndReplaced() {
        sandbox.agentSetsLabels(conversation, "agents", "old");
        product.settle();

        call("add-labels", Map.of("labels", "VIP, q4-campaign"));
        call("remove-labels", Map.of("labels", List.of("old")));
        product.settle();
        assertThat(sandbox.conversation(conversation).labels()).containsExactly("agents", "vip", "q4-campaign");

        call("set-labels", Map.of("labels", "only"));
        product.settle();
        assertThat(sandbox.conversation(conversation).labels()).containsExactly("only");
    }

    @Test
    @Tag("invariant-6")
    void attributesAreSetAndRemovedAndOthersStay() {
        sandbox.agentSetsCustomAttributes(conversation, Map.of("order", "HP-1", "old", true));
        product.settle();

        call("set-attributes", Map.of("attributes", "{\"deal_value\":50000,\"industry\":\"Tech\"}"));
        call("remove-attributes", Map.of("keys", "old"));
        product.settle();

        assertThat(sandbox.conversation(conversation).customAttributes())
                .containsOnly(
                        Map.entry("order", "HP-1"), Map.entry("deal_value", 50000), Map.entry("industry", "Tech"));
    }

    @Test
    void priorityIsSetAndCleared() {
        call("set-priority", Map.of("priority", "urgent"));
        product.settle();
        assertThat(sandbox.conversation(conversation).priority()).contains("urgent");

        call("set-priority", Map.of("priority", "none"));
        product.settle();
        assertThat(sandbox.conversation(conversation).priority()).isEmpty();
    }

    @Test
    void itIsAssignedToATeamAndAnAgentAndToNobody() {
        call("assign-team", Map.of("team", "Senior Support"));
        call("assign-agent", Map.of("agentId", 12));
        product.settle();
        assertThat(sandbox.conversation(conversation).teamName()).contains("senior support");
        assertThat(sandbox.conversation(conversation).assigneeId()).hasValue(12);

        call("unassign", Map.of());
        product.settle();
        assertThat(sandbox.conversation(conversation).assigneeId()).isEmpty();
    }

    @Test
    @Tag("invariant-9")
    void anUnknownAgentIsADeadLetterAndUnassignsNobody() {
        sandbox.agentAssignsAgent(conversation, 12);
        product.settle();

        call("assign-agent", Map.of("agentId", 999));
        product.settle();

        assertThat(sandbox.conversation(conversation).assigneeId()).hasValue(12);
        assertThat(product.admin("/admin/dead").findValuesAsText("error")).anyMatch(error -> error.contains("999"));
    }

    @Test
    @Tag("invariant-2")
    void forAnOccasionAConversationIsWrittenToOnce() {
        for (String verb : List.of("send-message", "private-note")) {
            call(verb, Map.of("text", "first", "occasion", "survey"));
            product.settle();
            call(verb, Map.of("text", "second", "occasion", "survey"));
            call(verb, Map.of("text", "third", "occasion", "other"));
            product.settle();
        }

        assertThat(sandbox.conversation(conversation).messages())
                .extracting(MessageView::content)
                .containsExactlyInAnyOrder("first", "third", "first", "third");
    }

    @Test
    void theStatusGoesAllFourWays() {
        Instant until = Instant.parse("2030-01-01T09:00:00Z");

        call("set-status", Map.of("status", "snoozed", "until", until.toString()));
        product.settle();
        assertThat(sandbox.conversation(conversation).status()).isEqualTo("snoozed");
        assertThat(sandbox.conversation(conversation).snoozedUntil()).contains(until);
        for (String status : List.of("pending", "resolved", "open")) {
            call("set-status", Map.of("status", status));
            product.settle();
            assertThat(sandbox.conversation(conversation).status()).isEqualTo(status);
        }
    }

    @Test
    @Tag("invariant-2")
    void aNoteAndAMessageAreWrittenOnceEvenIfTheirAnswersAreLost() {
        sandbox.failNext(2, Fault.dropAfterCommit(), c -> c.is("POST", "/messages"));

        call("private-note", Map.of("text", "for agents"));
        call("send-message", Map.of("text", "for the customer"));
        product.settle();

        assertThat(sandbox.conversation(conversation).messages())
                .extracting(message -> message.content() + " " + message.isPrivate())
                .containsExactlyInAnyOrder("for agents true", "for the customer false");
    }

    @Test
    void aContactIsChanged() {
        call("add-contact-labels", Map.of("contactId", contact, "labels", "enterprise,onboarding"));
        call(
                "set-contact-attributes",
                Map.of("contactId", contact, "attributes", Map.of("company_size", "51-200", "x", 1)));
        call("update-contact", Map.of("contactId", contact, "name", "Ada Lovelace", "phone", "+4790012345"));
        product.settle();
        call("remove-contact-labels", Map.of("contactId", contact, "labels", "onboarding"));
        call("remove-contact-attributes", Map.of("contactId", contact, "keys", "x"));
        product.settle();

        var view = sandbox.contact(contact);
        assertThat(view.labels()).containsExactly("enterprise");
        assertThat(view.customAttributes()).containsOnly(Map.entry("company_size", "51-200"));
        assertThat(view.name()).isEqualTo("Ada Lovelace");
        assertThat(view.phoneNumber()).contains("+4790012345");

        call("set-contact-labels", Map.of("contactId", contact, "labels", List.of()));
        product.settle();
        assertThat(sandbox.contact(contact).labels()).isEmpty();
    }

    @Test
    void anAccountIsGivenWhatItNeeds() throws IOException {
        call("create-team", Map.of("name", "Enterprise Sales", "allowAutoAssign", "false"));
        call("create-webhook", Map.of("url", "http://127.0.0.1:9/hook", "subscriptions", "message_created"));
        for (String type : List.of("text", "number", "currency", "percent", "link", "date", "list", "checkbox")) {
            Map<String, Object> definition =
                    new HashMap<>(Map.of("key", "a_" + type, "name", "A " + type, "type", type, "model", "contact"));
            if (type.equals("list")) {
                definition.put("values", List.of("Technology", "Retail"));
            }
            call("create-attribute-definition", definition);
        }
        product.settle();

        assertThat(sandbox.teams()).anyMatch("enterprise sales"::equalsIgnoreCase);
        assertThat(sandbox.webhooks()).anyMatch(hook -> hook.url().getPath().equals("/hook"));
        List<Integer> types = sandbox.calls(c -> c.is("POST", "/custom_attribute_definitions")).stream()
                .map(c -> json(c).path("attribute_display_type").asInt())
                .toList();
        assertThat(types).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);

        long team = sandbox.addTeam("night shift");
        long hook = sandbox.webhooks().get(sandbox.webhooks().size() - 1).id();
        call("add-team-members", Map.of("teamId", team, "agentIds", "12"));
        call("update-webhook", Map.of("webhookId", hook, "subscriptions", "message_created,contact_created"));
        call("delete-attribute-definition", Map.of("definitionId", 71));
        product.settle();
        assertThat(sandbox.calls(c -> c.is("POST", "/team_members"))).hasSize(1);
        assertThat(sandbox.webhooks()).filteredOn(view -> view.id() == hook).allMatch(view -> view.subscriptions()
                .contains("contact_created"));

        call("delete-webhook", Map.of("webhookId", hook));
        product.settle();
        assertThat(sandbox.webhooks()).noneMatch(view -> view.id() == hook);
        assertThat(product.runtime().records().outbox().dead()).isZero();
    }

    @Test
    void labelsOfTheAccountAreDefinedChangedAndDeleted() {
        sandbox.agentSetsLabels(conversation, "q4");
        call("create-account-label", Map.of("title", "Q4", "color", "#00FF00"));
        call("create-account-label", Map.of("title", "spring", "description", "The campaign"));
        product.settle();
        List<AccountLabel> labels = read("list-account-labels");
        AccountLabel q4 = byTitle(labels, "q4");
        assertThat(q4.color()).contains("#00FF00");
        assertThat(byTitle(labels, "spring"))
                .returns(Optional.of("The campaign"), AccountLabel::description)
                .returns(Optional.of("#1f93ff"), AccountLabel::color)
                .returns(true, AccountLabel::isOnSidebar);

        call("update-account-label", Map.of("labelId", q4.id(), "title", "Q4-2026", "showOnSidebar", "false"));
        product.settle();
        assertThat(byTitle(read("list-account-labels"), "q4-2026"))
                .returns(q4.id(), AccountLabel::id)
                .returns(q4.color(), AccountLabel::color)
                .returns(false, AccountLabel::isOnSidebar);
        assertThat(sandbox.conversation(conversation).labels()).containsExactly("q4-2026");

        call("delete-account-label", Map.of("labelId", q4.id()));
        product.settle();
        assertThat(this.<AccountLabel>read("list-account-labels"))
                .extracting(AccountLabel::title)
                .contains("spring")
                .doesNotContain("q4-2026");
        assertThat(sandbox.conversation(conversation).labels()).isEmpty();
    }

    @Test
    @Tag("invariant-2")
    void aMacroIsMadeOnceCarriedOutAndDeleted() {
        sandbox.failNext(1, Fault.dropAfterCommit(), c -> c.is("POST", "/macros"));
        call("create-macro", Map.of("name", "Answer lost", "actions", "[{\"action_name\":\"snooze_conversation\"}]"));
        call("create-macro", Map.of("name", "Qualify", "actions", """
                        [{"action_name": "add_label", "action_params": ["Qualified"]},
                         {"action_name": "change_priority", "action_params": ["high"]}]"""));
        product.settle();
        List<Macro> macros = read("list-macros");
        assertThat(macros).extracting(Macro::name).containsExactlyInAnyOrder("Answer lost", "Qualify");
        assertThat(product.runtime().records().outbox().dead())
                .as("whether it was made is for somebody to look")
                .isOne();
        long macro = macros.stream()
                .filter(made -> made.name().equals("Qualify"))
                .findFirst()
                .orElseThrow()
                .id();

        call("execute-macro", Map.of("macroId", macro, "conversationIds", conversation));
        product.settle();
        assertThat(sandbox.conversation(conversation).labels()).containsExactly("qualified");
        assertThat(sandbox.conversation(conversation).priority()).contains("high");

        call("delete-macro", Map.of("macroId", macro));
        product.settle();
        assertThat(this.<Macro>read("list-macros")).extracting(Macro::name).containsExactly("Answer lost");
    }

    @Test
    @Tag("invariant-2")
    void aConversationIsBegunOnceAndNeverTwice() {
        call("create-conversation", Map.of("inboxId", 31, "contactId", contact, "teamId", 2));
        product.settle();
        assertThat(sandbox.conversations()).hasSize(2);
        assertThat(sandbox.conversations().get(1).teamName()).contains("sales");

        sandbox.failNext(1, Fault.dropAfterCommit(), c -> c.is("POST", "/conversations"));
        call("create-conversation", Map.of("inboxId", 31, "contactId", contact));
        product.settle();

        assertThat(sandbox.conversations())
                .as("one more, although its answer was lost")
                .hasSize(3);
        assertThat(product.runtime().records().outbox().dead()).isOne();
    }

    @Test
    void manyConversationsAreChangedByOneCall() {
        long other = sandbox.addConversation(contact);

        call(
                "bulk-update",
                Map.of("conversationIds", List.of(conversation, other), "addLabels", "q4", "status", "pending"));
        product.settle();

        assertThat(sandbox.calls(Call::isWrite)).hasSize(1);
        assertThat(sandbox.conversation(other).labels()).containsExactly("q4");
        assertThat(sandbox.conversation(other).status()).isEqualTo("pending");
    }

    /** Verb, header, value, and how the message begins. */
    private static final List<String> WRONG = List.of(
            "add-labels|conversationId|1/../2|conversationId is \"1/../2\"",
            "add-labels|labels|a|labels is \"a\"",
            "set-priority|priority|highest|priority is \"highest\"",
            "set-status|status|closed|status is \"closed\"",
            "assign-agent|agentId|-1|agentId is \"-1\"",
            "private-note|other|x|text is missing",
            "set-status|until|2020-01-01T00:00:00Z|until is \"2020-01-01T00:00:00Z\"; expected a time after now",
            "update-contact|other|x|name, email, phone and identifier are missing",
            "update-contact|email|ada|email is no e-mail address",
            "update-contact|phone|90012345|phone is no phone number",
            "create-attribute-definition|key|email|key is \"email\"",
            "create-attribute-definition|regex|[a|regex is \"[a\"",
            "create-attribute-definition|type|list|values has 0 entries for type list",
            "create-account-label|title|a b|title is \"a b\"",
            "create-account-label|color|red|color is \"red\"",
            "update-account-label|other|x|title, description, color and showOnSidebar are missing",
            "delete-account-label|labelId|q4|labelId is \"q4\"",
            "update-webhook|other|x|url and subscriptions are missing",
            "create-macro|actions|[]|actions is empty",
            "delete-macro|macroId|x|macroId is \"x\"",
            "bulk-update|conversationIds|1,x|conversationIds is \"x\"");

    @Test
    void whatIsWrongIsSaidAndNothingIsSent() {
        SoftAssertions all = new SoftAssertions();
        for (String row : WRONG) {
            String[] parts = row.split("\\|");
            Map<String, Object> headers = new HashMap<>(Map.of("labels", "vip", "status", "snoozed"));
            if (parts[0].startsWith("create-")) {
                headers.putAll(Map.of("title", "spring", "name", "A", "key", "a", "type", "text", "model", "contact"));
            }
            headers.put(parts[1], parts[2]);

            Throwable failure = catchThrowable(() -> call(parts[0], headers));

            all.assertThat(failure)
                    .as(row)
                    .isInstanceOf(CamelExecutionException.class)
                    .cause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(parts[3]);
        }
        all.assertThat(product.own("SELECT id FROM outbox")).isEmpty();
        all.assertAll();
    }

    @Test
    void aBulkUpdateThatChangesNothingIsRefused() {
        assertThat(catchThrowable(() -> call("bulk-update", Map.of("conversationIds", "1"))))
                .hasRootCauseMessage(
                        "addLabels, removeLabels, status, agentId and teamId are missing; expected one at least");
    }

    @SuppressWarnings("unchecked")
    private <T> List<T> read(String verb) {
        return (List<T>) product.runtime()
                .camel()
                .createProducerTemplate()
                .requestBody("direct:chatwoot-" + verb, null, List.class);
    }

    private static AccountLabel byTitle(List<AccountLabel> labels, String title) {
        return labels.stream()
                .filter(label -> label.title().equals(title))
                .findFirst()
                .orElseThrow();
    }

    private void call(String verb, Map<String, Object> inputs) {
        Map<String, Object> headers = new HashMap<>(Map.of("conversationId", conversation));
        headers.putAll(inputs);
        product.runtime()
                .camel()
                .createProducerTemplate()
                .sendBodyAndHeaders("direct:chatwoot-" + verb, "the body stays", headers);
    }

    private static JsonNode json(Call call) {
        try {
            return MAPPER.readTree(call.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
