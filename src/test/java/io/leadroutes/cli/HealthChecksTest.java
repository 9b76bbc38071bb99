package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.FaultRule;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each check, provoked in the running product: what it says, and which of both probes it turns. The end of the inbox's
 * writer is provoked in {@link BackPressureTest}, a refused token in {@link RefusedTokenTest}, a wrong rule file in {@link
 * LiveRulesTest}.
 */
class HealthChecksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final JumpingClock clock = new JumpingClock();
    private final String crmUrl = "jdbc:h2:mem:crm-" + UUID.randomUUID();
    private final Instant started = clock.instant();
    private Product product;

    @BeforeEach
    void start() {
        product = Product.connected(
                SandboxChatwoot.builder().clock(clock),
                Map.of("chatwoot.rate-limit", "3000", "crm.database.url", crmUrl),
                clock);
    }

    @AfterEach
    void stop() {
        product.close();
    }

    private JsonNode ask(String probe, int expectedStatus) {
        var answer = product.send(HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + product.runtime().managementPort() + "/observe/health" + probe))
                .GET());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expectedStatus);
        return Product.json(answer);
    }

    private void awaitHealth(String probe, int status, String check, String told) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(told(ask(probe, status), check)).contains(told));
    }

    /** What the check says, if anything. */
    private static String told(JsonNode health, String check) {
        for (JsonNode one : health.path("checks")) {
            if (one.path("name").asText().equals(check)) {
                return one.toString();
            }
        }
        throw new AssertionError(check + " is not among " + health);
    }

    private void saysSinceWhen(String told) {
        String since = told.replaceFirst("(?s).*since (\\S+Z): .*", "$1");
        assertThat(Instant.parse(since)).isBetween(started, clock.instant());
    }

    @Test
    void aDatabaseThatRefusesEveryStatementMakesItUnreadyUntilItWorks() throws SQLException {
        try (Connection behind = product.ownConnection();
                Statement statement = behind.createStatement()) {
            statement.execute("SET EXCLUSIVE 1");
            awaitHealth("/ready", 503, "database", "DOWN");
            saysSinceWhen(told(ask("/ready", 503), "database"));
            ask("/live", 200);
            statement.execute("SET EXCLUSIVE FALSE");
        }

        await().atMost(PATIENCE).untilAsserted(() -> ask("/ready", 200));
    }

    @Test
    void anInboxThatCannotBeWrittenMakesItUnreadyThoughTheDatabaseAnswers() throws SQLException {
        try (Connection behind = product.ownConnection();
                Statement statement = behind.createStatement()) {
            statement.execute("ALTER TABLE webhook_payload RENAME TO elsewhere");
            awaitHealth("/ready", 503, "inbox", "webhooks are refused: the inbox cannot be written");
            JsonNode health = ask("/ready", 503);
            saysSinceWhen(told(health, "inbox"));
            assertThat(told(health, "database")).contains("UP");
            ask("/live", 200);
            statement.execute("ALTER TABLE elsewhere RENAME TO webhook_payload");
        }

        await().atMost(PATIENCE).untilAsserted(() -> ask("/ready", 200));
        assertThat(product.own("SELECT id FROM webhook_event"))
                .as("what was tried is taken back")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"chatwoot", "lead"})
    void aDispatcherThatTakesNothingAnyMoreAsksForARestart(String which) throws Exception {
        ask("/live", 200);
        product.runtime().camel().getRouteController().stopRoute(which + "-dispatcher");
        clock.jump(Duration.ofSeconds(31));

        String told = told(ask("/live", 503), which + "Dispatcher");

        assertThat(told).contains("DOWN", "no wish is taken out of the outbox");
        saysSinceWhen(told);

        product.runtime().camel().getRouteController().startRoute(which + "-dispatcher");
        await().atMost(PATIENCE).untilAsserted(() -> ask("/live", 200));
    }

    @Test
    void chatwootBeingAwayIsToldAndHindersNobody() {
        try (FaultRule away = product.sandbox().failWhile(call -> true, Fault.status(502))) {
            product.sandbox().customerWrites(product.conversation("Ada Away"), "a bug");
            awaitHealth("", 200, "chatwoot", "Chatwoot's API does not answer as it should");
            saysSinceWhen(told(ask("", 200), "chatwoot"));
            ask("/ready", 200);
            ask("/live", 200);
        }

        clock.jump(Duration.ofMinutes(10));
        product.settle();
        assertThat(told(ask("", 200), "chatwoot")).doesNotContain("does not answer");
    }

    @Test
    void theCrmBeingAwayIsToldAndHindersNobody() throws SQLException {
        try (Connection behind = DriverManager.getConnection(crmUrl, "sa", "");
                Statement statement = behind.createStatement()) {
            statement.execute("SET EXCLUSIVE 1");
            awaitHealth("", 200, "crm", ": ");
            saysSinceWhen(told(ask("", 200), "crm"));
            ask("/ready", 200);
            ask("/live", 200);
            statement.execute("SET EXCLUSIVE FALSE");
        }

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(told(ask("", 200), "crm")).doesNotContain("since"));
    }
}
