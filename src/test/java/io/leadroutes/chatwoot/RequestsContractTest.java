package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.leadroutes.store.Json;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every request that we can make, against Chatwoot's own OpenAPI file, which is not part of this repository:
 * {@code -Dchatwoot.openapi} names it. Where the file departs from the server's code (CONTRACT section 5) or does not go
 * as far, we follow the code, and say so here.
 */
class RequestsContractTest {
    private static final Path FILE = Path.of(System.getProperty("chatwoot.openapi", "../shared/chatwoot/openapi.json"));

    /** In the server's code but not in the file, with the reason. */
    private static final Map<String, String> UNDOCUMENTED = Map.of(
            "PATCH /api/v1/accounts/{}/contacts/{}", "the same action as the documented PUT (CONTRACT sections 3.7, 5)",
            "POST /api/v1/accounts/{}/contacts/{}/destroy_custom_attributes", "CONTRACT section 3.7",
            "POST /api/v1/accounts/{}/bulk_actions", "the dashboard's own",
            "GET /api/v1/accounts/{}/macros", "the dashboard's own",
            "POST /api/v1/accounts/{}/macros", "the dashboard's own",
            "DELETE /api/v1/accounts/{}/macros/{}", "the dashboard's own",
            "POST /api/v1/accounts/{}/macros/{}/execute", "the dashboard's own");

    private static final Set<String> UNDOCUMENTED_PARAMETERS = Set.of("sort_by", "updated_within");

    /** Requests whose body the file does not allow although the code does, with the section of CONTRACT that says so. */
    private static final Map<String, String> UNDOCUMENTED_BODIES = Map.of(
            "create-conversation {\"inbox_id\":31,\"contact_id\":5}", "source_id is optional beside contact_id (3.12)",
            "set-priority {\"priority\":null}", "null clears; the documented word none is a 500 (3.9, 5)",
            "unassign {\"assignee_id\":null}", "null unassigns (3.8)");

    private static JsonNode document;

    @BeforeAll
    static void read() throws IOException {
        assumeTrue(Files.isReadable(FILE), () -> FILE.toAbsolutePath() + " is not there: nothing to compare with");
        document = Json.tree(Files.readString(FILE));
    }

    static Stream<ApiRequest> requests() {
        return RequestsTest.requests().map(row -> (ApiRequest) row.get()[0]);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void aRequestIsInTheContract(ApiRequest request) throws IOException {
        List<JsonNode> operations = operations(request);
        String name = request.method() + " " + request.path().replaceAll("/[0-9]+", "/{}");

        if (UNDOCUMENTED.containsKey(name)) {
            assertThat(operations).as("it is documented now").isEmpty();
            return;
        }
        assertThat(operations).as(name).hasSize(1);
        assertThat(parameters(request)).containsAll(queryNames(request));
        boolean departs = UNDOCUMENTED_BODIES.containsKey(
                request.verb() + " " + request.body().orElse(""));
        assertThat(wrong(operations.get(0), request).isEmpty())
                .as(() -> request.verb() + " " + request.body().orElse("") + ": " + wrong(operations.get(0), request))
                .isEqualTo(!departs);
    }

    private static List<JsonNode> operations(ApiRequest request) {
        String wanted = request.path().replaceAll("/[0-9]+", "/{}");
        return document.path("paths").properties().stream()
                .filter(path -> path.getKey().replaceAll("\\{[^}]+}", "{}").equals(wanted))
                .map(path -> path.getValue().path(request.method().toLowerCase(Locale.ROOT)))
                .filter(JsonNode::isObject)
                .toList();
    }

    /** What the documented schema has against the body. */
    private static List<String> wrong(JsonNode operation, ApiRequest request) {
        JsonNode schema = resolved(resolved(operation.path("requestBody"))
                .path("content")
                .path("application/json")
                .path("schema"));
        if (request.body().isEmpty()) {
            return List.of();
        }
        if (schema.isMissingNode()) {
            return List.of("no body is documented");
        }
        try {
            ObjectNode rooted = schema.deepCopy();
            rooted.set("components", document.path("components"));
            List<String> wrong = new ArrayList<>();
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(rooted)
                    .validate(Json.tree(request.body().get()))
                    .forEach(message -> wrong.add(message.toString()));
            return wrong;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref")
                ? resolved(document.at(node.path("$ref").asText().substring(1)))
                : node;
    }

    private static Set<String> parameters(ApiRequest request) {
        String wanted = request.path().replaceAll("/[0-9]+", "/{}");
        Set<String> names = new HashSet<>(UNDOCUMENTED_PARAMETERS);
        document.path("paths").properties().stream()
                .filter(path -> path.getKey().replaceAll("\\{[^}]+}", "{}").equals(wanted))
                .map(Map.Entry::getValue)
                .flatMap(item -> Stream.of(
                        item.path("parameters"),
                        item.path(request.method().toLowerCase(Locale.ROOT)).path("parameters")))
                .forEach(list -> list.forEach(given -> {
                    JsonNode parameter = resolved(given);
                    if (parameter.path("in").asText().equals("query")) {
                        names.add(parameter.path("name").asText());
                    }
                }));
        return names;
    }

    /** Rails writes the name of a list with brackets, OpenAPI without. */
    private static List<String> queryNames(ApiRequest request) {
        return Arrays.stream(request.query().split("&"))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> URLDecoder.decode(pair.split("=", 2)[0], StandardCharsets.UTF_8))
                .map(name -> name.replace("[]", ""))
                .distinct()
                .toList();
    }
}
