package io.leadroutes.cli;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leadroutes.conversation.RuleMacro;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The running product beside a sandbox Chatwoot, over real HTTP, on databases of its own. */
public final class Product implements AutoCloseable {
    public static final String SECRET = "test-webhook-secret";
    public static final String ADMIN_TOKEN = "test-admin-token";

    /**
     * How the sandboxes of this run speak: as Chatwoot's code does, or, in the second run of the build, as the original
     * reference says, without signatures. A test that asks for a dialect of its own is not in that run.
     */
    public static final boolean IN_REFERENCE_DIALECT =
            "REFERENCE".equals(System.getProperty("leadroutes.test.dialect"));

    private static final String TOKEN = "test-webhook-token";
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final SandboxChatwoot sandbox;
    private final LeadRoutes runtime;
    private final String ownUrl;
    private final String crmUrl;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Product(SandboxChatwoot sandbox, Map<String, String> settings, Clock clock, boolean connect) {
        this.sandbox = sandbox;
        String id = UUID.randomUUID().toString();
        ownUrl = settings.getOrDefault("database.url", "jdbc:h2:mem:own-" + id);
        crmUrl = settings.getOrDefault("crm.database.url", "jdbc:h2:mem:crm-" + id);
        Properties file = new Properties();
        file.putAll(Map.of(
                "camel.server.port",
                "0",
                "camel.management.port",
                freePort(),
                "chatwoot.base-url",
                sandbox.baseUrl().toString(),
                "chatwoot.api-token",
                sandbox.apiToken(),
                "chatwoot.account-id",
                Long.toString(sandbox.accountId()),
                "chatwoot.redelivery-delay-ms",
                "20",
                "webhook.secrets",
                SECRET,
                "database.url",
                ownUrl,
                "crm.database.url",
                crmUrl,
                "admin.token",
                ADMIN_TOKEN));
        file.put("conversation.debounce", "100ms");
        file.put("conversation.poll-ms", "10");
        file.put("outbox.poll-ms", "10");
        if (IN_REFERENCE_DIALECT) {
            file.put("webhook.token", TOKEN);
        }
        file.put("reconcile.every", "0");
        // So that nothing lingers.
        file.put("chatwoot.rate-limit", "3000");
        file.put("chatwoot.confirm-within", "3s");
        file.putAll(settings);
        runtime = LeadRoutes.start(Settings.load(file, Map.of(), new Properties()), clock);
        if (connect && IN_REFERENCE_DIALECT) {
            sandbox.addWebhook(URI.create(webhookUrl() + "?secret=" + TOKEN), "");
        } else if (connect) {
            sandbox.addWebhook(webhookUrl(), SECRET);
        }
    }

    private static SandboxChatwoot start(SandboxChatwoot.Builder sandbox) {
        return (IN_REFERENCE_DIALECT ? sandbox.dialect(Dialect.REFERENCE) : sandbox).start();
    }

