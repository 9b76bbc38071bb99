package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** POST /webhooks/chatwoot as design section 5 has it, over real HTTP. */
class WebhookIntakeTest {
    private static final String TOKEN = "test-webhook-token";
    private static final int MIB = 1_048_576;

    private static final List<String> OUR_HEADERS = List.of(
            "content-type",
            "content-length",
            "cache-control",
            "content-security-policy",
            "referrer-policy",
            "x-content-type-options");

    private static Product product;

    @BeforeAll
    static void start() {
        product = Product.alone(
                SandboxChatwoot.builder().autoCreate(),
                Map.of("webhook.token", TOKEN, "chatwoot.rate-limit", "3000", "conversation.debounce", "50ms"));
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    void aSignedWebhookIsReceived() {
        var answer = product.post(message(1001, "hello"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"received\":true}");
    }

    @Test
    void anUnsignedWebhookWithTheTokenIsReceived() {
        var answer = product.send(unsigned(message(1002, "hello"), "?secret=" + TOKEN));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"received\":true}");
    }

    @Test
    void aWrongSignatureIsRefusedWhateverTheToken() {
        var answer = product.send(unsigned(message(1003, "hello"), "?secret=" + TOKEN)
                .header("X-Chatwoot-Timestamp", now())
                .header("X-Chatwoot-Signature", "sha256=" + "0".repeat(64)));

        assertError(answer, 401);
    }

    @Test
    void aStaleSignatureIsRefused() {
        String body = message(1004, "hello");
        String stale = Long.toString(Instant.now().getEpochSecond() - 301);

        var answer = product.send(unsigned(body, "")
                .header("X-Chatwoot-Timestamp", stale)
                .header("X-Chatwoot-Signature", Product.sign(Product.SECRET, stale, body)));

        assertError(answer, 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?secret=", "?secret=wrong", "?token=" + TOKEN})
    void withoutSignatureAndTokenNothingIsReceived(String query) {
        assertError(product.send(unsigned(message(1005, "hello"), query)), 401);
    }

    @Test
    void anotherAccountIsRefused() {
        var answer = product.post(message(1006, "hello").replace("\"account\":{\"id\":7", "\"account\":{\"id\":8"));

        assertError(answer, 403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "\"text\"",
                "{}",
                "{\"event\":null}",
                "{\"event\":\"\"}",
                "{\"event\":7}",
                "{\"event\":\"message_created\"} trailing"
            })
    void whatIsNoEventIsRefused(String body) {
        assertError(product.post(body), 400);
    }

    @Test
    void aBodyOfOneMebibyteIsReceived() {
        String body = padded(MIB);

        assertThat(product.post(body).statusCode()).isEqualTo(200);
    }

    @Test
    void aLargerBodyIsRefused() {
        assertError(product.send(signed(padded(MIB + 1))), 413);
    }

    @Test
    @Tag("attack-05")
    void aLargerBodyThatDoesNotSayItsLengthIsRefused() {
        String body = padded(MIB + 1);
        BodyPublisher chunked =
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));

        assertError(product.send(signed(body).POST(chunked)), 413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/xml",
                "application/json; charset=iso-8859-1",
                "application/jsonp",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=xyz"
            })
    void otherContentTypesAreRefused(String type) {
        assertError(product.send(signed(message(1007, "hello")).setHeader("Content-Type", type)), 415);
    }

    @Test
    @Tag("attack-12")
    void aWellFormedFormIsRefused() {
        String form = "--xyz\r\nContent-Disposition: form-data; name=\"event\"\r\n\r\nmessage_created\r\n--xyz--\r\n";

        var answer = product.send(signed(form).setHeader("Content-Type", "multipart/form-data; boundary=xyz"));

        assertError(answer, 415);
    }

    @Test
    void aMissingContentTypeIsRefused() {
        String body = message(1008, "hello");
        String timestamp = now();

        var answer = product.send(HttpRequest.newBuilder(product.webhookUrl())
                .header("X-Chatwoot-Timestamp", timestamp)
                .header("X-Chatwoot-Signature", Product.sign(Product.SECRET, timestamp, body))
                .POST(BodyPublishers.ofString(body)));

        assertError(answer, 415);
    }

    @Test
    @Tag("attack-08")
    void aCompressedBodyIsRefused() {
        assertError(product.send(signed(message(1009, "hello")).header("Content-Encoding", "gzip")), 415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS"})
    @Tag("attack-12")
    void otherMethodsAreRefused(String method) {
        String body = message(1010, "hello");

        assertError(product.send(signed(body).method(method, BodyPublishers.ofString(body))), 405);
    }

    @Test
    void anUnknownPathIsAnsweredWithJson() {
        URI unknown = product.webhookUrl().resolve("/webhooks/other");

        assertError(product.send(HttpRequest.newBuilder(unknown).GET()), 404);
    }

    @Test
    @Tag("invariant-12")
    void nothingOfTheRequestComesBack() {
        HttpRequest.Builder request = signed(message(1011, "hello"), "?secret=" + TOKEN + "&x=query-value")
                .header("Cookie", "session=cookie-value")
                .header("Authorization", "Bearer header-value")
                .header("X-Forwarded-For", "192.0.2.7")
                .header("X-Anything", "header-value")
                .header("CamelHttpUri", "http://192.0.2.7/")
                .header("CamelHttpResponseCode", "418")
                .header("CamelJdbcParameters", "header-value")
                .header("org.apache.camel.anything", "header-value")
                .header("breadcrumbId", "header-value");

        var answer = product.send(request);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().map())
                .containsOnlyKeys(OUR_HEADERS)
                .containsEntry("content-type", List.of("application/json"));
    }

    @Test
    @Tag("invariant-12")
    void anErrorSaysNothingOfTheRequest() {
        var answer =
                product.send(unsigned("customer-text", "?secret=query-value").header("X-Anything", "header-value"));

        assertThat(answer.headers().map()).containsOnlyKeys(OUR_HEADERS);
        assertThat(answer.body()).isEqualTo("{\"error\":\"unauthorized\"}");
    }

    @Test
    @Tag("invariant-1")
    @Tag("attack-27")
    void whatCannotBeStoredIsToBeSentAgainAndThenIsTaken() throws SQLException {
        String body = message(1012, "hello");
        String delivery = UUID.randomUUID().toString();

        HttpResponse<String> refused;
        try (Connection connection = product.ownConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE webhook_payload RENAME TO hidden");
            refused = product.post(body, delivery);
            statement.execute("ALTER TABLE hidden RENAME TO webhook_payload");
        }
        var taken = product.post(body, delivery);

        assertError(refused, 503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(taken.statusCode()).as("the same delivery afterwards").isEqualTo(200);
        assertThat(product.own("SELECT id FROM webhook_event WHERE delivery_id = '" + delivery + "'"))
                .hasSize(1);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(product.own("SELECT reason FROM gap"))
                .as("what is fetched later, had it not come again")
                .anySatisfy(gap ->
                        assertThat(gap.get("reason")).asString().contains("refused: the inbox could not be written")));
    }

    @Test
    @Tag("invariant-1")
    void aDatabaseThatHangsIsToldWithinTheTimeThatChatwootWaits() throws SQLException {
        String body = message(1013, "hello");

        HttpResponse<String> refused;
        Instant start = Instant.now();
        Duration taken;
        try (Connection connection = product.ownConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET EXCLUSIVE TRUE");
            refused = product.post(body, "delivery-1013");
            taken = Duration.between(start, Instant.now());
            statement.execute("SET EXCLUSIVE FALSE");
        }

        assertError(refused, 503);
        assertThat(taken).isLessThan(Duration.ofSeconds(4));
        await().untilAsserted(() ->
                assertThat(product.post(body, "delivery-1013").statusCode()).isEqualTo(200));
        assertThat(product.own("SELECT id FROM webhook_event WHERE delivery_id = 'delivery-1013'"))
                .hasSize(1);
    }

    @Test
    @Tag("invariant-9")
    void everyRecordedBodyIsTakenAndHandled() throws Exception {
        try (Product fresh = Product.alone(
                SandboxChatwoot.builder().autoCreate(),
                Map.of("chatwoot.rate-limit", "3000", "conversation.debounce", "50ms"))) {
            List<String> bodies = bodies();

            List<Integer> answers =
                    bodies.stream().map(body -> fresh.post(body).statusCode()).toList();
            fresh.settle();

            assertThat(bodies).hasSize(32);
            assertThat(answers).containsOnly(200);
            assertThat(fresh.own("SELECT event, error FROM webhook_event WHERE state <> 'done'"))
                    .isEmpty();
            assertThat(fresh.runtime().records().outbox().dead())
                    .as("dead wishes")
                    .isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\":\"unheard_of\"}",
                "{\"event\":\"unheard_of\",\"id\":\"text\",\"account\":7}",
                "{\"event\":\"unheard_of\",\"conversation\":{\"id\":99},\"account\":{\"id\":7}}",
                "{\"event\":\"message_created\"}",
                "{\"event\":\"message_created\",\"id\":null,\"conversation\":[],\"sender\":\"x\",\"content\":{}}",
                "{\"event\":\"conversation_updated\",\"id\":1,\"labels\":\"x\",\"changed_attributes\":7}",
                "{\"event\":\"contact_updated\",\"id\":1,\"custom_attributes\":[]}"
            })
    @Tag("invariant-9")
    void anUnknownShapeIsTakenAndHandled(String body) {
        String delivery = UUID.randomUUID().toString();

        int status = product.post(body, delivery).statusCode();
        product.settle();

        assertThat(status).isEqualTo(200);
        assertThat(product.own("SELECT state FROM webhook_event WHERE delivery_id = '" + delivery + "'"))
                .containsExactly(Map.of("state", "done"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0", "1e400", "\"seven\""})
    @Tag("invariant-9")
    void anIdThatCannotBeIsKeptAsADeadLetterThatNamesIt(String id) {
        String delivery = UUID.randomUUID().toString();

        int status = product.post("{\"event\":\"conversation_updated\",\"id\":" + id + "}", delivery)
                .statusCode();
        product.settle();

        assertThat(status).isEqualTo(200);
        assertThat(product.own("SELECT state, error FROM webhook_event WHERE delivery_id = '" + delivery + "'"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event).containsEntry("state", "dead");
                    assertThat(String.valueOf(event.get("error"))).contains("expected");
                });
    }

    private static void assertError(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as("status of " + answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode body = Product.json(answer);
        assertThat(body.path("error").asText()).as("error").isNotEmpty();
        assertThat(body).as("nothing but the error").hasSize(1);
    }

    private static String message(long id, String content) {
        return "{\"event\":\"message_created\",\"id\":" + id + ",\"content\":\"" + content
                + "\",\"message_type\":\"incoming\",\"private\":false,\"account\":{\"id\":7,\"name\":\"A\"},"
                + "\"conversation\":{\"id\":900},\"sender\":{\"id\":5,\"name\":\"Ada\"}}";
    }

    /** In texts of a length that a customer may write (CONTRACT section 2.3). */
    private static String padded(int bytes) {
        String text = "\"" + "a".repeat(149_998) + "\",";
        String start = "{\"event\":\"unheard_of\",\"account\":{\"id\":7},\"x\":[" + text.repeat(6) + "\"";
        return start + "a".repeat(bytes - start.length() - 3) + "\"]}";
    }

    private static List<String> bodies() throws Exception {
        try (Stream<Path> files = Stream.concat(
                Files.list(Path.of("src/test/resources/webhooks")),
                Files.list(Path.of("src/test/resources/webhooks-seed")))) {
            List<String> bodies = new ArrayList<>();
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                bodies.add(Files.readString(file));
            }
            return bodies;
        }
    }

    private static HttpRequest.Builder unsigned(String body, String query) {
        return HttpRequest.newBuilder(URI.create(product.webhookUrl() + query))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }

    private static HttpRequest.Builder signed(String body) {
        return signed(body, "");
    }

    private static HttpRequest.Builder signed(String body, String query) {
        String timestamp = now();
        return unsigned(body, query)
                .header("X-Chatwoot-Timestamp", timestamp)
                .header("X-Chatwoot-Signature", Product.sign(Product.SECRET, timestamp, body));
    }

    private static String now() {
        return Long.toString(Instant.now().getEpochSecond());
    }
}
