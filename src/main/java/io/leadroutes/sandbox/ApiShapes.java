package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Agent;
import io.leadroutes.sandbox.Rows.Contact;
import io.leadroutes.sandbox.Rows.Conversation;
import io.leadroutes.sandbox.Rows.Message;
import io.leadroutes.sandbox.Rows.Team;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** JSON of API answers about conversations, messages, contacts and people, per dialect (CONTRACT section 3). */
final class ApiShapes {
    private final Account account;
    private final WebhookShapes webhookShapes;

    ApiShapes(Account account) {
        this.account = account;
        this.webhookShapes = new WebhookShapes(account);
    }

    /** The conversation of the API, which is not the snapshot of the webhooks (CONTRACT section 3.3). */
    Map<String, Object> conversation(Conversation conversation) {
        Map<String, Object> meta = Json.object(
                "sender", contact(conversation.contact()),
                "channel", conversation.inbox().channel());
        if (conversation.assignee != null) {
            meta.put("assignee", agent(conversation.assignee));
            meta.put("assignee_type", "User");
        }
        if (conversation.team != null) {
            meta.put("team", team(conversation.team, false));
        }
        meta.put("hmac_verified", false);
        return Json.object(
                "meta", meta,
                "id", conversation.displayId,
                "messages", lastMessage(conversation),
                "account_id", account.id(),
                "uuid", uuid(conversation.displayId),
                "additional_attributes", conversation.additionalAttributes,
                "agent_last_seen_at", Json.seconds(conversation.agentLastSeenAt),
                "assignee_last_seen_at", 0,
                "can_reply", true,
                "contact_last_seen_at", 0,
                "custom_attributes", conversation.customAttributes,
                "inbox_id", conversation.inbox().id(),
                "labels", conversation.labels,
                "muted", false,
                "snoozed_until", Json.iso(conversation.snoozedUntil),
                "status", conversation.status,
                "created_at", Json.seconds(conversation.createdAt),
                "updated_at", Json.fractionalSeconds(conversation.updatedAt),
                "timestamp", Json.seconds(conversation.lastActivityAt),
                "first_reply_created_at", Json.seconds(conversation.firstReplyCreatedAt),
                "unread_count", conversation.unreadCount,
                "last_non_activity_message",
                        lastMessage(conversation).stream().findFirst().orElse(null),
                "last_activity_at", Json.seconds(conversation.lastActivityAt),
                "priority", conversation.priority,
                "waiting_since", Json.seconds(conversation.waitingSince));
    }

    private List<Map<String, Object>> lastMessage(Conversation conversation) {
        int count = conversation.messages.size();
        return count == 0 ? List.of() : List.of(webhookShapes.nested(conversation.messages.get(count - 1)));
    }

    private static String uuid(long displayId) {
        return new UUID(0x4c656164_726f4000L, 0x8000_000000000000L | displayId).toString();
    }

    Map<String, Object> message(Message message) {
        if (account.settings.isReference()) {
            return Json.object(
                    "id", message.id,
                    "content", message.content,
                    "message_type", message.type.text,
                    "private", message.isPrivate,
                    "created_at", Json.seconds(message.createdAt),
                    "content_attributes", message.contentAttributes,
                    "sender", referenceSender(message));
        }
        Map<String, Object> shape = Json.object(
                "id", message.id,
                "content", message.content,
                "inbox_id", message.conversation.inbox().id(),
                "conversation_id", message.conversation.displayId,
                "message_type", message.type.number,
                "content_type", message.contentType,
                "status", message.status,
                "content_attributes", message.contentAttributes,
                "created_at", Json.seconds(message.createdAt),
                "private", message.isPrivate,
                "source_id", message.sourceId);
        if (message.contact != null) {
            shape.put("sender", contact(message.contact));
        } else if (message.agent != null) {
            shape.put("sender", WebhookShapes.agentShort(message.agent));
        }
        if (!message.attachments.isEmpty()) {
            shape.put("attachments", message.attachments);
        }
        return shape;
    }

    private static Map<String, Object> referenceSender(Message message) {
        if (message.contact != null) {
            return Json.object("id", message.contact.id, "name", message.contact.name);
        }
        return message.agent == null
                ? null
                : Json.object("id", message.agent.id, "name", message.agent.name, "email", message.agent.email);
    }

    Map<String, Object> contact(Contact contact) {
        return Json.object(
                "additional_attributes", contact.additionalAttributes,
                "availability_status", "offline",
                "email", contact.email,
                "id", contact.id,
                "name", contact.name,
                "phone_number", contact.phoneNumber,
                "blocked", contact.blocked,
                "identifier", contact.identifier,
                "thumbnail", "",
                "custom_attributes", contact.customAttributes,
                "last_activity_at", contact.lastActivityAt == null ? null : Json.seconds(contact.lastActivityAt),
                "created_at", Json.seconds(contact.createdAt));
    }

    Map<String, Object> contactWithInboxes(Contact contact) {
        Map<String, Object> shape = contact(contact);
        shape.put(
                "contact_inboxes",
                account.contactInboxes.stream()
                        .filter(link -> link.contact() == contact)
                        .map(link -> Json.object(
                                "source_id", link.sourceId(),
                                "inbox",
                                        Json.object(
                                                "id", link.inbox().id(),
                                                "name", link.inbox().name(),
                                                "channel_type", link.inbox().channel())))
                        .toList());
        return shape;
    }

    Map<String, Object> agent(Agent agent) {
        return Json.object(
                "id",
                agent.id,
                "account_id",
                account.id(),
                "availability_status",
                agent.online ? "online" : "offline",
                "auto_offline",
                true,
                "confirmed",
                true,
                "email",
                agent.email,
                "provider",
                "email",
                "available_name",
                agent.name,
                "name",
                agent.name,
                "role",
                agent.role.text(),
                "thumbnail",
                "");
    }

    Map<String, Object> team(Team team, boolean isMember) {
        return Json.object(
                "id",
                team.id,
                "name",
                team.name,
                "description",
                account.settings.isReference() ? Objects.toString(team.description, "") : team.description,
                "allow_auto_assign",
                team.allowAutoAssign,
                "icon",
                "",
                "icon_color",
                "",
                "account_id",
                account.id(),
                "is_member",
                isMember);
    }

    /** The bare table row, as an assignment to a team answers it (CONTRACT section 3.8). */
    Map<String, Object> teamRow(Team team) {
        return Json.object(
                "id",
                team.id,
                "name",
                team.name,
                "description",
                team.description,
                "allow_auto_assign",
                team.allowAutoAssign,
                "account_id",
                account.id(),
                "created_at",
                Json.iso(team.createdAt),
                "updated_at",
                Json.iso(team.updatedAt),
                "icon",
                "",
                "icon_color",
                "");
    }
}
