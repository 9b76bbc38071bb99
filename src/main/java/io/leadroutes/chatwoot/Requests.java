package io.leadroutes.chatwoot;

import io.leadroutes.event.Message;
import io.leadroutes.event.Priority;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Each request that we make to the Application API of one account, from values that are checked (CONTRACT section 3).
 * Pure; every request of the product is made here.
 */
public final class Requests {
    /** Key in {@code content_attributes} of what we post; Chatwoot stores it and sends it back (CONTRACT section 2.4). */
    public static final String MARKER = Message.OWN_MARKER;

    /** Verb of the call that changes many conversations later. */
    static final String BULK_UPDATE = "bulk-update";

    static final String EXECUTE_MACRO = "execute-macro";

    /** The verb of the call that finds out whether a refused token works again. */
    static final String PROBE_TOKEN = "probe-token";

    private static final String PROFILE = "/api/v1/profile";

    private final long accountId;

    public Requests(long accountId) {
        this.accountId = accountId;
    }

    // Conversations.

    /**
     * One page of 25; the labels are any-of (CONTRACT section 3.3). Oldest first, so that a conversation that is written
     * in meanwhile does not change pages.
     *
     * @param labels none for all conversations
     * @param status open, resolved, pending, snoozed or all
     */
    public ApiRequest listConversations(List<String> labels, String status, long page) {
        return listConversations(labels, status, OptionalLong.empty(), page);
    }

    /** The same of one inbox, if there is one. */
    public ApiRequest listConversations(List<String> labels, String status, OptionalLong inbox, long page) {
        List<String> query = new ArrayList<>();
        labels.forEach(label -> query.add("labels%5B%5D=" + encoded(label)));
        query.add("status=" + encoded(status));
        inbox.ifPresent(id -> query.add("inbox_id=" + id));
        query.add("sort_by=created_at_asc");
        query.add("page=" + page);
        return get("list-conversations", "/conversations", String.join("&", query));
    }

    /**
     * All that changed within so many seconds, whatever their status, without paging (CONTRACT section 3.3).
     *
     * @param seconds before the server's now
     */
    public ApiRequest listUpdatedConversations(long seconds) {
        return get("list-updated-conversations", "/conversations", "status=all&updated_within=" + seconds);
    }

    public ApiRequest showConversation(long conversation) {
        return get("show-conversation", conversation(conversation), "");
    }

    /**
     * The first page of these, with what {@link #showConversation} tells of each. Several values are any-of: the filter
     * {@code display_id} with {@code equal_to} becomes an SQL {@code IN} ({@code lib/filters/filter_keys.yml},
     * {@code app/services/filter_service.rb}).
     */
    public ApiRequest showConversations(List<Long> conversations) {
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put("attribute_key", "display_id");
        filter.put("filter_operator", "equal_to");
        filter.put("values", conversations.stream().map(String::valueOf).toList());
        return send("show-conversations", "POST", "/conversations/filter", Map.of("payload", List.of(filter)));
    }

