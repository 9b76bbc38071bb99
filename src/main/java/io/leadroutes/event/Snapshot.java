package io.leadroutes.event;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one body says of a conversation's state. Each part is absent when the body does not carry it; a part that the
 * body carries as null is present with its "none" value ({@link Priority#NONE}, {@link Ref#NONE}).
 *
 * @param updatedAtMicros the snapshot's version, microseconds since the epoch (CONTRACT section 1.1); in the original
 *     reference {@code changed_at}
 * @param status open, resolved, pending or snoozed
 * @param labels titles as stored, in Chatwoot's order
 * @param customAttributes the whole map; values are String, Boolean, Integer (Long or BigInteger if it does not fit),
 *     BigDecimal, List, Map or null
 * @param additionalAttributes such as referer, browser_language
 * @param assignee an agent; {@link Ref#NONE} also when a bot has it, whose id is from another table
 * @param channel such as {@code Channel::WebWidget}
 */
public record Snapshot(
        long id,
        OptionalLong updatedAtMicros,
        Optional<String> status,
        Optional<Priority> priority,
        Optional<List<String>> labels,
        Optional<Map<String, Object>> customAttributes,
        Map<String, Object> additionalAttributes,
        Optional<Ref> assignee,
        Optional<Ref> team,
        OptionalLong inboxId,
        Optional<String> channel) {

    /** An agent or a team. */
    public record Ref(long id, String name) {
        /** Nobody: the body said so. */
        public static final Ref NONE = new Ref(0, "");

        public boolean isNone() {
            return id == 0;
        }
    }
}
