package io.leadroutes.chatwoot;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.event.Message;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Times;
import io.leadroutes.store.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads what Chatwoot answers, whichever dialect it speaks: as its code does and as the original reference says (CONTRACT
 * section 3, "SEED DIFFERS"). Unknown keys are ignored; a part that is missing or has another shape is absent, unless a
 * record cannot be without it. Pure.
 *
 * <p>Each method throws {@link ChatwootException.Unavailable} naming the verb and what was expected, for an answer of
 * neither dialect: a proxy's or a server's fault, which may pass.
 */
final class Answers {
    private static final List<String> MODELS = List.of("conversation", "contact", "company");

    private Answers() {}

    /** Of a conversation or a contact: an array, bare, in {@code payload}, or in the {@code labels} of an object there. */
    static List<String> labels(ApiAnswer answer) throws ChatwootException {
        String expected = "a list of labels";
        JsonNode payload = payload(answer.body());
        JsonNode list = payload.isObject() ? payload.path("labels") : payload;
        List<String> labels = new ArrayList<>();
        for (JsonNode label : array(answer, list, expected)) {
            require(label.isTextual(), answer, expected);
            labels.add(label.textValue());
        }
        return List.copyOf(labels);
    }

    static ConversationSummary conversation(ApiAnswer answer) throws ChatwootException {
        return conversation(answer, payload(answer.body()));
    }

    /** In {@code data.payload}, in {@code payload}, or bare. */
    static List<ConversationSummary> conversations(ApiAnswer answer) throws ChatwootException {
        return each(answer, conversationList(answer), "a list of conversations", Answers::conversation);
    }

    static JsonNode conversationList(ApiAnswer answer) {
        JsonNode data = answer.body().path("data");
        return data.isObject() ? data.path("payload") : data.isArray() ? data : payload(answer.body());
    }

    private static ConversationSummary conversation(ApiAnswer answer, JsonNode json) throws ChatwootException {
        JsonNode meta = json.path("meta");
        JsonNode contact = meta.path("sender");
        return new ConversationSummary(
                id(answer, json, "a conversation"),
                text(json, "status"),
                priority(json.path("priority")),
                Optional.of(json.path("labels")).filter(JsonNode::isArray).map(Answers::texts),
                Optional.of(json.path("custom_attributes"))
                        .filter(JsonNode::isObject)
                        .map(Json::map),
                optionalId(contact),
                text(contact, "name"),
                text(contact, "email"),
                number(json.path("inbox_id")),
                optionalId(meta.path("team")),
                isBot(meta) ? OptionalLong.empty() : optionalId(meta.path("assignee")),
                time(json.path("updated_at")));
    }

    /** A bot's id is from another table. */
    private static boolean isBot(JsonNode meta) {
        return meta.path("assignee_type").asText().equals("AgentBot");
    }

    private static Optional<Priority> priority(JsonNode json) {
        if (json.isMissingNode()) {
            return Optional.empty();
        }
        try {
            return Optional.of(json.isNull() ? Priority.NONE : Priority.of(json.asText()));
        } catch (IllegalArgumentException unknownWord) {
            return Optional.empty();
        }
    }

    static List<ChatwootMessage> messages(ApiAnswer answer) throws ChatwootException {
        return each(answer, payload(answer.body()), "a list of messages", Answers::message);
    }

    private static ChatwootMessage message(ApiAnswer answer, JsonNode json) throws ChatwootException {
        return new ChatwootMessage(
                id(answer, json, "a message"),
                text(json, "content"),
                type(json.path("message_type")),
                json.path("private").asBoolean(false),
                time(json.path("created_at")),
                text(json.path("sender"), "name"),
                map(json.path("content_attributes")));
    }

    /** A number, or a word in the original reference. */
    static Message.Type type(JsonNode json) {
        return switch (json.asText().toLowerCase(Locale.ROOT)) {
            case "0", "incoming" -> Message.Type.INCOMING;
            case "1", "outgoing" -> Message.Type.OUTGOING;
            case "2", "activity" -> Message.Type.ACTIVITY;
            case "3", "template" -> Message.Type.TEMPLATE;
            default -> Message.Type.UNKNOWN;
        };
    }

    static ContactDetails contact(ApiAnswer answer) throws ChatwootException {
        JsonNode payload = payload(answer.body());
        // A created contact stands one level deeper (CONTRACT section 3.7).
        JsonNode json = payload.path("contact").isObject() ? payload.path("contact") : payload;
        return new ContactDetails(
                id(answer, json, "a contact"),
                text(json, "name"),
                text(json, "email"),
                text(json, "phone_number"),
                text(json, "identifier"),
                json.path("blocked").asBoolean(false),
                map(json.path("custom_attributes")),
                map(json.path("additional_attributes")),
                time(json.path("created_at")));
    }

