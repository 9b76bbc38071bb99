package io.leadroutes.rules;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a rule's {@code when} may ask about, besides the words of the message.
 *
 * @param labels that the conversation has
 * @param values by the path that the rule file asks for them with: {@code attributes.KEY} and {@code contact.KEY} (text,
 *     number, boolean or list of them), {@code channel}, {@code inbox}, {@code status}, {@code priority} (its word), {@code
 *     language} (such as {@code de}), {@code referer}, {@code messages_without_answer}, {@code attachments}, {@code score}, {@code event} (its type),
 *     {@code open} and {@code closed} (names of calendars); what is not known is absent
 */
public record Facts(Set<String> labels, Map<String, Object> values) {

    /** Path of the type of the event in hand. */
    public static final String EVENT = "event";

    /** The event that rules are about which name none. */
    public static final String MESSAGE_CREATED = "message_created";

    /** Events that a condition may ask for. */
    public static final List<String> EVENTS = List.of(
            MESSAGE_CREATED,
            "message_updated",
            "conversation_created",
            "conversation_updated",
            "conversation_status_changed");

    /** Nothing is known. */
    public static final Facts NONE = new Facts(Set.of(), Map.of());

    public Facts {
        labels = Collections.unmodifiableSet(new LinkedHashSet<>(labels));
        Map<String, Object> known = new LinkedHashMap<>(values);
        known.values().removeIf(Objects::isNull);
        values = Collections.unmodifiableMap(known);
    }

    /** True if these are the facts about a customer's message, as they are where no event is known. */
    boolean isAboutMessage() {
        return MESSAGE_CREATED.equals(values.getOrDefault(EVENT, MESSAGE_CREATED));
    }
}
