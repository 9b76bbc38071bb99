package io.leadroutes.event;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Reads a webhook body in either dialect: what Chatwoot sends (CONTRACT section 2) and what the original API reference
 * describes. Unknown keys are ignored and unknown events are kept by their type alone. A part without its id is absent
 * from the event; an id that is there and is no whole number from 1 to 2^53 is told as a problem.
 *
 * <p>Stateless and safe for any number of threads.
 */
public final class EventDecoder {
    /** Our own key at the top of a message's body; true for one that {@code leadroutes backfill} tells of. */
    public static final String BACKFILL = "leadroutes_backfill";

    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_.:-]{1,100}");

    /**
     * Reads one body; the same bytes give the same result every time.
     *
     * @param body the raw bytes, UTF-8
     * @throws BadEventException if the body is no JSON object within the limits of {@link StrictJson} or has no
     *     {@code event}
     */
    public Decoded decode(byte[] body) {
        // Without secrets, and the event is read of that: none may travel on inside it (CONTRACT sections 2.1 and 2.2).
        StrictJson.Redacted clean = StrictJson.parse(body);
        Part root = Part.root(clean.json());
        String type = type(root.at("event"));
        EventKind kind = EventKind.of(type);
        String storedPayload = clean.text();
        try {
            Changes changes = Changes.read(root);
            Event event = event(kind, type, root, changes);
            return new Decoded(event, storedPayload, MeaningKey.of(kind, event, root, changes), Optional.empty());
        } catch (BadEventException problem) {
            return new Decoded(bare(type, root), storedPayload, Optional.empty(), Optional.of(problem.getMessage()));
        }
    }

    /**
     * Reads what was stored of a body: the same event, without the work that was done when it came in.
     *
     * @param storedPayload as {@link Decoded#storedPayload()} has it
     * @throws BadEventException if it cannot be read, or the event has a {@link Decoded#problem()}; names the field
     */
    public Event stored(String storedPayload) {
        Part root = Part.root(StrictJson.parse(storedPayload).json());
        String type = type(root.at("event"));
        return event(EventKind.of(type), type, root, Changes.read(root));
    }

    private static Event event(EventKind kind, String type, Part root, Changes changes) {
        return switch (kind) {
            case MESSAGE -> message(type, root, changes);
            case CONVERSATION -> conversation(type, root, changes);
            case TYPING -> typing(type, root, changes);
            case CONTACT -> contact(type, root, changes);
            case WIDGET -> widget(type, root, changes);
            case OTHER -> other(type, root, changes);
        };
    }

    /** An event that has a type and an account at most. */
    private static Event bare(String type, Part root) {
        try {
            return other(type, root, Changes.NONE);
        } catch (BadEventException badAccount) {
            return new Event(
                    type,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    OptionalLong.empty());
        }
    }

    private static String type(Part event) {
        String type = event.text().filter(text -> !text.isBlank()).orElse("");
        if (type.isEmpty() || !event.isText()) {
            throw new BadEventException("event is missing; expected a text such as message_created");
        }
        if (!TYPE.matcher(type).matches()) {
            throw new BadEventException("event is not a name; expected at most 100 of letters, digits, _ . : -");
        }
        return type;
    }

    private static Event message(String type, Part root, Changes changes) {
        Part nested = root.at("conversation");
        Optional<Message> message = Messages.read(root);
        Optional<Snapshot> snapshot = Snapshots.read(nested, Changes.NONE);
        Optional<Contact> contact = Contacts.read(nested.at("meta").at("sender"))
                .or(() -> isWrittenByContact(message) ? Contacts.read(root.at("sender")) : Optional.empty());
        OptionalLong created = root.at("created_at").micros();
        return new Event(
                type,
                account(root, nested),
                conversationId(snapshot),
                contactId(nested, contact),
                message,
                snapshot,
                contact,
                changes.byName(),
                created.isPresent() ? created : version(snapshot),
                root.at(BACKFILL).json().asBoolean(false));
    }

    private static boolean isWrittenByContact(Optional<Message> message) {
        return message.filter(m -> m.type() == Message.Type.INCOMING && m.sender() == Message.Sender.CONTACT)
                .isPresent();
    }

    private static Event conversation(String type, Part root, Changes changes) {
        Optional<Snapshot> snapshot = Snapshots.read(root, changes);
        Optional<Contact> contact = Contacts.read(root.at("meta").at("sender"));
        OptionalLong version = version(snapshot);
        if (version.isEmpty() && type.equals("conversation_created")) {
            version = root.at("created_at").micros();
        }
        return new Event(
                type,
                account(root, root),
                conversationId(snapshot),
                contactId(root, contact),
                Optional.empty(),
                snapshot,
                contact,
                changes.byName(),
                version);
    }

    private static Event typing(String type, Part root, Changes changes) {
        Part nested = root.at("conversation");
        return nested(type, root, nested, Contacts.read(nested.at("meta").at("sender")), changes);
    }

    private static Event widget(String type, Part root, Changes changes) {
        return nested(type, root, root.at("current_conversation"), Contacts.read(root.at("contact")), changes);
    }

    private static Event nested(String type, Part root, Part nested, Optional<Contact> contact, Changes changes) {
        Optional<Snapshot> snapshot = Snapshots.read(nested, Changes.NONE);
        return new Event(
                type,
                account(root, nested),
                conversationId(snapshot),
                contactId(nested, contact),
                Optional.empty(),
                snapshot,
                contact,
                changes.byName(),
                version(snapshot));
    }

    private static Event contact(String type, Part root, Changes changes) {
        Optional<Contact> contact = Contacts.read(root);
        return new Event(
                type,
                account(root, root),
                OptionalLong.empty(),
                contactId(root, contact),
                Optional.empty(),
                Optional.empty(),
                contact,
                changes.byName(),
                OptionalLong.empty());
    }

    private static Event other(String type, Part root, Changes changes) {
        return new Event(
                type,
                account(root, root),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                changes.byName(),
                OptionalLong.empty());
    }

    /** Snapshots of servers before 4.14.2 have no {@code account}; their messages do (CONTRACT section 2.1). */
    private static OptionalLong account(Part root, Part conversation) {
        return Part.firstId(
                root.at("account").at("id"),
                conversation.at("account").at("id"),
                conversation.at("messages").first().at("account_id"));
    }

    private static OptionalLong contactId(Part conversation, Optional<Contact> contact) {
        if (contact.isPresent()) {
            return OptionalLong.of(contact.get().id());
        }
        return conversation.at("contact_inbox").at("contact_id").id();
    }

    private static OptionalLong conversationId(Optional<Snapshot> snapshot) {
        return snapshot.map(s -> OptionalLong.of(s.id())).orElse(OptionalLong.empty());
    }

    private static OptionalLong version(Optional<Snapshot> snapshot) {
        return snapshot.map(Snapshot::updatedAtMicros).orElse(OptionalLong.empty());
    }
}
