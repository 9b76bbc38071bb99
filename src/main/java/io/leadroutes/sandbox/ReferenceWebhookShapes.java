package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Agent;
import io.leadroutes.sandbox.Rows.Contact;
import io.leadroutes.sandbox.Rows.Conversation;
import io.leadroutes.sandbox.Rows.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Webhook bodies as the original reference describes them ("Webhook Payload Structures"). */
final class ReferenceWebhookShapes {
    private final Account account;

    ReferenceWebhookShapes(Account account) {
        this.account = account;
    }

    Map<String, Object> conversationCreated(Conversation conversation) {
        Contact contact = conversation.contact();
        return Json.object(
                "event",
                "conversation_created",
                "id",
                conversation.displayId,
                "account",
                named(account.id(), Account.NAME),
                "additional_attributes",
                conversation.additionalAttributes,
                "custom_attributes",
                conversation.customAttributes,
                "inbox",
                named(conversation.inbox().id(), conversation.inbox().name()),
                "messages",
                List.of(),
                "meta",
                Json.object(
                        "sender",
                        Json.object(
                                "id", contact.id,
                                "name", contact.name,
                                "email", contact.email,
                                "phone_number", contact.phoneNumber),
                        "assignee",
                        conversation.assignee == null
                                ? null
                                : named(conversation.assignee.id, conversation.assignee.name)),
                "status",
                conversation.status,
                "priority",
                conversation.priority,
                "labels",
                conversation.labels,
                "created_at",
                Json.seconds(conversation.createdAt),
                "timestamp",
                Json.iso(conversation.createdAt));
    }

    Map<String, Object> conversationUpdated(Conversation conversation, Changes changes) {
        return Json.object(
                "event", "conversation_updated",
                "id", conversation.displayId,
                "account", Json.object("id", account.id()),
                "changes", beforeAndAfter(changes),
                "updated_at", Json.seconds(conversation.updatedAt));
    }

    Map<String, Object> statusChanged(Conversation conversation, String previousStatus, Agent by) {
        return Json.object(
                "event",
                "conversation_status_changed",
                "id",
                conversation.displayId,
                "account",
                Json.object("id", account.id()),
                "status",
                conversation.status,
                "previous_status",
                previousStatus,
                "changed_at",
                Json.seconds(conversation.updatedAt),
                "changed_by",
                by == null ? null : Json.object("id", by.id, "name", by.name, "type", "user"));
    }

    Map<String, Object> messageEvent(String event, Message message) {
        Conversation conversation = message.conversation;
        return Json.object(
                "event", event,
                "id", message.id,
                "content", message.content,
                "account", named(account.id(), Account.NAME),
                "conversation",
                        Json.object(
                                "id", conversation.displayId,
                                "inbox_id", conversation.inbox().id(),
                                "status", conversation.status,
                                "labels", conversation.labels),
                "sender", sender(message),
                "message_type", message.type.text,
                "content_type", message.contentType,
                "content_attributes", message.contentAttributes,
                "private", message.isPrivate,
                "created_at", Json.seconds(message.createdAt),
                "source_id", message.sourceId);
    }

    Map<String, Object> contactEvent(String event, Contact contact) {
        return Json.object(
                "event", event,
                "id", contact.id,
                "name", contact.name,
                "email", contact.email,
                "phone_number", contact.phoneNumber,
                "account", Json.object("id", account.id()),
                "custom_attributes", contact.customAttributes,
                "additional_attributes", contact.additionalAttributes,
                "created_at", Json.seconds(contact.createdAt));
    }

    /** {@code {attribute: {before, after}}}; the reference says {@code labels}, and nothing of bookkeeping columns. */
    static Map<String, Object> beforeAndAfter(Changes changes) {
        Map<String, Object> object = new LinkedHashMap<>();
        changes.byAttribute().forEach((attribute, change) -> {
            if (!List.of("updated_at", "cached_label_list", "status_changed_at").contains(attribute)) {
                object.put(
                        attribute.equals("label_list") ? "labels" : attribute,
                        Json.object("before", change.previous(), "after", change.current()));
            }
        });
        return object;
    }

    private static Map<String, Object> named(long id, String name) {
        return Json.object("id", id, "name", name);
    }

    private static Map<String, Object> sender(Message message) {
        if (message.contact != null) {
            return Json.object("id", message.contact.id, "name", message.contact.name, "email", message.contact.email);
        }
        return message.agent == null
                ? null
                : Json.object("id", message.agent.id, "name", message.agent.name, "email", message.agent.email);
    }
}
