package io.leadroutes.chatwoot;

import io.leadroutes.conversation.NoteTemplate;
import io.leadroutes.conversation.Wish;
import io.leadroutes.conversation.Wish.ChangeAttributes;
import io.leadroutes.conversation.Wish.ChangeContactLabels;
import io.leadroutes.conversation.Wish.ChangeLabels;
import io.leadroutes.store.Outbox;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.camel.Header;

/**
 * What the write routes do: a wish in the outbox from the caller's headers, which are checked first (IllegalArgumentException
 * naming the header). The body is left as it is; the call is made later, by the dispatcher, under the rate limit.
 */
public final class Writes {
    private static final String CONVERSATION_ID = "conversationId";
    private static final String CONTACT_ID = "contactId";
    private static final String LABELS = "labels";
    private static final String ATTRIBUTES = "attributes";
    private static final String KEYS = "keys";
    private static final String TEXT = "text";
    private static final String VALUES = "values";
    private static final String OCCASION = "occasion";
    private static final long NO_CONVERSATION = 0;

    /** The dashboard's own default. */
    private static final String DEFAULT_COLOR = "#1f93ff";

    private final Outbox outbox;
    private final Requests requests;
    private final long accountId;
    private final Clock clock;

    /** @param clock tells whether a snooze's end is still to come */
    public Writes(Outbox outbox, Requests requests, long accountId, Clock clock) {
        this.outbox = outbox;
        this.requests = requests;
        this.accountId = accountId;
        this.clock = clock;
    }

    // Conversations.

    public void addLabels(@Header(CONVERSATION_ID) Object conversation, @Header(LABELS) Object labels) {
        ask("add-labels", conversation, ChangeLabels.add(Inputs.labels(LABELS, labels)));
    }

    public void removeLabels(@Header(CONVERSATION_ID) Object conversation, @Header(LABELS) Object labels) {
        ask("remove-labels", conversation, ChangeLabels.remove(Inputs.storedLabels(LABELS, labels)));
    }

    /** @param labels none clears all */
    public void setLabels(@Header(CONVERSATION_ID) Object conversation, @Header(LABELS) Object labels) {
        ask("set-labels", conversation, ChangeLabels.exactly(Inputs.anyLabels(LABELS, labels)));
    }

    /** @param attributes a map, or JSON text of an object; other keys stay */
    public void setAttributes(@Header(CONVERSATION_ID) Object conversation, @Header(ATTRIBUTES) Object attributes) {
        ask("set-attributes", conversation, ChangeAttributes.set(Inputs.attributes(ATTRIBUTES, attributes)));
    }

    public void removeAttributes(@Header(CONVERSATION_ID) Object conversation, @Header(KEYS) Object keys) {
        ask("remove-attributes", conversation, ChangeAttributes.remove(Inputs.attributeKeys(KEYS, keys)));
    }

    /** @param priority none, low, medium, high or urgent */
    public void setPriority(@Header(CONVERSATION_ID) Object conversation, @Header("priority") Object priority) {
        ask("set-priority", conversation, new Wish.SetPriority(Inputs.priority("priority", priority)));
    }

    /** @param team its name, in any case, or its id */
    public void assignTeam(@Header(CONVERSATION_ID) Object conversation, @Header("team") Object team) {
        ask("assign-team", conversation, new Wish.AssignTeam(Inputs.name("team", team)));
    }

    public void assignAgent(@Header(CONVERSATION_ID) Object conversation, @Header("agentId") Object agent) {
        ask("assign-agent", conversation, new Wish.AssignAgent(Inputs.id("agentId", agent)));
    }

    public void unassign(@Header(CONVERSATION_ID) Object conversation) {
        ask("unassign", conversation, new Wish.AssignAgent(0));
    }

