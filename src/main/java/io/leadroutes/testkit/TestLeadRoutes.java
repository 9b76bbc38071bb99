package io.leadroutes.testkit;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.cli.LeadRoutes;
import io.leadroutes.cli.Settings;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.ConversationView;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.StreamSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;

/**
 * A leadroutes beside a sandbox Chatwoot, both in this process, over real HTTP in both directions, on databases in memory.
 * Routes and rules are those of the current folder, unless {@code routes.directory} and {@code rules.file}, as settings or
 * by {@code -D}, name others.
 * Methods wait at most 15 seconds for what they promise, then they throw what Awaitility throws.
 */
public final class TestLeadRoutes implements AutoCloseable {
    /** With which webhooks are signed. */
    public static final String WEBHOOK_SECRET = "test-webhook-secret";

    /** The bearer token of {@code /admin}. */
    public static final String ADMIN_TOKEN = "test-admin-token";

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final SandboxChatwoot sandbox;
    private final Clock clock;
    private final LeadRoutes runtime;
    private final String ownUrl;
    private final String crmUrl;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestLeadRoutes(SandboxChatwoot sandbox, Map<String, String> settings, Clock clock) {
        this.sandbox = sandbox;
        this.clock = clock;
        String id = UUID.randomUUID().toString();
        ownUrl = settings.getOrDefault("database.url", "jdbc:h2:mem:own-" + id);
        crmUrl = settings.getOrDefault("crm.database.url", "jdbc:h2:mem:crm-" + id);
        Properties all = new Properties();
        all.putAll(defaults());
        all.putAll(settings);
        runtime = LeadRoutes.start(Settings.load(all, Map.of(), new Properties()), clock);
        // Tests look into it by themselves.
        runtime.awaitCrm();
    }

    private Map<String, String> defaults() {
        return Map.ofEntries(
                Map.entry("camel.server.port", "0"),
                Map.entry("camel.management.port", freePort()),
                Map.entry("chatwoot.base-url", sandbox.baseUrl().toString()),
                Map.entry("chatwoot.api-token", sandbox.apiToken()),
                Map.entry("chatwoot.account-id", Long.toString(sandbox.accountId())),
                Map.entry("chatwoot.redelivery-delay-ms", "20"),
                Map.entry("chatwoot.confirm-within", "3s"),
                // So that nothing lingers.
                Map.entry("chatwoot.rate-limit", "3000"),
                Map.entry("webhook.secrets", WEBHOOK_SECRET),
                Map.entry("database.url", ownUrl),
                Map.entry("crm.database.url", crmUrl),
                Map.entry("admin.token", ADMIN_TOKEN),
                Map.entry("conversation.debounce", "100ms"),
                Map.entry("conversation.poll-ms", "10"),
                Map.entry("outbox.poll-ms", "10"),
                Map.entry("reconcile.every", "0"),
                Map.entry("routes.directory", System.getProperty("routes.directory", "routes")),
                Map.entry("rules.file", System.getProperty("rules.file", "rules.yaml")));
    }

