package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Agent;
import io.leadroutes.sandbox.Rows.Contact;
import io.leadroutes.sandbox.Rows.Conversation;
import io.leadroutes.sandbox.Rows.Message;
import java.util.Map;

/** Tells every subscribed webhook what happened, in the dialect's body shape. The body shows the state of this moment. */
final class Events {
    private final Account account;
    private final WebhookSender sender;
    private final WebhookShapes shapes;
    private final ReferenceWebhookShapes referenceShapes;

    Events(Account account, WebhookSender sender) {
        this.account = account;
        this.sender = sender;
        this.shapes = new WebhookShapes(account);
        this.referenceShapes = new ReferenceWebhookShapes(account);
    }

    void conversationCreated(Conversation conversation) {
        send(
                "conversation_created",
                isReference()
                        ? referenceShapes.conversationCreated(conversation)
                        : shapes.conversationEvent("conversation_created", conversation));
    }

    void conversationUpdated(Conversation conversation, Changes changes) {
        if (isReference()) {
            send("conversation_updated", referenceShapes.conversationUpdated(conversation, changes));
            return;
        }
        Map<String, Object> body = shapes.conversationEvent("conversation_updated", conversation);
        body.put("changed_attributes", changes.toArray());
        send("conversation_updated", body);
    }

    /** {@code by} may be null; Chatwoot's own body never says who. */
    void statusChanged(Conversation conversation, String previousStatus, Agent by) {
        if (isReference()) {
            send("conversation_status_changed", referenceShapes.statusChanged(conversation, previousStatus, by));
            return;
        }
        Map<String, Object> body = shapes.conversationEvent("conversation_status_changed", conversation);
        body.put("changed_attributes", null);
        send("conversation_status_changed", body);
    }

    void message(String event, Message message) {
        send(event, isReference() ? referenceShapes.messageEvent(event, message) : shapes.messageEvent(event, message));
    }

    void contactCreated(Contact contact) {
        send("contact_created", contactBody("contact_created", contact));
    }

    void contactUpdated(Contact contact, Changes changes) {
        Map<String, Object> body = contactBody("contact_updated", contact);
        if (isReference()) {
            body.put("changes", ReferenceWebhookShapes.beforeAndAfter(changes));
        } else {
            body.put("changed_attributes", changes.toArray());
        }
        send("contact_updated", body);
    }

    private Map<String, Object> contactBody(String event, Contact contact) {
        return isReference() ? referenceShapes.contactEvent(event, contact) : shapes.contactEvent(event, contact);
    }

    private boolean isReference() {
        return account.settings.isReference();
    }

    private void send(String event, Map<String, Object> body) {
        account.hooks.values().stream()
                .filter(hook -> hook.subscriptions.contains(event))
                .forEach(hook -> sender.enqueue(hook, event, body));
    }
}
