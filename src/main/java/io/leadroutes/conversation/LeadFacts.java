package io.leadroutes.conversation;

import java.util.Optional;
import java.util.OptionalLong;

/** What a route knows of a lead better than the conversation shows; what is absent stays as the conversation shows it. */
public record LeadFacts(
        OptionalLong contactId,
        Optional<String> name,
        Optional<String> email,
        Optional<String> phone,
        Optional<String> company,
        Optional<String> companySize,
        Optional<String> industry,
        Optional<String> dealValue) {}
