package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Definition;
import io.leadroutes.sandbox.Rows.Hook;
import io.leadroutes.sandbox.Rows.Label;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an administrator provisions: account labels, custom attribute definitions, webhooks, and the list of inboxes
 * (CONTRACT sections 3.5, 3.10 and 3.13).
 */
final class CatalogApi {
    static final List<String> DEFAULT_SUBSCRIPTIONS = List.of(
            "conversation_status_changed",
            "conversation_updated",
            "conversation_created",
            "contact_created",
            "contact_updated",
            "message_created",
            "message_updated",
            "webwidget_triggered");
    private static final Set<String> MORE_SUBSCRIPTIONS =
            Set.of("inbox_created", "inbox_updated", "conversation_typing_on", "conversation_typing_off");

    private static final Pattern LABEL_TITLE = Pattern.compile("[\\p{L}\\p{N}]+[\\p{L}\\p{N}_-]+");
    private static final Pattern ATTRIBUTE_KEY = Pattern.compile("[\\p{L}\\p{N}_.-]+");
    private static final List<String> DISPLAY_TYPES =
            List.of("text", "number", "currency", "percent", "link", "date", "list", "checkbox");
    private static final List<String> MODELS =
            List.of("conversation_attribute", "contact_attribute", "company_attribute");
    private static final Set<String> CONVERSATION_BUILT_INS = Set.of(
            "status",
            "priority",
            "assignee_id",
            "inbox_id",
            "team_id",
            "display_id",
            "campaign_id",
            "labels",
            "browser_language",
            "country_code",
            "referer",
            "created_at",
            "last_activity_at");
    private static final Set<String> CONTACT_BUILT_INS = Set.of(
            "name",
            "email",
            "phone_number",
            "identifier",
            "country_code",
            "city",
            "company_name",
            "created_at",
            "last_activity_at",
            "referer",
            "blocked");

    private final Account account;
    private final Conversations conversations;
    private final Contacts contacts;

    CatalogApi(Account account, Conversations conversations, Contacts contacts) {
        this.account = account;
        this.conversations = conversations;
        this.contacts = contacts;
    }

    void register(Router router) {
        router.on("GET", "/labels", this::labels)
                .on("POST", "/labels", this::createLabel)
                .on("GET", "/labels/#", this::showLabel)
                .on("PATCH", "/labels/#", this::updateLabel)
                .on("PUT", "/labels/#", this::updateLabel)
                .on("DELETE", "/labels/#", this::deleteLabel);
        router.on("GET", "/custom_attribute_definitions", this::definitions)
                .on("POST", "/custom_attribute_definitions", this::createDefinition)
                .on("GET", "/custom_attribute_definitions/#", this::showDefinition)
                .on("PATCH", "/custom_attribute_definitions/#", this::updateDefinition)
                .on("PUT", "/custom_attribute_definitions/#", this::updateDefinition)
                .on("DELETE", "/custom_attribute_definitions/#", this::deleteDefinition);
        router.on("GET", "/webhooks", this::webhooks)
                .on("POST", "/webhooks", this::createWebhook)
                .on("PATCH", "/webhooks/#", this::updateWebhook)
                .on("PUT", "/webhooks/#", this::updateWebhook)
                .on("DELETE", "/webhooks/#", this::deleteWebhook);
        router.on("GET", "/inboxes", this::inboxes);
    }

    private void requireAdministrator(Request request) {
        request.requireAdministrator(account.settings);
    }

    private Answer inboxes(Request request) {
        return Answer.ok(Json.object(
                "payload",
                account.inboxes.values().stream()
                        .map(inbox ->
                                Json.object("id", inbox.id(), "name", inbox.name(), "channel_type", inbox.channel()))
                        .toList()));
    }

    private Answer labels(Request request) {
        return Answer.ok(Json.object(
                "payload",
                account.labels.values().stream().map(CatalogApi::shape).toList()));
    }

    private static Map<String, Object> shape(Label label) {
        return Json.object(
                "id", label.id,
                "title", label.title,
                "description", label.description,
                "color", label.color,
                "show_on_sidebar", label.showOnSidebar);
    }

    private Answer showLabel(Request request) {
        requireAdministrator(request);
        return Answer.ok(shape(Account.row(account.labels, request.id())));
    }

    private Answer createLabel(Request request) {
        requireAdministrator(request);
        Map<String, Object> fields = request.resource("label");
        Label label = account.addLabel(title(null, fields.get("title")));
        apply(label, fields);
        return Answer.ok(shape(label));
    }

