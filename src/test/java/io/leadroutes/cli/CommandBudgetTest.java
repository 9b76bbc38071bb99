package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.chatwoot.Budget;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.Database;
import io.leadroutes.store.Permits;
import io.leadroutes.store.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose calls a command counts with its own. */
class CommandBudgetTest {
    private static final int LIMIT = 3000;

    @TempDir
    private Path folder;

    private BatchBench bench;

    @BeforeEach
    void start() {
        bench = new BatchBench(SandboxChatwoot.builder(), folder).conversations(1, 2);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private SetupBench.Run batch() {
        return bench.batch(
                "{\"conversation_id\":1,\"priority\":\"low\"}", "{\"conversation_id\":2,\"priority\":\"low\"}");
    }

    private String file() {
        return "jdbc:h2:file:" + folder.resolve("own").toAbsolutePath();
    }

    /** The database of a leadroutes that runs. */
    private Database product(String engine) {
        String url = engine.equals("h2") ? file() + ";AUTO_SERVER=TRUE" : TestDatabases.postgresUrl();
        String user = engine.equals("h2") ? "sa" : "postgres";
        bench.with("database.url", url).with("database.user", user);
        return new Database("leadroutes", url, user, "", "db/migration", 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    @Tag("invariant-7")
    void callsAreCountedInTheDatabaseOfTheLeadroutesThatRuns(String engine) {
        try (Database database = product(engine)) {
            Budget product = new Budget(LIMIT, Clock.systemUTC(), new Permits(database)).start();

            SetupBench.Run run = batch();

            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            assertThat(run.out())
                    .startsWith("budget: 3000 calls a minute, together with leadroutes")
                    .contains("calls: 4.");
            assertThat(new Budget(LIMIT, Clock.systemUTC(), new Permits(database))
                            .start()
                            .used())
                    .isEqualTo(4);
            assertThat(product.limit()).isEqualTo(LIMIT);
        }
    }

    @Test
    @Tag("invariant-7")
    void whatPausesTheRunningLeadroutesPausesTheCommand() {
        try (Database database = product("postgresql")) {
            Instant until = Clock.systemUTC().instant().plusSeconds(3);
            new Permits(database).pause(until);

            assertThat(batch().exitCode()).isZero();

            assertThat(Clock.systemUTC().instant()).isAfter(until);
        }
    }

    @Test
    void anH2FileIsNotOpened() {
        bench.with("database.url", file());

        SetupBench.Run run = batch();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("budget: 3000 calls a minute, beside those of leadroutes"
                        + " (an H2 file is used by one process only)");
        assertThat(folder)
                .isDirectoryNotContaining(made -> made.getFileName().toString().startsWith("own"));
    }

    @Test
    void anAddressOfNoDatabaseIsToldAndNotNeeded() {
        bench.with("database.url", "odd");

        SetupBench.Run run = batch();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("budget: 3000 calls a minute, beside those of leadroutes"
                        + " (database.url is none of H2 or PostgreSQL)");
    }

    @Test
    void aDatabaseThatIsNotThereIsNotMade() {
        bench.with("database.url", file() + ";AUTO_SERVER=TRUE");

        SetupBench.Run run = batch();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("budget: 3000 calls a minute, beside those of leadroutes (database.url cannot");
        assertThat(Files.exists(folder.resolve("own.mv.db"))).isFalse();
    }

    @Test
    void aDatabaseWithoutABudgetIsLeftAsItIs() throws Exception {
        String url = TestDatabases.postgresUrl();
        bench.with("database.url", url).with("database.user", "postgres");

        SetupBench.Run run = batch();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("budget: 3000 calls a minute, beside those of leadroutes (database.url has no");
        try (Connection connection = DriverManager.getConnection(url, "postgres", "")) {
            assertThat(connection
                            .getMetaData()
                            .getTables(null, "public", "%", null)
                            .next())
                    .isFalse();
        }
    }

    @Test
    void aBudgetThatCannotBeAskedMakesNoCall() throws Exception {
        try (Database database = product("postgresql");
                ChatwootSession session = bench.session();
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE permit");

            assertThatThrownBy(() -> session.send(new Requests(bench.sandbox().accountId()).showConversation(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the budget in database.url cannot be used");
            assertThat(bench.calls()).isEmpty();
        }
    }
}