    /** Not idempotent (CONTRACT section 3.12). */
    public ApiRequest createConversation(
            long inbox, long contact, Optional<String> sourceId, Optional<String> status, OptionalLong team) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("inbox_id", inbox);
        body.put("contact_id", contact);
        sourceId.ifPresent(id -> body.put("source_id", id));
        status.ifPresent(word -> body.put("status", word));
        team.ifPresent(id -> body.put("team_id", id));
        return send("create-conversation", "POST", "/conversations", body);
    }

    public ApiRequest listLabels(long conversation) {
        return get("list-labels", conversation(conversation) + "/labels", "");
    }

    /** Replaces all labels of the conversation (CONTRACT section 3.2). */
    public ApiRequest setLabels(long conversation, List<String> labels) {
        return send("set-labels", "POST", conversation(conversation) + "/labels", Map.of("labels", labels));
    }

    /**
     * Replaces the whole map on servers up to 4.16.2; {@code merge} keeps keys set meanwhile on those that know it, so
     * the full map with it is right on both (CONTRACT section 3.6).
     */
    public ApiRequest setAttributes(long conversation, Map<String, Object> attributes, boolean merge) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("custom_attributes", attributes);
        if (merge) {
            body.put("merge", true);
        }
        return send("set-attributes", "POST", conversation(conversation) + "/custom_attributes", body);
    }

    /** Null clears; the documented word {@code none} makes a 500 (CONTRACT section 3.9). */
    public ApiRequest setPriority(long conversation, Priority priority) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("priority", priority == Priority.NONE ? null : priority.word());
        return send("set-priority", "POST", conversation(conversation) + "/toggle_priority", body);
    }

    /** The status is always sent, because without it the server toggles (CONTRACT section 3.9). */
    public ApiRequest setStatus(long conversation, String status, Optional<Instant> snoozedUntil) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", status);
        snoozedUntil.ifPresent(until -> body.put("snoozed_until", until.getEpochSecond()));
        return send("set-status", "POST", conversation(conversation) + "/toggle_status", body);
    }

    /** Beside the key {@code assignee_id}, even a null one, {@code team_id} would be ignored (CONTRACT section 3.8). */
    public ApiRequest assignTeam(long conversation, long team) {
        return send("assign-team", "POST", conversation(conversation) + "/assignments", Map.of("team_id", team));
    }

    /** An unknown agent unassigns the conversation, so he has to be looked up before (CONTRACT section 3.8). */
    public ApiRequest assignAgent(long conversation, long agent) {
        return send("assign-agent", "POST", conversation(conversation) + "/assignments", Map.of("assignee_id", agent));
    }

    public ApiRequest unassign(long conversation) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("assignee_id", null);
        return send("unassign", "POST", conversation(conversation) + "/assignments", body);
    }

    // Messages.

    /** @param marker by which a repetition finds that it was written: there is no idempotency key (CONTRACT 3.4) */
    public ApiRequest note(long conversation, String content, String marker) {
        return message("private-note", conversation, content, true, marker);
    }

    /** What the customer sees. */
    public ApiRequest message(long conversation, String content, String marker) {
        return message("send-message", conversation, content, false, marker);
    }

    private ApiRequest message(String verb, long conversation, String content, boolean isPrivate, String marker) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("content", content);
        body.put("message_type", "outgoing");
        body.put("private", isPrivate);
        body.put("content_attributes", Map.of(MARKER, marker));
        return send(verb, "POST", conversation(conversation) + "/messages", body);
    }

    /**
     * Oldest first: the newest 20, 20 before a message, up to 100 after one, or up to 1000 between two (CONTRACT section
     * 3.4).
     */
    public ApiRequest listMessages(long conversation, OptionalLong before, OptionalLong after) {
        List<String> query = new ArrayList<>();
        before.ifPresent(message -> query.add("before=" + message));
        after.ifPresent(message -> query.add("after=" + message));
        return get("list-messages", conversation(conversation) + "/messages", String.join("&", query));
    }

    // Contacts.

    public ApiRequest showContact(long contact) {
        return get("show-contact", "/contacts/" + contact, "");
    }

    /** Custom attributes are merged, other fields replaced (CONTRACT section 3.7). */
    public ApiRequest updateContact(long contact, Map<String, Object> fields) {
        return send("update-contact", "PATCH", "/contacts/" + contact, fields);
    }

    public ApiRequest removeContactAttributes(long contact, List<String> keys) {
        return send(
                "remove-contact-attributes",
                "POST",
                "/contacts/" + contact + "/destroy_custom_attributes",
                Map.of("custom_attributes", keys));
    }

    public ApiRequest listContactLabels(long contact) {
        return get("list-contact-labels", "/contacts/" + contact + "/labels", "");
    }

    /** Replaces all labels of the contact (CONTRACT section 3.2). */
    public ApiRequest setContactLabels(long contact, List<String> labels) {
        return send("set-contact-labels", "POST", "/contacts/" + contact + "/labels", Map.of("labels", labels));
    }

    // What an account has. All but the lists need an administrator's token (CONTRACT section 3.1).

    /** @param model conversation or contact; absent for both */
    public ApiRequest listAttributeDefinitions(Optional<String> model) {
        return get(
                "list-attribute-definitions",
                "/custom_attribute_definitions",
                model.map(word -> "attribute_model=" + modelCode(word)).orElse(""));
    }

    /** @param values of a list type, empty for others */
    public ApiRequest createAttributeDefinition(
            String key,
            String displayName,
            String type,
            String model,
            Optional<String> description,
            List<String> values,
            Optional<String> regex,
            Optional<String> regexCue) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("attribute_display_name", displayName);
        body.put("attribute_display_type", Inputs.ATTRIBUTE_TYPES.indexOf(type));
        body.put("attribute_description", description.orElse(""));
        body.put("attribute_key", key);
        body.put("attribute_model", modelCode(model));
        if (!values.isEmpty()) {
            body.put("attribute_values", values);
        }
        regex.ifPresent(pattern -> body.put("regex_pattern", pattern));
        regexCue.ifPresent(cue -> body.put("regex_cue", cue));
        return send("create-attribute-definition", "POST", "/custom_attribute_definitions", body);
    }

    public ApiRequest deleteAttributeDefinition(long definition) {
        return delete("delete-attribute-definition", "/custom_attribute_definitions/" + definition);
    }

    public ApiRequest listAccountLabels() {
        return get("list-account-labels", "/labels", "");
    }

    public ApiRequest createAccountLabel(String title, String description, String color) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("title", title);
        body.put("description", description);
        body.put("color", color);
        body.put("show_on_sidebar", true);
        return send("create-account-label", "POST", "/labels", body);
    }

    /**
     * Keeps the fields that are not given. A new title is written into the conversations and contacts that have the old
     * one (CONTRACT section 3.10).
     *
     * @param fields of title, description, color and show_on_sidebar
     */
    public ApiRequest updateAccountLabel(long label, Map<String, Object> fields) {
        return send("update-account-label", "PATCH", "/labels/" + label, fields);
    }

    /** Takes the label off the conversations, too, without events (CONTRACT section 3.10). */
    public ApiRequest deleteAccountLabel(long label) {
        return delete("delete-account-label", "/labels/" + label);
    }

    public ApiRequest listAgents() {
        return get("list-agents", "/agents", "");
    }

    public ApiRequest listTeams() {
        return get("list-teams", "/teams", "");
    }

    public ApiRequest createTeam(String name, Optional<String> description, boolean allowAutoAssign) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        body.put("description", description.orElse(""));
        body.put("allow_auto_assign", allowAutoAssign);
        return send("create-team", "POST", "/teams", body);
    }

    public ApiRequest deleteTeam(long team) {
        return delete("delete-team", "/teams/" + team);
    }

    /** Answers only those newly added; one unknown id makes a 401 (CONTRACT section 3.11). */
    public ApiRequest addTeamMembers(long team, List<Long> agents) {
        return send("add-team-members", "POST", "/teams/" + team + "/team_members", Map.of("user_ids", agents));
    }

    /** Replaces all members (CONTRACT section 3.11). */
    public ApiRequest setTeamMembers(long team, List<Long> agents) {
        return send("set-team-members", "PATCH", "/teams/" + team + "/team_members", Map.of("user_ids", agents));
    }

    public ApiRequest listTeamMembers(long team) {
        return get("list-team-members", "/teams/" + team + "/team_members", "");
    }

    public ApiRequest listWebhooks() {
        return get("list-webhooks", "/webhooks", "");
    }

    public ApiRequest createWebhook(String url, List<String> subscriptions) {
        return send("create-webhook", "POST", "/webhooks", webhook(Optional.of(url), subscriptions));
    }

    /** Keeps the fields that are not sent (CONTRACT section 3.13). */
    public ApiRequest updateWebhook(long webhook, Optional<String> url, List<String> subscriptions) {
        return send("update-webhook", "PATCH", "/webhooks/" + webhook, webhook(url, subscriptions));
    }

    private static Map<String, Object> webhook(Optional<String> url, List<String> subscriptions) {
        Map<String, Object> body = new LinkedHashMap<>();
        url.ifPresent(address -> body.put("url", address));
        if (!subscriptions.isEmpty()) {
            body.put("subscriptions", subscriptions);
        }
        return body;
    }

    public ApiRequest deleteWebhook(long webhook) {
        return delete("delete-webhook", "/webhooks/" + webhook);
    }

    // One call for many conversations (notes, reliability, section 5).

    public ApiRequest listMacros() {
        return get("list-macros", "/macros", "");
    }

    /** @param actions each with action_name and action_params, in order */
    public ApiRequest createMacro(String name, List<Map<String, Object>> actions) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        body.put("visibility", "global");
        body.put("actions", actions);
        return send("create-macro", "POST", "/macros", body);
    }

    /** Carried out later, each action by itself; a repetition writes a note again. */
    public ApiRequest executeMacro(long macro, List<Long> conversations) {
        return send(EXECUTE_MACRO, "POST", "/macros/" + macro + "/execute", Map.of("conversation_ids", conversations));
    }

    public ApiRequest deleteMacro(long macro) {
        return delete("delete-macro", "/macros/" + macro);
    }

    /** Carried out later; labels are added and removed, not replaced; unknown ids are skipped in silence. */
    public ApiRequest bulkUpdate(
            List<Long> conversations, List<String> addLabels, List<String> removeLabels, Map<String, Object> fields) {
        Map<String, Object> labels = new LinkedHashMap<>();
        labels.put("add", addLabels);
        labels.put("remove", removeLabels);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "Conversation");
        body.put("ids", conversations);
        body.put("labels", labels);
        body.put("fields", fields);
        return send(BULK_UPDATE, "POST", "/bulk_actions", body);
    }

    /** The token's user; the only path outside the account. */
    public ApiRequest profile() {
        return ApiRequest.get("profile", PROFILE, "");
    }

    /** Changes nothing and needs no right but to be known. */
    ApiRequest probeToken() {
        return ApiRequest.get(PROBE_TOKEN, PROFILE, "");
    }

    private static int modelCode(String model) {
        return model.equals("contact") ? 1 : 0;
    }

    private static String conversation(long id) {
        return "/conversations/" + id;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private ApiRequest get(String verb, String path, String query) {
        return ApiRequest.get(verb, "/api/v1/accounts/" + accountId + path, query);
    }

    private ApiRequest delete(String verb, String path) {
        return new ApiRequest(verb, "DELETE", "/api/v1/accounts/" + accountId + path, "", Optional.empty());
    }

    private ApiRequest send(String verb, String method, String path, Object body) {
        return ApiRequest.send(verb, method, "/api/v1/accounts/" + accountId + path, body);
    }
}
