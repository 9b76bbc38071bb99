package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every request that we send, against Chatwoot's own OpenAPI document. The document is not ours to copy: system property
 * {@code chatwoot.openapi}, else environment {@code CHATWOOT_OPENAPI}, else where it lies beside this repository.
 */
class ChatwootContractTest {
    private static final String CONVERSATION = "/api/v1/accounts/{account_id}/conversations/{conversation_id}";

    /** What the document calls the requests that {@code ApiRequest} knows by a verb. */
    private static final Map<String, String> OPERATIONS = Map.of(
            "set-labels", "POST " + CONVERSATION + "/labels",
            "show-conversation", "GET " + CONVERSATION,
            "set-attributes", "POST " + CONVERSATION + "/custom_attributes",
            "set-priority", "POST " + CONVERSATION + "/toggle_priority",
            "list-teams", "GET /api/v1/accounts/{account_id}/teams",
            "assign-team", "POST " + CONVERSATION + "/assignments",
            "list-messages", "GET " + CONVERSATION + "/messages",
            "private-note", "POST " + CONVERSATION + "/messages");

    /**
     * Where the document departs from Chatwoot's code (CONTRACT section 5) and we follow the code: the operation, its
     * body, and why. Of the other departures none is about a request that we make.
     */
    private static final Map<String, String> DEPARTURES = Map.of(
            "POST " + CONVERSATION + "/toggle_priority {\"priority\":null}",
            "null clears the priority; the documented word none is an enum error, 500 (CONTRACT sections 3.9 and 5)");

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static JsonNode document;
    private static List<Call> calls;

    @BeforeAll
    static void run() throws IOException {
        Path file = Path.of(System.getProperty(
                "chatwoot.openapi",
                System.getenv().getOrDefault("CHATWOOT_OPENAPI", "../shared/chatwoot/openapi.json")));
        assumeTrue(
                Files.exists(file),
                () -> "Chatwoot's OpenAPI document is not at " + file + "; set -Dchatwoot.openapi to check against it");
        document = MAPPER.readTree(file.toFile());
        calls = recorded();
    }

    /** A lead, an escalation, and what is sent again after failures, with the reads that come before. */
    private static List<Call> recorded() {
        JumpingClock clock = new JumpingClock();
        try (Product product = Product.connected(
                SandboxChatwoot.builder().clock(clock), Map.of("chatwoot.rate-limit", "3000"), clock)) {
            SandboxChatwoot sandbox = product.sandbox();
            sandbox.failNext(1, Fault.dropAfterCommit(), call -> call.is("POST", "/messages"));
            long lead = product.conversation("Ada Lead");
            sandbox.agentSetsCustomAttributes(lead, Map.of("order", "A-1", "seats", 40));
            sandbox.customerWrites(lead, "An enterprise with a budget wants a demo");
            product.settle();
            sandbox.customerWrites(lead, "or will cancel");
            product.settle();

            long late = product.conversation("Ben Late");
            sandbox.failNext(1, Fault.status(429, "Retry later\n"), call -> call.is("POST", late + "/labels"));
            sandbox.customerWrites(late, "the enterprise plan");
            await().until(() ->
                    product.wish(late, "labels").path("error").asText().contains("429"));
            clock.jump(Duration.ofMinutes(2));
            product.settle();
            return sandbox.calls();
        }
    }

