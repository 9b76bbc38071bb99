package io.leadroutes.rules;

import com.google.re2j.Pattern;
import io.leadroutes.event.AttributeType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a conversation's custom attribute of what a customer writes.
 *
 * @param attribute its key
 * @param pattern what a text has to match as a whole
 * @param replace whether it overwrites what is known
 * @param when absent: always
 * @param patterns index of the rule whose pattern's group holds the value, if it has one
 * @param values index of the rule with the words that mean a value, by the value
 */
public record ExtractRule(
        String id,
        String attribute,
        AttributeType type,
        Optional<Pattern> pattern,
        boolean replace,
        Optional<Condition> when,
        Optional<Integer> patterns,
        Map<String, Integer> values) {

    /** The values that are known beforehand: all that a list may have. */
    public Set<String> options() {
        return values.keySet();
    }
}
