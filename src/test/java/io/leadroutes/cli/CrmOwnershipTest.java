package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.TestDatabases;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the CRM's people and Chatwoot's agents do with a lead, seen through the whole product. */
class CrmOwnershipTest {
    private static final String LEAD = "An enterprise with a budget wants a demo";

    private static Map<String, String> settings(TestDatabases.Engine engine) {
        Map<String, String> settings = new HashMap<>(Map.of("chatwoot.rate-limit", "3000"));
        if (engine == TestDatabases.Engine.POSTGRESQL) {
            settings.put("crm.database.url", TestDatabases.postgresUrl());
            settings.put("crm.database.user", "postgres");
        } else {
            settings.put("crm.database.url", "jdbc:h2:mem:crm-" + UUID.randomUUID());
        }
        return settings;
    }

    private static String crm(Map<String, String> settings, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        settings.get("crm.database.url"), settings.getOrDefault("crm.database.user", "sa"), "");
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            StringBuilder rows = new StringBuilder();
            try (ResultSet rs = statement.getResultSet()) {
                while (rs.next()) {
                    for (int i = 1; i <= rs.getMetaData().getColumnCount(); i++) {
                        rows.append(i == 1 ? "" : " ").append(rs.getString(i));
                    }
                    rows.append('\n');
                }
            }
            return rows.toString();
        }
    }

    @ParameterizedTest
    @EnumSource(TestDatabases.Engine.class)
    @Tag("invariant-6")
    void aNameThatWasPutRightInTheCrmStaysWhileTheRestFollowsTheCustomer(TestDatabases.Engine engine)
            throws SQLException {
        Map<String, String> settings = settings(engine);
        try (Product product = Product.connected(SandboxChatwoot.builder(), settings)) {
            SandboxChatwoot sandbox = product.sandbox();
            long contact = sandbox.addContact("jonas f", "jonas@example.org");
            sandbox.customerWrites(sandbox.addConversation(contact), LEAD);
            product.settle();
            crm(settings, "UPDATE crm_lead SET name = 'Jonas Feld'");

            sandbox.updateContact(contact, Map.of("name", "jonas f.", "phone_number", "+4790012345"));
            product.settle();

            assertThat(crm(settings, "SELECT name, phone FROM crm_lead")).isEqualTo("Jonas Feld +4790012345\n");
        }
    }

    @ParameterizedTest
    @EnumSource(TestDatabases.Engine.class)
    @Tag("invariant-2")
    void contactsThatAgentsMergeHaveOneLead(TestDatabases.Engine engine) throws SQLException {
        Map<String, String> settings = settings(engine);
        try (Product product = Product.connected(SandboxChatwoot.builder(), settings)) {
            SandboxChatwoot sandbox = product.sandbox();
            long chat = sandbox.addContact("Visitor", "");
            long mail = sandbox.addContact("Ada Lovelace", "ada@example.org");
            long moved = sandbox.addConversation(chat);
            sandbox.customerWrites(moved, LEAD);
            product.settle();
            crm(settings, "UPDATE crm_lead SET company = 'Analytical Engines'");

            sandbox.agentMergesContacts(mail, chat);
            sandbox.customerWrites(moved, "It is me, Ada");
            product.settle();

            assertThat(crm(settings, "SELECT contact_id, conversation_id, name, email, company FROM crm_lead"))
                    .isEqualTo(mail + " " + moved + " Ada Lovelace ada@example.org Analytical Engines\n");
        }
    }
}
