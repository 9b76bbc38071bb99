package io.leadroutes.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A place in a body, there or not, and its path for error messages. Reading is forgiving: what has another shape than
 * expected is as good as absent, except ids.
 */
record Part(JsonNode json, String path) {
    static final Part MISSING = new Part(MissingNode.getInstance(), "");

    private static final long MAX_ID = 1L << 53;

    // Doubles end at 308; a number beyond is no measurement but an attempt to make us expand it.
    private static final int MAX_SCALE = 400;

    static Part root(ObjectNode json) {
        return new Part(json, "");
    }

    Part at(String key) {
        return new Part(json.path(key), path.isEmpty() ? key : path + "." + key);
    }

    Part first() {
        return new Part(json.path(0), path + "[0]");
    }

    List<Part> elements() {
        List<Part> elements = new ArrayList<>();
        if (json instanceof ArrayNode) {
            json.forEach(element -> elements.add(new Part(element, path)));
        }
        return elements;
    }

    List<String> keys() {
        List<String> keys = new ArrayList<>();
        json.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** True if the body carries it, even as null. */
    boolean isCarried() {
        return !json.isMissingNode();
    }

    boolean isNull() {
        return json.isNull();
    }

    boolean isObject() {
        return json.isObject();
    }

    boolean isArray() {
        return json.isArray();
    }

    boolean isText() {
        return json.isTextual();
    }

    Part orElse(Part other) {
        return isCarried() ? this : other;
    }

    /**
     * A row id or display id; absent if it is not carried or null.
     *
     * @throws BadEventException naming the field, if it is anything but a whole number from 1 to 2^53
     */
    OptionalLong id() {
        if (!isCarried() || isNull()) {
            return OptionalLong.empty();
        }
        if (json.isIntegralNumber() && json.canConvertToLong() && json.longValue() >= 1 && json.longValue() <= MAX_ID) {
            return OptionalLong.of(json.longValue());
        }
        String found = json.isNumber() ? json.asText() : "no number";
        throw new BadEventException(path + " is " + found + "; expected a whole number from 1 to " + MAX_ID);
    }

    static OptionalLong firstId(Part... candidates) {
        for (Part candidate : candidates) {
            OptionalLong id = candidate.id();
            if (id.isPresent()) {
                return id;
            }
        }
        return OptionalLong.empty();
    }

    Optional<String> text() {
        return json.isValueNode() && !json.isNull() ? Optional.of(json.asText()) : Optional.empty();
    }

    OptionalLong micros() {
        return Times.micros(json);
    }

    /** The object's values as {@link #value()} has them; empty if this is no object. */
    Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            map.put(entry.getKey(), value(entry.getValue()));
        }
        return Collections.unmodifiableMap(map);
    }

    /**
     * The value in Java: String, Boolean, Integer (Long or BigInteger if it does not fit), BigDecimal, unmodifiable
     * List and Map; absent for null.
     */
    Optional<Object> value() {
        return Optional.ofNullable(value(json));
    }

    private Object value(JsonNode node) {
        if (node.isObject()) {
            return new Part(node, path).map();
        }
        if (node.isArray()) {
            List<Object> list = new ArrayList<>();
            node.forEach(element -> list.add(value(element)));
            return Collections.unmodifiableList(list);
        }
        if (node.isBigDecimal() && Math.abs((long) node.decimalValue().scale()) > MAX_SCALE) {
            throw new BadEventException(StrictJson.OUT_OF_RANGE);
        }
        if (node.isNumber()) {
            return node.numberValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return node.textValue();
    }
}
