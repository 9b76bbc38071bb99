package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.leadroutes.chatwoot.AccountLabel;
import io.leadroutes.chatwoot.Agent;
import io.leadroutes.chatwoot.AttributeDefinition;
import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.ChatwootMessage;
import io.leadroutes.chatwoot.ContactDetails;
import io.leadroutes.chatwoot.ConversationSummary;
import io.leadroutes.chatwoot.Macro;
import io.leadroutes.chatwoot.Profile;
import io.leadroutes.chatwoot.Team;
import io.leadroutes.chatwoot.Webhook;
import io.leadroutes.event.Message;
import io.leadroutes.event.Priority;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.Role;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The read verbs as any route calls them, over real HTTP, beside a Chatwoot of either dialect. */
@ParameterizedClass
@EnumSource(Dialect.class)
class ReadVerbsTest {
    private static final int BULK = 120;
    private static final int PAGE = 25;

    private static Product product;
    private static SandboxChatwoot sandbox;
    private static ProducerTemplate template;

    @Parameter
    private Dialect dialect;

    @BeforeParameterizedClassInvocation
    static void start(Dialect dialect) throws Exception {
        product = Product.alone(
                SandboxChatwoot.builder().dialect(dialect).token("admin-token", Role.ADMINISTRATOR),
                Map.of("chatwoot.rate-limit", "3000"));
        sandbox = product.sandbox();
        template = product.runtime().camel().createProducerTemplate();
        long contact = sandbox.addContact("Bulk Buyer", "");
        for (int i = 0; i < BULK; i++) {
            sandbox.agentSetsLabels(sandbox.addConversation(contact), i % 2 == 0 ? "bulk" : "bulk-odd");
        }
        product.runtime().camel().addRoutes(splitting());
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        template.stop();
        product.close();
    }

    @BeforeEach
    void forget() {
        sandbox.clearCalls();
        sandbox.clearFaults();
    }

    // Conversations.

    @Test
    void labelsOfAConversation() {
        long id = product.conversation("Ada Labels");
        sandbox.agentSetsLabels(id, "vip", "größe");

        assertThat(list("list-labels", Map.of("conversationId", id), String.class))
                .containsExactly("vip", "größe");
    }

    @Test
    void aConversation() {
        long id = product.conversation("Ben Shown");
        sandbox.agentSetsLabels(id, "vip");
        sandbox.agentSetsPriority(id, "high");
        sandbox.agentSetsCustomAttributes(id, Map.of("seats", 40, "trial", true));
        sandbox.agentAssignsTeam(id, 2);

        var conversation = call("show-conversation", Map.of("conversationId", " " + id), ConversationSummary.class);

        assertThat(conversation.id()).isEqualTo(id);
        assertThat(conversation.status()).contains("open");
        assertThat(conversation.priority()).contains(Priority.HIGH);
        assertThat(conversation.labels()).contains(List.of("vip"));
        assertThat(conversation.customAttributes().orElseThrow())
                .containsOnly(entry("seats", 40), entry("trial", true));
        assertThat(conversation.contactId()).hasValue(sandbox.conversation(id).contactId());
        assertThat(conversation.contactName()).contains("Ben Shown");
        assertThat(conversation.contactEmail()).contains("ben.shown@harborpine.example");
        assertThat(conversation.inboxId()).hasValue(31);
        assertThat(conversation.teamId()).hasValue(2);
        assertThat(conversation.updatedAt()).isPresent();
    }

    @Test
    void theNewestTwentyMessages() {
        long id = product.conversation("Cy Writes");
        List<Long> written = customerWrites(id, 25);
        sandbox.agentWritesPrivateNote(id, "a note");

        var messages = list("list-messages", Map.of("conversationId", id), ChatwootMessage.class);

        assertThat(messages).hasSize(20);
        ChatwootMessage first = messages.get(0);
        assertThat(first.id()).isEqualTo(written.get(6));
        assertThat(first.content()).contains("text 6");
        assertThat(first.type()).isEqualTo(Message.Type.INCOMING);
        assertThat(first.senderName()).contains("Cy Writes");
        assertThat(first.createdAt()).isPresent();
        ChatwootMessage last = messages.get(19);
        assertThat(last.isPrivate()).isTrue();
        assertThat(last.type()).isEqualTo(Message.Type.OUTGOING);
        assertThat(last.senderName()).contains("Mara Quill");
    }

