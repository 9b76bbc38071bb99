package io.leadroutes.bench;

import io.leadroutes.conversation.Planner;
import io.leadroutes.event.Decoded;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.store.Conversations;
import io.leadroutes.store.Database;
import io.leadroutes.store.Inbox;
import io.leadroutes.store.NewEvent;
import io.leadroutes.store.Outbox;
import io.leadroutes.store.Tally;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** A database of our own on disk, H2 or a PostgreSQL that syncs, and events to be decided in it. */
final class BenchDatabase implements AutoCloseable {
    static final int WORKERS = 4;
    private static final int GROUP = 250;

    enum Engine {
        H2("H2"),
        POSTGRESQL("PostgreSQL");

        final String label;

        Engine(String label) {
            this.label = label;
        }
    }

    private final Path folder;
    private final Optional<EmbeddedPostgres> postgres;
    private final String url;
    private final String user;

    BenchDatabase(Engine engine) throws IOException {
        folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "own");
        postgres = engine == Engine.H2
                ? Optional.empty()
                : Optional.of(EmbeddedPostgres.builder()
                        .setDataDirectory(folder.resolve("pg"))
                        .setServerConfig("fsync", "on")
                        .start());
        url = postgres.map(server -> server.getJdbcUrl("postgres", "postgres"))
                .orElse("jdbc:h2:file:" + folder.resolve("own").toAbsolutePath());
        user = postgres.isPresent() ? "postgres" : "sa";
        new Database("leadroutes", url, user, "", "db/migration", 1).close();
    }

    /** For the product that decides here. */
    Map<String, String> settings() {
        return Map.of(
                "database.url",
                url,
                "database.user",
                user,
                "conversation.workers",
                Integer.toString(WORKERS),
                "crm.database.url",
                "jdbc:h2:file:" + folder.resolve("crm").toAbsolutePath());
    }

    String url() {
        return url;
    }

    Path folder() {
        return folder;
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, "");
    }

    /** As if they had come a minute ago, so that all are due. */
    void append(int events, IntFunction<byte[]> body) {
        Clock clock = Clock.systemUTC();
        EventDecoder decoder = new EventDecoder();
        Instant minuteAgo = Instant.now().minusSeconds(60);
        try (Database database = new Database("leadroutes", url, user, "", "db/migration", 1)) {
            Outbox outbox =
                    new Outbox(database, clock, new Random(1), Duration.ofMinutes(1), Tally.NONE, Optional::empty);
            Inbox inbox = new Inbox(
                    database,
                    new Conversations(database, outbox, clock, Planner.DIRECT),
                    clock,
                    Duration.ofSeconds(1),
                    Tally.NONE);
            List<NewEvent> group = new ArrayList<>();
            for (int i = 0; i < events; i++) {
                Decoded decoded = decoder.decode(body.apply(i));
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
    }

    /** All that waits is as if it had been decided. */
    void allDone() throws SQLException {
        execute("UPDATE webhook_event SET state = 'done', handled_at = received_at WHERE state = 'new'");
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * The floor of deciding: from as many threads as there are workers, each lane's events are read and marked in one
     * transaction, by bare JDBC. What waits does so again afterwards.
     */
    Stopwatch.Rate readAndMark() throws Exception {
        List<String> lanes = new ArrayList<>();
        int events = 0;
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT lane, COUNT(*) FROM webhook_event WHERE state = 'new' GROUP BY lane ORDER BY MIN(id)")) {
            while (rows.next()) {
                lanes.add(rows.getString(1));
                events += rows.getInt(2);
            }
        }
        execute("CREATE TABLE marked (id BIGINT PRIMARY KEY)");
        execute("INSERT INTO marked SELECT id FROM webhook_event WHERE state = 'new'");
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        try {
            Stopwatch watch = new Stopwatch(events);
            List<Callable<Void>> work = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                int first = worker;
                work.add(() -> readAndMark(lanes, first));
            }
            for (Future<Void> end : threads.invokeAll(work)) {
                end.get();
            }
            return watch.stop();
        } finally {
            threads.shutdown();
            execute("UPDATE webhook_event SET state = 'new', handled_at = NULL WHERE id IN (SELECT id FROM marked)");
            execute("DROP TABLE marked");
        }
    }

    private Void readAndMark(List<String> lanes, int first) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement read = connection.prepareStatement("""
                        SELECT e.id, p.payload
                        FROM webhook_event e
                        JOIN webhook_payload p ON p.event_id = e.id
                        WHERE e.state = 'new' AND e.lane = ?
                        ORDER BY e.id""");
                PreparedStatement mark = connection.prepareStatement(
                        "UPDATE webhook_event SET state = 'done', handled_at = CURRENT_TIMESTAMP WHERE id = ?")) {
            connection.setAutoCommit(false);
            for (int lane = first; lane < lanes.size(); lane += WORKERS) {
                read.setString(1, lanes.get(lane));
                try (ResultSet rows = read.executeQuery()) {
                    while (rows.next()) {
                        rows.getString(2);
                        mark.setLong(1, rows.getLong(1));
                        mark.addBatch();
                    }
                }
                mark.executeBatch();
                connection.commit();
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        if (postgres.isPresent()) {
            postgres.get().close();
        }
    }
}