    static List<AttributeDefinition> attributeDefinitions(ApiAnswer answer) throws ChatwootException {
        return each(answer, payload(answer.body()), "a list of attribute definitions", Answers::attributeDefinition);
    }

    static AttributeDefinition attributeDefinition(ApiAnswer answer) throws ChatwootException {
        return attributeDefinition(answer, payload(answer.body()));
    }

    private static AttributeDefinition attributeDefinition(ApiAnswer answer, JsonNode json) throws ChatwootException {
        String expected = "an attribute definition";
        String key = needed(answer, json, "attribute_key", expected);
        return new AttributeDefinition(
                id(answer, json, expected),
                key,
                text(json, "attribute_display_name").orElse(key),
                word(answer, json.path("attribute_display_type"), Inputs.ATTRIBUTE_TYPES, "an attribute type"),
                word(answer, json.path("attribute_model"), MODELS, "an attribute model")
                        .replaceFirst("_attribute$", ""),
                text(json, "attribute_description"),
                texts(json.path("attribute_values")),
                text(json, "regex_pattern"),
                text(json, "regex_cue"));
    }

    /** A word, or its code in the original reference. */
    private static String word(ApiAnswer answer, JsonNode json, List<String> words, String expected)
            throws ChatwootException {
        if (json.isTextual()) {
            return json.textValue();
        }
        int code = json.isIntegralNumber() ? json.asInt(-1) : -1;
        require(code >= 0 && code < words.size(), answer, expected);
        return words.get(code);
    }

    static List<AccountLabel> accountLabels(ApiAnswer answer) throws ChatwootException {
        return each(answer, payload(answer.body()), "a list of account labels", Answers::accountLabel);
    }

    static AccountLabel accountLabel(ApiAnswer answer) throws ChatwootException {
        return accountLabel(answer, payload(answer.body()));
    }

    private static AccountLabel accountLabel(ApiAnswer answer, JsonNode json) throws ChatwootException {
        String expected = "an account label";
        return new AccountLabel(
                id(answer, json, expected),
                needed(answer, json, "title", expected),
                text(json, "description"),
                text(json, "color"),
                json.path("show_on_sidebar").asBoolean(false));
    }

    static List<Agent> agents(ApiAnswer answer) throws ChatwootException {
        return each(answer, payload(answer.body()), "a list of agents", Answers::agent);
    }

    private static Agent agent(ApiAnswer answer, JsonNode json) throws ChatwootException {
        return new Agent(
                id(answer, json, "an agent"),
                text(json, "name").orElse(""),
                text(json, "email"),
                text(json, "role"),
                text(json, "availability_status"));
    }

    static List<Team> teams(ApiAnswer answer) throws ChatwootException {
        return each(answer, payload(answer.body()), "a list of teams", Answers::team);
    }

    static Team team(ApiAnswer answer) throws ChatwootException {
        return team(answer, payload(answer.body()));
    }

    private static Team team(ApiAnswer answer, JsonNode json) throws ChatwootException {
        String expected = "a team";
        return new Team(
                id(answer, json, expected),
                needed(answer, json, "name", expected),
                text(json, "description"),
                json.path("allow_auto_assign").asBoolean(true));
    }

    /** In {@code payload.webhooks}, in {@code payload}, or bare. */
    static List<Webhook> webhooks(ApiAnswer answer) throws ChatwootException {
        JsonNode payload = payload(answer.body());
        return each(
                answer,
                payload.isObject() ? payload.path("webhooks") : payload,
                "a list of webhooks",
                Answers::webhook);
    }

    /** In {@code payload.webhook}, in {@code payload}, or bare. */
    static Webhook webhook(ApiAnswer answer) throws ChatwootException {
        JsonNode payload = payload(answer.body());
        return webhook(answer, payload.path("webhook").isObject() ? payload.path("webhook") : payload);
    }

    private static Webhook webhook(ApiAnswer answer, JsonNode json) throws ChatwootException {
        String expected = "a webhook";
        return new Webhook(
                id(answer, json, expected),
                text(json, "name"),
                needed(answer, json, "url", expected),
                texts(json.path("subscriptions")),
                text(json, "secret").map(Webhook.Secret::new));
    }

