package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leadroutes.chatwoot.Webhook.Secret;
import io.leadroutes.event.Message;
import io.leadroutes.event.Priority;
import io.leadroutes.store.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both dialects of each answer (CONTRACT section 3, "SEED DIFFERS"), what may be missing, and what makes no sense. */
class AnswersTest {
    private static ApiAnswer answer(String json) {
        try {
            return new ApiAnswer("some-verb", 200, json.isEmpty() ? MissingNode.getInstance() : Json.tree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void assertUnavailable(ThrowingCallable read, String expected) {
        assertThatThrownBy(read)
                .isInstanceOf(ChatwootException.Unavailable.class)
                .hasMessage("some-verb: 200 with another shape; expected " + expected);
    }

    interface Read {
        Object of(ApiAnswer answer) throws ChatwootException;
    }

    static Stream<Arguments> reads() {
        return Stream.of(
                read(Answers::labels, "a list of labels"),
                read(Answers::conversations, "a list of conversations"),
                read(Answers::messages, "a list of messages"),
                read(Answers::attributeDefinitions, "a list of attribute definitions"),
                read(Answers::accountLabels, "a list of account labels"),
                read(Answers::agents, "a list of agents"),
                read(Answers::teams, "a list of teams"),
                read(Answers::webhooks, "a list of webhooks"),
                read(Answers::macros, "a list of macros"),
                read(Answers::conversation, "a conversation with an id"),
                read(Answers::contact, "a contact with an id"),
                read(Answers::attributeDefinition, "an attribute definition with its attribute_key"),
                read(Answers::accountLabel, "an account label with an id"),
                read(Answers::team, "a team with an id"),
                read(Answers::webhook, "a webhook with an id"),
                read(Answers::macro, "a macro with actions"),
                read(answer -> Answers.profile(answer, 7), "a profile with an id"));
    }

    private static Arguments read(Read read, String expected) {
        return Arguments.of(read, expected);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("reads")
    void anAnswerOfNeitherDialectIsAnOutage(Read read, String expected) {
        for (String json :
                List.of("", "null", "true", "12", "\"text\"", "{}", "{\"payload\":null}", "{\"payload\":{}}")) {
            assertUnavailable(() -> read.of(answer(json)), expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[7]",
                "[null]",
                "[{}]",
                "[{\"id\":\"5\"}]",
                "[{\"id\":0}]",
                "[{\"id\":-5}]",
                "[{\"id\":1.5}]",
                "[[]]"
            })
    void aListOfSomethingElseIsAnOutage(String json) {
        for (Read read : List.<Read>of(
                Answers::conversations, Answers::messages, Answers::agents, Answers::teams, Answers::accountLabels)) {
            assertThatThrownBy(() -> read.of(answer(json))).isInstanceOf(ChatwootException.Unavailable.class);
        }
    }

    // Labels.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"vip\",\"Größe\"]",
                "{\"payload\":[\"vip\",\"Größe\"]}",
                "{\"payload\":{\"id\":5,\"name\":\"Ada\",\"labels\":[\"vip\",\"Größe\"]}}",
                "{\"id\":5,\"labels\":[\"vip\",\"Größe\"]}"
            })
    void labelsAreReadInEveryShape(String json) throws Exception {
        assertThat(Answers.labels(answer(json))).containsExactly("vip", "Größe");
    }

    @Test
    void noLabelsAreNoOutage() throws Exception {
        assertThat(Answers.labels(answer("[]"))).isEmpty();
        assertThat(Answers.labels(answer("{\"payload\":[]}"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[1]", "[null]", "[\"vip\",{\"title\":\"x\"}]", "{\"payload\":\"vip\"}", "{\"labels\":\"vip\"}"})
    void halfAListOfLabelsIsNone(String json) {
        assertUnavailable(() -> Answers.labels(answer(json)), "a list of labels");
    }

    // Conversations.

    private static final String CONVERSATION = """
            {"id":101,"status":"open","priority":"high","labels":["vip"],"inbox_id":31,"uuid":"x","new_key":{},
             "custom_attributes":{"score":75,"rate":0.50,"deal":50000.0,"none":null},"updated_at":1798707600.123456,
             "meta":{"sender":{"id":5,"name":"Ada Lovelace","email":"ada@harborpine.example"},
                     "assignee":{"id":4,"name":"Mara"},"assignee_type":"User","team":{"id":2,"name":"sales"}}}
            """;

    @Test
    void aConversationIsReadWhole() throws Exception {
        ConversationSummary conversation = Answers.conversation(answer(CONVERSATION));

        assertThat(conversation.id()).isEqualTo(101);
        assertThat(conversation.status()).contains("open");
        assertThat(conversation.priority()).contains(Priority.HIGH);
        assertThat(conversation.labels()).contains(List.of("vip"));
        assertThat(conversation.customAttributes().orElseThrow())
                .containsEntry("score", 75)
                .containsEntry("rate", new BigDecimal("0.50"))
                .containsEntry("deal", new BigDecimal("50000.0"))
                .containsEntry("none", null);
        assertThat(conversation.contactId()).hasValue(5);
        assertThat(conversation.contactName()).contains("Ada Lovelace");
        assertThat(conversation.contactEmail()).contains("ada@harborpine.example");
        assertThat(conversation.inboxId()).hasValue(31);
        assertThat(conversation.teamId()).hasValue(2);
        assertThat(conversation.assigneeId()).hasValue(4);
        assertThat(conversation.updatedAt()).contains(Instant.parse("2026-12-31T09:00:00.123456Z"));
    }

    @Test
    void conversationsAreReadInEveryShape() throws Exception {
        for (String json : List.of(
                "{\"data\":{\"meta\":{\"all_count\":1},\"payload\":[" + CONVERSATION + "]}}",
                "{\"data\":[" + CONVERSATION + "]}",
                "{\"meta\":{\"all_count\":1},\"payload\":[" + CONVERSATION + "]}",
                "[" + CONVERSATION + "]")) {
            assertThat(Answers.conversations(answer(json)))
                    .as(json)
                    .containsExactly(Answers.conversation(answer("{\"payload\":" + CONVERSATION + "}")));
        }
        assertThat(Answers.conversations(answer("{\"data\":{\"payload\":[]}}"))).isEmpty();
    }

    @Test
    void whatAConversationDoesNotCarryIsAbsentAndNotEmpty() throws Exception {
        assertThat(Answers.conversation(answer("{\"id\":101}")))
                .isEqualTo(new ConversationSummary(
                        101,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        Optional.empty()));
    }

    @Test
    void nullsOfAConversationMeanWhatTheyMean() throws Exception {
        ConversationSummary conversation = Answers.conversation(answer("""
                        {"id":101,"status":null,"priority":null,"labels":[],"custom_attributes":{},"inbox_id":null,
                         "updated_at":0,"meta":{"sender":{"id":5,"name":"","email":null},"assignee":null,"team":null}}
                        """));

        assertThat(conversation.priority()).contains(Priority.NONE);
        assertThat(conversation.labels()).contains(List.of());
        assertThat(conversation.customAttributes()).contains(Map.of());
        assertThat(conversation.contactId()).hasValue(5);
        assertThat(conversation.status()).isEmpty();
        assertThat(conversation.contactName()).isEmpty();
        assertThat(conversation.contactEmail()).isEmpty();
        assertThat(conversation.inboxId()).isEmpty();
        assertThat(conversation.teamId()).isEmpty();
        assertThat(conversation.assigneeId()).isEmpty();
        assertThat(conversation.updatedAt()).isEmpty();
    }

    @Test
    void partsOfAnotherShapeAreAsGoodAsAbsent() throws Exception {
        ConversationSummary conversation = Answers.conversation(answer("""
                        {"id":101,"status":1,"priority":"extreme","labels":"vip","custom_attributes":[],"inbox_id":"31",
                         "updated_at":"soon","meta":[]}
                        """));

        assertThat(conversation).isEqualTo(Answers.conversation(answer("{\"id\":101}")));
    }

    @Test
    void aBotIsNoAgent() throws Exception {
        String json = "{\"id\":101,\"meta\":{\"assignee\":{\"id\":4},\"assignee_type\":\"AgentBot\"}}";

        assertThat(Answers.conversation(answer(json)).assigneeId()).isEmpty();
    }

    @Test
    void oneBrokenConversationBreaksTheList() {
        assertUnavailable(
                () -> Answers.conversations(answer("{\"data\":{\"payload\":[" + CONVERSATION + ",{\"id\":null}]}}")),
                "a conversation with an id");
    }

    // Messages.

    @Test
    void messagesAreReadInBothDialects() throws Exception {
        ApiAnswer actual = answer("""
                {"meta":{"labels":[]},"payload":[
                  {"id":1,"content":"Hello","message_type":0,"private":false,"created_at":1798707600,"content_attributes":{},
                   "sender":{"id":5,"name":"Ada","type":"contact"}},
                  {"id":2,"content":"A note","message_type":1,"private":true,"created_at":1798707601,
                   "content_attributes":{"leadroutes":"9-1"},"sender":{"id":4,"name":"Mara"}}]}
                """);
        ApiAnswer reference = answer("""
                [{"id":1,"content":"Hello","message_type":"incoming","private":false,"created_at":"2026-12-31T09:00:00Z",
                  "sender":{"id":5,"name":"Ada"}},
                 {"id":2,"content":"A note","message_type":"outgoing","private":true,
                  "created_at":"2026-12-31T09:00:01.000Z","content_attributes":{"leadroutes":"9-1"},
                  "sender":{"id":4,"name":"Mara","email":"m@x.example"}}]
                """);

        assertThat(Answers.messages(actual))
                .isEqualTo(Answers.messages(reference))
                .containsExactly(
                        new ChatwootMessage(
                                1,
                                Optional.of("Hello"),
                                Message.Type.INCOMING,
                                false,
                                Optional.of(Instant.parse("2026-12-31T09:00:00Z")),
                                Optional.of("Ada"),
                                Map.of()),
                        new ChatwootMessage(
                                2,
                                Optional.of("A note"),
                                Message.Type.OUTGOING,
                                true,
                                Optional.of(Instant.parse("2026-12-31T09:00:01Z")),
                                Optional.of("Mara"),
                                Map.of(Requests.MARKER, "9-1")));
    }

    @ParameterizedTest
    @CsvSource({
        "0,INCOMING",
        "1,OUTGOING",
        "2,ACTIVITY",
        "3,TEMPLATE",
        "'\"1\"',OUTGOING",
        "'\"Incoming\"',INCOMING",
        "'\"activity\"',ACTIVITY",
        "'\"template\"',TEMPLATE",
        "4,UNKNOWN",
        "null,UNKNOWN",
        "'\"reaction\"',UNKNOWN"
    })
    void aMessageTypeIsANumberOrAWord(String json, Message.Type type) throws Exception {
        assertThat(Answers.messages(answer("[{\"id\":1,\"message_type\":" + json + "}]")))
                .extracting(ChatwootMessage::type)
                .containsExactly(type);
    }

    @Test
    void aMessageMayBeWithoutTextAndSender() throws Exception {
        assertThat(Answers.messages(answer("{\"payload\":[{\"id\":1,\"content\":null,\"sender\":null}]}")))
                .containsExactly(new ChatwootMessage(
                        1,
                        Optional.empty(),
                        Message.Type.UNKNOWN,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Map.of()));
    }

    // Contacts.

    @ParameterizedTest
    @ValueSource(strings = {"%s", "{\"payload\":%s}", "{\"payload\":{\"contact\":%s,\"contact_inbox\":null}}"})
    void aContactIsReadInEveryShape(String shape) throws Exception {
        String json = """
                {"id":5,"name":"Ada","email":"ada@x.example","phone_number":"+4790012345","identifier":"crm-9",
                 "blocked":true,"custom_attributes":{"seats":40},"additional_attributes":{"company_name":"Harbor"},
                 "created_at":1798707600,"contact_inboxes":[]}
                """;

        assertThat(Answers.contact(answer(shape.formatted(json))))
                .isEqualTo(new ContactDetails(
                        5,
                        Optional.of("Ada"),
                        Optional.of("ada@x.example"),
                        Optional.of("+4790012345"),
                        Optional.of("crm-9"),
                        true,
                        Map.of("seats", 40),
                        Map.of("company_name", "Harbor"),
                        Optional.of(Instant.parse("2026-12-31T09:00:00Z"))));
    }

    @Test
    void aContactMayHaveNothingButAnId() throws Exception {
        assertThat(Answers.contact(answer("{\"payload\":{\"id\":5,\"email\":null,\"name\":\"\"}}")))
                .isEqualTo(new ContactDetails(
                        5,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Map.of(),
                        Map.of(),
                        Optional.empty()));
    }

    // What an account has.

    @Test
    void definitionsAreReadInBothDialects() throws Exception {
        ApiAnswer actual = answer("""
                [{"id":1,"attribute_display_name":"Lead Score","attribute_display_type":"number",
                  "attribute_description":null,"attribute_key":"lead_score","regex_pattern":null,"regex_cue":null,
                  "attribute_values":[],"attribute_model":"conversation_attribute"},
                 {"id":2,"attribute_display_name":"Industry","attribute_display_type":"list",
                  "attribute_key":"industry","attribute_values":["Health","Finance"],
                  "attribute_model":"contact_attribute"}]
                """);
        ApiAnswer reference = answer("""
                [{"id":1,"attribute_display_name":"Lead Score","attribute_display_type":1,"attribute_key":"lead_score",
                  "attribute_model":0},
                 {"id":2,"attribute_display_name":"Industry","attribute_display_type":6,"attribute_key":"industry",
                  "attribute_model":1,"attribute_values":["Health","Finance"]}]
                """);

        assertThat(Answers.attributeDefinitions(actual))
                .isEqualTo(Answers.attributeDefinitions(reference))
                .containsExactly(
                        new AttributeDefinition(
                                1,
                                "lead_score",
                                "Lead Score",
                                "number",
                                "conversation",
                                Optional.empty(),
                                List.of(),
                                Optional.empty(),
                                Optional.empty()),
                        new AttributeDefinition(
                                2,
                                "industry",
                                "Industry",
                                "list",
                                "contact",
                                Optional.empty(),
                                List.of("Health", "Finance"),
                                Optional.empty(),
                                Optional.empty()));
    }

    @Test
    void aDefinitionMayBeOfAKindThatIsNewer() throws Exception {
        AttributeDefinition definition = Answers.attributeDefinition(answer("""
                        {"id":3,"attribute_display_name":null,"attribute_display_type":"rating","attribute_key":"stars",
                         "attribute_model":"company_attribute","attribute_description":"Stars","attribute_values":null,
                         "regex_pattern":"^[1-5]$","regex_cue":"1 to 5"}
                        """));

        assertThat(definition)
                .isEqualTo(new AttributeDefinition(
                        3,
                        "stars",
                        "stars",
                        "rating",
                        "company",
                        Optional.of("Stars"),
                        List.of(),
                        Optional.of("^[1-5]$"),
                        Optional.of("1 to 5")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "-1", "null", "1.0", "{}"})
    void aCodeThatNobodyKnowsIsAnOutage(String code) {
        String json = "[{\"id\":1,\"attribute_key\":\"k\",\"attribute_display_type\":%s,\"attribute_model\":%s}]";

        assertUnavailable(() -> Answers.attributeDefinitions(answer(json.formatted(code, "0"))), "an attribute type");
        assertUnavailable(() -> Answers.attributeDefinitions(answer(json.formatted("0", code))), "an attribute model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[%s]", "{\"payload\":[%s]}"})
    void accountLabelsAreReadInEveryShape(String shape) throws Exception {
        String json =
                "{\"id\":61,\"title\":\"vip\",\"description\":null,\"color\":\"#1f93ff\",\"show_on_sidebar\":true}";

        assertThat(Answers.accountLabels(answer(shape.formatted(json))))
                .containsExactly(new AccountLabel(61, "vip", Optional.empty(), Optional.of("#1f93ff"), true))
                .containsExactly(Answers.accountLabel(answer(json)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[%s]", "{\"payload\":[%s]}"})
    void agentsAreReadInEveryShape(String shape) throws Exception {
        String json = "{\"id\":4,\"name\":\"Mara Quill\",\"email\":\"m@x.example\",\"role\":\"agent\","
                + "\"availability_status\":\"busy\"},{\"id\":6}";

        assertThat(Answers.agents(answer(shape.formatted(json))))
                .containsExactly(
                        new Agent(
                                4, "Mara Quill", Optional.of("m@x.example"), Optional.of("agent"), Optional.of("busy")),
                        new Agent(6, "", Optional.empty(), Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[%s]", "{\"payload\":[%s]}"})
    void teamsAreReadInEveryShape(String shape) throws Exception {
        String json = "{\"id\":2,\"name\":\"sales\",\"description\":\"\",\"allow_auto_assign\":false}";

        assertThat(Answers.teams(answer(shape.formatted(json + ",{\"id\":5,\"name\":\"Senior Support\"}"))))
                .containsExactly(Answers.team(answer(json)), new Team(5, "Senior Support", Optional.empty(), true));
        assertThat(Answers.team(answer(json))).isEqualTo(new Team(2, "sales", Optional.empty(), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[%s]", "{\"payload\":[%s]}", "{\"payload\":{\"webhooks\":[%s]}}", "{\"webhooks\":[%s]}"})
    void webhooksAreReadInEveryShape(String shape) throws Exception {
        String json = "{\"id\":51,\"name\":\"CRM\",\"url\":\"https://x.example/h?secret=q\",\"account_id\":7,"
                + "\"subscriptions\":[\"message_created\"],\"secret\":\"s3cret\"}";
        String old = "{\"id\":52,\"url\":\"https://y.example\",\"subscriptions\":null}";

        assertThat(Answers.webhooks(answer(shape.formatted(json + "," + old))))
                .containsExactly(
                        new Webhook(
                                51,
                                Optional.of("CRM"),
                                "https://x.example/h?secret=q",
                                List.of("message_created"),
                                Optional.of(new Secret("s3cret"))),
                        new Webhook(52, Optional.empty(), "https://y.example", List.of(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "{\"payload\":%s}", "{\"payload\":{\"webhook\":%s}}", "{\"webhook\":%s}"})
    void aWebhookIsReadInEveryShape(String shape) throws Exception {
        String json = "{\"id\":52,\"url\":\"https://y.example\",\"subscriptions\":[]}";

        assertThat(Answers.webhook(answer(shape.formatted(json))).url()).isEqualTo("https://y.example");
    }

    @Test
    void macrosKeepTheOrderOfTheirActions() throws Exception {
        String json = "{\"id\":91,\"name\":\"Qualify\",\"visibility\":\"global\",\"actions\":["
                + "{\"action_name\":\"add_label\",\"action_params\":[\"vip\"]},"
                + "{\"action_name\":\"assign_team\",\"action_params\":[2,null]},"
                + "{\"action_name\":\"resolve_conversation\"}]}";

        assertThat(Answers.macros(answer("{\"payload\":[" + json + "]}")))
                .isEqualTo(Answers.macros(answer("[" + json + "]")))
                .containsExactly(Answers.macro(answer("{\"payload\":" + json + "}")));
        assertThat(Answers.macro(answer(json)))
                .isEqualTo(new Macro(
                        91,
                        "Qualify",
                        "global",
                        List.of(
                                new Macro.Action("add_label", List.of("vip")),
                                new Macro.Action("assign_team", Arrays.asList(2, null)),
                                new Macro.Action("resolve_conversation", List.of()))));
    }

    @ParameterizedTest
    @CsvSource({
        "'\"accounts\":[{\"id\":8,\"role\":\"agent\"},{\"id\":7,\"role\":\"administrator\"}]',administrator,true",
        "'\"role\":\"administrator\",\"accounts\":[{\"id\":7,\"role\":\"agent\"}]',agent,false",
        "'\"role\":\"administrator\",\"accounts\":[{\"id\":8,\"role\":\"administrator\"}]',,false",
        "'\"role\":\"administrator\"',administrator,true",
        "'\"x\":1',,false"
    })
    void theRoleIsThatInOurAccount(String keys, String role, boolean isAdministrator) throws Exception {
        Profile profile =
                Answers.profile(answer("{\"id\":4,\"name\":\"Mara\",\"email\":\"m@x.example\"," + keys + "}"), 7);

        assertThat(profile).isEqualTo(new Profile(4, "Mara", Optional.of("m@x.example"), Optional.ofNullable(role)));
        assertThat(profile.isAdministrator()).isEqualTo(isAdministrator);
    }

    // What is printed.

    @Test
    void nothingPrintsCustomersDataOrSecrets() throws Exception {
        String shown = Answers.conversation(answer(CONVERSATION)) + ", "
                + Answers.messages(answer("[{\"id\":1,\"content\":\"Hello\",\"sender\":{\"name\":\"Ada\"}}]")) + ", "
                + Answers.contact(answer("{\"id\":5,\"name\":\"Ada\",\"email\":\"ada@x.example\"}")) + ", "
                + Answers.webhook(answer("{\"id\":51,\"url\":\"https://x.example?secret=q\",\"secret\":\"s3cret\"}"))
                + ", " + new Secret("s3cret") + ", "
                + Answers.macro(
                        answer(
                                "{\"id\":9,\"name\":\"Bye\",\"actions\":[{\"action_name\":\"send_message\",\"action_params\":[\"Hi\"]}]}"));

        assertThat(shown)
                .isEqualTo("conversation 101, [message 1], contact 5, webhook 51, ***,"
                        + " Macro[id=9, name=Bye, visibility=personal, actions=[send_message]]");
    }
}