    private Answer updateLabel(Request request) {
        requireAdministrator(request);
        Label label = Account.row(account.labels, request.id());
        Map<String, Object> fields = request.resource("label");
        if (fields.containsKey("title")) {
            rename(label, title(label, fields.get("title")));
        }
        apply(label, fields);
        return Answer.ok(shape(label));
    }

    private static void apply(Label label, Map<String, Object> fields) {
        label.description = (String) fields.getOrDefault("description", label.description);
        label.color = (String) fields.getOrDefault("color", label.color);
        label.showOnSidebar = (boolean) fields.getOrDefault("show_on_sidebar", label.showOnSidebar);
    }

    private String title(Label self, Object given) {
        String title = Objects.toString(given, "").toLowerCase(Locale.ROOT);
        if (!LABEL_TITLE.matcher(title).matches()) {
            throw Refusal.invalid("Title is invalid", "title");
        }
        if (account.labels.values().stream().anyMatch(other -> other != self && other.title.equals(title))) {
            throw Refusal.invalid("Title has already been taken", "title");
        }
        return title;
    }

    /** What carried the old title carries the new one, and says so. */
    private void rename(Label label, String title) {
        String old = label.title;
        label.title = title;
        account.conversations.values().stream()
                .filter(conversation -> conversation.labels.contains(old))
                .forEach(conversation ->
                        conversations.setLabels(conversation, renamed(conversation.labels, old, title)));
        account.contacts.values().stream()
                .filter(contact -> contact.labels.contains(old))
                .forEach(contact -> contacts.setLabels(contact, renamed(contact.labels, old, title)));
    }

    private static List<String> renamed(List<String> labels, String old, String title) {
        List<String> renamed = new ArrayList<>(labels);
        renamed.replaceAll(label -> label.equals(old) ? title : label);
        return List.copyOf(renamed);
    }

    /** Conversations lose the label without an event (CONTRACT section 3.10). */
    private Answer deleteLabel(Request request) {
        requireAdministrator(request);
        Label label = Account.row(account.labels, request.id());
        account.labels.remove(label.id);
        account.conversations.values().forEach(conversation -> {
            conversation.labels = Attributes.minus(conversation.labels, List.of(label.title));
            conversation.cachedLabelList = String.join(", ", conversation.labels);
        });
        return Answer.empty(200);
    }

    private Answer definitions(Request request) {
        Integer model = request.queryValue("attribute_model")
                .map(given -> code(MODELS, given))
                .orElse(null);
        return Answer.ok(account.definitions.values().stream()
                .filter(definition -> model == null || definition.model == model)
                .map(this::shape)
                .toList());
    }

    private Map<String, Object> shape(Definition definition) {
        boolean isReference = account.settings.isReference();
        return Json.object(
                "id", definition.id,
                "attribute_display_name", definition.displayName,
                "attribute_display_type",
                        isReference ? (Object) definition.displayType : DISPLAY_TYPES.get(definition.displayType),
                "attribute_description", definition.description,
                "attribute_key", definition.key,
                "regex_pattern", definition.regexPattern,
                "regex_cue", definition.regexCue,
                "attribute_values", definition.values,
                "attribute_model", isReference ? (Object) definition.model : MODELS.get(definition.model),
                "default_value", null,
                "created_at", Json.iso(definition.createdAt),
                "updated_at", Json.iso(definition.updatedAt));
    }

    private Answer showDefinition(Request request) {
        return Answer.ok(shape(Account.row(account.definitions, request.id())));
    }

    private Answer createDefinition(Request request) {
        requireAdministrator(request);
        Map<String, Object> fields = request.resource("custom_attribute_definition");
        Definition definition = new Definition(Account.nextId(account.definitions, 71), account.now());
        apply(definition, fields);
        account.definitions.put(definition.id, definition);
        return Answer.ok(shape(definition));
    }

    private Answer updateDefinition(Request request) {
        requireAdministrator(request);
        Definition definition = Account.row(account.definitions, request.id());
        apply(definition, request.resource("custom_attribute_definition"));
        definition.updatedAt = account.now();
        return Answer.ok(shape(definition));
    }

    private Answer deleteDefinition(Request request) {
        requireAdministrator(request);
        account.definitions.remove(Account.row(account.definitions, request.id()).id);
        return Answer.empty(204);
    }

