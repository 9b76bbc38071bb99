package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.leadroutes.rules.RuleFileException;
import io.leadroutes.store.TestDatabases;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start whose parts begin side by side, and what it leaves behind when one of them cannot be used. */
class StartTest {
    private static final String TOKEN = "a-token-of-the-webhook";

    @TempDir
    private Path folder;

    @Test
    void wrongRulesAreToldBeforeADatabaseIsMade() throws IOException {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), "tags: 7\n");
        Settings settings = settings(Map.of(
                "rules.file", rules.toString(),
                "database.url", "jdbc:h2:file:" + folder.resolve("own"),
                "crm.database.url", "jdbc:h2:file:" + folder.resolve("crm")));

        assertThatThrownBy(() -> LeadRoutes.start(settings, Clock.systemUTC()))
                .isInstanceOf(RuleFileException.class)
                .hasMessageContaining("tags");

        assertThat(folder).as("no database is made").isDirectoryNotContaining("glob:**.db");
    }

    @Test
    void aDatabaseThatIsNotThereEndsTheStartAndIsToldByItsSetting() {
        Settings settings = settings(Map.of(
                "camel.server.port", "0",
                "camel.management.port", "0",
                "database.url", "jdbc:postgresql://127.0.0.1:" + ChildProcess.freePort() + "/none",
                "crm.database.url", "jdbc:h2:mem:crm-of-no-start"));

        assertThatThrownBy(() -> LeadRoutes.start(settings, Clock.systemUTC()))
                .isInstanceOf(LeadRoutes.StartException.class)
                .hasMessageStartingWith(
                        "database.url cannot be opened; expected a database that is there, and the right user: ");
    }

    @Test
    @Tag("invariant-1")
    void whatComesInDuringTheStartDoesNotHideWhatMayHaveBeenLostBeforeIt() throws Exception {
        String url = TestDatabases.postgresUrl();
        int port = ChildProcess.freePort();
        Settings settings = settings(Map.of(
                "camel.server.port",
                Integer.toString(port),
                "camel.management.port",
                Integer.toString(ChildProcess.freePort()),
                "database.url",
                url,
                "database.user",
                "postgres",
                "crm.database.url",
                "jdbc:h2:mem:crm-of-start"));
        try (LeadRoutes before = LeadRoutes.start(settings, Clock.systemUTC())) {
            assertThat(before.httpPort()).isEqualTo(port);
            assertThat(post(port, message(1))).isEqualTo(200);
        }

        CompletableFuture<LeadRoutes> starting;
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // What the start has to look at first.
            statement.execute("LOCK TABLE reconciliation IN ACCESS EXCLUSIVE MODE");
            starting = CompletableFuture.supplyAsync(() -> LeadRoutes.start(settings, Clock.systemUTC()));
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> post(port, message(2)) == 503);
            connection.rollback();

            try (LeadRoutes after = starting.get(60, TimeUnit.SECONDS);
                    ResultSet gap = statement.executeQuery("SELECT (SELECT MIN(received_at) FROM webhook_event) ="
                            + " (SELECT from_at FROM gap WHERE reason = 'start')")) {
                assertThat(after.httpPort()).isEqualTo(port);
                assertThat(gap.next() && gap.getBoolean(1))
                        .as("the gap begins with the last webhook before the start")
                        .isTrue();
            }
        }
    }

    private static Settings settings(Map<String, String> more) {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "chatwoot.base-url", "http://127.0.0.1:1",
                "chatwoot.api-token", "token",
                "chatwoot.account-id", "1",
                "webhook.token", TOKEN));
        properties.putAll(more);
        return Settings.load(properties, Map.of(), new Properties());
    }

    private static String message(long id) {
        return "{\"event\":\"message_created\",\"id\":" + id + ",\"content\":\"hello\",\"message_type\":\"incoming\","
                + "\"private\":false,\"account\":{\"id\":1},\"conversation\":{\"id\":1580}}";
    }

    private static int post(int port, String body) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + port + "/webhooks/chatwoot?secret=" + TOKEN))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
