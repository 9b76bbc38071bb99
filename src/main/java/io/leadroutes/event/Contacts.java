package io.leadroutes.event;

import java.util.Optional;
import java.util.OptionalLong;

/** Reads a contact, in its short or full form (CONTRACT sections 2.1 and 2.2). */
final class Contacts {
    private Contacts() {}

    /** Absent if there is none, or one without id. */
    static Optional<Contact> read(Part part) {
        OptionalLong id = part.at("id").id();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Contact(
                id.getAsLong(),
                filled(part.at("name")),
                filled(part.at("email")),
                filled(part.at("phone_number")),
                filled(part.at("identifier")),
                part.at("custom_attributes").map(),
                part.at("additional_attributes").map()));
    }

    private static Optional<String> filled(Part part) {
        return part.text().filter(text -> !text.isBlank());
    }
}
