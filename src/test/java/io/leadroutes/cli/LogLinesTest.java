package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process writes to its log, in a JVM of its own. */
class LogLinesTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int httpPort = ChildProcess.freePort();
    private final int managementPort = ChildProcess.freePort();

    @Test
    @Tag("invariant-12")
    void eachLineIsJsonAndEachOutcomeHasOneLine() throws Exception {
        try (Collector collector = new Collector()) {
            String log = play(Map.of(
                    "LOG_FORMAT",
                    "json",
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    collector.endpoint(),
                    "OTEL_EXPORTER_OTLP_HEADERS",
                    "x-key=" + Collector.KEY));

            List<JsonNode> lines = new ArrayList<>();
            for (String line : log.lines().toList()) {
                lines.add(json(line));
            }
            assertThat(lines).hasSizeGreaterThan(10).allSatisfy(line -> {
                assertThat(Instant.parse(text(line, "@timestamp"))).isAfter("2026-01-01T00:00:00Z");
                assertThat(text(line, "log.level")).isIn("INFO", "WARN");
                assertThat(text(line, "log.logger")).isNotEmpty();
                assertThat(text(line, "message")).isNotEmpty();
            });
            assertThat(of("webhook-taken", lines)).hasSize(2).allSatisfy(line -> assertThat(
                            text(line, "conversation.id"))
                    .isEqualTo("1580"));
            assertThat(ids(of("webhook-taken", lines), "delivery.id")).containsExactlyInAnyOrder("first", "second");
            assertThat(ids(of("decided", lines), "event.id"))
                    .containsExactlyInAnyOrderElementsOf(stored("SELECT id FROM webhook_event"));
            assertThat(ids(of("wish-granted", lines), "wish.id"))
                    .containsExactlyInAnyOrderElementsOf(
                            stored("SELECT id FROM outbox WHERE state = 'done' AND destination = 'chatwoot'"));
            assertThat(ids(of("dead-lettered", lines), "wish.id"))
                    .hasSize(1)
                    .containsExactlyInAnyOrderElementsOf(stored("SELECT id FROM outbox WHERE state = 'dead'"));
            assertThat(ids(of("lead-delivered", lines), "wish.id"))
                    .isNotEmpty()
                    .containsExactlyInAnyOrderElementsOf(
                            stored("SELECT id FROM outbox WHERE state = 'done' AND destination = 'direct:crm-sync'"));
            Set<String> traces =
                    collector.spans().stream().map(Collector::traceId).collect(Collectors.toSet());
            assertThat(ids(of("webhook-taken", lines), "trace.id")).doesNotHaveDuplicates();
            assertThat(lines).filteredOn(line -> line.has("event.action")).allSatisfy(line -> {
                assertThat(text(line, "conversation.id")).isEqualTo("1580");
                assertThat(text(line, "trace.id")).isIn(traces);
            });
            assertThat(log).doesNotContainIgnoringCase("canary");
        }
    }

    @Test
    void withoutACollectorLinesNameTheirConversationAndNoClassOfOpenTelemetryIsLoaded() throws Exception {
        Path classes = folder.resolve("classes.log");

        String log = play(Map.of(), "-Xlog:class+load:file=" + classes);

        assertThat(log.lines().filter(line -> line.contains(" decided, ")).toList())
                .hasSize(2)
                .allMatch(line -> line.endsWith(" [conversation 1580]"));
        assertThat(log).contains(" labels done [conversation 1580]\n").doesNotContain("[trace", "[]");
        assertThat(Files.readAllLines(classes))
                .anyMatch(line -> line.contains(" io.leadroutes.ops.Trail "))
                .filteredOn(line -> line.contains(" io.opentelemetry"))
                .isEmpty();
    }

    @Test
    void theLevelIsThatOfTheEnvironment() throws Exception {
        assertThat(play(Map.of("LOG_LEVEL", "warn"))).contains(" WARN ").doesNotContain(" INFO ");
    }

    /** Two webhooks, one after the other; a wish of the second is refused for good. */
    private String play(Map<String, String> more, String... options) throws Exception {
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder().autoCreate().start();
                ChildProcess child = start(sandbox, more, options).awaitReady()) {
            post(sandbox, 77, "canary-customer-text: a bug", "first");
            awaitQuiet();
            sandbox.failNext(1, Fault.status(422, "{\"error\":\"canary-echo\"}"), call -> call.isWrite());
            post(sandbox, 78, "canary-customer-text: enterprise budget demo", "second");
            awaitQuiet();
            child.terminate();
            child.awaitEnd(Duration.ofSeconds(30));
            return child.output();
        }
    }

    private void post(SandboxChatwoot sandbox, long id, String text, String delivery) throws Exception {
        String body = "{\"event\":\"message_created\",\"id\":" + id + ",\"content\":\"" + text
                + "\",\"message_type\":\"incoming\",\"private\":false,\"account\":{\"id\":" + sandbox.accountId()
                + "},\"conversation\":{\"id\":1580},\"sender\":{\"id\":5,\"type\":\"contact\",\"name\":\"Canary Customer\","
                + "\"email\":\"canary-customer@harborpine.example\"}}";
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/webhooks/chatwoot"))
                .header("Content-Type", "application/json")
                .header("X-Chatwoot-Delivery", delivery)
                .header("X-Chatwoot-Timestamp", timestamp)
                .header("X-Chatwoot-Signature", Product.sign("canary-secret", timestamp, body))
                .POST(BodyPublishers.ofString(body))
                .build();
        // A process that has just begun may be too slow for an answer in time.
        await().atMost(Duration.ofSeconds(40))
                .until(() -> http.send(request, BodyHandlers.ofString()).statusCode() == 200);
    }

    private void awaitQuiet() {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/admin/status"))
                .header("Authorization", "Bearer canary-admin-token")
                .build();
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(
                        http.send(request, BodyHandlers.ofString()).body())
                .contains("\"inbox\":{\"pending\":0", "\"outbox\":{\"pending\":0"));
    }

    private ChildProcess start(SandboxChatwoot sandbox, Map<String, String> more, String... options) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("HTTP_PORT", Integer.toString(httpPort));
        environment.put("MANAGEMENT_PORT", Integer.toString(managementPort));
        environment.put("CHATWOOT_BASE_URL", sandbox.baseUrl().toString());
        environment.put("CHATWOOT_API_TOKEN", sandbox.apiToken());
        environment.put("CHATWOOT_ACCOUNT_ID", Long.toString(sandbox.accountId()));
        environment.put("CHATWOOT_RATE_LIMIT", "3000");
        environment.put("CHATWOOT_WEBHOOK_SECRETS", "canary-secret");
        environment.put("ADMIN_TOKEN", "canary-admin-token");
        environment.put("DATABASE_URL", "jdbc:h2:file:" + folder.resolve("own"));
        environment.put("CRM_DATABASE_URL", "jdbc:h2:file:" + folder.resolve("crm"));
        environment.put("RECONCILE_EVERY", "0");
        List<String> java = new ArrayList<>(List.of(options));
        // The tests' own log configuration would come first.
        if (!more.containsKey("LOG_FORMAT")) {
            java.add("-Dlog4j2.configurationFile=classpath:log4j2.properties");
        }
        java.add("-cp");
        java.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        java.add(Main.class.getName());
        java.add("run");
        return ChildProcess.start(folder, managementPort, environment, java.toArray(String[]::new));
    }

    private List<String> stored(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("own"), "sa", "");
                Statement statement = connection.createStatement();
                ResultSet rs = statement.executeQuery(sql)) {
            List<String> ids = new ArrayList<>();
            while (rs.next()) {
                ids.add(rs.getString(1));
            }
            return ids;
        }
    }

    private static JsonNode json(String line) throws IOException {
        try {
            return MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + line, e);
        }
    }

    private static List<JsonNode> of(String action, List<JsonNode> lines) {
        return lines.stream()
                .filter(line -> text(line, "event.action").equals(action))
                .toList();
    }

    private static List<String> ids(List<JsonNode> lines, String field) {
        return lines.stream().map(line -> text(line, field)).toList();
    }

    private static String text(JsonNode line, String field) {
        return line.path(field).asText();
    }
}
