package io.leadroutes.store;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;

/**
 * Fresh databases for tests, of both kinds that the product supports.
 *
 * <p>PostgreSQL is a real server of this process, started when the first test asks for it and stopped with it. Its
 * binaries come as a test dependency. The server refuses to run as root; the library then starts it by
 * {@code unshare -U}. Where that is forbidden too, tests on PostgreSQL are skipped with a message that says so.
 */
public final class TestDatabases {
    private static final Duration START_WITHIN = Duration.ofSeconds(30);

    private TestDatabases() {}

    public enum Engine {
        H2,
        POSTGRESQL
    }

    /** Our own tables, empty. */
    public static Database own(Engine engine) {
        return open(engine, "leadroutes", "db/migration");
    }

    /** The CRM's table, empty. */
    public static Database crm(Engine engine) {
        return open(engine, "crm", "db/crm");
    }

    /** The JDBC URL of an empty PostgreSQL database; its user is {@code postgres}, without a password. */
    public static String postgresUrl() {
        return Postgres.running().create(name());
    }

    private static String name() {
        return "test_" + UUID.randomUUID().toString().replace('-', '_');
    }

    private static Database open(Engine engine, String name, String migrations) {
        String id = name();
        if (engine == Engine.H2) {
            return new Database(name, "jdbc:h2:mem:" + id, "sa", "", migrations);
        }
        return new Database(name, Postgres.running().create(id), "postgres", "", migrations);
    }

    private static final class Postgres {
        private static Postgres running;
        private static String whyNot = "";

        private final EmbeddedPostgres server;

        private Postgres(EmbeddedPostgres server) {
            this.server = server;
        }

        static synchronized Postgres running() {
            if (running == null && whyNot.isEmpty()) {
                try {
                    running = new Postgres(EmbeddedPostgres.builder()
                            .setPGStartupWait(START_WITHIN)
                            .start());
                } catch (IOException | RuntimeException e) {
                    whyNot = "PostgreSQL cannot be started here (as root it needs `unshare -U`): " + e;
                }
            }
            if (running == null) {
                abort(whyNot);
            }
            return running;
        }

        String create(String name) {
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return server.getJdbcUrl("postgres", name);
        }
    }
}
