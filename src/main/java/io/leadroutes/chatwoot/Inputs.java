package io.leadroutes.chatwoot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.event.Priority;
import io.leadroutes.store.Json;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What callers of a verb route give, checked before anything is sent. Each method takes a field's name and its value as a
 * route has it (text, number, list, map, or null when it is missing), and throws IllegalArgumentException naming the
 * field, the value and what was expected.
 */
final class Inputs {
    /** The largest integer that JSON readers agree on. */
    private static final long MAX_ID = 1L << 53;

    /** CONTRACT section 3.4. */
    private static final int MAX_TEXT_CHARS = 150_000;

    /** CONTRACT section 3.6. */
    private static final int MAX_ATTRIBUTE_CHARS = 1_500;

    private static final BigDecimal MAX_ATTRIBUTE_NUMBER = new BigDecimal(9_999_999_999L);

    /** At least two characters, the first a letter or digit of any script (CONTRACT section 3.10). */
    private static final Pattern LABEL = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}_-]+");

    private static final Pattern ATTRIBUTE_KEY = Pattern.compile("[\\p{L}\\p{N}_.-]{1,255}");

    /** In the order of their codes 0 to 7 (API reference, attribute types). */
    static final List<String> ATTRIBUTE_TYPES =
            List.of("text", "number", "currency", "percent", "link", "date", "list", "checkbox");

    private static final List<String> STATUSES = List.of("open", "resolved", "pending", "snoozed");

    /** CONTRACT section 1.2. */
    private static final Set<String> EVENTS = Set.of(
            "conversation_created",
            "conversation_updated",
            "conversation_status_changed",
            "message_created",
            "message_updated",
            "contact_created",
            "contact_updated",
            "webwidget_triggered",
            "inbox_created",
            "inbox_updated",
            "conversation_typing_on",
            "conversation_typing_off");

    private Inputs() {}

    static long id(String field, Object value) {
        String text = required(field, value, "a whole number from 1").toString().strip();
        if (!text.matches("[1-9]\\d{0,15}") || Long.parseLong(text) > MAX_ID) {
            throw wrong(field, value, "a whole number from 1");
        }
        return Long.parseLong(text);
    }

    /** One or more, as a list or as text with commas. */
    static List<Long> ids(String field, Object value) {
        List<Long> ids = items(required(field, value, "one or more ids")).stream()
                .map(item -> id(field, item))
                .toList();
        return notEmpty(field, ids, "one or more ids");
    }

    /** One or more label titles, lower-cased as Chatwoot defines them (CONTRACT section 3.2). */
    static List<String> labels(String field, Object value) {
        return notEmpty(field, anyLabels(field, value), "one or more labels");
    }

    /** Any number of label titles, none too: for replacing them all. */
    static List<String> anyLabels(String field, Object value) {
        String expected = "labels of letters, digits, - and _, at least two characters each";
        List<String> labels = new ArrayList<>();
        for (Object item : items(required(field, value, expected))) {
            String label = item.toString().strip().toLowerCase(Locale.ROOT);
            if (!LABEL.matcher(label).matches()) {
                throw wrong(field, item, expected);
            }
            labels.add(label);
        }
        return labels.stream().distinct().toList();
    }

    static Priority priority(String field, Object value) {
        String word =
                required(field, value, "none, low, medium, high or urgent").toString();
        try {
            return Priority.of(word.strip());
        } catch (IllegalArgumentException e) {
            throw wrong(field, value, "none, low, medium, high or urgent");
        }
    }

    static String status(String field, Object value) {
        return oneOf(field, value, STATUSES);
    }

    static String oneOf(String field, Object value, List<String> words) {
        String expected = "one of " + String.join(", ", words);
        String word = required(field, value, expected).toString().strip().toLowerCase(Locale.ROOT);
        if (!words.contains(word)) {
            throw wrong(field, value, expected);
        }
        return word;
    }

    /** Epoch seconds or ISO-8601. */
    static Instant time(String field, Object value) {
        String expected = "epoch seconds or a time such as 2026-12-31T09:00:00Z";
        String text = required(field, value, expected).toString().strip();
        if (text.matches("\\d{9,11}")) {
            return Instant.ofEpochSecond(Long.parseLong(text));
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw wrong(field, value, expected);
        }
    }

    static String text(String field, Object value) {
        String text = required(field, value, "a text").toString();
        if (text.isBlank() || text.length() > MAX_TEXT_CHARS) {
            throw new IllegalArgumentException(
                    field + " has " + text.length() + " characters; expected a text of 1 to " + MAX_TEXT_CHARS);
        }
        return text;
    }

    static String name(String field, Object value) {
        String text = text(field, value).strip();
        if (text.length() > 255) {
            throw new IllegalArgumentException(field + " has " + text.length() + " characters; expected at most 255");
        }
        return text;
    }

    static String attributeKey(String field, Object value) {
        String expected = "a key of letters, digits, _ . and -";
        String key = required(field, value, expected).toString().strip();
        if (!ATTRIBUTE_KEY.matcher(key).matches()) {
            throw wrong(field, value, expected);
        }
        return key;
    }

    static List<String> attributeKeys(String field, Object value) {
        List<String> keys = items(required(field, value, "one or more keys")).stream()
                .map(item -> attributeKey(field, item))
                .toList();
        return notEmpty(field, keys, "one or more keys");
    }

    /** A type's word from its word or its code. */
    static String attributeType(String field, Object value) {
        String text = String.valueOf(value).strip();
        return text.matches("[0-7]")
                ? ATTRIBUTE_TYPES.get(Integer.parseInt(text))
                : oneOf(field, value, ATTRIBUTE_TYPES);
    }

    /** A map, or JSON text of an object; the limits are Chatwoot's (CONTRACT section 3.6). */
    static Map<String, Object> attributes(String field, Object value) {
        String expected = "an object of keys and values";
        Map<String, Object> attributes = new LinkedHashMap<>();
        asMap(field, required(field, value, expected), expected).forEach((key, item) -> {
            attributes.put(attributeKey(field, key), attributeValue(field + "." + key, item));
        });
        if (attributes.isEmpty()) {
            throw wrong(field, value, expected);
        }
        return attributes;
    }

    private static Object attributeValue(String field, Object value) {
        if (value instanceof String text && text.length() > MAX_ATTRIBUTE_CHARS) {
            throw new IllegalArgumentException(
                    field + " has " + text.length() + " characters; expected at most " + MAX_ATTRIBUTE_CHARS);
        }
        if (value instanceof Number number
                && new BigDecimal(number.toString()).abs().compareTo(MAX_ATTRIBUTE_NUMBER) > 0) {
            throw wrong(field, value, "a number up to " + MAX_ATTRIBUTE_NUMBER);
        }
        return value;
    }

    private static Map<?, ?> asMap(String field, Object value, String expected) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        try {
            JsonNode json = Json.tree(value.toString());
            if (json.isObject()) {
                return Json.map(json);
            }
        } catch (JsonProcessingException e) {
            throw wrong(field, value, expected);
        }
        throw wrong(field, value, expected);
    }

    static String webhookUrl(String field, Object value) {
        String expected = "an http or https address";
        String text = required(field, value, expected).toString().strip();
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
                return text;
            }
        } catch (URISyntaxException e) {
            throw wrong(field, value, expected);
        }
        throw wrong(field, value, expected);
    }

    static List<String> subscriptions(String field, Object value) {
        String expected = "webhook events such as message_created";
        List<String> events = new ArrayList<>();
        for (Object item : items(required(field, value, expected))) {
            String event = item.toString().strip();
            if (!EVENTS.contains(event)) {
                throw wrong(field, item, expected);
            }
            events.add(event);
        }
        return notEmpty(field, events.stream().distinct().toList(), expected);
    }

    private static List<?> items(Object value) {
        if (value instanceof Collection<?> many) {
            return List.copyOf(many);
        }
        if (value instanceof Object[] many) {
            return List.of(many);
        }
        return Arrays.stream(value.toString().split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static <T> List<T> notEmpty(String field, List<T> items, String expected) {
        if (items.isEmpty()) {
            throw new IllegalArgumentException(field + " is empty; expected " + expected);
        }
        return items;
    }

    private static Object required(String field, Object value, String expected) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing; expected " + expected);
        }
        return value;
    }

    private static IllegalArgumentException wrong(String field, Object value, String expected) {
        return new IllegalArgumentException(field + " is \"" + value + "\"; expected " + expected);
    }
}
