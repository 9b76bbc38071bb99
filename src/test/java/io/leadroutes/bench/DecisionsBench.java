package io.leadroutes.bench;

import io.leadroutes.cli.Product;
import io.leadroutes.conversation.Planner;
import io.leadroutes.event.Decoded;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.Conversations;
import io.leadroutes.store.Database;
import io.leadroutes.store.Inbox;
import io.leadroutes.store.NewEvent;
import io.leadroutes.store.Outbox;
import io.leadroutes.store.Tally;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Events decided per second: a stored backlog is worked off by the product in this JVM, its first third is warm-up. Beside
 * it, in the same round, as many bare transactions of one INSERT and one UPDATE, from as many threads as there are workers.
 */
final class DecisionsBench {
    private static final int WORKERS = 4;
    private static final int GROUP = 250;

    private enum Engine {
        H2("H2"),
        POSTGRESQL("PostgreSQL");

        private final String label;

        Engine(String label) {
            this.label = label;
        }
    }

    private record Rate(double perSecond, double cpuMicros) {}

    private DecisionsBench() {}

    /** @param args rounds (3), events (15000), conversations (3000), events stored and done before (0) */
    static void run(List<String> args) throws Exception {
        int rounds = number(args, 0, 3);
        int events = number(args, 1, 15_000);
        int conversations = number(args, 2, 3_000);
        int done = number(args, 3, 0);
        tell(
                "%d cores, Java %s; %d events of %d bytes of %d conversations, %d done before; CPU of the Java threads of this JVM",
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                events,
                WebhookMaker.BODY_BYTES,
                conversations,
                done);
        Map<Engine, List<Rate>> all = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (Engine engine : Engine.values()) {
                Rate[] rates = measure(engine, events, conversations, done);
                all.computeIfAbsent(engine, e -> new ArrayList<>()).add(rates[1]);
                tell(
                        "round %d  %-10s  bare %6.0f tx/s, %5.0f us CPU each   decided %6.0f events/s, %5.0f us CPU each,"
                                + " %3.0f%% of bare",
                        round,
                        engine.label,
                        rates[0].perSecond,
                        rates[0].cpuMicros,
                        rates[1].perSecond,
                        rates[1].cpuMicros,
                        100 * rates[1].perSecond / rates[0].perSecond);
            }
        }
        all.forEach((engine, rates) -> {
            double[] perSecond =
                    rates.stream().mapToDouble(Rate::perSecond).sorted().toArray();
            double[] cpu = rates.stream().mapToDouble(Rate::cpuMicros).sorted().toArray();
            tell(
                    "median of %d  %-10s  %6.0f events/s (%.0f-%.0f), %5.0f us CPU each (%.0f-%.0f)",
                    rounds,
                    engine.label,
                    perSecond[rounds / 2],
                    perSecond[0],
                    perSecond[rounds - 1],
                    cpu[rounds / 2],
                    cpu[0],
                    cpu[rounds - 1]);
        });
    }

    private static int number(List<String> args, int index, int orElse) {
        return args.size() > index ? Integer.parseInt(args.get(index)) : orElse;
    }

    /** Bare, then decided. */
    private static Rate[] measure(Engine engine, int events, int conversations, int done) throws Exception {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "decisions");
        try (EmbeddedPostgres postgres = engine == Engine.POSTGRESQL
                ? EmbeddedPostgres.builder()
                        .setDataDirectory(folder.resolve("pg"))
                        .setServerConfig("fsync", "on")
                        .start()
                : null) {
            String url = postgres == null
                    ? "jdbc:h2:file:" + folder.resolve("own").toAbsolutePath()
                    : postgres.getJdbcUrl("postgres", "postgres");
            String user = postgres == null ? "sa" : "postgres";
            Rate bare = bare(url, user, events);
            fill(url, user, events, conversations, done);
            return new Rate[] {bare, decided(folder, url, user, events)};
        }
    }

    private static void fill(String url, String user, int events, int conversations, int done) throws Exception {
        Clock clock = Clock.systemUTC();
        try (Database database = new Database("leadroutes", url, user, "", "db/migration", 8)) {
            Outbox outbox =
                    new Outbox(database, clock, new Random(1), Duration.ofMinutes(1), Tally.NONE, Optional::empty);
            Inbox inbox = new Inbox(
                    database,
                    new Conversations(database, outbox, clock, Planner.DIRECT),
                    clock,
                    Duration.ofSeconds(1),
                    Tally.NONE);
            WebhookMaker webhooks = new WebhookMaker();
            append(inbox, webhooks, done, conversations);
            try (Connection connection = database.dataSource().getConnection();
                    PreparedStatement handled = connection.prepareStatement(
                            "UPDATE webhook_event SET state = 'done', handled_at = received_at")) {
                handled.executeUpdate();
            }
            append(inbox, webhooks, events, conversations);
        }
    }

    /** As if they had come a minute ago, so that all are due. */
    private static void append(Inbox inbox, WebhookMaker webhooks, int events, int conversations) {
        EventDecoder decoder = new EventDecoder();
        Instant minuteAgo = Instant.now().minusSeconds(60);
        List<NewEvent> group = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            Decoded decoded = decoder.decode(webhooks.nextBody(conversations));
            group.add(new NewEvent(
                    decoded.event(),
                    decoded.event().accountId().orElseThrow(),
                    decoded.storedPayload(),
                    Optional.empty(),
                    decoded.meaningKey(),
                    minuteAgo));
            if (group.size() == GROUP || i == events - 1) {
                inbox.append(group);
                group = new ArrayList<>();
            }
        }
    }

    private static Rate decided(Path folder, String url, String user, int events) throws Exception {
        Map<String, String> settings = Map.of(
                "database.url",
                url,
                "database.user",
                user,
                "conversation.workers",
                Integer.toString(WORKERS),
                "conversation.debounce",
                "1s",
                "conversation.poll-ms",
                "50",
                "outbox.poll-ms",
                "60000",
                "crm.database.url",
                "jdbc:h2:file:" + folder.resolve("crm").toAbsolutePath());
        try (Product product = Product.alone(SandboxChatwoot.builder(), settings)) {
            Stopwatch watch = null;
            long left;
            do {
                Thread.sleep(50);
                left = product.runtime().records().inbox().pending();
                if (watch == null && left <= events * 2L / 3) {
                    watch = new Stopwatch(left);
                }
            } while (left > 0);
            if (product.runtime().records().inbox().dead() > 0) {
                throw new IllegalStateException("dead letters: " + product.admin("/admin/dead"));
            }
            return watch.stop();
        }
    }

    private static Rate bare(String url, String user, int transactions) throws Exception {
        try (Connection connection = DriverManager.getConnection(url, user, "")) {
            connection
                    .createStatement()
                    .execute("CREATE TABLE bare (id BIGINT PRIMARY KEY, text VARCHAR(1000), n INTEGER)");
            int each = transactions / WORKERS;
            ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
            try {
                Stopwatch watch = new Stopwatch((long) each * WORKERS);
                List<Callable<Void>> work = new ArrayList<>();
                for (int i = 0; i < WORKERS; i++) {
                    long first = (long) i * each;
                    work.add(() -> bareTransactions(url, user, first, each));
                }
                for (Future<Void> end : threads.invokeAll(work)) {
                    end.get();
                }
                Rate rate = watch.stop();
                connection.createStatement().execute("DROP TABLE bare");
                return rate;
            } finally {
                threads.shutdown();
            }
        }
    }

    private static Void bareTransactions(String url, String user, long first, int count) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, "");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO bare VALUES (?, ?, 0)");
                PreparedStatement update = connection.prepareStatement("UPDATE bare SET n = 1 WHERE id = ?")) {
            connection.setAutoCommit(false);
            for (long id = first; id < first + count; id++) {
                insert.setLong(1, id);
                insert.setString(2, "x".repeat(200));
                insert.executeUpdate();
                update.setLong(1, id);
                update.executeUpdate();
                connection.commit();
            }
        }
        return null;
    }

    /** Processor time of the Java threads; that of the JIT compiler and the collector would hide it in so short a run. */
    private static final class Stopwatch {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
        private final long things;
        private final long startNanos = System.nanoTime();
        private final Map<Long, Long> startCpu = cpuNanos();

        Stopwatch(long things) {
            this.things = things;
        }

        Rate stop() {
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            long cpu = 0;
            for (Map.Entry<Long, Long> thread : cpuNanos().entrySet()) {
                cpu += thread.getValue() - startCpu.getOrDefault(thread.getKey(), 0L);
            }
            return new Rate(things / seconds, cpu / 1e3 / things);
        }

        private static Map<Long, Long> cpuNanos() {
            Map<Long, Long> nanos = new HashMap<>();
            for (long id : THREADS.getAllThreadIds()) {
                nanos.put(id, Math.max(0, THREADS.getThreadCpuTime(id)));
            }
            return nanos;
        }
    }

    // The figures are what this is for.
    @SuppressWarnings("SystemOut")
    private static void tell(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