    static List<Macro> macros(ApiAnswer answer) throws ChatwootException {
        return each(answer, payload(answer.body()), "a list of macros", Answers::macro);
    }

    static Macro macro(ApiAnswer answer) throws ChatwootException {
        return macro(answer, payload(answer.body()));
    }

    private static Macro macro(ApiAnswer answer, JsonNode json) throws ChatwootException {
        String expected = "a macro";
        List<Macro.Action> actions = new ArrayList<>();
        for (JsonNode action : array(answer, json.path("actions"), "a macro with actions")) {
            Object params = map(action).getOrDefault("action_params", List.of());
            actions.add(new Macro.Action(
                    needed(answer, action, "action_name", "a macro with actions"),
                    params instanceof List<?> list ? new ArrayList<>(list) : List.of()));
        }
        return new Macro(
                id(answer, json, expected),
                needed(answer, json, "name", expected),
                text(json, "visibility").orElse("personal"),
                List.copyOf(actions));
    }

    /** @param accountId ours: a user may be of several accounts, in another role of each */
    static Profile profile(ApiAnswer answer, long accountId) throws ChatwootException {
        JsonNode json = payload(answer.body());
        return new Profile(
                id(answer, json, "a profile"),
                text(json, "name").orElse(""),
                text(json, "email"),
                role(json, accountId));
    }

    private static Optional<String> role(JsonNode json, long accountId) {
        for (JsonNode account : json.path("accounts")) {
            if (account.path("id").asLong() == accountId) {
                return text(account, "role");
            }
        }
        return json.path("accounts").isArray() ? Optional.empty() : text(json, "role");
    }

    /** What is in {@code payload}, or the body itself. */
    static JsonNode payload(JsonNode body) {
        return body.has("payload") ? body.path("payload") : body;
    }

    private interface Reader<T> {
        T read(ApiAnswer answer, JsonNode json) throws ChatwootException;
    }

    private static <T> List<T> each(ApiAnswer answer, JsonNode list, String expected, Reader<T> reader)
            throws ChatwootException {
        List<T> items = new ArrayList<>();
        for (JsonNode json : array(answer, list, expected)) {
            items.add(reader.read(answer, json));
        }
        return List.copyOf(items);
    }

    /** The items as they are, each with an id. */
    static List<JsonNode> nodes(ApiAnswer answer, JsonNode list, String expected, String item)
            throws ChatwootException {
        return each(answer, list, expected, (a, json) -> {
            id(a, json, item);
            return json;
        });
    }

    private static JsonNode array(ApiAnswer answer, JsonNode json, String expected) throws ChatwootException {
        require(json.isArray(), answer, expected);
        return json;
    }

    private static long id(ApiAnswer answer, JsonNode json, String expected) throws ChatwootException {
        OptionalLong id = optionalId(json);
        require(id.isPresent(), answer, expected + " with an id");
        return id.getAsLong();
    }

    static OptionalLong optionalId(JsonNode json) {
        return number(json.path("id"));
    }

    private static OptionalLong number(JsonNode json) {
        return json.isIntegralNumber() && json.canConvertToLong() && json.longValue() > 0
                ? OptionalLong.of(json.longValue())
                : OptionalLong.empty();
    }

    private static String needed(ApiAnswer answer, JsonNode json, String key, String expected)
            throws ChatwootException {
        Optional<String> text = text(json, key);
        require(text.isPresent(), answer, expected + " with its " + key);
        return text.get();
    }

    /** Absent for null and for an empty text. */
    private static Optional<String> text(JsonNode json, String key) {
        JsonNode value = json.path(key);
        return value.isTextual() && !value.textValue().isEmpty() ? Optional.of(value.textValue()) : Optional.empty();
    }

    /** The values of an array as text; empty for all else. */
    private static List<String> texts(JsonNode json) {
        List<String> texts = new ArrayList<>();
        if (json.isArray()) {
            json.forEach(item -> texts.add(item.asText()));
        }
        return List.copyOf(texts);
    }

    private static Map<String, Object> map(JsonNode json) {
        return json.isObject() ? Json.map(json) : Map.of();
    }

    private static Optional<Instant> time(JsonNode json) {
        OptionalLong micros = Times.micros(json);
        return micros.isPresent()
                ? Optional.of(Instant.EPOCH.plus(micros.getAsLong(), ChronoUnit.MICROS))
                : Optional.empty();
    }

    private static void require(boolean isSo, ApiAnswer answer, String expected) throws ChatwootException {
        if (!isSo) {
            throw new ChatwootException.Unavailable(answer + " with another shape; expected " + expected);
        }
    }
}