    @Test
    void everyCallOfADecisionIsSeen() {
        assertThat(calls.stream()
                        .map(call -> call.method() + " " + template(call))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(OPERATIONS.values());
    }

    @Test
    void everyPathAndParameterIsDocumented() {
        for (Call call : calls) {
            String template = template(call);
            JsonNode path = document.path("paths").path(template);
            Map<String, String> pathValues = pathValues(template, call.path());
            for (JsonNode parameter : parameters(path, call)) {
                if (parameter.path("in").asText().equals("path")) {
                    assertThat(validate(
                                    parameter.path("schema"),
                                    number(pathValues.get(parameter.path("name").asText()))))
                            .as("%s of %s", parameter.path("name"), call.path())
                            .isEmpty();
                }
            }
            Set<String> known = new TreeSet<>();
            parameters(path, call).forEach(parameter -> {
                if (parameter.path("in").asText().equals("query")) {
                    known.add(parameter.path("name").asText());
                }
            });
            for (String pair :
                    call.query().isEmpty() ? new String[0] : call.query().split("&")) {
                assertThat(known).as("query of " + call.path()).contains(pair.split("=")[0]);
                assertThat(pair.split("=")[1]).as(pair).matches("\\d+");
            }
        }
    }

    @Test
    void everyBodyIsAsDocumented() throws IOException {
        for (Call call : calls) {
            String operation = call.method() + " " + template(call);
            JsonNode request = operation(call).path("requestBody");
            if (request.isMissingNode()) {
                assertThat(call.body()).as("body of " + operation).isEmpty();
                continue;
            }
            assertThat(call.headers()).containsEntry("content-type", "application/json");
            if (DEPARTURES.containsKey(operation + " " + call.body())) {
                continue;
            }
            JsonNode schema =
                    resolved(request.path("content").path("application/json").path("schema"));
            JsonNode body = MAPPER.readTree(call.body());
            assertThat(validate(schema, body)).as(operation + " " + call.body()).isEmpty();
            assertThat(schema.path("properties").fieldNames())
                    .toIterable()
                    .as("keys that %s documents", operation)
                    .containsAll(() -> body.fieldNames());
        }
    }

    @Test
    @Tag("invariant-6")
    void noRequestHasASideEffectThatTheContractWarnsOf() throws IOException {
        for (Call call : calls) {
            JsonNode body = call.body().isEmpty() ? MAPPER.createObjectNode() : MAPPER.readTree(call.body());
            assertThat(body.has("assignee_id")).as("assignee_id beside team_id").isFalse();
            assertThat(body.path("priority").asText()).isNotEqualTo("none");
            if (call.is("POST", "/labels")) {
                assertThat(body.path("labels")).isNotEmpty().allSatisfy(label -> assertThat(label.asText())
                        .doesNotContain(",")
                        .isLowerCase());
            }
            if (call.is("POST", "/messages")) {
                assertThat(body.path("private").asBoolean()).isTrue();
                assertThat(body.path("message_type").asText()).isEqualTo("outgoing");
            }
        }
    }

    private static String template(Call call) {
        String path = call.path()
                .replaceFirst("/accounts/\\d+", "/accounts/{account_id}")
                .replaceFirst("/conversations/\\d+", "/conversations/{conversation_id}");
        assertThat(document.path("paths").has(path))
                .as("documented path " + path)
                .isTrue();
        assertThat(document.path("paths").path(path).has(call.method().toLowerCase(Locale.ROOT)))
                .as("documented method %s %s", call.method(), path)
                .isTrue();
        return path;
    }

    private static JsonNode operation(Call call) {
        return document.path("paths").path(template(call)).path(call.method().toLowerCase(Locale.ROOT));
    }

    private static List<JsonNode> parameters(JsonNode path, Call call) {
        List<JsonNode> all = new ArrayList<>();
        path.path("parameters").forEach(parameter -> all.add(resolved(parameter)));
        operation(call).path("parameters").forEach(parameter -> all.add(resolved(parameter)));
        return all;
    }

    private static Map<String, String> pathValues(String template, String path) {
        Map<String, String> values = new HashMap<>();
        String[] names = template.split("/");
        String[] parts = path.split("/");
        for (int i = 0; i < names.length; i++) {
            if (names[i].startsWith("{")) {
                values.put(names[i].substring(1, names[i].length() - 1), parts[i]);
            }
        }
        return values;
    }

    private static JsonNode number(String text) {
        return MAPPER.getNodeFactory().numberNode(Long.parseLong(text));
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref")
                ? resolved(document.at(node.path("$ref").asText().substring(1)))
                : node;
    }

    /** What is wrong; references go to the document's own components (OpenAPI 3.1 is JSON Schema 2020-12). */
    private static List<String> validate(JsonNode schema, JsonNode value) {
        ObjectNode rooted = schema.deepCopy();
        rooted.set("components", document.path("components"));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(rooted).validate(value).stream()
                .map(Object::toString)
                .toList();
    }
}
