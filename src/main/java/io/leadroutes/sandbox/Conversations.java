package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Agent;
import io.leadroutes.sandbox.Rows.Contact;
import io.leadroutes.sandbox.Rows.ContactInbox;
import io.leadroutes.sandbox.Rows.Conversation;
import io.leadroutes.sandbox.Rows.Message;
import io.leadroutes.sandbox.Rows.MessageType;
import io.leadroutes.sandbox.Rows.Team;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What can happen to a conversation, whoever does it, with the webhooks that follow (CONTRACT section 2.4). A change to
 * the same value is none: nothing is saved and nobody is told.
 */
final class Conversations {
    private static final Set<String> STATUSES = Set.of("open", "resolved", "pending", "snoozed");
    private static final Set<String> PRIORITIES = Set.of("low", "medium", "high", "urgent");
    private static final int MAX_CONTENT = 150_000;
    private static final int MAX_MESSAGES_PER_MINUTE = 200;

    private final Account account;
    private final Events events;
    private final Contacts contacts;

    Conversations(Account account, Events events, Contacts contacts) {
        this.account = account;
        this.events = events;
        this.contacts = contacts;
    }

    void setLabels(Conversation conversation, List<String> labels) {
        if (Attributes.isSameSet(conversation.labels, labels)) {
            return;
        }
        String joined = String.join(", ", labels);
        Changes changes = new Changes()
                .put("cached_label_list", conversation.cachedLabelList, joined)
                .put("label_list", conversation.labels, labels);
        conversation.labels = labels;
        conversation.cachedLabelList = joined;
        save(conversation, changes);
    }

    void setCustomAttributes(Conversation conversation, Map<String, Object> attributes) {
        Changes changes = new Changes().add("custom_attributes", conversation.customAttributes, attributes);
        conversation.customAttributes = attributes;
        save(conversation, changes);
    }

    /** Null clears; a word that Chatwoot does not know is an error 500, {@code none} too (CONTRACT section 3.9). */
    void setPriority(Conversation conversation, String priority) {
        if (priority != null && !PRIORITIES.contains(priority)) {
            throw Refusal.serverError();
        }
        Changes changes = new Changes().add("priority", conversation.priority, priority);
        conversation.priority = priority;
        save(conversation, changes);
    }

    /** {@code snoozedUntil} counts only for {@code snoozed}; {@code by} may be null. */
    void setStatus(Conversation conversation, String status, Instant snoozedUntil, Agent by) {
        requireStatus(status);
        String previous = conversation.status;
        Instant until = status.equals("snoozed") ? snoozedUntil : null;
        Changes changes = new Changes()
                .add("status", previous, status)
                .add("snoozed_until", Json.iso(conversation.snoozedUntil), Json.iso(until));
        conversation.status = status;
        conversation.snoozedUntil = until;
        if (previous.equals(status)) {
            save(conversation, changes);
            return;
        }
        Instant before = conversation.statusChangedAt;
        conversation.statusChangedAt = account.now();
        changes.put("status_changed_at", Json.iso(before), Json.iso(conversation.statusChangedAt));
        touch(conversation, changes);
        events.statusChanged(conversation, previous, by);
        events.conversationUpdated(conversation, changes);
    }

    /** An unknown word is an error 500 (CONTRACT section 3.1). */
    static void requireStatus(String status) {
        if (!STATUSES.contains(status)) {
            throw Refusal.serverError();
        }
    }

    /** Null unassigns. */
    void assignAgent(Conversation conversation, Agent agent) {
        Changes changes = new Changes().add("assignee_id", id(conversation.assignee), id(agent));
        conversation.assignee = agent;
        save(conversation, changes);
    }

    /**
     * Null takes it from its team. An assignee outside the new team goes; without one, a team that allows it gives the
     * conversation to a member that is online (CONTRACT section 3.8).
     */
    void assignTeam(Conversation conversation, Team team) {
        if (conversation.team == team) {
            return;
        }
        Agent assignee = conversation.assignee;
        if (team != null && !account.isMember(team, assignee)) {
            assignee = team.allowAutoAssign ? onlineMember(team) : null;
        }
        Changes changes = new Changes()
                .add("assignee_id", id(conversation.assignee), id(assignee))
                .add("team_id", id(conversation.team), id(team));
        conversation.assignee = assignee;
        conversation.team = team;
        save(conversation, changes);
    }

