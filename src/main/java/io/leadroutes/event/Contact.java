package io.leadroutes.event;

import java.util.Map;
import java.util.Optional;

/**
 * A customer.
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
