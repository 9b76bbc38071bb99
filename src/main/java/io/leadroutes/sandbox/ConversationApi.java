package io.leadroutes.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.leadroutes.sandbox.Rows.Agent;
import io.leadroutes.sandbox.Rows.Contact;
import io.leadroutes.sandbox.Rows.ContactInbox;
import io.leadroutes.sandbox.Rows.Conversation;
import io.leadroutes.sandbox.Rows.Inbox;
import io.leadroutes.sandbox.Rows.Message;
import io.leadroutes.sandbox.Rows.MessageType;
import io.leadroutes.sandbox.Rows.Team;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** {@code /conversations} (CONTRACT sections 3.2 to 3.4, 3.6, 3.8, 3.9, 3.12). */
final class ConversationApi {
    private static final int PAGE_SIZE = 25;

    private final Account account;
    private final Conversations conversations;
    private final ApiShapes shapes;

    ConversationApi(Account account, Conversations conversations, ApiShapes shapes) {
        this.account = account;
        this.conversations = conversations;
        this.shapes = shapes;
    }

    void register(Router router) {
        router.on("GET", "/conversations", this::list)
                .on("POST", "/conversations", this::create)
                .on("POST", "/conversations/filter", this::filter)
                .on("GET", "/conversations/#", request -> Answer.ok(shapes.conversation(conversation(request))))
                .on("PATCH", "/conversations/#", this::update)
                .on("PUT", "/conversations/#", this::update)
                .on("GET", "/conversations/#/labels", this::labels)
                .on("POST", "/conversations/#/labels", this::setLabels)
                .on("GET", "/conversations/#/messages", this::messages)
                .on("POST", "/conversations/#/messages", this::createMessage)
                .on("POST", "/conversations/#/custom_attributes", this::setCustomAttributes)
                .on("POST", "/conversations/#/toggle_priority", this::togglePriority)
                .on("POST", "/conversations/#/toggle_status", this::toggleStatus)
                .on("POST", "/conversations/#/assignments", this::assign);
        if (account.settings.mergeSupported()) {
            router.on("POST", "/conversations/#/destroy_custom_attributes", this::destroyCustomAttributes);
        }
    }

    private Conversation conversation(Request request) {
        return account.conversation(request.id());
    }

    private Answer list(Request request) {
        List<Conversation> found = account.conversations.values().stream()
                .filter(isWanted(request))
                .sorted(order(request))
                .toList();
        long assigned = found.stream().filter(c -> c.assignee != null).count();
        Map<String, Object> meta = Json.object(
                "mine_count",
                found.stream().filter(c -> c.assignee == request.caller()).count(),
                "assigned_count",
                assigned,
                "unassigned_count",
                found.size() - assigned,
                "all_count",
                found.size());
        List<Map<String, Object>> payload =
                page(request, found).stream().map(shapes::conversation).toList();
        return Answer.ok(Json.object("data", Json.object("meta", meta, "payload", payload)));
    }

    /** By {@code display_id} only. */
    private Answer filter(Request request) {
        Map<String, Object> wanted = request.param("payload") instanceof List<?> list && list.size() == 1
                ? Json.asObject((Map<?, ?>) list.get(0))
                : Map.of();
        if (!"display_id".equals(wanted.get("attribute_key"))
                || !"equal_to".equals(wanted.get("filter_operator"))
                || !(wanted.get("values") instanceof List<?> values)) {
            throw Refusal.unprocessable("sandbox: expected one filter, display_id equal_to");
        }
        Set<String> ids = values.stream().map(String::valueOf).collect(Collectors.toSet());
        List<Conversation> found = account.conversations.values().stream()
                .filter(c -> ids.contains(Long.toString(c.displayId)))
                .sorted(order(request))
                .toList();
        return Answer.ok(Json.object(
                "meta",
                Json.object("all_count", found.size()),
                "payload",
                page(request, found).stream().map(shapes::conversation).toList()));
    }

    private static Comparator<Conversation> order(Request request) {
        return request.queryValue("sort_by").filter("created_at_asc"::equals).isPresent()
                ? Comparator.comparing((Conversation c) -> c.createdAt)
                : Comparator.comparing((Conversation c) -> c.lastActivityAt).reversed();
    }

    private static List<Conversation> page(Request request, List<Conversation> found) {
        if (request.queryValue("updated_within").isPresent()) {
            return found;
        }
        long page = Math.max(1, request.queryNumber("page").orElse(1L));
        return found.stream().skip((page - 1) * PAGE_SIZE).limit(PAGE_SIZE).toList();
    }

