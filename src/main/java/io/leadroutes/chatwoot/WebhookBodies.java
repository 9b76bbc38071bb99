package io.leadroutes.chatwoot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.event.Message;
import io.leadroutes.store.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * The webhook bodies that Chatwoot would send, or has sent, for what its API tells: so that what no webhook told goes
 * through the same door, and what one did is known there by its meaning (invariant 2). Both dialects of the API are
 * understood; the bodies are as Chatwoot's own code makes them (CONTRACT section 2), as far as the rules read them.
 *
 * <p>Two things the API does not tell: a message's time to less than a second, and how a conversation stood when the
 * message came. As in a webhook that was delivered late, the conversation is shown as it is now. Pure.
 */
public final class WebhookBodies {
    private static final String MESSAGE_CREATED = "message_created";

    /** Of the snapshot, what the API has under the same key (CONTRACT sections 2.1 and 3.3). */
    private static final List<String> OF_CONVERSATION = List.of(
            "additional_attributes",
            "can_reply",
            "id",
            "inbox_id",
            "labels",
            "status",
            "custom_attributes",
            "snoozed_until",
            "unread_count",
            "priority",
            "waiting_since",
            "agent_last_seen_at",
            "contact_last_seen_at",
            "last_activity_at",
            "timestamp",
            "created_at",
            "updated_at");

    private static final List<String> OF_MESSAGE = List.of(
            "content_attributes",
            "content_type",
            "content",
            "created_at",
            "id",
            "private",
            "sender",
            "source_id",
            "attachments");

    private final long accountId;

    /** @param accountId whose conversations they are */
    public WebhookBodies(long accountId) {
        this.accountId = accountId;
    }

    /**
     * The body of {@code message_created}.
     *
     * @param conversation an element of the answer of list-conversations, or that of show-conversation
     * @param message an element of {@code payload} in the answer of list-messages
     * @return JSON in UTF-8
     */
    public byte[] message(JsonNode conversation, JsonNode message) {
        return body(messageBody(conversation, message), MESSAGE_CREATED);
    }

    /** The same, marked as one of long ago (see {@link EventDecoder#BACKFILL}). */
    public byte[] oldMessage(JsonNode conversation, JsonNode message) {
        return body(messageBody(conversation, message).put(EventDecoder.BACKFILL, true), MESSAGE_CREATED);
    }

    private ObjectNode messageBody(JsonNode conversation, JsonNode message) {
        ObjectNode body = copy(message, OF_MESSAGE);
        Message.Type type = Answers.type(message.path("message_type"));
        if (type != Message.Type.UNKNOWN) {
            body.put("message_type", type.name().toLowerCase(Locale.ROOT));
        }
        body.set("account", account());
        body.set("conversation", snapshot(conversation));
        return body;
    }

    /**
     * The body of an event of a conversation, such as {@code conversation_status_changed}: how it stands now, not what
     * changed. Of two at the same version and with the same event one has an effect.
     *
     * @param conversation as in {@link #message}
     * @return JSON in UTF-8
     */
    public byte[] conversation(String event, JsonNode conversation) {
        return body(snapshot(conversation), event);
    }

    private static byte[] body(ObjectNode body, String event) {
        body.put("event", event);
        return Json.write(body).getBytes(StandardCharsets.UTF_8);
    }

    private ObjectNode snapshot(JsonNode conversation) {
        ObjectNode snapshot = copy(conversation, OF_CONVERSATION);
        snapshot.set("account", account());
        JsonNode meta = conversation.path("meta");
        if (meta.isObject()) {
            ObjectNode shown = copy(meta, List.of("sender", "assignee_type", "hmac_verified"));
            // The API leaves out the keys of nobody, webhooks have them as null (CONTRACT section 3.3).
            for (String key : List.of("assignee", "team")) {
                shown.set(key, meta.hasNonNull(key) ? meta.get(key) : JsonNodeFactory.instance.nullNode());
            }
            snapshot.set("meta", shown);
            if (meta.hasNonNull("channel")) {
                snapshot.set("channel", meta.get("channel"));
            }
        }
        return snapshot;
    }

    private ObjectNode account() {
        return JsonNodeFactory.instance.objectNode().put("id", accountId);
    }

    private static ObjectNode copy(JsonNode from, List<String> keys) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        keys.stream().filter(from::has).forEach(key -> copy.set(key, from.get(key)));
        return copy;
    }
}
