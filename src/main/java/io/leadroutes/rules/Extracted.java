package io.leadroutes.rules;

import java.util.List;
import java.util.Optional;

/**
 * What a text says of an attribute.
 *
 * @param matched the words that say so, as they stand there
 * @param value a text, number or boolean of the attribute's type; absent if it is dropped
 * @param dropped why, such as {@code "51-200"; expected a number}; empty if there is a value
 */
public record Extracted(ExtractRule rule, List<String> matched, Optional<Object> value, String dropped) {}
