package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Agent;
import io.leadroutes.sandbox.Rows.Contact;
import io.leadroutes.sandbox.Rows.ContactInbox;
import io.leadroutes.sandbox.Rows.Conversation;
import io.leadroutes.sandbox.Rows.Message;
import io.leadroutes.sandbox.Rows.Team;
import java.util.List;
import java.util.Map;

/** Webhook bodies as Chatwoot's code builds them, keys in its order (CONTRACT section 2). */
final class WebhookShapes {
    private final Account account;

    WebhookShapes(Account account) {
        this.account = account;
    }

    Map<String, Object> conversationEvent(String event, Conversation conversation) {
        Map<String, Object> body = snapshot(conversation);
        body.put("event", event);
        return body;
    }

    Map<String, Object> snapshot(Conversation conversation) {
        ContactInbox link = conversation.contactInbox;
        return Json.object(
                "additional_attributes", conversation.additionalAttributes,
                "can_reply", true,
                "channel", conversation.inbox().channel(),
                "contact_inbox",
                        Json.object(
                                "id", link.id(),
                                "contact_id", link.contact().id,
                                "inbox_id", link.inbox().id(),
                                "source_id", link.sourceId(),
                                "created_at", Json.iso(link.createdAt()),
                                "updated_at", Json.iso(link.createdAt()),
                                "hmac_verified", false,
                                "pubsub_token", "SANDBOXpubsub" + link.id()),
                "id", conversation.displayId,
                "inbox_id", conversation.inbox().id(),
                "messages", lastPublicMessage(conversation),
                "labels", conversation.labels,
                "meta",
                        Json.object(
                                "sender", contactShort(conversation.contact()),
                                "assignee", conversation.assignee == null ? null : agentShort(conversation.assignee),
                                "assignee_type", conversation.assignee == null ? null : "User",
                                "team", conversation.team == null ? null : team(conversation.team),
                                "hmac_verified", false),
                "status", conversation.status,
                "custom_attributes", conversation.customAttributes,
                "snoozed_until", Json.iso(conversation.snoozedUntil),
                "unread_count", Math.min(conversation.unreadCount, 10),
                "first_reply_created_at", Json.iso(conversation.firstReplyCreatedAt),
                "priority", conversation.priority,
                "waiting_since", Json.seconds(conversation.waitingSince),
                "agent_last_seen_at", Json.seconds(conversation.agentLastSeenAt),
                "contact_last_seen_at", 0,
                "last_activity_at", Json.seconds(conversation.lastActivityAt),
                "timestamp", Json.seconds(conversation.lastActivityAt),
                "created_at", Json.seconds(conversation.createdAt),
                "updated_at", Json.fractionalSeconds(conversation.updatedAt),
                "account", accountShort());
    }

    Map<String, Object> messageEvent(String event, Message message) {
        Map<String, Object> body = Json.object(
                "account", accountShort(),
                "additional_attributes", Map.of(),
                "content_attributes", message.contentAttributes,
                "content_type", message.contentType,
                "content", message.content,
                "conversation", snapshot(message.conversation),
                "created_at", Json.iso(message.createdAt),
                "id", message.id,
                "inbox",
                        Json.object(
                                "id", message.conversation.inbox().id(),
                                "name", message.conversation.inbox().name()),
                "message_type", message.type.text,
                "private", message.isPrivate,
                "sender", sender(message),
                "source_id", message.sourceId);
        if (!message.attachments.isEmpty()) {
            body.put("attachments", message.attachments);
        }
        body.put("event", event);
        return body;
    }

    Map<String, Object> contactEvent(String event, Contact contact) {
        Map<String, Object> body = contactFull(contact);
        body.put("event", event);
        return body;
    }

    private Map<String, Object> accountShort() {
        return Json.object("id", account.id(), "name", Account.NAME);
    }

    private Map<String, Object> contactFull(Contact contact) {
        return Json.object(
                "account", accountShort(),
                "additional_attributes", contact.additionalAttributes,
                "avatar", "",
                "custom_attributes", contact.customAttributes,
                "email", contact.email,
                "id", contact.id,
                "identifier", contact.identifier,
                "name", contact.name,
                "phone_number", contact.phoneNumber,
                "thumbnail", "",
                "blocked", contact.blocked);
    }

    private static Map<String, Object> contactShort(Contact contact) {
        return Json.object(
                "additional_attributes", contact.additionalAttributes,
                "custom_attributes", contact.customAttributes,
                "email", contact.email,
                "id", contact.id,
                "identifier", contact.identifier,
                "name", contact.name,
                "phone_number", contact.phoneNumber,
                "thumbnail", "",
                "blocked", contact.blocked,
                "type", "contact");
    }

    static Map<String, Object> agentShort(Agent agent) {
        return Json.object(
                "id",
                agent.id,
                "name",
                agent.name,
                "available_name",
                agent.name,
                "avatar_url",
                "",
                "type",
                "user",
                "availability_status",
                agent.online ? "online" : "offline",
                "thumbnail",
                "");
    }

    private static Map<String, Object> team(Team team) {
        return Json.object("id", team.id, "name", team.name, "icon", "", "icon_color", "");
    }

    private Object sender(Message message) {
        if (message.contact != null) {
            return contactFull(message.contact);
        }
        Agent agent = message.agent;
        return agent == null
                ? null
                : Json.object("id", agent.id, "name", agent.name, "email", agent.email, "type", "user");
    }

    private List<Object> lastPublicMessage(Conversation conversation) {
        for (int i = conversation.messages.size() - 1; i >= 0; i--) {
            if (!conversation.messages.get(i).isPrivate) {
                return List.of(nested(conversation.messages.get(i)));
            }
        }
        return List.of();
    }

    /** The other serialization of a message, as in {@code conversation.messages[0]} (CONTRACT section 2.3). */
    Map<String, Object> nested(Message message) {
        Conversation conversation = message.conversation;
        Map<String, Object> nested = Json.object(
                "id",
                message.id,
                "content",
                message.content,
                "account_id",
                account.id(),
                "inbox_id",
                conversation.inbox().id(),
                "conversation_id",
                conversation.displayId,
                "message_type",
                message.type.number,
                "created_at",
                Json.seconds(message.createdAt),
                "updated_at",
                Json.iso(message.updatedAt),
                "private",
                message.isPrivate,
                "status",
                message.status,
                "source_id",
                message.sourceId,
                "content_type",
                message.contentType,
                "content_attributes",
                message.contentAttributes,
                "sender_type",
                message.contact != null ? "Contact" : message.agent != null ? "User" : null,
                "sender_id",
                message.contact != null ? (Object) message.contact.id : message.agent != null ? message.agent.id : null,
                "external_source_ids",
                Map.of(),
                "additional_attributes",
                Map.of(),
                "processed_message_content",
                message.content,
                "sentiment",
                Map.of(),
                "conversation",
                Json.object(
                        "assignee_id", conversation.assignee == null ? null : conversation.assignee.id,
                        "unread_count", Math.min(conversation.unreadCount, 10),
                        "last_activity_at", Json.seconds(conversation.lastActivityAt),
                        "contact_inbox", Json.object("source_id", conversation.contactInbox.sourceId())));
        if (!message.attachments.isEmpty()) {
            nested.put("attachments", message.attachments);
        }
        if (message.contact != null) {
            nested.put("sender", contactShort(message.contact));
        } else if (message.agent != null) {
            nested.put("sender", agentShort(message.agent));
        }
        return nested;
    }
}
