package io.leadroutes.chatwoot;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A contact as the API shows it (CONTRACT section 3.7). Null, empty and not carried are the same here: the API merges
 * what is written into both maps.
 *
 * @param phone E.164 with {@code +}
 * @param identifier the external id that the house gave the contact
 */
public record ContactDetails(
        long id,
        Optional<String> name,
        Optional<String> email,
        Optional<String> phone,
        Optional<String> identifier,
        boolean isBlocked,
        Map<String, Object> customAttributes,
        Map<String, Object> additionalAttributes,
        Optional<Instant> createdAt) {

    /** Without the customer's data (invariant 12). */
    @Override
    public String toString() {
        return "contact " + id;
    }
}
