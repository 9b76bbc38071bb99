package io.leadroutes.conversation;

import io.leadroutes.event.Contact;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Snapshot.Ref;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of one conversation. Parts that no event has shown yet are absent.
 *
 * @param versionMicros the newest snapshot applied, microseconds since the epoch
 * @param priorityUnconfirmedUntil set by our own write of the priority: until then another one that arrives was probably there
 *     before it, and is not believed (CONTRACT section 1.1: snapshots arrive in no order)
 * @param attributes the whole custom attribute map
 * @param firstMessage the customer's first text that we saw
 * @param ledger the score entries, oldest first
 * @param episodes the latest of each rule that has acted, by {@link Episode#QUALIFY} or {@link Episode#of}
 * @param resolvedAt when it was last seen resolved
 * @param waiting what the customer waits for
 */
public record ConversationState(
        long accountId,
        long conversationId,
        OptionalLong versionMicros,
        Optional<String> status,
        Optional<Priority> priority,
        Optional<Instant> priorityUnconfirmedUntil,
        Optional<Observed<List<String>>> labels,
        Optional<Observed<Map<String, Object>>> attributes,
        Optional<Ref> assignee,
        Optional<Ref> team,
        Optional<String> channel,
        OptionalLong contactId,
        Optional<Contact> contact,
        Optional<String> firstMessage,
        List<ScoreEntry> ledger,
        Map<String, Episode> episodes,
        Optional<Instant> resolvedAt,
        Origin origin,
        Waiting waiting) {

    /** When the conversation became a qualified lead, the last time that it did. */
    public Optional<Instant> qualifiedAt() {
        return Optional.ofNullable(episodes.get(Episode.QUALIFY)).map(Episode::since);
    }

    /** A conversation of which nothing is known. */
    public static ConversationState unknown(long accountId, long conversationId) {
        return new ConversationState(
                accountId,
                conversationId,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                Optional.empty(),
                Origin.UNKNOWN,
                Waiting.NONE);
    }
}
