package io.leadroutes.rules;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a rule's {@code when} may ask about, besides the words of the message.
 *
 * @param labels that the conversation has
 * @param values by the path that the rule file asks for them with: {@code attributes.KEY} and {@code contact.KEY} (text,
 *     number, boolean or list of them), {@code channel}, {@code inbox}, {@code status}, {@code priority} (its word), {@code
 *     language} (such as {@code de}), {@code referer}, {@code messages_without_answer}, {@code attachments}; what is not
 *     known is absent
 */
public record Facts(Set<String> labels, Map<String, Object> values) {

    /** Nothing is known. */
    public static final Facts NONE = new Facts(Set.of(), Map.of());

    public Facts {
        labels = Collections.unmodifiableSet(new LinkedHashSet<>(labels));
        Map<String, Object> known = new LinkedHashMap<>(values);
        known.values().removeIf(Objects::isNull);
        values = Collections.unmodifiableMap(known);
    }
}
