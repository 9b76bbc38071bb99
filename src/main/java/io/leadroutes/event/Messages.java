package io.leadroutes.event;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the top-level message of message events (CONTRACT section 2.3). */
final class Messages {
    private Messages() {}

    static Optional<Message> read(Part root) {
        OptionalLong id = root.at("id").id();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        Message.Type type = type(root.at("message_type"));
        return Optional.of(new Message(
                id.getAsLong(),
                root.at("content").text().orElse(""),
                type,
                root.at("private").json().asBoolean(false),
                root.at("content_type").text().orElse(""),
                root.at("content_attributes").map(),
                root.at("attachments").elements().size(),
                sender(root.at("sender"), type)));
    }

    /** A word in webhooks, a number in the API and in nested messages. */
    private static Message.Type type(Part type) {
        return switch (type.text().orElse("").toLowerCase(Locale.ROOT)) {
            case "incoming", "0" -> Message.Type.INCOMING;
            case "outgoing", "1" -> Message.Type.OUTGOING;
            case "activity", "2" -> Message.Type.ACTIVITY;
            case "template", "3" -> Message.Type.TEMPLATE;
            default -> Message.Type.UNKNOWN;
        };
    }

    /** Contacts come without {@code type}; so does everybody in the original reference. */
    private static Message.Sender sender(Part sender, Message.Type type) {
        if (!sender.isObject()) {
            return Message.Sender.NONE;
        }
        return switch (sender.at("type").text().orElse("").toLowerCase(Locale.ROOT)) {
            case "contact" -> Message.Sender.CONTACT;
            case "user" -> Message.Sender.USER;
            case "" -> type == Message.Type.INCOMING ? Message.Sender.CONTACT : Message.Sender.USER;
            default -> Message.Sender.BOT;
        };
    }
}
