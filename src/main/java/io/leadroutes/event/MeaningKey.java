package io.leadroutes.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Names a happening by its meaning, so that a second delivery of it can be told (CONTRACT section 1.1, invariant 2):
 *
 * <pre>
 * message_created:ACCOUNT:MESSAGE
 * message_updated:ACCOUNT:MESSAGE:HASH of content, content_attributes and status
 * conversation_x:ACCOUNT:CONVERSATION:VERSION:HASH of the changes
 * contact_created:ACCOUNT:CONTACT
 * contact_updated:ACCOUNT:CONTACT:HASH of the changes (which hold its time)
 * </pre>
 *
 * <p>An unknown account is {@code -}, and so is the hash of no changes. Longest: 100 for the type, 2 x 17 for ids, 19
 * for the version, 33 for the hash: under 200 characters.
 */
final class MeaningKey {
    private static final int HASH_BYTES = 16;

    private MeaningKey() {}

    static Optional<String> of(EventKind kind, Event event, Part root, Changes changes) {
        return switch (kind) {
            case MESSAGE -> event.message().map(message -> ofMessage(event, message, root));
            case CONVERSATION -> ofConversation(event, changes);
            case CONTACT -> ofContact(event, changes);
            case TYPING, WIDGET, OTHER -> Optional.empty();
        };
    }

    private static String ofMessage(Event event, Message message, Part root) {
        String key = start(event, message.id());
        if (event.type().equals("message_created")) {
            return key;
        }
        return key + ":"
                + hash(JsonNodeFactory.instance
                        .arrayNode()
                        .add(message.content())
                        .add(root.at("content_attributes").json())
                        .add(root.at("status").json()));
    }

    private static Optional<String> ofConversation(Event event, Changes changes) {
        OptionalLong id = event.conversationId();
        OptionalLong version = event.versionMicros();
        return id.isPresent() && version.isPresent()
                ? Optional.of(start(event, id.getAsLong()) + ":" + version.getAsLong() + ":" + hash(changes))
                : Optional.empty();
    }

    private static Optional<String> ofContact(Event event, Changes changes) {
        if (event.contactId().isEmpty()) {
            return Optional.empty();
        }
        String key = start(event, event.contactId().getAsLong());
        if (event.type().equals("contact_created")) {
            return Optional.of(key);
        }
        return changes.isEmpty() ? Optional.empty() : Optional.of(key + ":" + hash(changes));
    }

    private static String start(Event event, long id) {
        String account =
                event.accountId().isPresent() ? Long.toString(event.accountId().getAsLong()) : "-";
        return event.type() + ":" + account + ":" + id;
    }

    private static String hash(Changes changes) {
        return changes.isEmpty() ? "-" : hash(changes.json());
    }

    private static String hash(JsonNode json) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(StrictJson.canonical(json));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
