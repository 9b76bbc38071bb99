package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** /admin and /observe as design section 5 has them. */
class AdminTest {
    private static Product product;
    private static SandboxChatwoot sandbox;

    @BeforeAll
    static void start() {
        product = Product.connected(SandboxChatwoot.builder(), Map.of("chatwoot.rate-limit", "3000"));
        sandbox = product.sandbox();
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /admin/status",
        "GET, /admin/conversations/1",
        "GET, /admin/dead",
        "POST, /admin/dead/wish-1/retry",
        "DELETE, /admin/dead/wish-1",
        "POST, /admin/dead/retry?reason=failed",
        "POST, /admin/dead/drop?reason=failed",
        "POST, /admin/rules/try",
        "POST, /admin/forget/1",
        "POST, /admin/outcome"
    })
    @Tag("invariant-12")
    void nobodyGetsInWithoutTheToken(String method, String path) {
        for (String header : List.of("", "Bearer", "Bearer ", "Bearer wrong", "Basic " + Product.ADMIN_TOKEN)) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.ofString("{\"content\":\"x\"}"));

            var answer = product.send(header.isEmpty() ? request : request.header("Authorization", header));

            assertThat(answer.statusCode()).as(header).isEqualTo(401);
            assertThat(answer.body()).isEqualTo("{\"error\":\"unauthorized\"}");
        }
        // The right token starts the count of wrong ones anew.
        product.admin("/admin/status");
    }

    @Test
    void theTokenIsNotTakenFromTheAddress() {
        var answer = product.send(HttpRequest.newBuilder(uri("/admin/status?token=" + Product.ADMIN_TOKEN))
                .GET());

        assertThat(answer.statusCode()).isEqualTo(401);
    }

    @Test
    void withoutAConfiguredTokenNothingIsThere() {
        try (Product closed = Product.alone(SandboxChatwoot.builder(), Map.of("admin.token", ""))) {
            for (String path : List.of("/admin/status", "/admin/dead", "/admin/conversations/1")) {
                var answer = closed.send(closed.adminRequest(path).GET());
                assertThat(answer.statusCode()).as(path).isEqualTo(404);
                assertThat(answer.body()).isEqualTo("{\"error\":\"not found\"}");
            }
        }
    }

    @Test
    void theStatusTellsQueuesAndBudget() {
        JsonNode status = product.admin("/admin/status");

        assertThat(status.fieldNames()).toIterable().containsExactly("inbox", "outbox", "budget", "rules");
        assertThat(status.path("inbox").fieldNames()).toIterable().containsExactlyInAnyOrder("pending", "dead");
        assertThat(status.path("outbox").fieldNames()).toIterable().containsExactlyInAnyOrder("pending", "dead");
        assertThat(status.path("budget").fieldNames()).toIterable().containsExactlyInAnyOrder("limit", "used");
        assertThat(status.path("budget").path("limit").asInt()).isEqualTo(3000);
        for (String queue : List.of("inbox", "outbox")) {
            assertThat(status.path(queue))
                    .allSatisfy(number -> assertThat(number.isIntegralNumber()).isTrue());
        }
    }

    @Test
    @Tag("invariant-11")
    void aConversationShowsStateScoreEventsAndWishes() {
        long id = write("Ada Shown", "How much is the enterprise plan?");

        JsonNode shown = product.admin("/admin/conversations/" + id);

        assertThat(shown.path("conversation_id").asLong()).isEqualTo(id);
        assertThat(shown.path("score").asInt()).isEqualTo(30);
        assertThat(shown.path("labels")).extracting(JsonNode::asText).contains("pricing-inquiry", "enterprise-lead");
        assertThat(shown.path("score_entries").path(0).fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "rule", "rule_version", "points", "remaining", "message_id", "matched", "at");
        assertThat(shown.path("events").findValuesAsText("event")).contains("message_created");
        assertThat(shown.path("events").findValuesAsText("state")).containsOnly("done");
        assertThat(shown.path("wishes").findValuesAsText("kind")).containsExactlyInAnyOrder("labels", "attributes");
        assertThat(shown.path("wishes").findValuesAsText("answer"))
                .containsExactlyInAnyOrder("set-labels: 200", "set-attributes: 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"424242", "0", "-1", "abc", "99999999999999999999", "1%27"})
    void anUnknownConversationIsNotFound(String id) {
        var answer =
                product.send(product.adminRequest("/admin/conversations/" + id).GET());

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("{\"error\":\"not found\"}");
    }

    @Test
    @Tag("invariant-9")
    void aDeadLetterCanBeTriedAgain() {
        long id = refused("Ben Retried");
        JsonNode letter = letter(id);

        var retried = product.send(
                product.adminRequest("/admin/dead/" + letter.path("id").asText() + "/retry")
                        .POST(BodyPublishers.noBody()));
        product.settle();

        assertThat(letter.path("queue").asText()).isEqualTo("wish");
        assertThat(letter.path("kind").asText()).isEqualTo("labels");
        assertThat(letter.path("error").asText()).isEqualTo("set-labels: 422 {\"error\":\"no\"}");
        assertThat(retried.statusCode()).isEqualTo(200);
        assertThat(letter(id).isMissingNode()).isTrue();
        assertThat(sandbox.conversation(id).labels()).containsExactly("technical-issue");
    }

    @Test
    void aDeadLetterCanBeDropped() {
        long id = refused("Cy Dropped");
        String letter = letter(id).path("id").asText();

        var dropped = product.send(product.adminRequest("/admin/dead/" + letter).DELETE());
        var again = product.send(product.adminRequest("/admin/dead/" + letter).DELETE());

        assertThat(dropped.statusCode()).isEqualTo(200);
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(letter(id).isMissingNode()).isTrue();
        assertThat(sandbox.conversation(id).labels()).isEmpty();
    }

    @Test
    void deadLettersAreListedByWhatIsAskedFor() {
        long id = refused("Eve Listed");

        assertThat(product.admin("/admin/dead?reason=chatwoot-422&queue=wish&conversation=" + id))
                .singleElement()
                .satisfies(letter -> assertThat(letter.path("reason").asText()).isEqualTo("chatwoot-422"));
        assertThat(product.admin("/admin/dead?reason=chatwoot-404&conversation=" + id))
                .isEmpty();
        assertThat(product.admin("/admin/dead?queue=event&conversation=" + id)).isEmpty();
        String newest = product.admin("/admin/dead?queue=wish&limit=1")
                .path(0)
                .path("id")
                .asText();
        assertThat(product.admin("/admin/dead?queue=wish&limit=1&after=" + newest)
                        .path(0)
                        .path("id")
                        .asText())
                .isNotEqualTo(newest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "queue=inbox",
                "reason=a%27b",
                "conversation=x",
                "limit=0",
                "limit=1001",
                "limit=-1",
                "after=7",
                "resaon=failed"
            })
    void aQueryThatIsNotUnderstoodIsRefused(String query) {
        var answer = product.send(product.adminRequest("/admin/dead?" + query).GET());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Product.json(answer).path("error").asText()).contains("expected");
    }

    @Test
    void allOfAReasonCanBeTriedAgainOrDropped() {
        sandbox.failNext(2, Fault.status(418, "{\"error\":\"no\"}"), call -> call.is("POST", "/labels"));
        long first = write("Flo Bulk", "a bug");
        long second = write("Gus Bulk", "a bug");

        var retried = bulk("retry?reason=chatwoot-418&conversation=" + first);
        product.settle();
        var dropped = bulk("drop?reason=chatwoot-418");

        assertThat(retried.body()).isEqualTo("{\"retried\":1}");
        assertThat(dropped.body()).isEqualTo("{\"dropped\":1}");
        assertThat(sandbox.conversation(first).labels()).containsExactly("technical-issue");
        assertThat(sandbox.conversation(second).labels()).isEmpty();
        assertThat(product.wish(second, "labels").path("state").asText()).isEqualTo("dropped");
    }

    @ParameterizedTest
    @ValueSource(strings = {"retry", "drop", "retry?reason=", "drop?queue=wish", "drop?reason=failed&conversatoin=7"})
    void allLettersOfNoReasonAreNotTouchedAtOnce(String path) {
        assertThat(bulk(path).statusCode()).isEqualTo(400);
    }

    private static HttpResponse<String> bulk(String path) {
        return product.send(product.adminRequest("/admin/dead/" + path).POST(BodyPublishers.noBody()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wish-0", "event-0", "wish-", "x", "wish-1%20OR%201=1"})
    void anUnknownDeadLetterIsNotFound(String id) {
        var retried = product.send(
                product.adminRequest("/admin/dead/" + id + "/retry").POST(BodyPublishers.noBody()));
        var dropped = product.send(product.adminRequest("/admin/dead/" + id).DELETE());

        assertThat(retried.statusCode()).isEqualTo(404);
        assertThat(dropped.statusCode()).isEqualTo(404);
    }

    @Test
    void theRulesCanBeTried() {
        int calls = sandbox.calls().size();

        var answer = tryRules("{\"content\":\"An enterprise has a budget and wants a demo\"}");

        JsonNode result = Product.json(answer);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(result.fieldNames())
                .toIterable()
                .containsExactly("labels", "score", "hits", "qualifies", "escalates", "marks");
        assertThat(result.path("labels"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder("enterprise-lead", "sales-qualified");
        assertThat(result.path("score").asInt()).isEqualTo(75);
        assertThat(result.path("qualifies").isBoolean()).isTrue();
        assertThat(result.path("qualifies").asBoolean()).isTrue();
        assertThat(result.path("escalates")).isEmpty();
        assertThat(result.path("hits")).isNotEmpty().allSatisfy(hit -> {
            assertThat(hit.fieldNames()).toIterable().containsExactly("rule", "kind", "matched", "points");
            assertThat(hit.path("kind").asText()).isIn("tag", "score", "qualify", "escalate");
            assertThat(hit.path("matched").isArray()).isTrue();
            assertThat(hit.path("points").isInt()).isTrue();
        });
        assertThat(sandbox.calls()).hasSize(calls);
    }

    @Test
    void theRulesCanBeTriedBesideLabelsThatAreThere() {
        JsonNode result = Product.json(tryRules(
                "{\"content\":\"please cancel\",\"labels\":[\"enterprise-lead\"],\"attributes\":{\"lead_score\":30}}"));

        assertThat(result.path("labels")).extracting(JsonNode::asText).containsExactly("churn-risk");
        assertThat(result.path("escalates")).extracting(JsonNode::asText).containsExactly("churn-risk-enterprise");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "{\"content\":7}", "{\"content\":null}"})
    void aTrialWithoutContentIsRefused(String body) {
        var answer = tryRules(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Product.json(answer).path("error").asText()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"POST, /admin/status", "GET, /admin/rules/try", "GET, /admin/dead/wish-1/retry"})
    void otherMethodsAreRefused(String method, String path) {
        var answer = product.send(product.adminRequest(path).method(method, BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.body()).isEqualTo("{\"error\":\"method not allowed\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/observe/health", "/observe/health/live", "/observe/health/ready"})
    void healthIsUp(String path) {
        var answer = observe(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Product.json(answer).path("status").asText()).isEqualTo("UP");
    }

    @Test
    void livenessAndReadinessAskDifferentThings() {
        assertThat(observe("/observe/health/live").body())
                .contains("inbox-writer")
                .doesNotContain("\"database\"");
        assertThat(observe("/observe/health/ready").body()).contains("database");
    }

    @Test
    @Tag("invariant-12")
    void metricsTellRoutesAndNoCustomerText() {
        write("Dee Metric", "the secretword of our enterprise");

        var answer = observe("/observe/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .contains("camel_exchanges_total", "routeId=\"chatwoot-api\"")
                .doesNotContain("secretword", "Dee Metric", sandbox.apiToken(), Product.SECRET, Product.ADMIN_TOKEN);
    }

    private static HttpResponse<String> observe(String path) {
        return product.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + product.runtime().managementPort() + path))
                .GET());
    }

    private static HttpResponse<String> tryRules(String body) {
        return product.send(product.adminRequest("/admin/rules/try")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private static long refused(String contact) {
        sandbox.failNext(1, Fault.status(422, "{\"error\":\"no\"}"), call -> call.is("POST", "/labels"));
        return write(contact, "a bug");
    }

    private static JsonNode letter(long conversation) {
        for (JsonNode letter : product.admin("/admin/dead")) {
            if (letter.path("conversation_id").asLong() == conversation) {
                return letter;
            }
        }
        return MissingNode.getInstance();
    }

    private static long write(String contact, String text) {
        long id = product.conversation(contact);
        sandbox.customerWrites(id, text);
        product.settle();
        return id;
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + product.runtime().httpPort() + path);
    }
}