    /**
     * @param text Markdown that only agents see, with mentions such as {@code {mention-team: sales}} and {@code
     *     {mention-agent: 12}}; text from customers must not be put in but by {@code values}
     * @param values by the names that the text has in braces, shown as they stand; a line whose value is missing is left
     *     out. Without this header, nothing but mentions is looked for in braces.
     * @param occasion may be missing; for one, a conversation is written to once
     */
    public void privateNote(
            @Header(CONVERSATION_ID) Object conversation,
            @Header(TEXT) Object text,
            @Header(VALUES) Object values,
            @Header(OCCASION) Object occasion) {
        String markdown = Inputs.text(TEXT, text);
        String note = values == null
                ? markdown
                : Inputs.text(TEXT, NoteTemplate.render(markdown, Inputs.values(VALUES, values)));
        askOnce("private-note", conversation, occasion, id -> new Wish.Note(id, note));
    }

    /**
     * @param text what the customer sees
     * @param occasion may be missing; for one, a conversation is written to once
     */
    public void sendMessage(
            @Header(CONVERSATION_ID) Object conversation,
            @Header(TEXT) Object text,
            @Header(OCCASION) Object occasion) {
        String markdown = Inputs.text(TEXT, text);
        askOnce("send-message", conversation, occasion, id -> new Wish.Message(id, markdown));
    }

    /**
     * @param status open, resolved, pending or snoozed
     * @param until of a snooze: epoch seconds or ISO-8601, to come; missing: until the customer's next message
     */
    public void setStatus(
            @Header(CONVERSATION_ID) Object conversation,
            @Header("status") Object status,
            @Header("until") Object until) {
        String word = Inputs.status("status", status);
        Optional<Instant> end = Optional.ofNullable(until).map(time -> Inputs.future("until", time, clock.instant()));
        if (end.isPresent() && !word.equals("snoozed")) {
            throw new IllegalArgumentException(
                    "until is given with status " + word + "; expected it with snoozed only");
        }
        ask("set-status", conversation, new Wish.SetStatus(word, end));
    }

    /**
     * @param sourceId the contact's id in the inbox's channel; may be missing for some (CONTRACT section 3.12)
     * @param teamId may be missing
     */
    public void createConversation(
            @Header("inboxId") Object inbox,
            @Header(CONTACT_ID) Object contact,
            @Header("sourceId") Object sourceId,
            @Header("status") Object status,
            @Header("teamId") Object teamId) {
        ask(
                requests.createConversation(
                        Inputs.id("inboxId", inbox),
                        Inputs.id(CONTACT_ID, contact),
                        Optional.ofNullable(sourceId).map(id -> Inputs.name("sourceId", id)),
                        Optional.ofNullable(status).map(word -> Inputs.status("status", word)),
                        Inputs.optionalId("teamId", teamId)),
                false);
    }

    // Contacts.

    public void addContactLabels(@Header(CONTACT_ID) Object contact, @Header(LABELS) Object labels) {
        askOfContact("add-contact-labels", contact, ChangeLabels.add(Inputs.labels(LABELS, labels)));
    }

    public void removeContactLabels(@Header(CONTACT_ID) Object contact, @Header(LABELS) Object labels) {
        askOfContact("remove-contact-labels", contact, ChangeLabels.remove(Inputs.storedLabels(LABELS, labels)));
    }

    /** @param labels none clears all */
    public void setContactLabels(@Header(CONTACT_ID) Object contact, @Header(LABELS) Object labels) {
        askOfContact("set-contact-labels", contact, ChangeLabels.exactly(Inputs.anyLabels(LABELS, labels)));
    }

    /** The server merges them with those that are there (CONTRACT section 3.7). */
    public void setContactAttributes(@Header(CONTACT_ID) Object contact, @Header(ATTRIBUTES) Object attributes) {
        ask(
                requests.updateContact(
                        Inputs.id(CONTACT_ID, contact),
                        Map.of("custom_attributes", Inputs.attributes(ATTRIBUTES, attributes))),
                true);
    }

    public void removeContactAttributes(@Header(CONTACT_ID) Object contact, @Header(KEYS) Object keys) {
        ask(requests.removeContactAttributes(Inputs.id(CONTACT_ID, contact), Inputs.attributeKeys(KEYS, keys)), true);
    }

