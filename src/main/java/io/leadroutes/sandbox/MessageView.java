package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Message;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A message as it was at one moment, for assertions.
 *
 * @param content after Liquid; empty for a message of attachments only
 * @param type incoming or outgoing
 * @param senderId contact id of an incoming message, agent id of an outgoing one
 * @param attachments how many
 */
public record MessageView(
        long id,
        String content,
        String type,
        boolean isPrivate,
        Map<String, Object> contentAttributes,
        OptionalLong senderId,
        int attachments,
        Instant createdAt) {

    static MessageView of(Message row) {
        OptionalLong sender = OptionalLong.empty();
        if (row.contact != null) {
            sender = OptionalLong.of(row.contact.id);
        } else if (row.agent != null) {
            sender = OptionalLong.of(row.agent.id);
        }
        return new MessageView(
                row.id,
                row.content == null ? "" : row.content,
                row.type.text,
                row.isPrivate,
                Json.frozen(row.contentAttributes),
                sender,
                row.attachments.size(),
                row.createdAt);
    }
}