    private Predicate<Conversation> isWanted(Request request) {
        String status = request.queryValue("status").orElse("open");
        List<String> labels = request.query().getOrDefault("labels[]", List.of());
        String assignees = request.queryValue("assignee_type").orElse("all");
        Instant updatedAfter = request.queryNumber("updated_within")
                .map(seconds -> account.settings.clock().instant().minusSeconds(seconds))
                .orElse(Instant.EPOCH);
        Predicate<Conversation> isWanted = c -> status.equals("all") || c.status.equals(status);
        return isWanted.and(c -> labels.isEmpty() || c.labels.stream().anyMatch(labels::contains))
                .and(c -> switch (assignees) {
                    case "me" -> c.assignee == request.caller();
                    case "assigned" -> c.assignee != null;
                    case "unassigned" -> c.assignee == null;
                    default -> true;
                })
                .and(c -> request.queryNumber("inbox_id")
                        .map(id -> id == c.inbox().id())
                        .orElse(true))
                .and(c -> request.queryNumber("team_id")
                        .map(id -> c.team != null && c.team.id == id)
                        .orElse(true))
                .and(c -> c.updatedAt.isAfter(updatedAfter));
    }

    private Answer create(Request request) {
        Inbox inbox = Account.row(account.inboxes, request.number("inbox_id").orElseThrow(Refusal::notFound));
        Contact contact = account.contact(request.number("contact_id").orElseThrow(Refusal::notFound));
        String sourceId = (String) request.param("source_id");
        if (inbox.channel().equals("Channel::Whatsapp") && sourceId != null && !sourceId.matches("\\d{1,15}")) {
            throw Refusal.invalid("Source invalid source id for whatsapp inbox. valid Regex", "source_id");
        }
        ContactInbox link = account.contactInbox(contact, inbox, sourceId);
        Team team = request.number("team_id")
                .map(id -> Account.row(account.teams, id))
                .orElse(null);
        Agent assignee = request.number("assignee_id").map(account.agents::get).orElse(null);
        String status = request.param("status") instanceof String given ? given : "open";
        Conversations.requireStatus(status);
        Map<String, Object> attributes =
                request.param("custom_attributes") instanceof Map<?, ?> given ? Json.asObject(given) : Map.of();
        Attributes.validate(attributes);
        Conversation conversation = conversations.open(link);
        conversation.team = team;
        conversation.assignee = assignee;
        conversation.status = contact.blocked ? "resolved" : status;
        conversation.customAttributes = Attributes.merged(Map.of(), attributes);
        if (request.param("additional_attributes") instanceof Map<?, ?> given) {
            conversation.additionalAttributes = Attributes.merged(Map.of(), given);
        }
        conversations.announce(conversation);
        if (request.param("message") instanceof Map<?, ?> message) {
            conversations.send(
                    conversations.draft(conversation, MessageType.OUTGOING, (String) message.get("content")),
                    request.caller());
        }
        return Answer.ok(shapes.conversation(conversation));
    }

    private Answer update(Request request) {
        Conversation conversation = conversation(request);
        if (request.has("priority")) {
            conversations.setPriority(conversation, priority(request));
        }
        return Answer.ok(shapes.conversation(conversation));
    }

    private Answer labels(Request request) {
        List<String> labels = conversation(request).labels;
        return Answer.ok(account.settings.isReference() ? labels : Json.object("payload", labels));
    }

    private Answer setLabels(Request request) {
        Conversation conversation = conversation(request);
        conversations.setLabels(conversation, Attributes.labels(request.param("labels")));
        return Answer.ok(Json.object("payload", conversation.labels));
    }

    private Answer messages(Request request) {
        Conversation conversation = conversation(request);
        List<Message> wanted = conversation.messages.stream()
                .filter(message -> !message.isPrivate
                        || request.queryValue("filter_internal_messages").isEmpty())
                .toList();
        List<Map<String, Object>> payload =
                slice(request, wanted).stream().map(shapes::message).toList();
        Map<String, Object> meta = account.settings.isReference()
                ? Json.object("mine_count", 0, "unassigned_count", 0)
                : Json.object(
                        "labels",
                        conversation.labels,
                        "additional_attributes",
                        conversation.additionalAttributes,
                        "contact",
                        shapes.contact(conversation.contact()),
                        "agent_last_seen_at",
                        Json.iso(conversation.agentLastSeenAt),
                        "assignee_last_seen_at",
                        null);
        return Answer.ok(Json.object("meta", meta, "payload", payload));
    }

    private static List<Message> slice(Request request, List<Message> messages) {
        boolean isAfter = request.queryNumber("after").isPresent();
        long after = request.queryNumber("after").orElse(0L);
        long before = request.queryNumber("before").orElse(0L);
        if (isAfter && before > 0) {
            return messages.stream()
                    .filter(message -> message.id >= after && message.id < before)
                    .limit(1000)
                    .toList();
        }
        if (isAfter) {
            return messages.stream()
                    .filter(message -> message.id > after)
                    .limit(100)
                    .toList();
        }
        List<Message> older = messages.stream()
                .filter(message -> before == 0 || message.id < before)
                .toList();
        return older.subList(Math.max(0, older.size() - 20), older.size());
    }

