package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Conversation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A conversation as it was at one moment, for assertions.
 *
 * @param id display id
 * @param labels in stored order
 * @param messages oldest first, notes too
 * @param updatedAt microseconds; grows with every change
 */
public record ConversationView(
        long id,
        long contactId,
        long inboxId,
        String status,
        Optional<String> priority,
        List<String> labels,
        Map<String, Object> customAttributes,
        OptionalLong teamId,
        Optional<String> teamName,
        OptionalLong assigneeId,
        Optional<Instant> snoozedUntil,
        List<MessageView> messages,
        Instant updatedAt) {

    static ConversationView of(Conversation row) {
        return new ConversationView(
                row.displayId,
                row.contact().id,
                row.inbox().id(),
                row.status,
                Optional.ofNullable(row.priority),
                row.labels,
                Json.frozen(row.customAttributes),
                row.team == null ? OptionalLong.empty() : OptionalLong.of(row.team.id),
                Optional.ofNullable(row.team).map(team -> team.name),
                row.assignee == null ? OptionalLong.empty() : OptionalLong.of(row.assignee.id),
                Optional.ofNullable(row.snoozedUntil),
                row.messages.stream().map(MessageView::of).toList(),
                row.updatedAt);
    }

    /** The private notes, oldest first. */
    public List<MessageView> notes() {
        return messages.stream().filter(MessageView::isPrivate).toList();
    }
}
