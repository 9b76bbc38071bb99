package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Contact;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A contact as it was at one moment, for assertions. */
public record ContactView(
        long id,
        String name,
        Optional<String> email,
        Optional<String> phoneNumber,
        List<String> labels,
        Map<String, Object> customAttributes,
        Map<String, Object> additionalAttributes) {

    static ContactView of(Contact row) {
        return new ContactView(
                row.id,
                row.name == null ? "" : row.name,
                Optional.ofNullable(row.email),
                Optional.ofNullable(row.phoneNumber),
                row.labels,
                Json.frozen(row.customAttributes),
                Json.frozen(row.additionalAttributes));
    }
}