    /** Two servers on port 0 would be one to Camel. */
    private static String freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return Integer.toString(socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * With a sandbox of its own that sends its webhooks here, and a {@link JumpingClock}.
     *
     * @param settings by name; what is absent has its default
     * @throws AssertionError if a route file of the engineer's cannot be used, with file, line and reason
     * @throws Settings.SettingsException if a setting is wrong
     */
    public static TestLeadRoutes start(Map<String, String> settings) {
        JumpingClock clock = new JumpingClock();
        SandboxChatwoot sandbox = SandboxChatwoot.builder().clock(clock).start();
        TestLeadRoutes started;
        try {
            started = beside(sandbox, settings, clock);
        } catch (RuntimeException e) {
            sandbox.close();
            throw e;
        }
        List<String> problems = started.runtime.dropInProblems();
        if (!problems.isEmpty()) {
            started.close();
            throw new AssertionError(String.join("\n", problems));
        }
        sandbox.addWebhook(started.webhookUrl(), WEBHOOK_SECRET);
        return started;
    }

    /**
     * Beside a sandbox that is made and connected by the caller.
     *
     * @param clock tells leadroutes the time; pauses between calls to Chatwoot go by the system's
     */
    public static TestLeadRoutes beside(SandboxChatwoot sandbox, Map<String, String> settings, Clock clock) {
        return new TestLeadRoutes(sandbox, settings, clock);
    }

    /** What customers and agents do in Chatwoot, and what stands there afterwards. */
    public SandboxChatwoot sandbox() {
        return sandbox;
    }

    public LeadRoutes runtime() {
        return runtime;
    }

    public URI webhookUrl() {
        return URI.create("http://127.0.0.1:" + runtime.httpPort() + "/webhooks/chatwoot");
    }

    // ---- what happens

    /** An open conversation without messages, of a contact of its own; returns its number. */
    public long conversation(String contactName) {
        String email = contactName.toLowerCase(Locale.ROOT).replace(' ', '.') + "@harborpine.example";
        return sandbox.addConversation(sandbox.addContact(contactName, email));
    }

    /** A new customer writes, and leadroutes does what comes of it; returns the conversation's number. */
    public long customerWrites(String text) {
        long conversation = conversation("Ada Customer");
        customerWrites(conversation, text);
        return conversation;
    }

    /** The customer of a conversation writes, and leadroutes does what comes of it. */
    public void customerWrites(long conversation, String text) {
        sandbox.customerWrites(conversation, text);
        settle();
    }

    /** Posts a webhook's body, signed, under a delivery id of its own; returns leadroutes' answer. */
    public HttpResponse<String> post(String body) {
        return post(body, UUID.randomUUID().toString());
    }

    public HttpResponse<String> post(String body, String deliveryId) {
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        return send(HttpRequest.newBuilder(webhookUrl())
                .header("Content-Type", "application/json")
                .header("X-Chatwoot-Delivery", deliveryId)
                .header("X-Chatwoot-Timestamp", timestamp)
                .header("X-Chatwoot-Signature", sign(WEBHOOK_SECRET, timestamp, body))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** The signature of a webhook (CONTRACT section 1.2): over its time in seconds and its body. */
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

    /**
     * Calls a route by its endpoint, as another route would, and does what comes of it.
     *
     * @return the body that the route leaves
     * @throws CamelExecutionException if the route fails
     */
    public Object call(String endpoint, Object body, Map<String, Object> headers) {
        try (ProducerTemplate routes = runtime.camel().createProducerTemplate()) {
            Object answer = routes.requestBodyAndHeaders(endpoint, body, headers);
            settle();
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Lets time pass, and leadroutes do what is due then.
     *
     * @throws IllegalStateException if it was given another clock than a {@link JumpingClock}
     */
    public void pass(Duration time) {
        if (!(clock instanceof JumpingClock jumping)) {
            throw new IllegalStateException("this clock cannot jump; expected a JumpingClock");
        }
        jumping.jump(time);
        await("waiting rules have looked at their conversations")
                .atMost(PATIENCE)
                .until(this::isNothingDue);
        settle();
    }

    private boolean isNothingDue() {
        return own("SELECT due_at FROM conversation WHERE due_at IS NOT NULL").stream()
                .map(row -> ((OffsetDateTime) row.get("due_at")).toInstant())
                .allMatch(clock.instant()::isBefore);
    }

    /** Waits until every webhook has been delivered and nothing waits in either queue, echoes of our own calls too. */
    public void settle() {
        await("webhooks, inbox and outbox have been worked off")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    sandbox.quiesce(PATIENCE);
                    return runtime.records().inbox().pending() == 0
                            && runtime.records().outbox().pending() == 0
                            && isQuiet();
                });
    }

    private boolean isQuiet() {
        int before = sandbox.deliveries().size();
        sandbox.quiesce(PATIENCE);
        return sandbox.deliveries().size() == before
                && runtime.records().inbox().pending() == 0;
    }

    // ---- what came of it

    /** A conversation as it stands in Chatwoot: labels, attributes, priority, team, notes, messages. */
    public ConversationView inChatwoot(long conversation) {
        return sandbox.conversation(conversation);
    }

    /** The wishes of a conversation with what became of them, as {@code /admin/conversations} shows them. */
    public List<JsonNode> wishes(long conversation) {
        return StreamSupport.stream(
                        admin("/admin/conversations/" + conversation)
                                .path("wishes")
                                .spliterator(),
                        false)
                .toList();
    }

    /** The Camel endpoints that got a lead, an escalation or an event of a conversation. */
    public List<String> delivered(long conversation) {
        return wishes(conversation).stream()
                .filter(wish -> wish.path("state").asText().equals("done"))
                .map(wish -> wish.path("destination").asText())
                .filter(destination -> destination.contains(":"))
                .toList();
    }

    /** The API calls about one conversation, in order. */
    public List<Call> calls(long conversation) {
        String path = "/conversations/" + conversation;
        return sandbox.calls(call -> call.path().endsWith(path) || call.path().contains(path + "/"));
    }

    /** The rows of {@code crm_lead}, by column names in lower case. */
    public List<Map<String, Object>> leads() {
        return query(crmUrl, "SELECT * FROM crm_lead ORDER BY contact_id");
    }

    /** The row of {@code crm_lead} of a conversation's contact. */
    public Map<String, Object> lead(long conversation) {
        long contact = sandbox.conversation(conversation).contactId();
        return leads().stream()
                .filter(row -> row.get("contact_id").equals(contact))
                .findFirst()
                .orElseThrow(() -> new AssertionError("contact " + contact + " has no lead"));
    }

    /** The JDBC address of leadroutes' own state; its user is {@code sa}, without a password. */
    public String databaseUrl() {
        return ownUrl;
    }

    /** The JDBC address of the CRM; its user is {@code sa}, without a password. */
    public String crmDatabaseUrl() {
        return crmUrl;
    }

    /** What a query of leadroutes' own tables gives, columns in lower case. */
    public List<Map<String, Object>> own(String sql) {
        return query(ownUrl, sql);
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

    /** GET under {@code /admin}, as JSON. */
    public JsonNode admin(String path) {
        return json(send(adminRequest(path).GET()));
    }

    /** A request to leadroutes with the token of {@code /admin}. */
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

    /** Ends leadroutes and the sandbox. */
    @Override
    public void close() {
        runtime.close();
        sandbox.close();
    }
}
