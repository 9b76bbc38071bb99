package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.TestDatabases;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code leadroutes forget} beside a leadroutes that runs: afterwards no table has anything of the contact. */
class ForgetTest {
    private static final String NAME = "Zebedee Quillfeather";
    private static final String TEXT = "zq-unmistakable";

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void nothingOfTheContactIsLeftAndTheCountsAre(String engine) throws SQLException {
        String own = url(engine);
        String crm = url(engine);
        Map<String, String> settings = settings(engine, own, crm);
        try (Product product = Product.connected(SandboxChatwoot.builder(), settings)) {
            SandboxChatwoot sandbox = product.sandbox();
            long contact = sandbox.addContact(NAME, TEXT + "@harborpine.example");
            long conversation = sandbox.addConversation(contact);
            sandbox.failNext(
                    1, Fault.status(422, "{\"error\":\"" + TEXT + "\"}"), call -> call.is("POST", "/toggle_priority"));
            sandbox.customerWrites(conversation, "An enterprise with a budget wants a demo, " + TEXT);
            product.settle();
            sandbox.customerWrites(product.conversation("Someone Else"), "An enterprise with a budget wants a demo");
            product.settle();
            assertThat(dump(own)).as("what is known before").contains(NAME, TEXT);
            assertThat(dump(crm)).contains(NAME, TEXT);
            int score = product.admin("/admin/conversations/" + conversation)
                    .path("score")
                    .asInt();

            CommandRun forgotten = run(product, "forget", "--contact", Long.toString(contact));

            assertThat(forgotten.exitCode())
                    .as(forgotten.out() + forgotten.err())
                    .isZero();
            assertThat(forgotten.out())
                    .startsWith("contact " + contact + ": erased the bodies of ")
                    .contains(" 1 conversations, ", " 1 leads; gave up 1 that");
            for (String url : List.of(own, crm)) {
                assertThat(dump(url)).doesNotContainIgnoringCase(TEXT).doesNotContain("Zebedee", "Quillfeather");
                assertThat(dump(url)).contains("Someone Else");
            }
            assertThat(product.admin("/admin/conversations/" + conversation)
                            .path("score")
                            .asInt())
                    .as("points stay")
                    .isEqualTo(score)
                    .isPositive();
            assertThat(product.admin("/admin/dead")).isEmpty();

            sandbox.customerWrites(conversation, "Hello again, a new text");
            product.settle();

            assertThat(dump(own)).as("what comes in later is new").contains("Hello again, a new text", NAME);
        }
    }

    @Test
    void whatWaitsIsGivenUpAndNotWrittenLater() throws SQLException {
        String own = url("h2");
        String crm = url("h2");
        try (Product product = Product.connected(SandboxChatwoot.builder(), settings("h2", own, crm))) {
            long contact = product.sandbox().addContact(NAME, TEXT + "@harborpine.example");
            long conversation = product.sandbox().addConversation(contact);
            product.crm("ALTER TABLE crm_lead RENAME TO away");
            product.sandbox().customerWrites(conversation, "An enterprise with a budget wants a demo, " + TEXT);
            await().until(() ->
                    product.wish(conversation, "lead").path("attempts").asInt() > 0);

            var away = product.send(
                    product.adminRequest("/admin/forget/" + contact).POST(BodyPublishers.noBody()));
            product.crm("ALTER TABLE away RENAME TO crm_lead");
            var done = product.send(
                    product.adminRequest("/admin/forget/" + contact).POST(BodyPublishers.noBody()));
            product.settle();

            assertThat(away.statusCode()).isEqualTo(503);
            assertThat(Product.json(away).path("error").asText()).contains("ask again");
            assertThat(done.statusCode()).isEqualTo(200);
            // Webhooks of what was on its way may have told of the contact anew, but nothing that waited is left.
            assertThat(product.own("SELECT payload, reasons, error FROM outbox").toString())
                    .doesNotContain(TEXT, "Zebedee");
            assertThat(product.leads()).as("the lead that waited").isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "abc", "1' OR '1'='1", "99999999999999999999"})
    void whatIsNoContactIsWrongUse(String id) {
        try (Product product = Product.alone(SandboxChatwoot.builder(), Map.of())) {
            CommandRun wrong = run(product, "forget", "--contact", id);
            var refused = product.send(product.adminRequest("/admin/forget/" + id.replaceAll("[^a-z0-9-]", "%27"))
                    .POST(BodyPublishers.noBody()));

            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.err()).contains("--contact is", "expected the contact's number");
            assertThat(refused.statusCode()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "own | score_entry | our own database does not answer; nothing is erased, ask again",
                "crm | crm_lead    | the CRM database does not answer; own data is erased, ask again for the lead"
            })
    void aDatabaseThatFailsIsNamedWithWhatIsErased(String which, String table, String error) throws SQLException {
        Map<String, String> urls = Map.of("own", url("h2"), "crm", url("h2"));
        try (Product product =
                Product.connected(SandboxChatwoot.builder(), settings("h2", urls.get("own"), urls.get("crm")))) {
            try (Connection connection = DriverManager.getConnection(urls.get(which), "sa", "");
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE " + table + " RENAME TO away");
            }

            CommandRun run = run(product, "forget", "--contact", "8841");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("503 " + error);
        }
    }

    private static CommandRun run(Product product, String... args) {
        Properties file = new Properties();
        file.putAll(Map.of(
                "camel.server.port",
                Integer.toString(product.runtime().httpPort()),
                "admin.token",
                Product.ADMIN_TOKEN));
        return CommandRun.of(
                new ForgetCommand(() -> Settings.load(file, Map.of(), new Properties(), Settings.Need.ADMIN)), args);
    }

    private static String url(String engine) {
        return engine.equals("h2") ? "jdbc:h2:mem:forget-" + UUID.randomUUID() : TestDatabases.postgresUrl();
    }

    private static Map<String, String> settings(String engine, String own, String crm) {
        Map<String, String> settings =
                new HashMap<>(Map.of("chatwoot.rate-limit", "3000", "database.url", own, "crm.database.url", crm));
        if (engine.equals("postgresql")) {
            settings.put("database.user", "postgres");
            settings.put("crm.database.user", "postgres");
        }
        return settings;
    }

    /** All rows of all tables. */
    static String dump(String url) throws SQLException {
        boolean isH2 = url.startsWith("jdbc:h2");
        StringBuilder all = new StringBuilder();
        try (Connection connection = url.contains(";PASSWORD=")
                        ? DriverManager.getConnection(url)
                        : DriverManager.getConnection(url, isH2 ? "sa" : "postgres", "");
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet rs = connection
                    .getMetaData()
                    .getTables(null, isH2 ? "PUBLIC" : "public", "%", new String[] {isH2 ? "BASE TABLE" : "TABLE"})) {
                while (rs.next()) {
                    tables.add(rs.getString("TABLE_NAME"));
                }
            }
            assertThat(tables).as("tables of " + url).isNotEmpty();
            for (String table : tables) {
                try (ResultSet rs = statement.executeQuery("SELECT * FROM \"" + table + "\"")) {
                    while (rs.next()) {
                        all.append('\n').append(table.toLowerCase(Locale.ROOT));
                        for (int i = 1; i <= rs.getMetaData().getColumnCount(); i++) {
                            all.append(" | ").append(rs.getString(i));
                        }
                    }
                }
            }
        }
        return all.toString();
    }
}
