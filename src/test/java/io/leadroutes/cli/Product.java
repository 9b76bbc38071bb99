package io.leadroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leadroutes.conversation.RuleMacro;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.Json;
import io.leadroutes.testkit.TestLeadRoutes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The test kit with what our own tests need besides: dialects, recorded bodies, the way behind the product's back. */
public final class Product implements AutoCloseable {
    public static final String SECRET = TestLeadRoutes.WEBHOOK_SECRET;
    public static final String ADMIN_TOKEN = TestLeadRoutes.ADMIN_TOKEN;

    /**
     * How the sandboxes of this run speak: as Chatwoot's code does, or, in the second run of the build, as the original
     * reference says, without signatures. A test that asks for a dialect of its own is not in that run.
     */
    public static final boolean IN_REFERENCE_DIALECT =
            "REFERENCE".equals(System.getProperty("leadroutes.test.dialect"));

    private static final String TOKEN = "test-webhook-token";

    private final TestLeadRoutes kit;

    private Product(SandboxChatwoot sandbox, Map<String, String> settings, Clock clock, boolean connect) {
        Map<String, String> all = new HashMap<>(IN_REFERENCE_DIALECT ? Map.of("webhook.token", TOKEN) : Map.of());
        all.putAll(settings);
        kit = TestLeadRoutes.beside(sandbox, all, clock);
        if (connect && IN_REFERENCE_DIALECT) {
            sandbox.addWebhook(URI.create(webhookUrl() + "?secret=" + TOKEN), "");
        } else if (connect) {
            sandbox.addWebhook(webhookUrl(), SECRET);
        }
    }

    private static SandboxChatwoot start(SandboxChatwoot.Builder sandbox) {
        return (IN_REFERENCE_DIALECT ? sandbox.dialect(Dialect.REFERENCE) : sandbox).start();
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
        sandbox().clearCalls();
    }

    private HttpResponse<String> api(String method, String path, String body) {
        return send(HttpRequest.newBuilder(URI.create(
                        sandbox().baseUrl() + "/api/v1/accounts/" + sandbox().accountId() + path))
                .header("Api-Access-Token", sandbox().apiToken())
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
        runtime().close();
    }

    public SandboxChatwoot sandbox() {
        return kit.sandbox();
    }

    public LeadRoutes runtime() {
        return kit.runtime();
    }

    public URI webhookUrl() {
        return kit.webhookUrl();
    }

    /** Signed now, under a new delivery id; returns the answer. */
    public HttpResponse<String> post(String body) {
        return kit.post(body);
    }

    public HttpResponse<String> post(String body, String deliveryId) {
        return kit.post(body, deliveryId);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        return kit.send(request);
    }

    public static String sign(String secret, String timestamp, String body) {
        return TestLeadRoutes.sign(secret, timestamp, body);
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
        return kit.admin(path);
    }

    public HttpRequest.Builder adminRequest(String path) {
        return kit.adminRequest(path);
    }

    public static JsonNode json(HttpResponse<String> response) {
        return TestLeadRoutes.json(response);
    }

    /** Waits until every webhook has been delivered and nothing waits in either queue, echoes too. */
    public void settle() {
        kit.settle();
    }

    /** An open conversation without messages, of a contact of its own; returns its display id. */
    public long conversation(String contactName) {
        return kit.conversation(contactName);
    }

    /** The API calls about one conversation, in order. */
    public List<Call> callsOf(long conversationId) {
        return kit.calls(conversationId);
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
        return kit.wishes(conversationId).stream()
                .filter(wish -> wish.path("kind").asText().equals(kind))
                .findFirst()
                .orElseGet(MissingNode::getInstance);
    }

    /** The rows of crm_lead, columns in lower case. */
    public List<Map<String, Object>> leads() {
        return kit.leads();
    }

    /** The lead of a conversation's contact. */
    public Map<String, Object> lead(long conversationId) {
        return kit.lead(conversationId);
    }

    /** Rows of our own state, columns in lower case. */
    public List<Map<String, Object>> own(String sql) {
        return kit.own(sql);
    }

    /** A connection to our own state, behind the product's back. */
    public Connection ownConnection() throws SQLException {
        return DriverManager.getConnection(kit.databaseUrl(), "sa", "");
    }

    /** Does something to the CRM's database, behind the product's back. */
    public void crm(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(kit.crmDatabaseUrl(), "sa", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
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
        kit.close();
    }
}
