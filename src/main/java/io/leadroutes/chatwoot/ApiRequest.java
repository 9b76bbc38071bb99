package io.leadroutes.chatwoot;

import io.leadroutes.store.Json;
import java.util.Optional;

/**
 * One request to Chatwoot's Application API.
 *
 * @param verb what it does, for logs and metrics, such as {@code set-labels}
 * @param path below the base URL, made of our own words and of ids that we printed
 * @param query without a question mark, empty for none
 * @param body JSON text
 */
public record ApiRequest(String verb, String method, String path, String query, Optional<String> body) {

    static ApiRequest get(String verb, String path, String query) {
        return new ApiRequest(verb, "GET", path, query, Optional.empty());
    }

    static ApiRequest send(String verb, String method, String path, Object body) {
        return new ApiRequest(verb, method, path, "", Optional.of(Json.write(body)));
    }
}
