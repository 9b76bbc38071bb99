package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Contact;
import io.leadroutes.sandbox.Rows.ContactInbox;
import io.leadroutes.sandbox.Rows.Conversation;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** What can happen to a contact. A save that changes nothing tells nobody (CONTRACT section 2.2). */
final class Contacts {
    private static final Pattern E164 = Pattern.compile("\\+[1-9]\\d{1,14}");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");

    private final Account account;
    private final Events events;

    Contacts(Account account, Events events) {
        this.account = account;
        this.events = events;
    }

    Contact create(Map<String, Object> fields) {
        validate(null, fields);
        Contact contact = account.addContact(account.nextContactId(), (String) fields.get("name"), null);
        apply(contact, fields);
        events.contactCreated(contact);
        return contact;
    }

    /** Fields not given stay; both attribute maps are merged one level deep (CONTRACT section 3.7). */
    void update(Contact contact, Map<String, Object> fields) {
        validate(contact, fields);
        save(contact, apply(contact, fields));
    }

    private static Changes apply(Contact contact, Map<String, Object> fields) {
        Changes changes = new Changes();
        replace(changes, fields, "name", contact.name, given -> contact.name = given);
        replace(changes, fields, "email", contact.email, given -> contact.email = given);
        replace(changes, fields, "phone_number", contact.phoneNumber, given -> contact.phoneNumber = given);
        replace(changes, fields, "identifier", contact.identifier, given -> contact.identifier = given);
        if (fields.get("blocked") instanceof Boolean blocked) {
            changes.add("blocked", contact.blocked, blocked);
            contact.blocked = blocked;
        }
        merge(changes, fields, "custom_attributes", contact.customAttributes, all -> contact.customAttributes = all);
        merge(
                changes,
                fields,
                "additional_attributes",
                contact.additionalAttributes,
                all -> contact.additionalAttributes = all);
        return changes;
    }

    private static void replace(
            Changes changes, Map<String, Object> fields, String field, String current, Consumer<String> set) {
        if (fields.containsKey(field)) {
            String given = (String) fields.get(field);
            // E-mail addresses are stored in lower case.
            given = given != null && field.equals("email") ? given.toLowerCase(Locale.ROOT) : given;
            changes.add(field, current, given);
            set.accept(given);
        }
    }

    private static void merge(
            Changes changes,
            Map<String, Object> fields,
            String field,
            Map<String, Object> current,
            Consumer<Map<String, Object>> set) {
        if (fields.get(field) instanceof Map<?, ?> given) {
            Map<String, Object> all = Attributes.merged(current, given);
            changes.add(field, current, all);
            set.accept(all);
        }
    }

    /**
     * One contact takes the other's conversations, messages and, where it has none, fields over; the other is gone
     * ({@code contact_merge_action.rb}). The conversations' versions grow, but no webhook tells of them; contact_updated comes
     * if the one that stays has changed.
     */
    void merge(Contact base, Contact mergee) {
        account.contactInboxes.replaceAll(link -> link.contact() == mergee ? of(base, link) : link);
        for (Conversation conversation : account.conversations.values()) {
            if (conversation.contact() == mergee) {
                conversation.contactInbox = of(base, conversation.contactInbox);
                conversation.updatedAt = account.now();
            }
            conversation.messages.stream()
                    .filter(message -> message.contact == mergee)
                    .forEach(message -> message.contact = base);
        }
        account.contacts.remove(mergee.id);
        Map<String, Object> missing = new LinkedHashMap<>();
        give(missing, "name", base.name, mergee.name);
        give(missing, "email", base.email, mergee.email);
        give(missing, "phone_number", base.phoneNumber, mergee.phoneNumber);
        give(missing, "identifier", base.identifier, mergee.identifier);
        missing.put("custom_attributes", Attributes.merged(mergee.customAttributes, base.customAttributes));
        missing.put("additional_attributes", Attributes.merged(mergee.additionalAttributes, base.additionalAttributes));
        update(base, missing);
    }

    private static void give(Map<String, Object> missing, String field, String own, String others) {
        if (own == null && others != null) {
            missing.put(field, others);
        }
    }

    private static ContactInbox of(Contact contact, ContactInbox link) {
        return new ContactInbox(link.id(), contact, link.inbox(), link.sourceId(), link.createdAt());
    }

    void removeAttributes(Contact contact, List<?> keys) {
        Map<String, Object> kept = Attributes.without(contact.customAttributes, keys);
        Changes changes = new Changes().add("custom_attributes", contact.customAttributes, kept);
        contact.customAttributes = kept;
        save(contact, changes);
    }

    void setLabels(Contact contact, List<String> labels) {
        Changes changes = new Changes();
        if (!Attributes.isSameSet(contact.labels, labels)) {
            changes.add("label_list", contact.labels, labels);
            contact.labels = labels;
        }
        save(contact, changes);
    }

    /** The contact did something: a by-product of each incoming message. */
    void touchActivity(Contact contact) {
        Instant before = contact.lastActivityAt;
        contact.lastActivityAt = account.now();
        if (account.settings.noise()) {
            save(contact, new Changes().put("last_activity_at", Json.iso(before), Json.iso(contact.lastActivityAt)));
        }
    }

    private void save(Contact contact, Changes changes) {
        if (changes.isEmpty()) {
            return;
        }
        Instant before = contact.updatedAt;
        contact.updatedAt = account.now();
        changes.put("updated_at", Json.iso(before), Json.iso(contact.updatedAt));
        events.contactUpdated(contact, changes);
    }

    private void validate(Contact contact, Map<String, Object> fields) {
        if (fields.get("phone_number") instanceof String phone
                && !E164.matcher(phone).matches()) {
            throw Refusal.invalid("Phone number should be in e164 format", "phone_number");
        }
        if (fields.get("email") instanceof String email && !EMAIL.matcher(email).matches()) {
            throw Refusal.invalid("Email is invalid", "email");
        }
        refuseTaken(contact, "Email", "email", fields.get("email"));
        refuseTaken(contact, "Phone number", "phone_number", fields.get("phone_number"));
        refuseTaken(contact, "Identifier", "identifier", fields.get("identifier"));
        if (fields.get("custom_attributes") instanceof Map<?, ?> given) {
            Attributes.validate(given);
        }
    }

    private void refuseTaken(Contact self, String title, String field, Object value) {
        boolean isTaken = value instanceof String text
                && account.contacts.values().stream()
                        .filter(other -> other != self)
                        .map(other -> switch (field) {
                            case "email" -> other.email;
                            case "phone_number" -> other.phoneNumber;
                            default -> other.identifier;
                        })
                        .filter(Objects::nonNull)
                        .anyMatch(text::equalsIgnoreCase);
        if (isTaken) {
            throw Refusal.invalid(title + " has already been taken", field);
        }
    }
}
