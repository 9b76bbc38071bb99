package io.leadroutes.sandbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules for custom attribute maps and label lists. */
final class Attributes {
    private static final int MAX_TEXT = 1500;
    private static final long MAX_INTEGER = 9_999_999_999L;

    private Attributes() {}

    /** Refuses values that are too long or too large, at the top level only (CONTRACT section 3.6). */
    static void validate(Map<?, ?> attributes) {
        attributes.forEach((key, value) -> {
            if (value instanceof String text && text.length() > MAX_TEXT) {
                throw Refusal.invalid(
                        "Custom attributes " + key + " length should be < " + MAX_TEXT, "custom_attributes");
            }
            boolean isInteger = value instanceof Integer || value instanceof Long;
            boolean isTooLarge = isInteger && ((Number) value).longValue() > MAX_INTEGER;
            if (isTooLarge || value instanceof java.math.BigInteger) {
                throw Refusal.invalid(
                        "Custom attributes " + key + " value should be < " + MAX_INTEGER, "custom_attributes");
            }
        });
    }

    static Map<String, Object> merged(Map<String, Object> base, Map<?, ?> given) {
        Map<String, Object> merged = new LinkedHashMap<>(base);
        merged.putAll(Json.asObject(given));
        return merged;
    }

    static Map<String, Object> without(Map<String, Object> base, List<?> keys) {
        Map<String, Object> kept = new LinkedHashMap<>(base);
        kept.keySet().removeAll(keys);
        return kept;
    }

    /**
     * The labels of a request's {@code labels}: anything but an array clears, a comma splits one into two, doubles count
     * once (CONTRACT section 3.2).
     */
    static List<String> labels(Object value) {
        Set<String> labels = new LinkedHashSet<>();
        if (value instanceof Collection<?> given) {
            for (Object element : given) {
                for (String part : String.valueOf(element).split(",")) {
                    if (!part.isBlank()) {
                        labels.add(part.strip());
                    }
                }
            }
        }
        return List.copyOf(labels);
    }

    /** Order does not count: a reordered list is no change (CONTRACT section 2.4). */
    static boolean isSameSet(List<String> one, List<String> other) {
        return new LinkedHashSet<>(one).equals(new LinkedHashSet<>(other));
    }

    static List<String> plus(List<String> labels, List<String> added) {
        Set<String> all = new LinkedHashSet<>(labels);
        all.addAll(added);
        return List.copyOf(all);
    }

    static List<String> minus(List<String> labels, List<String> removed) {
        List<String> kept = new ArrayList<>(labels);
        kept.removeAll(removed);
        return List.copyOf(kept);
    }
}
