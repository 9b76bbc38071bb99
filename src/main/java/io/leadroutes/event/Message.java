package io.leadroutes.event;

import java.util.Map;

/**
 * The top-level message of a message event; the nested {@code conversation.messages[0]} is never read, because for a
 * private note it is another message (CONTRACT section 2.3).
 *
 * @param id the message's row id
 * @param content the text as stored, empty if the body has none (attachments only)
 * @param type who it goes from and to
 * @param isPrivate true for notes that only agents see
 * @param contentType such as {@code text} or {@code incoming_email}; empty if absent
 * @param contentAttributes free-form map; our own notes carry our marker here
 * @param attachments how many files came with it
 * @param sender who wrote it
 */
public record Message(
        long id,
        String content,
        Type type,
        boolean isPrivate,
        String contentType,
        Map<String, Object> contentAttributes,
        int attachments,
        Sender sender) {

    /** In {@code content_attributes} of what leadroutes itself wrote, with the token of an agent. */
    public static final String OWN_MARKER = "leadroutes";

    /** {@code message_type}; {@code UNKNOWN} for values that this release does not know. */
    public enum Type {
        INCOMING,
        OUTGOING,
        ACTIVITY,
        TEMPLATE,
        UNKNOWN
    }

    /**
     * Kind of {@code sender}; {@code NONE} when it is null, as for templates and automation rules. Kinds that this
     * release does not know are bots.
     */
    public enum Sender {
        CONTACT,
        USER,
        BOT,
        NONE
    }

    /** Incoming and not private. */
    public boolean isFromCustomer() {
        return type == Type.INCOMING && !isPrivate;
    }

    /** Outgoing, not private, by a person: bots are another kind of sender, templates and automation rules have none. */
    public boolean isFromAgent() {
        return type == Type.OUTGOING
                && !isPrivate
                && sender == Sender.USER
                && !contentAttributes.containsKey(OWN_MARKER);
    }
}
