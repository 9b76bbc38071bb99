package io.leadroutes.event;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One Chatwoot webhook, whichever dialect the server speaks (CONTRACT section 2 and the original API reference).
 *
 * <p>A part that the body did not carry is absent, never guessed: an absent part must not overwrite a known one.
 *
 * @param type the value of the top-level key {@code event}, such as {@code message_created}; unknown ones are kept
 * @param accountId the account; absent on servers before 4.14.2 that carry it nowhere in the body
 * @param conversationId the display id of the conversation that the event belongs to
 * @param contactId the contact that the event is about or comes from
 * @param message the top-level message, only for {@code message_created} and {@code message_updated}
 * @param conversation what the body says of the conversation's state
 * @param contact what the body says of the contact
 * @param changes what changed, by attribute name ({@code label_list} is named {@code labels})
 * @param versionMicros when the described state was current, in microseconds since the epoch: the snapshot's
 *     {@code updated_at}, or a message's {@code created_at}; the order within a conversation
 * @param isBackfill true for a message of long ago that {@code leadroutes backfill} tells of: it is tagged and scored,
 *     but nobody is to be roused
 */
public record Event(
        String type,
        OptionalLong accountId,
        OptionalLong conversationId,
        OptionalLong contactId,
        Optional<Message> message,
        Optional<Snapshot> conversation,
        Optional<Contact> contact,
        Map<String, Change> changes,
        OptionalLong versionMicros,
        boolean isBackfill) {
    private static final String CONVERSATION_LANE = "conversation:";

    public Event {
        if (type == null || type.isBlank()) {
            throw new IllegalArgumentException("event is missing; expected a text such as message_created");
        }
        changes = Map.copyOf(changes);
    }

    /** An event that is told as it happens. */
    public Event(
            String type,
            OptionalLong accountId,
            OptionalLong conversationId,
            OptionalLong contactId,
            Optional<Message> message,
            Optional<Snapshot> conversation,
            Optional<Contact> contact,
            Map<String, Change> changes,
            OptionalLong versionMicros) {
        this(type, accountId, conversationId, contactId, message, conversation, contact, changes, versionMicros, false);
    }

    /** True for what customers write to us: the only events that are decided on (CONTRACT section 2.4, loop guards). */
    public boolean isCustomerMessage() {
        return type.equals("message_created")
                && message.filter(Message::isFromCustomer).isPresent();
    }

    /** True for what an agent tells the customer in public; not for what bots, rules, templates and we ourselves write. */
    public boolean isAgentsAnswer() {
        return type.equals("message_created")
                && message.filter(Message::isFromAgent).isPresent();
    }

    /**
     * The lane in which this event is handled in order: its conversation's, else its contact's, else the account's.
     * At most 64 characters.
     */
    public String lane(long servedAccount) {
        long account = accountId.orElse(servedAccount);
        if (conversationId.isPresent()) {
            return CONVERSATION_LANE + account + ":" + conversationId.getAsLong();
        }
        if (contactId.isPresent()) {
            return "contact:" + account + ":" + contactId.getAsLong();
        }
        return "account:" + account;
    }

    /** The display id of the conversation that a lane is of, in digits. */
    public static Optional<String> conversationOf(String lane) {
        return lane.startsWith(CONVERSATION_LANE)
                ? Optional.of(lane.substring(lane.lastIndexOf(':') + 1))
                : Optional.empty();
    }
}
