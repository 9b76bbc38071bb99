package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.store.TestDatabases.Engine;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.h2.tools.Server;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {
    private static Database h2(String url) {
        return new Database("leadroutes", url, "sa", "", "db/migration", 8);
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void theSchemaIsMadeOnceAndFoundAgain(Engine engine) {
        try (Database database = TestDatabases.own(engine)) {
            assertThat(database.jdbc()
                            .sql(
                                    "SELECT COUNT(*) FROM \"schema_history_leadroutes\" WHERE \"success\" AND \"version\" = '1'")
                            .query(Long.class)
                            .single())
                    .isEqualTo(1);
            assertThat(database.jdbc()
                            .sql("SELECT COUNT(*) FROM outbox")
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    @Test
    @Tag("invariant-1")
    void rowsAreTakenWhenTheConnectionThatMadeTheTablesIsClosed() {
        try (Store store = new Store(h2("jdbc:h2:mem:evicted;DB_CLOSE_DELAY=-1"))) {
            // As the pool does with each connection after half an hour.
            pool(store.database).getHikariPoolMXBean().softEvictConnections();

            assertThat(store.append(Bodies.message(1580, 1, "hello").at(store.clock.instant())))
                    .isEqualTo(1);
            store.wish(1580, Urgency.TAGGING, new Wish.AssignTeam("sales"));
            assertThat(store.next().conversationId()).isEqualTo(1580);
            assertThatThrownBy(() -> store.database
                            .jdbc()
                            .sql("UPDATE outbox SET state = 'x'")
                            .update())
                    .hasMessageContaining("OUTBOX_STATE");
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void bothSchemasFitIntoOneDatabaseWithTablesOfOthers(Engine engine) {
        try (Database own = TestDatabases.own(engine)) {
            own.jdbc().sql("CREATE TABLE somebody_elses (id BIGINT)").update();
            org.flywaydb.core.Flyway.configure()
                    .dataSource(own.dataSource())
                    .locations("classpath:db/crm")
                    .table("schema_history_crm")
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();

            assertThat(own.jdbc()
                            .sql("SELECT COUNT(*) FROM crm_lead")
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    @Test
    void h2TakesTheSettingsThatWeNeedAndKeepsThoseOfTheOperator() {
        try (Database database = h2("jdbc:h2:mem:settings;LOCK_TIMEOUT=77")) {
            assertThat(setting(database, "MODE")).isEqualTo("PostgreSQL");
            assertThat(setting(database, "QUERY_CACHE_SIZE")).isEqualTo("100");
            assertThat(database.jdbc()
                            .sql("CALL LOCK_TIMEOUT()")
                            .query(Long.class)
                            .single())
                    .isEqualTo(77);
            assertThat(setting(database, "TIME ZONE")).isEqualTo("UTC");
        }
    }

    private static HikariDataSource pool(Database database) {
        try {
            return database.dataSource().unwrap(HikariDataSource.class);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String setting(Database database, String name) {
        return database.jdbc()
                .sql("SELECT setting_value FROM information_schema.settings WHERE setting_name = :name")
                .param("name", name)
                .query(String.class)
                .optional()
                .orElse("");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40})
    void eachThreadThatWorksHasAConnectionAndSomeAreLeft(int threads) {
        try (Database database =
                new Database("leadroutes", "jdbc:h2:mem:threads-" + threads, "sa", "", "db/migration", threads)) {
            assertThat(pool(database).getMaximumPoolSize()).isEqualTo(threads + 4);
        }
    }

    @Test
    void h2InThisProcessIsOursAlone() {
        try (Database database = h2("jdbc:h2:mem:alone")) {
            assertThat(database.isExclusive()).isTrue();
        }
    }

    @Test
    void h2BehindAServerIsShared() throws SQLException {
        Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        try (Database database = h2("jdbc:h2:tcp://localhost:" + server.getPort() + "/mem:shared")) {
            assertThat(database.isExclusive()).isFalse();
        } finally {
            server.stop();
        }
    }

    @Test
    void anOperatorMayLookIntoARunningH2File(@TempDir Path folder) throws SQLException {
        String url = "jdbc:h2:file:" + folder.resolve("shared") + ";AUTO_SERVER=TRUE";
        try (Database database = new Database("leadroutes", url, "sa", "", "db/migration", 8);
                Connection second = DriverManager.getConnection(url, "sa", "")) {
            assertThat(second.isValid(1)).isTrue();
            assertThat(database.isExclusive()).isFalse();
        }
    }

    @Test
    void postgresIsShared() {
        try (Database database = TestDatabases.own(Engine.POSTGRESQL)) {
            assertThat(database.isExclusive()).isFalse();
        }
    }

    @Test
    @Tag("invariant-1")
    void whatWasAppendedSurvivesAnEndWithoutAnOrderlyStop(@TempDir Path folder) {
        String url = "jdbc:h2:file:" + folder.resolve("db");
        Store first = new Store(h2(url));
        first.append(Bodies.message(1, 1, "hello").at(first.clock.instant()));
        // Closes the files as they are: nothing more is written.
        first.database.jdbc().sql("SHUTDOWN IMMEDIATELY").update();
        drop(first);

        try (Store second = new Store(h2(url))) {
            assertThat(second.records.inbox().pending()).isEqualTo(1);
            assertThat(second.append(
                            Bodies.message(1, 1, "hello").at(second.clock.instant()),
                            Bodies.message(1, 2, "again").at(second.clock.instant())))
                    .as("the ids go on, the event is known")
                    .isEqualTo(1);
        }
    }

    @Test
    @Tag("invariant-1")
    void afterAFailedFsyncNobodysIsTriedAgainUntilARestart(@TempDir Path folder) {
        String url = "jdbc:h2:faulty:" + folder.resolve("db");
        FaultyDisk.install();
        try (Store store = new Store(h2(url))) {
            FaultyDisk.failSyncs();
            assertThatThrownBy(store.database::sync).isInstanceOf(StoreBrokenException.class);

            FaultyDisk.heal();

            assertThatThrownBy(() -> store.append(Bodies.message(1, 1, "hello").at(store.clock.instant())))
                    .as("although the disk works again")
                    .isInstanceOf(StoreBrokenException.class);
            assertThatThrownBy(store.database::sync).isInstanceOf(StoreBrokenException.class);
            assertThat(store.database.problem().orElseThrow()).contains("until a restart");
        } finally {
            FaultyDisk.heal();
        }

        try (Store restarted = new Store(h2(url))) {
            assertThat(restarted.append(Bodies.message(1, 2, "again").at(restarted.clock.instant())))
                    .isEqualTo(1);
            assertThat(restarted.database.problem()).isEmpty();
        }
    }

    private static void drop(Store store) {
        // Without the checkpoint of an orderly close.
        pool(store.database).close();
    }

    @Test
    void aWrongAddressStopsTheStart() {
        assertThatThrownBy(() ->
                        new Database("leadroutes", "jdbc:h2:file:/proc/no/such/place/db", "sa", "", "db/migration", 8))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    @Tag("invariant-1")
    void postgresCommitsWaitForTheDiskWhereTheDatabaseIsSetOtherwise() throws SQLException {
        String url = TestDatabases.postgresUrl();
        String name = url.replaceFirst(".*/([^/?]+)(\\?.*)?$", "$1");
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                var statement = connection.createStatement()) {
            statement.execute("ALTER DATABASE " + name + " SET synchronous_commit = off");
        }

        try (Database database = new Database("leadroutes", url, "postgres", "", "db/migration", 8)) {
            assertThat(database.jdbc()
                            .sql("SELECT current_setting('synchronous_commit')")
                            .query(String.class)
                            .single())
                    .isEqualTo("on");
            assertThat(database.jdbc()
                            .sql("SELECT current_setting('idle_in_transaction_session_timeout')")
                            .query(String.class)
                            .single())
                    .as("a replica that stands still lets go of its locks")
                    .isEqualTo("5s");
        }
    }
}
