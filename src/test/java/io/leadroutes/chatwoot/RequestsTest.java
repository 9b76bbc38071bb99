package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Priority;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every request as it goes out, so that a change of one is seen. */
class RequestsTest {
    private static final Requests REQUESTS = new Requests(7);
    private static final OptionalLong NONE = OptionalLong.empty();

    /** The request, then its verb, its method with path and query below the account, and its body. */
    static Stream<Arguments> requests() {
        Requests r = REQUESTS;
        return Stream.of(
                row(
                        r.listConversations(List.of(), "open", 1),
                        "list-conversations",
                        "GET /conversations?status=open&sort_by=created_at_asc&page=1",
                        ""),
                row(
                        r.listConversations(List.of(), "all", OptionalLong.of(31), 2),
                        "list-conversations",
                        "GET /conversations?status=all&inbox_id=31&sort_by=created_at_asc&page=2",
                        ""),
                row(
                        r.listConversations(List.of("vip", "größe & co"), "all", 12),
                        "list-conversations",
                        "GET /conversations?labels%5B%5D=vip&labels%5B%5D=gr%C3%B6%C3%9Fe+%26+co"
                                + "&status=all&sort_by=created_at_asc&page=12",
                        ""),
                row(
                        r.listUpdatedConversations(660),
                        "list-updated-conversations",
                        "GET /conversations?status=all&updated_within=660",
                        ""),
                row(r.showConversation(101), "show-conversation", "GET /conversations/101", ""),
                row(
                        r.showConversations(List.of(101L, 102L)),
                        "show-conversations",
                        "POST /conversations/filter",
                        "{\"payload\":[{\"attribute_key\":\"display_id\",\"filter_operator\":\"equal_to\",\"values\":[\"101\",\"102\"]}]}"),
                row(
                        r.createConversation(31, 5, Optional.empty(), Optional.empty(), NONE),
                        "create-conversation",
                        "POST /conversations",
                        "{\"inbox_id\":31,\"contact_id\":5}"),
                row(
                        r.createConversation(31, 5, Optional.of("4790"), Optional.of("pending"), OptionalLong.of(2)),
                        "create-conversation",
                        "POST /conversations",
                        "{\"inbox_id\":31,\"contact_id\":5,\"source_id\":\"4790\",\"status\":\"pending\",\"team_id\":2}"),
                row(r.listLabels(101), "list-labels", "GET /conversations/101/labels", ""),
                row(
                        r.setLabels(101, List.of("vip", "größe")),
                        "set-labels",
                        "POST /conversations/101/labels",
                        "{\"labels\":[\"vip\",\"größe\"]}"),
                row(r.setLabels(101, List.of()), "set-labels", "POST /conversations/101/labels", "{\"labels\":[]}"),
                row(
                        r.setAttributes(101, Map.of("score", 75), true),
                        "set-attributes",
                        "POST /conversations/101/custom_attributes",
                        "{\"custom_attributes\":{\"score\":75},\"merge\":true}"),
                row(
                        r.setAttributes(101, Map.of(), false),
                        "set-attributes",
                        "POST /conversations/101/custom_attributes",
                        "{\"custom_attributes\":{}}"),
                row(
                        r.setPriority(101, Priority.URGENT),
                        "set-priority",
                        "POST /conversations/101/toggle_priority",
                        "{\"priority\":\"urgent\"}"),
                row(
                        r.setPriority(101, Priority.NONE),
                        "set-priority",
                        "POST /conversations/101/toggle_priority",
                        "{\"priority\":null}"),
                row(
                        r.setStatus(101, "resolved", Optional.empty()),
                        "set-status",
                        "POST /conversations/101/toggle_status",
                        "{\"status\":\"resolved\"}"),
                row(
                        r.setStatus(101, "snoozed", Optional.of(Instant.parse("2026-12-31T09:00:00.9Z"))),
                        "set-status",
                        "POST /conversations/101/toggle_status",
                        "{\"status\":\"snoozed\",\"snoozed_until\":1798707600}"),
                row(r.assignTeam(101, 2), "assign-team", "POST /conversations/101/assignments", "{\"team_id\":2}"),
                row(
                        r.assignAgent(101, 4),
                        "assign-agent",
                        "POST /conversations/101/assignments",
                        "{\"assignee_id\":4}"),
                row(r.unassign(101), "unassign", "POST /conversations/101/assignments", "{\"assignee_id\":null}"),
                row(
                        r.note(101, "**Hi**", "9-1"),
                        "private-note",
                        "POST /conversations/101/messages",
                        "{\"content\":\"**Hi**\",\"message_type\":\"outgoing\",\"private\":true,"
                                + "\"content_attributes\":{\"leadroutes\":\"9-1\"}}"),
                row(
                        r.message(101, "Hello", "9-2"),
                        "send-message",
                        "POST /conversations/101/messages",
                        "{\"content\":\"Hello\",\"message_type\":\"outgoing\",\"private\":false,"
                                + "\"content_attributes\":{\"leadroutes\":\"9-2\"}}"),
                row(r.listMessages(101, NONE, NONE), "list-messages", "GET /conversations/101/messages", ""),
                row(
                        r.listMessages(101, OptionalLong.of(90), NONE),
                        "list-messages",
                        "GET /conversations/101/messages?before=90",
                        ""),
                row(
                        r.listMessages(101, NONE, OptionalLong.of(80)),
                        "list-messages",
                        "GET /conversations/101/messages?after=80",
                        ""),
                row(
                        r.listMessages(101, OptionalLong.of(90), OptionalLong.of(80)),
                        "list-messages",
                        "GET /conversations/101/messages?before=90&after=80",
                        ""),
                row(r.showContact(5), "show-contact", "GET /contacts/5", ""),
                row(
                        r.updateContact(5, Map.of("name", "Ada")),
                        "update-contact",
                        "PATCH /contacts/5",
                        "{\"name\":\"Ada\"}"),
                row(
                        r.removeContactAttributes(5, List.of("plan")),
                        "remove-contact-attributes",
                        "POST /contacts/5/destroy_custom_attributes",
                        "{\"custom_attributes\":[\"plan\"]}"),
                row(r.listContactLabels(5), "list-contact-labels", "GET /contacts/5/labels", ""),
                row(
                        r.setContactLabels(5, List.of("vip")),
                        "set-contact-labels",
                        "POST /contacts/5/labels",
                        "{\"labels\":[\"vip\"]}"),
                row(
                        r.listAttributeDefinitions(Optional.empty()),
                        "list-attribute-definitions",
                        "GET /custom_attribute_definitions",
                        ""),
                row(
                        r.listAttributeDefinitions(Optional.of("conversation")),
                        "list-attribute-definitions",
                        "GET /custom_attribute_definitions?attribute_model=0",
                        ""),
                row(
                        r.listAttributeDefinitions(Optional.of("contact")),
                        "list-attribute-definitions",
                        "GET /custom_attribute_definitions?attribute_model=1",
                        ""),
                row(
                        r.createAttributeDefinition(
                                "lead_score",
                                "Lead Score",
                                "number",
                                "conversation",
                                Optional.empty(),
                                List.of(),
                                Optional.empty(),
                                Optional.empty()),
                        "create-attribute-definition",
                        "POST /custom_attribute_definitions",
                        "{\"attribute_display_name\":\"Lead Score\",\"attribute_display_type\":1,"
                                + "\"attribute_description\":\"\",\"attribute_key\":\"lead_score\",\"attribute_model\":0}"),
                row(
                        r.createAttributeDefinition(
                                "industry",
                                "Industry",
                                "list",
                                "contact",
                                Optional.of("What they do"),
                                List.of("Health", "Finance"),
                                Optional.of("^H"),
                                Optional.of("Begins with H")),
                        "create-attribute-definition",
                        "POST /custom_attribute_definitions",
                        "{\"attribute_display_name\":\"Industry\",\"attribute_display_type\":6,"
                                + "\"attribute_description\":\"What they do\",\"attribute_key\":\"industry\","
                                + "\"attribute_model\":1,\"attribute_values\":[\"Health\",\"Finance\"],"
                                + "\"regex_pattern\":\"^H\",\"regex_cue\":\"Begins with H\"}"),
                row(
                        r.deleteAttributeDefinition(71),
                        "delete-attribute-definition",
                        "DELETE /custom_attribute_definitions/71",
                        ""),
                row(r.listAccountLabels(), "list-account-labels", "GET /labels", ""),
                row(
                        r.createAccountLabel("vip", "Very important", "#1f93ff"),
                        "create-account-label",
                        "POST /labels",
                        "{\"title\":\"vip\",\"description\":\"Very important\",\"color\":\"#1f93ff\","
                                + "\"show_on_sidebar\":true}"),
                row(
                        r.updateAccountLabel(61, Map.of("color", "#ff0000")),
                        "update-account-label",
                        "PATCH /labels/61",
                        "{\"color\":\"#ff0000\"}"),
                row(r.deleteAccountLabel(61), "delete-account-label", "DELETE /labels/61", ""),
                row(r.listAgents(), "list-agents", "GET /agents", ""),
                row(r.listTeams(), "list-teams", "GET /teams", ""),
                row(
                        r.createTeam("sales", Optional.of("Sells"), false),
                        "create-team",
                        "POST /teams",
                        "{\"name\":\"sales\",\"description\":\"Sells\",\"allow_auto_assign\":false}"),
                row(r.deleteTeam(2), "delete-team", "DELETE /teams/2", ""),
                row(
                        r.addTeamMembers(2, List.of(4L, 5L)),
                        "add-team-members",
                        "POST /teams/2/team_members",
                        "{\"user_ids\":[4,5]}"),
                row(
                        r.setTeamMembers(2, List.of(4L)),
                        "set-team-members",
                        "PATCH /teams/2/team_members",
                        "{\"user_ids\":[4]}"),
                row(r.listTeamMembers(2), "list-team-members", "GET /teams/2/team_members", ""),
                row(r.listWebhooks(), "list-webhooks", "GET /webhooks", ""),
                row(
                        r.createWebhook("https://x.example/h", List.of("message_created")),
                        "create-webhook",
                        "POST /webhooks",
                        "{\"url\":\"https://x.example/h\",\"subscriptions\":[\"message_created\"]}"),
                row(
                        r.updateWebhook(51, Optional.empty(), List.of("message_created")),
                        "update-webhook",
                        "PATCH /webhooks/51",
                        "{\"subscriptions\":[\"message_created\"]}"),
                row(
                        r.updateWebhook(51, Optional.of("https://x.example/h"), List.of()),
                        "update-webhook",
                        "PATCH /webhooks/51",
                        "{\"url\":\"https://x.example/h\"}"),
                row(r.deleteWebhook(51), "delete-webhook", "DELETE /webhooks/51", ""),
                row(r.listMacros(), "list-macros", "GET /macros", ""),
                row(
                        r.createMacro("Qualify", List.of(Map.of("action_name", "add_label"))),
                        "create-macro",
                        "POST /macros",
                        "{\"name\":\"Qualify\",\"visibility\":\"global\",\"actions\":[{\"action_name\":\"add_label\"}]}"),
                row(
                        r.executeMacro(91, List.of(101L, 102L)),
                        "execute-macro",
                        "POST /macros/91/execute",
                        "{\"conversation_ids\":[101,102]}"),
                row(r.deleteMacro(91), "delete-macro", "DELETE /macros/91", ""),
                row(
                        r.bulkUpdate(List.of(101L), List.of("vip"), List.of(), Map.of("status", "open")),
                        "bulk-update",
                        "POST /bulk_actions",
                        "{\"type\":\"Conversation\",\"ids\":[101],\"labels\":{\"add\":[\"vip\"],\"remove\":[]},"
                                + "\"fields\":{\"status\":\"open\"}}"));
    }

    private static Arguments row(ApiRequest request, String verb, String line, String body) {
        return Arguments.of(request, verb, line, body);
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("requests")
    void aRequestIsMadeExactlySo(ApiRequest request, String verb, String line, String body) {
        String[] parts = line.split(" ", 2);
        String[] target = parts[1].split("\\?", 2);

        assertThat(request)
                .isEqualTo(new ApiRequest(
                        verb,
                        parts[0],
                        "/api/v1/accounts/7" + target[0],
                        target.length < 2 ? "" : target[1],
                        body.isEmpty() ? Optional.empty() : Optional.of(body)));
    }

    @Test
    void theProfileIsOfNoAccount() {
        assertThat(REQUESTS.profile())
                .isEqualTo(new ApiRequest("profile", "GET", "/api/v1/profile", "", Optional.empty()));
    }

    @Test
    void noRequestIsMissingHere() {
        long methods = Arrays.stream(Requests.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .distinct()
                .count();

        assertThat(requests().map(row -> ((ApiRequest) row.get()[0]).verb()).distinct())
                .as("one verb for each method, and the profile")
                .hasSize((int) methods - 1);
    }
}