    private Answer createMessage(Request request) {
        Conversation conversation = conversation(request);
        MessageType type = messageType(request, conversation);
        Message message = conversations.draft(conversation, type, (String) request.param("content"));
        message.isPrivate = Boolean.parseBoolean(String.valueOf(request.param("private")));
        message.sourceId = (String) request.param("source_id");
        if (request.param("content_type") instanceof String contentType) {
            message.contentType = contentType;
        }
        message.contentAttributes = contentAttributes(request.param("content_attributes"));
        if (type == MessageType.INCOMING) {
            conversations.receive(message, conversation.contact());
        } else {
            conversations.send(message, request.caller());
        }
        Map<String, Object> shape = shapes.message(message);
        if (request.has("echo_id")) {
            shape.put("echo_id", request.param("echo_id"));
        }
        return Answer.ok(shape);
    }

    private static MessageType messageType(Request request, Conversation conversation) {
        String wanted = request.param("message_type") instanceof String text ? text : "outgoing";
        if (wanted.equals("outgoing")) {
            return MessageType.OUTGOING;
        }
        if (!wanted.equals("incoming")) {
            throw Refusal.unprocessable("'" + wanted + "' is not a valid message_type");
        }
        if (!conversation.inbox().isApi()) {
            throw Refusal.unprocessable("Incoming messages are only allowed in Api inboxes");
        }
        return MessageType.INCOMING;
    }

    /** An object, or its JSON as text. */
    private static Map<String, Object> contentAttributes(Object given) {
        try {
            Object parsed = given instanceof String text ? Json.parse(text) : given;
            return parsed instanceof Map<?, ?> object ? Json.asObject(object) : Map.of();
        } catch (JsonProcessingException e) {
            return Map.of();
        }
    }

    private Answer setCustomAttributes(Request request) {
        Conversation conversation = conversation(request);
        if (!(request.param("custom_attributes") instanceof Map<?, ?> given)) {
            throw Refusal.serverError();
        }
        Attributes.validate(given);
        boolean isMerge = account.settings.mergeSupported() && Boolean.TRUE.equals(request.param("merge"));
        Map<String, Object> base = isMerge ? conversation.customAttributes : Map.of();
        conversations.setCustomAttributes(conversation, Attributes.merged(base, given));
        return Answer.ok(Json.object("custom_attributes", conversation.customAttributes));
    }

    private Answer destroyCustomAttributes(Request request) {
        Conversation conversation = conversation(request);
        if (!(request.param("custom_attributes") instanceof List<?> keys)) {
            throw Refusal.serverError();
        }
        conversations.setCustomAttributes(conversation, Attributes.without(conversation.customAttributes, keys));
        return Answer.ok(Json.object("custom_attributes", conversation.customAttributes));
    }

    private Answer togglePriority(Request request) {
        Conversation conversation = conversation(request);
        conversations.setPriority(conversation, priority(request));
        return account.settings.isReference()
                ? Answer.ok(Json.object(
                        "id", conversation.displayId,
                        "priority", conversation.priority == null ? "none" : conversation.priority,
                        "status", conversation.status))
                : Answer.empty(200);
    }

    private String priority(Request request) {
        String priority = request.param("priority") == null
                ? null
                : request.param("priority").toString();
        return account.settings.isReference() && "none".equals(priority) ? null : priority;
    }

    private Answer toggleStatus(Request request) {
        Conversation conversation = conversation(request);
        String status = request.param("status") instanceof String given ? given : toggled(conversation.status);
        conversations.setStatus(conversation, status, snoozedUntil(request.param("snoozed_until")), request.caller());
        // An agent who opens a conversation takes it; an administrator does not (CONTRACT section 3.9).
        if (conversation.status.equals("open") && request.caller().role == Role.AGENT) {
            conversations.assignAgent(conversation, request.caller());
        }
        Map<String, Object> payload = Json.object(
                "success", true,
                "conversation_id", conversation.displayId,
                "current_status", conversation.status);
        if (!account.settings.isReference()) {
            payload.put("snoozed_until", Json.iso(conversation.snoozedUntil));
        }
        return Answer.ok(Json.object("payload", payload));
    }

    private static String toggled(String status) {
        return status.equals("open") ? "resolved" : "open";
    }

    private static Instant snoozedUntil(Object epochSeconds) {
        if (epochSeconds == null) {
            return null;
        }
        try {
            return Instant.ofEpochSecond(Long.parseLong(epochSeconds.toString()));
        } catch (NumberFormatException e) {
            throw Refusal.serverError();
        }
    }

    private Answer assign(Request request) {
        Conversation conversation = conversation(request);
        if (request.has("assignee_id")) {
            Agent agent = request.number("assignee_id").map(account.agents::get).orElse(null);
            boolean isUnknown = agent == null && request.number("assignee_id").isPresent();
            if (isUnknown && account.settings.isReference()) {
                throw Refusal.notFound();
            }
            conversations.assignAgent(conversation, agent);
            return Answer.ok(agent == null ? null : shapes.agent(agent));
        }
        if (request.has("team_id")) {
            long id = request.number("team_id").orElse(0L);
            Team team = id == 0 ? null : Account.row(account.teams, id);
            conversations.assignTeam(conversation, team);
            return Answer.ok(team == null ? null : shapes.teamRow(team));
        }
        return Answer.ok(null);
    }
}