    @Test
    void olderAndNewerMessages() {
        long id = product.conversation("Dee Writes");
        List<Long> written = customerWrites(id, 30);

        assertThat(messageIds(Map.of("conversationId", id, "before", written.get(10))))
                .isEqualTo(written.subList(0, 10));
        assertThat(messageIds(Map.of("conversationId", id, "after", written.get(24))))
                .isEqualTo(written.subList(25, 30));
        assertThat(messageIds(Map.of("conversationId", id, "after", written.get(3), "before", written.get(28))))
                .containsSubsequence(written.subList(4, 28));
    }

    private static List<Long> messageIds(Map<String, Object> headers) {
        return list("list-messages", headers, ChatwootMessage.class).stream()
                .map(ChatwootMessage::id)
                .toList();
    }

    private static List<Long> customerWrites(long conversation, int messages) {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            ids.add(sandbox.customerWrites(conversation, "text " + i));
        }
        return ids;
    }

    // Conversations as a stream.

    @Test
    void conversationsComePageByPage() {
        Iterator<ConversationSummary> conversations =
                conversations(Map.of("labels", "bulk,bulk-odd", "status", "open"));
        assertThat(sandbox.calls()).as("before anybody asks").isEmpty();

        Set<Long> ids = new HashSet<>();
        for (int taken = 1; taken <= BULK; taken++) {
            ids.add(conversations.next().id());
            assertThat(sandbox.calls())
                    .as("calls after " + taken + " conversations")
                    .hasSize((taken + PAGE - 1) / PAGE);
        }

        assertThat(ids).hasSize(BULK);
        assertThat(conversations.hasNext()).isFalse();
        assertThat(conversations.hasNext()).isFalse();
        assertThat(sandbox.calls())
                .as("5 pages and the empty one")
                .extracting(Call::query)
                .hasSize(6)
                .startsWith("labels%5B%5D=bulk&labels%5B%5D=bulk-odd&status=open&sort_by=created_at_asc&page=1")
                .endsWith("labels%5B%5D=bulk&labels%5B%5D=bulk-odd&status=open&sort_by=created_at_asc&page=6");
    }

    @Test
    void conversationsAreChosenByLabelsAndStatus() {
        long open = product.conversation("Eve Open");
        long resolved = product.conversation("Eve Resolved");
        sandbox.agentSetsLabels(open, "größe & co");
        sandbox.agentSetsLabels(resolved, "größe & co");
        sandbox.agentResolves(resolved);
        List<String> label = List.of("größe & co");

        assertThat(ids(conversations(Map.of("labels", label)))).containsExactly(open);
        assertThat(ids(conversations(Map.of("labels", label, "status", "resolved"))))
                .containsExactly(resolved);
        assertThat(ids(conversations(Map.of("labels", label, "status", "all"))))
                .containsExactlyInAnyOrder(open, resolved);
        assertThat(ids(conversations(Map.of("labels", "nobody-has-it")))).isEmpty();
        assertThat(ids(conversations(Map.of("labels", List.of(), "status", "resolved"))))
                .contains(resolved)
                .doesNotContain(open);
    }

    @Test
    void conversationsThatBeginWhileTheyAreListedComeLast() {
        Iterator<ConversationSummary> conversations = conversations(Map.of("labels", "bulk"));
        List<Long> ids = new ArrayList<>(List.of(conversations.next().id()));
        List<Long> begun = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long id = product.conversation("Flo Between " + dialect + i);
            sandbox.customerWrites(id, "hello");
            sandbox.agentSetsLabels(id, "bulk");
            begun.add(id);
        }

        ids.addAll(ids(conversations));

        assertThat(ids).doesNotHaveDuplicates().hasSize(BULK / 2 + 3).endsWith(begun.toArray(Long[]::new));
        begun.forEach(id -> sandbox.agentSetsLabels(id));
    }

    @Test
    void aSplitFetchesWhatItNeeds() {
        List<Integer> callsSeen = new ArrayList<>();

        template.requestBodyAndHeaders("direct:test-split", callsSeen, Map.of("labels", "bulk", "other", "stays"));

        assertThat(callsSeen).as("calls at each of 60 conversations").hasSize(BULK / 2);
        // A split looks one ahead, so that it can tell the last item.
        assertThat(callsSeen.subList(0, 24)).containsOnly(1);
        assertThat(callsSeen.subList(24, 49)).containsOnly(2);
        assertThat(callsSeen.subList(49, 59)).containsOnly(3);
        assertThat(callsSeen.get(59)).isEqualTo(4);
    }

    @Test
    void aPageThatIsRefusedEndsTheSplitWithTheRefusal() {
        sandbox.failWhile(call -> call.query().endsWith("page=2"), Fault.status(404, "{\"error\":\"gone\"}"));
        List<Integer> callsSeen = new ArrayList<>();

        assertThatThrownBy(() -> template.requestBodyAndHeaders(
                        "direct:test-split", callsSeen, Map.of("labels", "bulk", "other", "stays")))
                .isInstanceOf(CamelExecutionException.class)
                .hasRootCauseInstanceOf(ChatwootException.Rejected.class);
        assertThat(callsSeen).as("all of the first page are handled").hasSize(PAGE);
        assertThat(sandbox.calls()).as("none to release what is left").hasSize(2);
    }

    @Test
    void aPageSurvivesAShortOutage() {
        sandbox.failNext(1, Fault.status(502), call -> call.query().endsWith("page=2"));

        assertThat(ids(conversations(Map.of("labels", "bulk")))).hasSize(BULK / 2);
        assertThat(sandbox.calls()).as("3 pages, one twice, and the empty one").hasSize(5);
    }

    private static RouteBuilder splitting() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:test-split")
                        .routeId("test-split")
                        .setVariable("callsSeen", body())
                        .to("direct:chatwoot-list-conversations")
                        .validate(header("labels").isNull())
                        .validate(header("other").isEqualTo("stays"))
                        .split(body())
                        .streaming()
                        .stopOnException()
                        .process(ReadVerbsTest::noteCalls);
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static void noteCalls(Exchange exchange) {
        assertThat(exchange.getMessage().getBody()).isInstanceOf(ConversationSummary.class);
        exchange.getVariable("callsSeen", List.class).add(sandbox.calls().size());
    }

    // Contacts.

    @Test
    void aContactAndItsLabels() {
        long id = sandbox.contactAppears(Map.of(
                "name",
                "Gus Known",
                "email",
                "gus@harborpine.example",
                "phone_number",
                "+4790012345",
                "identifier",
                "crm-9-" + dialect,
                "custom_attributes",
                Map.of("plan", "pro")));
        post("/contacts/" + id + "/labels", "{\"labels\":[\"vip\",\"enterprise\"]}");

        var contact = call("show-contact", Map.of("contactId", id), ContactDetails.class);

        assertThat(contact.id()).isEqualTo(id);
        assertThat(contact.name()).contains("Gus Known");
        assertThat(contact.email()).contains("gus@harborpine.example");
        assertThat(contact.phone()).contains("+4790012345");
        assertThat(contact.identifier()).contains("crm-9-" + dialect);
        assertThat(contact.customAttributes()).containsExactly(entry("plan", "pro"));
        assertThat(contact.createdAt()).isPresent();
        assertThat(list("list-contact-labels", Map.of("contactId", Long.toString(id)), String.class))
                .containsExactly("vip", "enterprise");
    }

    // What an account has.

    @Test
    void attributeDefinitions() {
        post(
                "/custom_attribute_definitions",
                "{\"attribute_display_name\":\"Seats\",\"attribute_display_type\":1,\"attribute_description\":\"\","
                        + "\"attribute_key\":\"seats\",\"attribute_model\":0}");
        post(
                "/custom_attribute_definitions",
                "{\"attribute_display_name\":\"Industry\",\"attribute_display_type\":6,\"attribute_description\":\"x\","
                        + "\"attribute_key\":\"industry\",\"attribute_model\":1,\"attribute_values\":[\"Health\"]}");

        assertThat(keys(Map.of())).containsExactly("conversation number seats", "contact list industry");
        assertThat(keys(Map.of("model", "conversation"))).containsExactly("conversation number seats");
        assertThat(keys(Map.of("model", 1))).containsExactly("contact list industry");
        assertThat(list("list-attribute-definitions", Map.of("model", "contact"), AttributeDefinition.class)
                        .get(0)
                        .values())
                .containsExactly("Health");
    }

    private static List<String> keys(Map<String, Object> headers) {
        return list("list-attribute-definitions", headers, AttributeDefinition.class).stream()
                .map(definition -> definition.model() + " " + definition.type() + " " + definition.key())
                .toList();
    }

    @Test
    void accountLabels() {
        sandbox.addLabel("vip");

        assertThat(list("list-account-labels", Map.of(), AccountLabel.class))
                .extracting(AccountLabel::title)
                .containsExactly("vip");
    }

    @Test
    void agentsTeamsAndMembers() {
        long agent = sandbox.addAgent("Hal Member", "hal@harborpine.example", true);
        long team = sandbox.addTeam("night shift", agent);

        assertThat(list("list-agents", Map.of(), Agent.class))
                .contains(new Agent(
                        agent,
                        "Hal Member",
                        Optional.of("hal@harborpine.example"),
                        Optional.of("agent"),
                        Optional.of("online")));
        assertThat(list("list-teams", Map.of(), Team.class))
                .extracting(Team::name)
                .contains("sales", "senior support", "night shift");
        assertThat(list("list-team-members", Map.of("teamId", team), Agent.class))
                .extracting(Agent::id)
                .containsExactly(agent);
    }

    @Test
    @Tag("invariant-12")
    void webhooksWithTheirSecrets() {
        sandbox.addWebhook(URI.create("https://hooks.harborpine.example/x?secret=q"), "s3cret");

        Webhook webhook = list("list-webhooks", Map.of(), Webhook.class).get(0);

        assertThat(webhook.url()).isEqualTo("https://hooks.harborpine.example/x?secret=q");
        assertThat(webhook.subscriptions()).contains("message_created");
        assertThat(webhook.secret().map(Webhook.Secret::value))
                .isEqualTo(dialect == Dialect.REFERENCE ? Optional.empty() : Optional.of("s3cret"));
        assertThat(List.of(webhook, webhook.secret()).toString()).doesNotContain("s3cret", "secret=q");
    }

    @Test
    void macros() {
        post(
                "/macros",
                "{\"name\":\"Qualify\",\"visibility\":\"global\",\"actions\":"
                        + "[{\"action_name\":\"add_label\",\"action_params\":[\"vip\"]}]}");

        assertThat(list("list-macros", Map.of(), Macro.class))
                .extracting(Macro::name, Macro::visibility, Macro::actions)
                .containsExactly(tuple("Qualify", "global", List.of(new Macro.Action("add_label", List.of("vip")))));
    }

    @Test
    void theOwnProfile() {
        Profile profile = call("profile", Map.of(), Profile.class);

        assertThat(profile.id()).isEqualTo(sandbox.userId("admin-token"));
        assertThat(profile.role()).contains("administrator");
        assertThat(profile.isAdministrator()).isTrue();
    }

    // What holds for all of them.

    /** Each verb with inputs that are right for it. */
    static Stream<Arguments> verbs() {
        Map<String, Object> conversation = Map.of("conversationId", 1);
        return Stream.of(
                Arguments.of("list-labels", conversation),
                Arguments.of("show-conversation", conversation),
                Arguments.of("list-messages", conversation),
                Arguments.of("list-conversations-page", Map.of("labels", "bulk")),
                Arguments.of("list-contact-labels", Map.of("contactId", 1)),
                Arguments.of("show-contact", Map.of("contactId", 1)),
                Arguments.of("list-attribute-definitions", Map.of()),
                Arguments.of("list-account-labels", Map.of()),
                Arguments.of("list-agents", Map.of()),
                Arguments.of("list-teams", Map.of()),
                Arguments.of("list-team-members", Map.of("teamId", 2)),
                Arguments.of("list-webhooks", Map.of()),
                Arguments.of("list-macros", Map.of()),
                Arguments.of("profile", Map.of()));
    }

    @Test
    void noVerbIsMissingHere() {
        List<String> routes = product.runtime().camel().getRoutes().stream()
                .map(route -> route.getRouteId())
                .filter(Predicate.not(
                        Set.of("chatwoot-api", "chatwoot-dispatcher", "chatwoot-send", "chatwoot-list-conversations")
                                ::contains))
                .filter(id -> id.matches("chatwoot-(list|show)-.*|chatwoot-profile"))
                .toList();

        assertThat(verbs().map(verb -> "chatwoot-" + verb.get()[0])).containsExactlyInAnyOrderElementsOf(routes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("verbs")
    @Tag("invariant-7")
    void aReadCountsInTheBudgetAndARefusalReachesTheCaller(String verb, Map<String, Object> headers) {
        sandbox.failWhile(call -> true, Fault.status(404, "{\"error\":\"Resource could not be found\"}"));
        int used = budgetUsed();

        assertThatThrownBy(() -> call(verb, headers, Object.class))
                .isInstanceOf(CamelExecutionException.class)
                .cause()
                .isInstanceOf(ChatwootException.Rejected.class)
                .hasMessageContaining(": 404 {\"error\":\"Resource could not be found\"}");
        assertThat(sandbox.calls()).as("never repeated").hasSize(1);
        assertThat(budgetUsed()).isEqualTo(used + 1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("verbs")
    @Tag("invariant-7")
    void inAnOutageEveryRepetitionCounts(String verb, Map<String, Object> headers) {
        sandbox.failWhile(call -> true, Fault.status(502, "<html>"));
        int used = budgetUsed();

        assertThatThrownBy(() -> call(verb, headers, Object.class))
                .cause()
                .isInstanceOf(ChatwootException.Unavailable.class);
        assertThat(sandbox.calls()).as("one try and two repetitions").hasSize(3);
        assertThat(budgetUsed()).isEqualTo(used + 3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("verbs")
    void anotherShapeReachesTheCallerAsAnOutage(String verb, Map<String, Object> headers) {
        sandbox.failWhile(call -> true, Fault.status(200, "\"hello\""));

        assertThatThrownBy(() -> call(verb, headers, Object.class))
                .cause()
                .isInstanceOf(ChatwootException.Unavailable.class)
                .hasMessageContaining(": 200 with another shape; expected ");
    }

    @Test
    void whatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> call("show-conversation", Map.of("conversationId", 999_999), Object.class))
                .cause()
                .isInstanceOf(ChatwootException.Rejected.class)
                .hasMessageStartingWith("show-conversation: 404");
    }

    static Stream<Arguments> badInputs() {
        return Stream.of(
                Arguments.of("list-labels", Map.of(), "conversationId is missing; expected a whole number from 1"),
                Arguments.of("list-labels", Map.of("conversationId", "1/../../x"), "conversationId is \"1/../../x\";"),
                Arguments.of("show-conversation", Map.of("conversationId", "1%2f"), "conversationId is \"1%2f\";"),
                Arguments.of("list-messages", Map.of("conversationId", "１２"), "conversationId is \"１２\";"),
                Arguments.of(
                        "list-messages",
                        Map.of("conversationId", 1, "before", "1&after=2"),
                        "before is \"1&after=2\";"),
                Arguments.of("list-messages", Map.of("conversationId", 1, "after", -1), "after is \"-1\";"),
                Arguments.of("list-contact-labels", Map.of("contactId", "1e9"), "contactId is \"1e9\";"),
                Arguments.of("show-contact", Map.of("contactId", (1L << 53) + 1), "contactId is \"9007199254740993\";"),
                Arguments.of("list-team-members", Map.of("teamId", 0), "teamId is \"0\";"),
                Arguments.of("list-attribute-definitions", Map.of("model", "company"), "model is \"company\";"),
                Arguments.of("list-conversations", Map.of("labels", ""), "labels is empty;"),
                Arguments.of("list-conversations", Map.of("labels", List.of("a,b")), "labels is \"a,b\";"),
                Arguments.of("list-conversations", Map.of("status", "open&page=2"), "status is \"open&page=2\";"),
                Arguments.of("list-conversations-page", Map.of("page", 0), "page is \"0\";"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("badInputs")
    void aBadInputIsNamedAndNothingIsSent(String verb, Map<String, Object> headers, String message) {
        int used = budgetUsed();

        assertThatThrownBy(() -> call(verb, headers, Object.class))
                .isInstanceOf(CamelExecutionException.class)
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
        assertThat(sandbox.calls()).isEmpty();
        assertThat(budgetUsed()).isEqualTo(used);
    }

    @ParameterizedTest
    @ValueSource(strings = {"list-labels", "show-conversation", "list-messages"})
    void theInputsAreUsedUp(String verb) {
        long id = product.conversation("Ida Used " + verb + dialect);

        Exchange exchange = template.send(
                "direct:chatwoot-" + verb, asked -> asked.getMessage().setHeader("conversationId", id));

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getHeaders()).isEmpty();
    }

    // Helpers.

    private static <T> T call(String verb, Map<String, Object> headers, Class<T> type) {
        return type.cast(template.requestBodyAndHeaders("direct:chatwoot-" + verb, null, headers));
    }

    private static <T> List<T> list(String verb, Map<String, Object> headers, Class<T> type) {
        return ((List<?>) call(verb, headers, List.class))
                .stream().map(type::cast).toList();
    }

    @SuppressWarnings("unchecked")
    private static Iterator<ConversationSummary> conversations(Map<String, Object> headers) {
        return call("list-conversations", headers, Iterator.class);
    }

    private static List<Long> ids(Iterator<ConversationSummary> conversations) {
        List<Long> ids = new ArrayList<>();
        conversations.forEachRemaining(conversation -> ids.add(conversation.id()));
        return ids;
    }

    private static int budgetUsed() {
        return product.admin("/admin/status").path("budget").path("used").asInt();
    }

    private static void post(String path, String body) {
        HttpResponse<String> answer = product.send(
                HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + "/api/v1/accounts/" + sandbox.accountId() + path))
                        .header("Api-Access-Token", sandbox.apiToken())
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
