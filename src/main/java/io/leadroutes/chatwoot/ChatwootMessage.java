package io.leadroutes.chatwoot;

import io.leadroutes.event.Message;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A message or private note as the API lists it (CONTRACT section 3.4).
 *
 * @param content absent when it has attachments only
 * @param isPrivate true for notes that only agents see
 * @param senderName absent for templates and activities
 * @param contentAttributes our own notes carry {@link Requests#MARKER} here
 */
public record ChatwootMessage(
        long id,
        Optional<String> content,
        Message.Type type,
        boolean isPrivate,
        Optional<Instant> createdAt,
        Optional<String> senderName,
        Map<String, Object> contentAttributes) {

    /** Without its text (invariant 12). */
    @Override
    public String toString() {
        return "message " + id;
    }
}
