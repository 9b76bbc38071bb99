package io.leadroutes.store;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
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
            return new Database(name, "jdbc:h2:mem:" + id, "sa", "", migrations, 8);
        }
        return new Database(name, Postgres.running().create(id, name, migrations), "postgres", "", migrations, 8);
    }

    private static final class Postgres {
        private static Postgres running;
        private static String whyNot = "";

        private final EmbeddedPostgres server;
        private final Set<String> templates = new HashSet<>();

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

        /** A copy of a database that was migrated once, which is much quicker than to migrate each. */
        synchronized String create(String id, String name, String migrations) {
            String template = "template_" + name;
            if (templates.add(template)) {
                execute("CREATE DATABASE " + template);
                new Database(name, server.getJdbcUrl("postgres", template), "postgres", "", migrations, 8).close();
            }
            execute("CREATE DATABASE " + id + " TEMPLATE " + template);
            return server.getJdbcUrl("postgres", id);
        }

        String create(String id) {
            execute("CREATE DATABASE " + id);
            return server.getJdbcUrl("postgres", id);
        }

        private void execute(String sql) {
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
