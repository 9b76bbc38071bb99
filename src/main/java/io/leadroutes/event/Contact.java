package io.leadroutes.event;

import java.util.Map;
import java.util.Optional;

/**
 * A customer, as far as the body has them. Here null, empty and not carried are the same: a text is absent, a map is
 * empty; neither may overwrite what is known.
 *
 * @param phone E.164 as Chatwoot has it
 * @param identifier the external id that the house gave the contact
 */
public record Contact(
        long id,
        Optional<String> name,
        Optional<String> email,
        Optional<String> phone,
        Optional<String> identifier,
        Map<String, Object> customAttributes,
        Map<String, Object> additionalAttributes) {}