    private void apply(Definition definition, Map<String, Object> fields) {
        String key = Objects.toString(fields.getOrDefault("attribute_key", definition.key), "");
        String name = Objects.toString(fields.getOrDefault("attribute_display_name", definition.displayName), "");
        int type = code(DISPLAY_TYPES, fields.getOrDefault("attribute_display_type", definition.displayType));
        int model = code(MODELS, fields.getOrDefault("attribute_model", definition.model));
        refuseBadKey(definition, key, model);
        if (name.isBlank()) {
            throw Refusal.invalid("Attribute display name can't be blank", "attribute_display_name");
        }
        definition.key = key;
        definition.displayName = name;
        definition.displayType = type;
        definition.model = model;
        definition.description = (String) fields.getOrDefault("attribute_description", definition.description);
        definition.regexPattern = (String) fields.getOrDefault("regex_pattern", definition.regexPattern);
        definition.regexCue = (String) fields.getOrDefault("regex_cue", definition.regexCue);
        if (fields.get("attribute_values") instanceof List<?> values) {
            definition.values = new ArrayList<>(values);
        }
    }

    private void refuseBadKey(Definition self, String key, int model) {
        if (!ATTRIBUTE_KEY.matcher(key).matches()) {
            throw Refusal.invalid("Attribute key is invalid", "attribute_key");
        }
        if ((model == 0 ? CONVERSATION_BUILT_INS : CONTACT_BUILT_INS).contains(key)) {
            throw Refusal.invalid(
                    "The provided key is not allowed as it might conflict with default attributes.", "attribute_key");
        }
        boolean isTaken = account.definitions.values().stream()
                .anyMatch(other -> other != self && other.model == model && other.key.equals(key));
        if (isTaken) {
            throw Refusal.invalid("Attribute key has already been taken", "attribute_key");
        }
    }

    /** A code or a name, as number or text; another value is an error 500 (CONTRACT section 3.1). */
    private static int code(List<String> names, Object given) {
        String text = Objects.toString(given);
        int code = text.matches("\\d{1,3}") ? Integer.parseInt(text) : names.indexOf(text);
        if (code < 0 || code >= names.size()) {
            throw Refusal.serverError();
        }
        return code;
    }

    private Answer webhooks(Request request) {
        requireAdministrator(request);
        List<Map<String, Object>> all =
                account.hooks.values().stream().map(this::shape).toList();
        return Answer.ok(account.settings.isReference() ? all : Json.object("payload", Json.object("webhooks", all)));
    }

    private Map<String, Object> shape(Hook hook) {
        Map<String, Object> shape = Json.object(
                "id", hook.id,
                "url", hook.url,
                "subscriptions", hook.subscriptions,
                "account_id", account.id());
        if (!account.settings.isReference()) {
            shape.put("name", hook.name);
            shape.put("secret", hook.secret);
        }
        return shape;
    }

    private Answer answer(Hook hook) {
        Map<String, Object> shape = shape(hook);
        return Answer.ok(
                account.settings.isReference() ? shape : Json.object("payload", Json.object("webhook", shape)));
    }

    private Answer createWebhook(Request request) {
        requireAdministrator(request);
        Map<String, Object> fields = request.resource("webhook");
        String url = url(null, fields.get("url"));
        List<String> subscriptions = subscriptions(fields.getOrDefault("subscriptions", DEFAULT_SUBSCRIPTIONS));
        Hook hook = account.addHook(url, account.newSecret(), subscriptions);
        hook.name = (String) fields.get("name");
        return answer(hook);
    }

    private Answer updateWebhook(Request request) {
        requireAdministrator(request);
        Hook hook = Account.row(account.hooks, request.id());
        Map<String, Object> fields = request.resource("webhook");
        String url = fields.containsKey("url") ? url(hook, fields.get("url")) : hook.url;
        hook.subscriptions = subscriptions(fields.getOrDefault("subscriptions", hook.subscriptions));
        hook.url = url;
        hook.name = (String) fields.getOrDefault("name", hook.name);
        return answer(hook);
    }

    private Answer deleteWebhook(Request request) {
        requireAdministrator(request);
        account.hooks.remove(Account.row(account.hooks, request.id()).id);
        return Answer.empty(200);
    }

    private String url(Hook self, Object given) {
        String url = Objects.toString(given, "");
        if (!url.matches("https?://\\S+") || URI.create(url).getHost() == null) {
            throw Refusal.invalid("Url is invalid", "url");
        }
        if (account.hooks.values().stream().anyMatch(other -> other != self && other.url.equals(url))) {
            throw Refusal.invalid("Url has already been taken", "url");
        }
        return url;
    }

    private static List<String> subscriptions(Object given) {
        List<String> wanted = given instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
        boolean isKnown = wanted.stream()
                .allMatch(event -> DEFAULT_SUBSCRIPTIONS.contains(event) || MORE_SUBSCRIPTIONS.contains(event));
        if (wanted.isEmpty() || !isKnown) {
            throw Refusal.invalid("Subscriptions Invalid events", "subscriptions");
        }
        return wanted;
    }
}
