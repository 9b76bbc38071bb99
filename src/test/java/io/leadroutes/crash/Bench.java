package io.leadroutes.crash;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.cli.ChildProcess;
import io.leadroutes.cli.Product;
import io.leadroutes.sandbox.ConversationView;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.TestDatabases;
import io.leadroutes.store.TestDatabases.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Everything around the product's processes that survives them: Chatwoot, its customers, the post, the databases. */
final class Bench implements AutoCloseable {
    private static final String URL_TOKEN = "url-token";
    private static final String ADMIN_TOKEN = "admin-token";
    private static final String MESSAGE_KEY = "message_created:7:";
    private static final int WORDS_BEFORE_POISON = 5;
    private static final int SHOWN_LINES = 30;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * Where the two databases are.
     *
     * @param h2Port by which H2's files are read while the product has them open; 0 for a server
     */
    record Databases(String own, String crm, String user, int h2Port) {
        static Databases h2(Path folder) {
            return new Databases(
                    "jdbc:h2:file:" + folder.toAbsolutePath().resolve("own"),
                    "jdbc:h2:file:" + folder.toAbsolutePath().resolve("crm"),
                    "sa",
                    ChildProcess.freePort());
        }

        static Databases server(String own, String crm) {
            return new Databases(own, crm, "postgres", 0);
        }

        private Connection read(String url) throws SQLException {
            String from = h2Port == 0 ? url : url.replace("jdbc:h2:file:", "jdbc:h2:tcp://127.0.0.1:" + h2Port + "/");
            return DriverManager.getConnection(from, user, "");
        }
    }

    private final Path folder;
    private final Databases databases;
    private final Random random;
    private final History history;
    private final Map<String, String> settings;
    private final Optional<InFront> broker;
    private final SandboxChatwoot sandbox;
    private final Post post;
    private final HttpClient http = HttpClient.newHttpClient();

    /** The most that took webhooks at the same time. */
    private int replicas = 1;

    /** Conversation to how many words were said in it. */
    private final Map<Long, Integer> said = new HashMap<>();

    private final List<Long> conversations = new ArrayList<>();

    /** @param settings environment variables of the product, over those that are set here */
    Bench(Path folder, Databases databases, Random random, History history, Map<String, String> settings) {
        this(folder, databases, random, history, settings, Optional.empty());
    }

