package io.leadroutes.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.leadroutes.sandbox.Rows.Agent;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One API call as its handler sees it.
 *
 * @param ids numbers in the path, in order
 * @param query decoded, with all values of each name
 * @param body the JSON object sent; empty when there was none or the content type is another (CONTRACT section 3.1)
 * @param caller whose token it is
 */
record Request(List<Long> ids, Map<String, List<String>> query, Map<String, Object> body, Agent caller) {

    long id() {
        return ids.get(0);
    }

    Optional<String> queryValue(String name) {
        return query.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** The whole number in the query, or 500: Chatwoot does not check either. */
    Optional<Long> queryNumber(String name) {
        return queryValue(name).map(Long::parseLong);
    }

    Object param(String name) {
        return body.get(name);
    }

    boolean has(String name) {
        return body.containsKey(name);
    }

    /** The named number, empty when absent or null; text with digits counts as a number. */
    Optional<Long> number(String name) {
        Object value = body.get(name);
        return value == null || value.toString().isBlank()
                ? Optional.empty()
                : Optional.of(Long.parseLong(value.toString()));
    }

    /** The fields of the resource, wrapped under its name or flat (CONTRACT section 3.1); none at all is 422. */
    Map<String, Object> resource(String name) {
        Map<String, Object> fields = body.get(name) instanceof Map<?, ?> wrapped ? Json.asObject(wrapped) : body;
        if (fields.isEmpty()) {
            throw Refusal.unprocessable("param is missing or the value is empty: " + name);
        }
        return fields;
    }

    /** Only administrators pass; the others get 401, in the reference 403 (CONTRACT section 3.1). */
    void requireAdministrator(Settings settings) {
        if (caller.role != Role.ADMINISTRATOR) {
            throw Refusal.unauthorized(settings.isReference() ? 403 : 401, "You are not authorized to do this action");
        }
    }

    static Map<String, List<String>> query(String raw) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : raw.isEmpty() ? new String[0] : raw.split("&")) {
            String[] parts = pair.split("=", 2);
            String name = URLDecoder.decode(parts[0], StandardCharsets.UTF_8);
            String value = parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
            query.computeIfAbsent(name, absent -> new ArrayList<>()).add(value);
        }
        return query;
    }

    static Map<String, Object> body(String contentType, String text) {
        if (text.isBlank() || !contentType.startsWith("application/json")) {
            return Map.of();
        }
        try {
            return Json.parse(text) instanceof Map<?, ?> object ? Json.asObject(object) : Map.of();
        } catch (JsonProcessingException e) {
            throw Refusal.badRequest();
        }
    }
}
