package io.leadroutes.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Webhook bodies with what a test is about, and nothing else. */
public final class Bodies {
    public static final long ACCOUNT = 7;
    public static final long CONTACT = 9021;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ObjectNode root = MAPPER.createObjectNode();
    private final ObjectNode snapshot;

    private Bodies(String type, boolean nested) {
        root.put("event", type);
        snapshot = nested ? root.putObject("conversation") : root;
        root.putObject("account").put("id", ACCOUNT);
    }

    /** What a customer wrote; sent at {@link #at}. */
    public static Bodies message(long conversation, long message, String text) {
        Bodies body = new Bodies("message_created", true);
        body.root.put("id", message).put("content", text).put("message_type", "incoming");
        body.root.put("private", false);
        body.snapshot.put("id", conversation);
        return body.contact(CONTACT, "Jonas Feld");
    }

    /** A conversation as it stood {@link #at} some time. */
    public static Bodies updated(long conversation) {
        Bodies body = new Bodies("conversation_updated", false);
        body.root.put("id", conversation);
        return body;
    }

    /** A contact that changed. */
    public static Bodies contactUpdated(String name, List<String> changes) {
        Bodies body = new Bodies("contact_updated", false);
        body.root.put("id", CONTACT).put("name", name);
        for (String change : changes) {
            body.root
                    .withArray("changed_attributes")
                    .addObject()
                    .putObject(change)
                    .put("previous_value", "a")
                    .put("current_value", name);
        }
        return body;
    }

    /** The version, and a message's time. */
    public Bodies at(Instant time) {
        root.put("created_at", time.toString());
        snapshot.put(
                "updated_at",
                BigDecimal.valueOf(time.getEpochSecond()).add(BigDecimal.valueOf(time.getNano() / 1000, 6)));
        return this;
    }

    public Bodies contact(long id, String name) {
        snapshot.withObject("/meta").putObject("sender").put("id", id).put("name", name);
        return this;
    }

    public Bodies labels(String... labels) {
        return with("labels", List.of(labels));
    }

    public Bodies attributes(Map<String, ?> attributes) {
        return with("custom_attributes", attributes);
    }

    public Bodies status(String status) {
        return with("status", status);
    }

    public Bodies priority(String priority) {
        return with("priority", priority);
    }

    public Bodies team(long id, String name) {
        snapshot.withObject("/meta").putObject("team").put("id", id).put("name", name);
        return this;
    }

    public Bodies assignee(long id, String name) {
        snapshot.withObject("/meta").putObject("assignee").put("id", id).put("name", name);
        return this;
    }

    /** Any part of the snapshot. */
    public Bodies with(String key, Object value) {
        snapshot.set(key, MAPPER.<JsonNode>valueToTree(value));
        return this;
    }

    /** Any part of the message or event itself. */
    public Bodies withRoot(String key, Object value) {
        root.set(key, MAPPER.<JsonNode>valueToTree(value));
        return this;
    }

    public String json() {
        return root.toString();
    }

    public Decoded decoded() {
        return new EventDecoder().decode(json().getBytes(StandardCharsets.UTF_8));
    }

    public Event event() {
        return decoded().event();
    }
}