    /** Fields that are missing stay as they are. */
    public void updateContact(
            @Header(CONTACT_ID) Object contact,
            @Header("name") Object name,
            @Header("email") Object email,
            @Header("phone") Object phone,
            @Header("identifier") Object identifier) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "name", name, given -> Inputs.name("name", given));
        put(fields, "email", email, given -> Inputs.email("email", given));
        put(fields, "phone_number", phone, given -> Inputs.phone("phone", given));
        put(fields, "identifier", identifier, given -> Inputs.name("identifier", given));
        oneAtLeast(!fields.isEmpty(), "name, email, phone and identifier");
        ask(requests.updateContact(Inputs.id(CONTACT_ID, contact), fields), true);
    }

    // What an account has; needs an administrator's token. A repetition is refused by a unique key: no harm.

    /** @param type text, number, currency, percent, link, date, list or checkbox, or its code 0 to 7 */
    public void createAttributeDefinition(
            @Header("key") Object key,
            @Header("name") Object name,
            @Header("type") Object type,
            @Header("model") Object model,
            @Header("description") Object description,
            @Header("values") Object values,
            @Header("regex") Object regex,
            @Header("regexCue") Object regexCue) {
        String word = Inputs.attributeType("type", type);
        String owner = Inputs.model("model", model);
        List<String> options = values == null ? List.of() : Inputs.texts("values", values);
        if (word.equals("list") == options.isEmpty()) {
            throw new IllegalArgumentException(
                    "values has " + options.size() + " entries for type " + word + "; expected some for list only");
        }
        ask(
                requests.createAttributeDefinition(
                        Inputs.definitionKey("key", key, owner),
                        Inputs.name("name", name),
                        word,
                        owner,
                        Optional.ofNullable(description).map(text -> Inputs.name("description", text)),
                        options,
                        Optional.ofNullable(regex).map(text -> Inputs.regex("regex", text)),
                        Optional.ofNullable(regexCue).map(text -> Inputs.name("regexCue", text))),
                true);
    }

    public void deleteAttributeDefinition(@Header("definitionId") Object definition) {
        ask(requests.deleteAttributeDefinition(Inputs.id("definitionId", definition)), true);
    }

    /**
     * On the sidebar, as the dashboard makes them.
     *
     * @param color such as {@code #1f93ff}, which it is when missing
     */
    public void createAccountLabel(
            @Header("title") Object title, @Header("description") Object description, @Header("color") Object color) {
        ask(
                requests.createAccountLabel(
                        Inputs.labelTitle("title", title),
                        description == null ? "" : Inputs.name("description", description),
                        color == null ? DEFAULT_COLOR : Inputs.color("color", color)),
                true);
    }

    /** Fields that are missing stay as they are. */
    public void updateAccountLabel(
            @Header("labelId") Object label,
            @Header("title") Object title,
            @Header("description") Object description,
            @Header("color") Object color,
            @Header("showOnSidebar") Object showOnSidebar) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "title", title, given -> Inputs.labelTitle("title", given));
        put(fields, "description", description, given -> Inputs.name("description", given));
        put(fields, "color", color, given -> Inputs.color("color", given));
        put(fields, "show_on_sidebar", showOnSidebar, given -> Inputs.flag("showOnSidebar", given));
        oneAtLeast(!fields.isEmpty(), "title, description, color and showOnSidebar");
        ask(requests.updateAccountLabel(Inputs.id("labelId", label), fields), true);
    }

    /** It vanishes from the conversations, too. */
    public void deleteAccountLabel(@Header("labelId") Object label) {
        ask(requests.deleteAccountLabel(Inputs.id("labelId", label)), true);
    }

    public void createTeam(
            @Header("name") Object name,
            @Header("description") Object description,
            @Header("allowAutoAssign") Object allowAutoAssign) {
        ask(
                requests.createTeam(
                        Inputs.name("name", name),
                        Optional.ofNullable(description).map(text -> Inputs.name("description", text)),
                        allowAutoAssign == null || Inputs.flag("allowAutoAssign", allowAutoAssign)),
                true);
    }

    public void addTeamMembers(@Header("teamId") Object team, @Header("agentIds") Object agents) {
        ask(requests.addTeamMembers(Inputs.id("teamId", team), Inputs.ids("agentIds", agents)), true);
    }

    public void createWebhook(@Header("url") Object url, @Header("subscriptions") Object subscriptions) {
        ask(
                requests.createWebhook(
                        Inputs.webhookUrl("url", url), Inputs.subscriptions("subscriptions", subscriptions)),
                true);
    }

    /** Of url and subscriptions, the one that is missing stays as it is. */
    public void updateWebhook(
            @Header("webhookId") Object webhook,
            @Header("url") Object url,
            @Header("subscriptions") Object subscriptions) {
        oneAtLeast(url != null || subscriptions != null, "url and subscriptions");
        ask(
                requests.updateWebhook(
                        Inputs.id("webhookId", webhook),
                        Optional.ofNullable(url).map(address -> Inputs.webhookUrl("url", address)),
                        subscriptions == null ? List.of() : Inputs.subscriptions("subscriptions", subscriptions)),
                true);
    }

    public void deleteWebhook(@Header("webhookId") Object webhook) {
        ask(requests.deleteWebhook(Inputs.id("webhookId", webhook)), true);
    }

    // One call for many conversations.

    /**
     * Global, if the token is an administrator's. Nothing keeps a repetition from making a second one of the same name.
     *
     * @param actions a list, or JSON text of one, of objects with action_name and action_params
     */
    public void createMacro(@Header("name") Object name, @Header("actions") Object actions) {
        ask(requests.createMacro(Inputs.name("name", name), Inputs.macroActions("actions", actions)), false);
    }

    public void deleteMacro(@Header("macroId") Object macro) {
        ask(requests.deleteMacro(Inputs.id("macroId", macro)), true);
    }

    /** Its actions are carried out again by a repetition, notes too. */
    public void executeMacro(@Header("macroId") Object macro, @Header("conversationIds") Object conversations) {
        ask(requests.executeMacro(Inputs.id("macroId", macro), Inputs.ids("conversationIds", conversations)), false);
    }

    /** Labels are added and removed, not replaced; of the others, what is missing stays as it is. */
    public void bulkUpdate(
            @Header("conversationIds") Object conversations,
            @Header("addLabels") Object addLabels,
            @Header("removeLabels") Object removeLabels,
            @Header("status") Object status,
            @Header("agentId") Object agentId,
            @Header("teamId") Object teamId) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "status", status, word -> Inputs.status("status", word));
        put(fields, "assignee_id", agentId, id -> Inputs.id("agentId", id));
        put(fields, "team_id", teamId, id -> Inputs.id("teamId", id));
        oneAtLeast(
                addLabels != null || removeLabels != null || !fields.isEmpty(),
                "addLabels, removeLabels, status, agentId and teamId");
        ask(
                requests.bulkUpdate(
                        Inputs.ids("conversationIds", conversations),
                        addLabels == null ? List.of() : Inputs.labels("addLabels", addLabels),
                        removeLabels == null ? List.of() : Inputs.storedLabels("removeLabels", removeLabels),
                        fields),
                true);
    }

    private static void put(Map<String, Object> fields, String key, Object given, UnaryOperator<Object> checked) {
        if (given != null) {
            fields.put(key, checked.apply(given));
        }
    }

    private static void oneAtLeast(boolean isThere, String headers) {
        if (!isThere) {
            throw new IllegalArgumentException(headers + " are missing; expected one at least");
        }
    }

    private void ask(String verb, Object conversation, Wish wish) {
        outbox.wish(accountId, Inputs.id(CONVERSATION_ID, conversation), wish, verb);
    }

    private void askOnce(String verb, Object conversation, Object occasion, Function<String, Wish> wish) {
        if (occasion == null) {
            ask(verb, conversation, wish.apply(newId()));
        } else {
            outbox.wishOnce(
                    accountId,
                    Inputs.id(CONVERSATION_ID, conversation),
                    wish.apply(Inputs.occasion(OCCASION, occasion)),
                    verb);
        }
    }

    private void askOfContact(String verb, Object contact, ChangeLabels change) {
        long id = Inputs.id(CONTACT_ID, contact);
        outbox.wish(accountId, NO_CONVERSATION, new ChangeContactLabels(id, change), verb);
    }

    private void ask(ApiRequest request, boolean repeatable) {
        Wish.Call call =
                new Wish.Call(newId(), request.verb(), request.method(), request.path(), request.body(), repeatable);
        outbox.wish(accountId, NO_CONVERSATION, call, request.verb());
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }
}