    /** @param broker in front of the inbox; closed with this */
    Bench(
            Path folder,
            Databases databases,
            Random random,
            History history,
            Map<String, String> settings,
            Optional<InFront> broker) {
        this.broker = broker;
        this.folder = folder;
        this.databases = databases;
        this.random = random;
        this.history = history;
        this.settings = settings;
        sandbox = SandboxChatwoot.builder().start();
        post = new Post(random, history);
        sandbox.addWebhook(post.address(), "");
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("rules.yaml"), Vocabulary.rules());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Product.routesWith(folder.resolve("routes"), "crash.camel.yaml", Vocabulary.poisonRoute());
    }

    /** A new folder under target/crash: what is in it can be looked at afterwards. */
    static Path place(String name) {
        try {
            Path parent = Files.createDirectories(Path.of("target", "crash").toAbsolutePath());
            return Files.createTempDirectory(parent, name.replaceAll("[^A-Za-z0-9]+", "-") + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Databases databases(Engine engine, Path folder) {
        return switch (engine) {
            case H2 -> Databases.h2(folder);
            case POSTGRESQL -> Databases.server(TestDatabases.postgresUrl(), TestDatabases.postgresUrl());
        };
    }

    SandboxChatwoot sandbox() {
        return sandbox;
    }

    /** Lets the post deliver to these processes, and to no others. */
    void deliverTo(Replica... to) {
        replicas = Math.max(replicas, to.length);
        post.deliverTo(Arrays.stream(to).map(Replica::webhooks).toList());
    }

    Post post() {
        return post;
    }

    /** A process of the product, with its ports. */
    record Replica(ChildProcess process, int httpPort) {
        URI webhooks() {
            return URI.create("http://127.0.0.1:" + httpPort + "/webhooks/chatwoot?secret=" + URL_TOKEN);
        }
    }

    /** Starts the product and returns before it is ready. */
    Replica start() {
        int httpPort = ChildProcess.freePort();
        int managementPort = ChildProcess.freePort();
        Map<String, String> environment = new HashMap<>();
        environment.put("HTTP_PORT", Integer.toString(httpPort));
        environment.put("MANAGEMENT_PORT", Integer.toString(managementPort));
        environment.put("CHATWOOT_BASE_URL", sandbox.baseUrl().toString());
        environment.put("CHATWOOT_API_TOKEN", sandbox.apiToken());
        environment.put("CHATWOOT_ACCOUNT_ID", Long.toString(sandbox.accountId()));
        environment.put("CHATWOOT_RATE_LIMIT", "100000");
        environment.put("CHATWOOT_CONCURRENCY", "8");
        environment.put("CHATWOOT_WEBHOOK_TOKEN", URL_TOKEN);
        environment.put("ADMIN_TOKEN", ADMIN_TOKEN);
        environment.put("DATABASE_URL", databases.own());
        environment.put("DATABASE_USER", databases.user());
        environment.put("CRM_DATABASE_URL", databases.crm());
        environment.put("CRM_DATABASE_USER", databases.user());
        environment.put("RULES_FILE", folder.resolve("rules.yaml").toString());
        environment.put("ROUTES_DIRECTORY", folder.resolve("routes").toString());
        environment.put(
                "STEPS_MESSAGE",
                "direct:step-tag,direct:step-score,direct:step-qualify,direct:step-escalate,direct:crash-step");
        environment.put("CONVERSATION_DEBOUNCE", "100ms");
        environment.put("CONVERSATION_POLL_MS", "10");
        environment.put("OUTBOX_POLL_MS", "10");
        // At least twice the longest call, as it has to be.
        environment.put("CAMEL_COMPONENT_HTTP_RESPONSETIMEOUT", "2000");
        environment.put("CAMEL_COMPONENT_HTTP_CONNECTTIMEOUT", "1000");
        environment.put("OUTBOX_LEASE", "6s");
        broker.ifPresent(inFront -> {
            environment.putAll(inFront.settings());
            // What it fetches would hide what the way through the broker loses.
            environment.put("RECONCILE_EVERY", "0");
        });
        environment.putAll(settings);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> java = new ArrayList<>(
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-Xshare:auto", "-cp", classPath));
        // As an operator sees it, not as tests do.
        java.add(0, "-Dlog4j2.configurationFile=log4j2.properties");
        java.add(0, "-DLOG_LEVEL=warn");
        if (databases.h2Port() != 0) {
            java.add("-Dcrash.h2-port=" + databases.h2Port());
        }
        java.add(Victim.class.getName());
        return new Replica(
                ChildProcess.start(folder, managementPort, environment, java.toArray(String[]::new)), httpPort);
    }

    /** A customer says one more word: mostly in one of the latest conversations, sometimes in a new one. */
    private void say() {
        long conversation = conversation();
        int before = said.merge(conversation, 1, Integer::sum) - 1;
        boolean isPoison = before == WORDS_BEFORE_POISON && random.nextInt(20) == 0;
        sandbox.customerWrites(
                conversation, "Please note the word " + (isPoison ? Vocabulary.POISON : Vocabulary.WORDS.get(before)));
        if (random.nextInt(100) == 0) {
            sandbox.agentSetsStatus(conversation, random.nextBoolean() ? "resolved" : "open");
        }
        if (random.nextInt(150) == 0) {
            post.addUnreadable();
        }
    }

    private long conversation() {
        int latest = Math.min(conversations.size(), 30);
        if (latest > 0 && random.nextInt(6) != 0) {
            long one = conversations.get(conversations.size() - 1 - random.nextInt(latest));
            if (said.get(one) < Vocabulary.WORDS.size()) {
                return one;
            }
        }
        long contact = sandbox.addContact("Customer " + conversations.size(), "");
        long conversation = sandbox.addConversation(contact);
        conversations.add(conversation);
        said.put(conversation, 0);
        return conversation;
    }

    /** Customers write until the time is over or what is waited for has happened. */
    void load(Duration atMost, BooleanSupplier until) {
        Instant end = Instant.now().plus(atMost);
        while (Instant.now().isBefore(end) && !until.getAsBoolean()) {
            say();
            pause(random.nextInt(8));
        }
    }

    void load(Duration time) {
        load(time, () -> false);
    }

    /**
     * Lets everything come to rest.
     *
     * @return what still waits, empty if nothing does
     */
    private String drain(Replica replica, Instant until) {
        String waiting = "not asked yet";
        int calm = 0;
        // Twice in a row: an echo may be between two rooms.
        while (calm < 2 && Instant.now().isBefore(until)) {
            deliverTo(replica);
            pause(20);
            waiting = waiting(replica);
            calm = waiting.isEmpty() ? calm + 1 : 0;
        }
        return waiting;
    }

    private String waiting(Replica replica) {
        if (!replica.process().isAlive()) {
            return "the product has ended";
        }
        sandbox.quiesce(Duration.ofSeconds(20));
        if (!post.isEmpty()) {
            return post.size() + " letters";
        }
        long atBroker = broker.map(inFront -> inFront.waiting().getAsLong()).orElse(0L);
        if (atBroker > 0) {
            return atBroker + " webhooks at the broker";
        }
        HttpResponse<String> answer = status(replica);
        if (answer.statusCode() != 200) {
            return "its status answers " + answer.statusCode();
        }
        try {
            JsonNode status = MAPPER.readTree(answer.body());
            boolean isAtRest = status.path("inbox").path("pending").asInt(1) == 0
                    && status.path("outbox").path("pending").asInt(1) == 0;
            return isAtRest ? "" : answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> status(Replica replica) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + replica.httpPort() + "/admin/status"))
                .header("Authorization", "Bearer " + ADMIN_TOKEN)
                .timeout(Duration.ofSeconds(20))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static void pause(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Lets everything come to rest, and judges what came of it; anew if something came in while that was read, as what the
     * gap hunter finds.
     *
     * @param replica the one that is at work
     */
    Report check(Replica replica, Duration restWithin) {
        Instant until = Instant.now().plus(restWithin);
        String waiting;
        Observed observed;
        List<Long> before;
        do {
            before = stored();
            waiting = drain(replica, until);
            observed = observe(waiting.isEmpty() ? "" : waiting + "\n" + atWork(replica));
        } while (waiting.isEmpty() && !stored().equals(before));
        List<String> refused = post.refused();
        if (!refused.isEmpty()) {
            throw new AssertionError("answers that should not be: " + refused);
        }
        Report report = Checker.check(history.operations(), observed);
        if (!report.violations().isEmpty()) {
            dumpCalls(report.violations());
        }
        return report;
    }

    /** Waits until the gap hunter has looked for what the kills have lost; what the post still has is delivered later. */
    void awaitReconciled(Duration atMost) {
        await().atMost(atMost).until(() -> count("SELECT COUNT(*) FROM gap WHERE reconciled_at IS NULL")
                .equals(List.of(0L)));
    }

    /** How many events and wishes there have ever been. */
    private List<Long> stored() {
        return count("SELECT COUNT(*) FROM webhook_event UNION ALL SELECT COUNT(*) FROM outbox");
    }

    private List<Long> count(String sql) {
        try (Connection own = databases.read(databases.own())) {
            return rows(own, sql, rs -> rs.getLong(1));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What did not come to an end: wishes, what the process said last, and what its threads do. */
    private String atWork(Replica replica) {
        try (Connection own = databases.read(databases.own())) {
            List<String> wishes = rows(own, """
                    SELECT conversation_id, kind, destination, state, attempts, created_at, due_at, sent_at, lease_until, error
                    FROM outbox
                    WHERE state IN ('pending', 'sending', 'asked')
                    ORDER BY id
                    LIMIT %d""".formatted(SHOWN_LINES), Bench::line);
            List<String> said = replica.process().output().lines().toList();
            return "%s\nread at %s\n%s\n%s"
                    .formatted(
                            String.join("\n", wishes),
                            Instant.now(),
                            String.join("\n", said.subList(Math.max(0, said.size() - SHOWN_LINES), said.size())),
                            replica.process().threads("io.leadroutes"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String line(ResultSet rs) throws SQLException {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= rs.getMetaData().getColumnCount(); i++) {
            columns.add(rs.getString(i));
        }
        return String.join(" ", columns.stream().map(String::valueOf).toList());
    }

    /** Beside the history: each call that was made for the conversations of the violations. */
    private void dumpCalls(List<Violation> violations) {
        Set<Long> wanted = violations.stream()
                .flatMap(violation -> violation.history().stream())
                .map(operation -> operation.letter().conversation())
                .collect(Collectors.toSet());
        String calls = sandbox.calls().stream()
                .filter(call ->
                        wanted.stream().anyMatch(id -> (call.path() + "/").contains("/conversations/" + id + "/")))
                .map(call -> "%s %s %s %d %s %s"
                        .formatted(call.at(), call.method(), call.path(), call.status(), call.fault(), call.body()))
                .collect(Collectors.joining("\n"));
        try {
            Files.writeString(folder.resolve("calls.txt"), calls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What came of it all, read beside the running product. */
    private Observed observe(String waiting) {
        try (Connection own = databases.read(databases.own());
                Connection crm = databases.read(databases.crm())) {
            Map<Long, List<Integer>> leads = new HashMap<>();
            rows(crm, "SELECT contact_id, score FROM crm_lead", rs -> leads.computeIfAbsent(
                            rs.getLong(1), c -> new ArrayList<>())
                    .add(rs.getInt(2)));
            return new Observed(
                    rows(own, """
                            SELECT id, delivery_id, conversation_id, meaning_key, version, state, error
                            FROM webhook_event ORDER BY id""", Bench::inboxRow),
                    replicas == 1,
                    rows(
                            own,
                            """
                            SELECT s.conversation_id, s.rule, s.message_id, COALESCE(e.handled_at, s.at)
                            FROM score_entry s
                            LEFT JOIN webhook_event e ON e.meaning_key = '%s' || s.message_id
                            ORDER BY s.id""".formatted(MESSAGE_KEY),
                            rs -> new Observed.Entry(
                                    rs.getLong(1),
                                    rs.getString(2),
                                    rs.getLong(3),
                                    micros(rs.getTimestamp(4).toInstant()))),
                    conversations(own, leads),
                    rows(
                            own,
                            "SELECT id, conversation_id, kind, error FROM outbox WHERE state = 'dead'",
                            rs -> "%d of conversation %d, %s: %s"
                                    .formatted(rs.getLong(1), rs.getLong(2), rs.getString(3), rs.getString(4))),
                    waiting);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Observed.InboxRow inboxRow(ResultSet rs) throws SQLException {
        String meaning = String.valueOf(rs.getString("meaning_key"));
        return new Observed.InboxRow(
                rs.getLong("id"),
                rs.getString("delivery_id"),
                rs.getLong("conversation_id"),
                meaning.startsWith(MESSAGE_KEY) ? Long.parseLong(meaning.substring(MESSAGE_KEY.length())) : 0,
                rs.getLong("version"),
                rs.getString("state"),
                rs.getString("error") == null ? "" : rs.getString("error"));
    }

    private Map<Long, Observed.Conversation> conversations(Connection own, Map<Long, List<Integer>> leads)
            throws SQLException {
        Map<Long, ConversationView> shown = new HashMap<>();
        sandbox.conversations().forEach(view -> shown.put(view.id(), view));
        Map<Long, Observed.Conversation> found = new HashMap<>();
        rows(own, "SELECT conversation_id, version, score FROM conversation", rs -> {
            ConversationView view = shown.get(rs.getLong(1));
            return found.put(
                    view.id(),
                    new Observed.Conversation(
                            rs.getLong(2),
                            rs.getInt(3),
                            Set.copyOf(view.labels()),
                            view.customAttributes().get("lead_score") instanceof Number score ? score.intValue() : -1,
                            view.notes().stream().map(note -> note.content()).toList(),
                            leads.getOrDefault(view.contactId(), List.of())));
        });
        return found;
    }

    private interface Reader<T> {
        T read(ResultSet rs) throws SQLException;
    }

    private static <T> List<T> rows(Connection connection, String sql, Reader<T> reader) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rs = statement.executeQuery(sql)) {
            List<T> rows = new ArrayList<>();
            while (rs.next()) {
                rows.add(reader.read(rs));
            }
            return rows;
        }
    }

    private static long micros(Instant at) {
        return TimeUnit.SECONDS.toMicros(at.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(at.getNano());
    }

    @Override
    public void close() {
        post.close();
        sandbox.close();
        broker.ifPresent(InFront::close);
    }
}
