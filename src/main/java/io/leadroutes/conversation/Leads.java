package io.leadroutes.conversation;

import io.leadroutes.event.Contact;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** The lead that a conversation is. */
final class Leads {
    private static final int MAX_SCALE = 400;

    private Leads() {}

    static Lead of(Conversation conversation, String dashboardUrl) {
        Optional<Contact> contact = conversation.contact();
        return new Lead(
                conversation.getAccountId(),
                conversation.contactId().isPresent() ? conversation.contactId().getAsLong() : null,
                conversation.getId(),
                contact.flatMap(Contact::name).orElse(null),
                contact.flatMap(Contact::email).orElse(null),
                contact.flatMap(Contact::phone).orElse(null),
                company(conversation).orElse(null),
                fact(conversation, "company_size").orElse(null),
                fact(conversation, "industry").orElse(null),
                fact(conversation, "deal_value").orElse(null),
                conversation.getScore(),
                stage(conversation),
                String.join(",", conversation.getLabels()),
                conversation.getChannel(),
                dashboardUrl + "/app/accounts/" + conversation.getAccountId() + "/conversations/"
                        + conversation.getId(),
                conversation.firstMessage().orElse(null),
                conversation.qualifiedAt().orElse(null),
                conversation.now(),
                conversation.resolvedAt().orElse(null),
                conversation.formerContactId().isPresent()
                        ? conversation.formerContactId().getAsLong()
                        : null);
    }

    private static String stage(Conversation conversation) {
        if (conversation.isResolved()) {
            return "resolved";
        }
        return conversation.hasEscalated() ? "escalated" : "qualified";
    }

    static Optional<String> company(Conversation conversation) {
        return fact(conversation, "company").or(() -> fact(conversation, "company_name"));
    }

    /** What is known under this key, from the nearest source: the form in hand, the conversation, the contact. */
    static Optional<String> fact(Conversation conversation, String key) {
        return value(conversation, key).map(Leads::text).filter(text -> !text.isBlank());
    }

    /** A number in full, 50000 and not 5E+4, unless that would be absurdly long. */
    private static String text(Object value) {
        boolean plain = value instanceof BigDecimal number && Math.abs((long) number.scale()) <= MAX_SCALE;
        return plain ? ((BigDecimal) value).toPlainString() : String.valueOf(value);
    }

    static Optional<Object> value(Conversation conversation, String key) {
        return submitted(conversation, key)
                .or(() -> Optional.ofNullable(conversation.getAttributes().get(key)))
                .or(() -> conversation.contact().map(c -> c.customAttributes().get(key)))
                .or(() ->
                        conversation.contact().map(c -> c.additionalAttributes().get(key)));
    }

    /** A value that the customer gave in a form: {@code content_attributes.submitted_values}, CONTRACT section 2.3. */
    private static Optional<Object> submitted(Conversation conversation, String key) {
        Object values = conversation
                .message()
                .map(m -> m.contentAttributes().get("submitted_values"))
                .orElse(null);
        if (values instanceof Map<?, ?> map) {
            return Optional.ofNullable(map.get(key));
        }
        if (values instanceof Iterable<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> field && key.equals(field.get("name"))) {
                    return Optional.ofNullable(field.get("value"));
                }
            }
        }
        return Optional.empty();
    }
}
