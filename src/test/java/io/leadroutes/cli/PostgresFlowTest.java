package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.TestDatabases;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole way with own state and CRM on PostgreSQL. */
class PostgresFlowTest {

    @Test
    @Tag("invariant-9")
    void aCrmThatIsAwayAtTheStartHoldsUpNothingButItsLead() {
        int port = ChildProcess.freePort();
        Map<String, String> settings = new HashMap<>();
        settings.put("crm.database.url", "jdbc:postgresql://127.0.0.1:" + port + "/crm?loginTimeout=1");
        settings.put("crm.database.user", "postgres");
        try (Product product = Product.connected(SandboxChatwoot.builder(), settings)) {
            SandboxChatwoot sandbox = product.sandbox();
            long contact = sandbox.contactAppears(Map.of("name", "Early Bird"));
            long conversation =
                    sandbox.customerStartsConversation(contact, 31, "Our enterprise has a budget, a demo please");

            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            product.wish(conversation, "lead").path("attempts").asInt() > 0);

            assertThat(product.wish(conversation, "lead").path("state").asText())
                    .as("waiting, or in its next try")
                    .isIn("pending", "sending");
            assertThat(sandbox.conversation(conversation).labels()).contains("qualified");
        }
    }

    @Test
    void threeMessagesMakeALeadInPostgresql() throws SQLException {
        String crmUrl = TestDatabases.postgresUrl();
        Map<String, String> settings = new HashMap<>();
        settings.put("database.url", TestDatabases.postgresUrl());
        settings.put("database.user", "postgres");
        settings.put("crm.database.url", crmUrl);
        settings.put("crm.database.user", "postgres");
        try (Product product = Product.connected(SandboxChatwoot.builder(), settings)) {
            SandboxChatwoot sandbox = product.sandbox();
            long contact = sandbox.contactAppears(Map.of("name", "O'Brien \"; DROP TABLE crm_lead; --"));
            long conversation = sandbox.customerStartsConversation(contact, 31, "Do you have an enterprise plan?");
            sandbox.customerWrites(conversation, "We have our budget");
            sandbox.customerWrites(conversation, "A demo please");
            product.settle();

            assertThat(sandbox.conversation(conversation).labels()).contains("qualified", "hot-lead");
            assertThat(sandbox.conversation(conversation).customAttributes()).containsEntry("lead_score", 75);
            assertThat(sandbox.conversation(conversation).priority()).contains("high");
            assertThat(sandbox.conversation(conversation).notes()).hasSize(1);

            sandbox.agentResolves(conversation);
            product.settle();
        }

        try (Connection connection = DriverManager.getConnection(crmUrl, "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet rs = statement.executeQuery("SELECT name, score, stage, resolved_at FROM crm_lead")) {
            assertThat(rs.next()).isTrue();
            assertThat(rs.getString("name")).isEqualTo("O'Brien \"; DROP TABLE crm_lead; --");
            assertThat(rs.getInt("score")).isEqualTo(75);
            assertThat(rs.getString("stage")).isEqualTo("resolved");
            assertThat(rs.getTimestamp("resolved_at")).isNotNull();
            assertThat(rs.next()).as("a second row").isFalse();
        }
    }
}
