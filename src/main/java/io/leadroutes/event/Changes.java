package io.leadroutes.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What changed, in every dialect (CONTRACT section 2.2): {@code changed_attributes} as an array of one-key objects, as
 * an object or null; {@code changes} with {@code before} and {@code after}; {@code previous_status}.
 * {@code label_list} is {@code labels}; {@code cached_label_list} says the same again and is left out.
 */
final class Changes {
    static final Changes NONE = new Changes(Map.of());

    private record Sides(Part before, Part after) {}

    private final Map<String, Sides> sides;

    private Changes(Map<String, Sides> sides) {
        this.sides = sides;
    }

    static Changes read(Part root) {
        Map<String, Sides> sides = new LinkedHashMap<>();
        Part changed = root.at("changed_attributes");
        changed.elements().forEach(element -> addAll(sides, element));
        addAll(sides, changed);
        addAll(sides, root.at("changes"));
        Part previousStatus = root.at("previous_status");
        if (previousStatus.isCarried()) {
            sides.putIfAbsent("status", new Sides(previousStatus, root.at("status")));
        }
        return new Changes(sides);
    }

    private static void addAll(Map<String, Sides> sides, Part byAttribute) {
        for (String attribute : byAttribute.keys()) {
            if (!attribute.equals("cached_label_list")) {
                Part change = byAttribute.at(attribute);
                Part before = change.at("previous_value").orElse(change.at("before"));
                Part after = change.at("current_value").orElse(change.at("after"));
                sides.putIfAbsent(attribute.equals("label_list") ? "labels" : attribute, new Sides(before, after));
            }
        }
    }

    boolean isEmpty() {
        return sides.isEmpty();
    }

    Map<String, Change> byName() {
        Map<String, Change> changes = new LinkedHashMap<>();
        sides.forEach((name, side) ->
                changes.put(name, new Change(side.before().value(), side.after().value())));
        return Collections.unmodifiableMap(changes);
    }

    /** What the attribute became; a missing part if it did not change. */
    Part after(String attribute) {
        Sides found = sides.get(attribute);
        return found == null ? Part.MISSING : found.after();
    }

    /** The same JSON for the same changes, whichever way they were written. */
    JsonNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        sides.forEach((name, side) -> {
            ArrayNode pair = json.putArray(name);
            pair.add(side.before().json());
            pair.add(side.after().json());
        });
        return json;
    }
}
