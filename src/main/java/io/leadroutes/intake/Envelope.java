package io.leadroutes.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.event.BadEventException;
import io.leadroutes.event.Decoded;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.store.Json;
import io.leadroutes.store.NewEvent;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A webhook that waits at a broker on its way to the inbox: JSON with all that the inbox is to know of it. What could be
 * decoded once is decoded again, so that the body, with its secrets redacted, says it all.
 */
public final class Envelope {
    private static final int VERSION = 1;
    private static final EventDecoder DECODER = new EventDecoder();

    private Envelope() {}

    public static String write(NewEvent event) {
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("version", VERSION);
        envelope.put("account_id", event.accountId());
        envelope.put("conversation", group(event));
        envelope.put("event", event.event().type());
        envelope.put("received_at", event.receivedAt());
        envelope.put("delivery_id", event.deliveryId());
        envelope.put("traceparent", event.trace());
        // As a text: the same bytes come out of it.
        envelope.put("body", event.payload());
        return Json.write(envelope);
    }

    /** What a broker has to keep in order: the events of one conversation, or of one contact where there is none. */
    public static String group(NewEvent event) {
        return event.event().lane(event.accountId());
    }

    /**
     * @param text null if the message is none
     * @param accountId the account served
     * @throws IllegalArgumentException saying what is wrong, without text of the body
     */
    static NewEvent read(String text, long accountId) {
        JsonNode json = tree(text);
        if (json.path("version").asInt() != VERSION) {
            throw new IllegalArgumentException("version is not " + VERSION + "; expected a webhook of leadroutes");
        }
        if (json.path("account_id").asLong() != accountId) {
            throw new IllegalArgumentException("account_id is that of another account; expected " + accountId);
        }
        try {
            Decoded decoded = DECODER.decode(json.path("body").asText().getBytes(StandardCharsets.UTF_8));
            return new NewEvent(
                    decoded.event(),
                    accountId,
                    decoded.storedPayload(),
                    text(json, "delivery_id"),
                    decoded.meaningKey(),
                    Instant.parse(json.path("received_at").asText()),
                    text(json, "traceparent"));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("received_at is no time; expected one such as 2026-12-31T09:00:00Z");
        } catch (BadEventException e) {
            throw new IllegalArgumentException("body is wrong: " + e.getMessage());
        }
    }

    private static Optional<String> text(JsonNode json, String field) {
        return Optional.of(json.path(field)).filter(JsonNode::isTextual).map(JsonNode::asText);
    }

    private static JsonNode tree(String text) {
        try {
            if (text != null) {
                return Json.tree(text);
            }
        } catch (JsonProcessingException e) {
            throw notJson();
        }
        throw notJson();
    }

    private static IllegalArgumentException notJson() {
        return new IllegalArgumentException("the message is not JSON; expected a webhook of leadroutes");
    }
}
