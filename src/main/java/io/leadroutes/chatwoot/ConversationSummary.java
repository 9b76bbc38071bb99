package io.leadroutes.chatwoot;

import io.leadroutes.event.Priority;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A conversation as the API shows it. A part is absent when the answer does not carry it.
 *
 * @param id the display id, by which every path names it
 * @param status open, resolved, pending or snoozed
 * @param priority {@link Priority#NONE} for null
 * @param labels absent is not none: nothing may be written on top of what was not carried (invariant 6)
 * @param customAttributes the whole map, likewise
 * @param teamId absent when no team has it, too
 * @param assigneeId absent when nobody or a bot has it, too
 * @param updatedAt to the microsecond
 */
public record ConversationSummary(
        long id,
        Optional<String> status,
        Optional<Priority> priority,
        Optional<List<String>> labels,
        Optional<Map<String, Object>> customAttributes,
        OptionalLong contactId,
        Optional<String> contactName,
        Optional<String> contactEmail,
        OptionalLong inboxId,
        OptionalLong teamId,
        OptionalLong assigneeId,
        Optional<Instant> updatedAt) {

    /** Without the customer's data (invariant 12). */
    @Override
    public String toString() {
        return "conversation " + id;
    }
}