    private Agent onlineMember(Team team) {
        return account.agents.values().stream()
                .filter(agent -> agent.online && account.isMember(team, agent))
                .findFirst()
                .orElse(null);
    }

    /** A new conversation; told of with {@code conversation_created} and the update that tends to follow it. */
    Conversation open(ContactInbox link) {
        Conversation conversation = account.addConversation(account.nextConversationId(), link);
        if (link.contact().blocked) {
            conversation.status = "resolved";
        }
        return conversation;
    }

    void announce(Conversation conversation) {
        events.conversationCreated(conversation);
        if (account.settings.noise()) {
            events.conversationUpdated(
                    conversation,
                    new Changes()
                            .put("id", null, conversation.displayId)
                            .put("account_id", null, account.id())
                            .put("inbox_id", null, conversation.inbox().id())
                            .put("status", null, conversation.status)
                            .put("updated_at", null, Json.iso(conversation.updatedAt)));
        }
    }

    /** Makes a message without saving it; the caller fills in the rest. */
    Message draft(Conversation conversation, MessageType type, String content) {
        return new Message(account.nextMessageId(), conversation, type, content, account.now());
    }

    /** A message from the customer; wakes a snoozed or resolved conversation. */
    void receive(Message message, Contact contact) {
        message.contact = contact;
        store(message);
        Conversation conversation = message.conversation;
        conversation.unreadCount++;
        Instant waitingBefore = conversation.waitingSince;
        if (waitingBefore == null) {
            conversation.waitingSince = message.createdAt;
        }
        events.message("message_created", message);
        contacts.touchActivity(contact);
        if (Set.of("snoozed", "resolved").contains(conversation.status)) {
            setStatus(conversation, "open", null, null);
        }
        if (waitingBefore == null && account.settings.noise()) {
            save(conversation, new Changes().put("waiting_since", null, Json.iso(conversation.waitingSince)));
        }
    }

    /** A message or note of an agent; its content is a Liquid template. */
    void send(Message message, Agent agent) {
        message.agent = agent;
        if (message.content != null) {
            message.content = MessageText.expand(message.content, MessageText.variables(message));
        }
        store(message);
        if (message.isPrivate) {
            account.notifications.addAll(MessageText.mentions(message));
            events.message("message_created", message);
            return;
        }
        reply(message);
    }

    private void reply(Message message) {
        Conversation conversation = message.conversation;
        conversation.unreadCount = 0;
        conversation.agentLastSeenAt = message.createdAt;
        Changes changes = new Changes();
        if (conversation.firstReplyCreatedAt == null) {
            conversation.firstReplyCreatedAt = message.createdAt;
            changes.put("first_reply_created_at", null, Json.iso(message.createdAt));
        }
        if (conversation.waitingSince != null) {
            changes.put("waiting_since", Json.iso(conversation.waitingSince), null);
            conversation.waitingSince = null;
        }
        events.message("message_created", message);
        if (account.settings.noise()) {
            save(conversation, changes);
            message.status = "delivered";
            message.updatedAt = account.now();
            events.message("message_updated", message);
        }
    }

    private void store(Message message) {
        Conversation conversation = message.conversation;
        if (message.content != null && message.content.length() > MAX_CONTENT) {
            throw Refusal.unprocessable(
                    "Validation failed: Content is too long (maximum is " + MAX_CONTENT + " characters)");
        }
        Instant minuteAgo = message.createdAt.minus(Duration.ofMinutes(1));
        long recent = conversation.messages.stream()
                .filter(earlier -> earlier.createdAt.isAfter(minuteAgo))
                .count();
        if (recent >= MAX_MESSAGES_PER_MINUTE) {
            throw Refusal.unprocessable("Validation failed: Base Too many messages");
        }
        conversation.messages.add(message);
        conversation.lastActivityAt = message.createdAt;
        conversation.updatedAt = account.now();
    }

    private void save(Conversation conversation, Changes changes) {
        if (!changes.isEmpty()) {
            touch(conversation, changes);
            events.conversationUpdated(conversation, changes);
        }
    }

    private void touch(Conversation conversation, Changes changes) {
        Instant before = conversation.updatedAt;
        conversation.updatedAt = account.now();
        changes.put("updated_at", Json.iso(before), Json.iso(conversation.updatedAt));
    }

    private static Long id(Agent agent) {
        return agent == null ? null : agent.id;
    }

    private static Long id(Team team) {
        return team == null ? null : team.id;
    }
}
