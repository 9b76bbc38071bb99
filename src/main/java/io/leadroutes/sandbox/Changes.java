package io.leadroutes.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What one save changed, by raw column name; values already as they appear in JSON. */
final class Changes {
    record Change(Object previous, Object current) {}

    private final Map<String, Change> byAttribute = new LinkedHashMap<>();

    /** Keeps the pair if its values differ. */
    Changes add(String attribute, Object previous, Object current) {
        return Objects.equals(previous, current) ? this : put(attribute, previous, current);
    }

    /** Keeps the pair although it may look the same: times are cut to milliseconds. */
    Changes put(String attribute, Object previous, Object current) {
        byAttribute.put(attribute, new Change(previous, current));
        return this;
    }

    boolean isEmpty() {
        return byAttribute.isEmpty();
    }

    Map<String, Change> byAttribute() {
        return byAttribute;
    }

    /** Array of one-key objects (CONTRACT section 2.2). */
    List<Map<String, Object>> toArray() {
        List<Map<String, Object>> array = new ArrayList<>();
        byAttribute.forEach((attribute, change) -> array.add(Json.object(
                attribute, Json.object("previous_value", change.previous(), "current_value", change.current()))));
        return array;
    }
}