    /** Two servers on port 0 would be one to Camel. */
    private static String freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return Integer.toString(socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With a sandbox whose webhooks come here. */
    public static Product connected(SandboxChatwoot.Builder sandbox, Map<String, String> settings) {
        return new Product(start(sandbox), settings, Clock.systemUTC(), true);
    }

    /** The same with a clock of its own; waiting and polling go by it, redelivery and the throttle by the system's. */
    public static Product connected(SandboxChatwoot.Builder sandbox, Map<String, String> settings, Clock clock) {
        return new Product(start(sandbox), settings, clock, true);
    }

    /** Makes the macros of the shipped rules, as {@code setup} does; its calls are forgotten. */
    public void installMacros() {
        Map<String, Long> teams = new HashMap<>();
        json(api("GET", "/teams", ""))
                .forEach(team ->
                        teams.put(team.path("name").asText(), team.path("id").asLong()));
        for (RuleMacro macro : RuleMacro.of(RuleBook.load(Path.of("rules.yaml")))) {
            List<Map<String, Object>> actions = new ArrayList<>();
            actions.add(Map.of("action_name", "add_label", "action_params", macro.labels()));
            macro.priority()
                    .ifPresent(priority -> actions.add(
                            Map.of("action_name", "change_priority", "action_params", List.of(priority.word()))));
            macro.team()
                    .ifPresent(team -> actions.add(
                            Map.of("action_name", "assign_team", "action_params", List.of(teams.get(team)))));
            actions.add(Map.of("action_name", "add_private_note", "action_params", List.of(macro.note())));
            api(
                    "POST",
                    "/macros",
                    Json.write(Map.of("name", macro.name(), "visibility", "global", "actions", actions)));
        }
        sandbox.clearCalls();
    }

    private HttpResponse<String> api(String method, String path, String body) {
        return send(
                HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + "/api/v1/accounts/" + sandbox.accountId() + path))
                        .header("Api-Access-Token", sandbox.apiToken())
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    /** With a sandbox that sends nothing: the test posts what it wants to. */
    public static Product alone(SandboxChatwoot.Builder sandbox, Map<String, String> settings) {
        return new Product(start(sandbox), settings, Clock.systemUTC(), false);
    }

    /** Beside a sandbox that goes on when this is {@link #stop stopped}. */
    static Product beside(SandboxChatwoot sandbox, Map<String, String> settings, Clock clock) {
        return new Product(sandbox, settings, clock, false);
    }

    /** Ends the product, not the sandbox. */
    void stop() {
        runtime.close();
    }

    public SandboxChatwoot sandbox() {
        return sandbox;
    }

    public LeadRoutes runtime() {
        return runtime;
    }

    public URI webhookUrl() {
        return URI.create("http://127.0.0.1:" + runtime.httpPort() + "/webhooks/chatwoot");
    }

    /** Signed now, under a new delivery id; returns the answer. */
    public HttpResponse<String> post(String body) {
        return post(body, UUID.randomUUID().toString());
    }

    public HttpResponse<String> post(String body, String deliveryId) {
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        return send(HttpRequest.newBuilder(webhookUrl())
                .header("Content-Type", "application/json")
                .header("X-Chatwoot-Delivery", deliveryId)
                .header("X-Chatwoot-Timestamp", timestamp)
                .header("X-Chatwoot-Signature", sign(SECRET, timestamp, body))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static String sign(String secret, String timestamp, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return "sha256="
                    + HexFormat.of().formatHex(mac.doFinal((timestamp + "." + body).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One of the recorded bodies, by the beginning of its file name. */
    public static String body(String prefix) {
        return fixture(Path.of("src/test/resources/webhooks"), prefix);
    }

    public static String seedBody(String prefix) {
        return fixture(Path.of("src/test/resources/webhooks-seed"), prefix);
    }

    private static String fixture(Path folder, String prefix) {
        try (var files = Files.list(folder)) {
            return Files.readString(
                    files.filter(file -> file.getFileName().toString().startsWith(prefix))
                            .findFirst()
                            .orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** GET under /admin with the token, as JSON. */
    public JsonNode admin(String path) {
        return json(send(adminRequest(path).GET()));
    }

    public HttpRequest.Builder adminRequest(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + runtime.httpPort() + path))
                .header("Authorization", "Bearer " + ADMIN_TOKEN);
    }

    public static JsonNode json(HttpResponse<String> response) {
        try {
            return MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until every webhook has been delivered and nothing waits in either queue, echoes too. */
    public void settle() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            sandbox.quiesce(PATIENCE);
            return runtime.records().inbox().pending() == 0
                    && runtime.records().outbox().pending() == 0
                    && quietSandbox();
        });
    }

    private boolean quietSandbox() {
        int before = sandbox.deliveries().size();
        sandbox.quiesce(PATIENCE);
        return sandbox.deliveries().size() == before
                && runtime.records().inbox().pending() == 0;
    }

    /** An open conversation without messages, of a contact of its own; returns its display id. */
    public long conversation(String contactName) {
        String email = contactName.toLowerCase(Locale.ROOT).replace(' ', '.') + "@harborpine.example";
        return sandbox.addConversation(sandbox.addContact(contactName, email));
    }

    /** The API calls about one conversation, in order. */
    public List<Call> callsOf(long conversationId) {
        String path = "/conversations/" + conversationId;
        return sandbox.calls(call -> call.path().endsWith(path) || call.path().contains(path + "/"));
    }

    /** Method and last part of the path of each call about one conversation, such as {@code POST labels}. */
    public List<String> verbsOf(long conversationId) {
        return callsOf(conversationId).stream()
                .map(call ->
                        call.method() + " " + call.path().substring(call.path().lastIndexOf('/') + 1))
                .toList();
    }

    /** The wish of a conversation of this kind, as /admin/conversations shows it; the newest, or a missing node. */
    public JsonNode wish(long conversationId, String kind) {
        for (JsonNode wish : admin("/admin/conversations/" + conversationId).path("wishes")) {
            if (wish.path("kind").asText().equals(kind)) {
                return wish;
            }
        }
        return MissingNode.getInstance();
    }

    /** The rows of crm_lead, columns in lower case. */
    public List<Map<String, Object>> leads() {
        return query(crmUrl, "SELECT * FROM crm_lead ORDER BY contact_id");
    }

    /** The lead of a conversation's contact. */
    public Map<String, Object> lead(long conversationId) {
        long contact = sandbox.conversation(conversationId).contactId();
        return leads().stream()
                .filter(row -> row.get("contact_id").equals(contact))
                .findFirst()
                .orElseThrow(() -> new AssertionError("contact " + contact + " has no lead"));
    }

    /** Rows of our own state, columns in lower case. */
    public List<Map<String, Object>> own(String sql) {
        return query(ownUrl, sql);
    }

    /** A connection to our own state, behind the product's back. */
    public Connection ownConnection() throws SQLException {
        return DriverManager.getConnection(ownUrl, "sa", "");
    }

    /** Does something to the CRM's database, behind the product's back. */
    public void crm(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(crmUrl, "sa", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<Map<String, Object>> query(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                Statement statement = connection.createStatement();
                ResultSet rs = statement.executeQuery(sql)) {
            List<Map<String, Object>> rows = new ArrayList<>();
            while (rs.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= rs.getMetaData().getColumnCount(); i++) {
                    row.put(rs.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT), rs.getObject(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The shipped routes and one file more, in a folder of its own. */
    public static Path routesWith(Path folder, String fileName, String content) {
        try {
            Path shipped = Path.of("routes");
            try (var files = Files.walk(shipped)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path copy = folder.resolve(shipped.relativize(file));
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
            Files.writeString(folder.resolve(fileName), content);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        runtime.close();
        sandbox.close();
    }
}
