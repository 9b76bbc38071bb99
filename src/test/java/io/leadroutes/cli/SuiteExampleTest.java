package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.crm.LeadIdentity;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.TestDatabases;
import io.leadroutes.store.TestDatabases.Engine;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The example crm-suite: leads in the tables of another CRM, with columns as SuiteCRM has them (its vardefs.php). */
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class SuiteExampleTest {
    private static final List<String> TABLES = List.of("""
            CREATE TABLE leads (
              id CHAR(36) PRIMARY KEY, date_entered TIMESTAMP, date_modified TIMESTAMP, modified_user_id CHAR(36),
              created_by CHAR(36), description TEXT, deleted SMALLINT DEFAULT 0, assigned_user_id CHAR(36),
              salutation VARCHAR(255), first_name VARCHAR(100), last_name VARCHAR(100), title VARCHAR(100),
              phone_home VARCHAR(100), phone_mobile VARCHAR(100), phone_work VARCHAR(100), phone_other VARCHAR(100),
              phone_fax VARCHAR(100), lead_source VARCHAR(100), status VARCHAR(100), account_name VARCHAR(255))""", """
            CREATE TABLE leads_cstm (
              id_c CHAR(36) PRIMARY KEY, chatwoot_contact_c VARCHAR(255), chatwoot_score_c INTEGER,
              chatwoot_stage_c VARCHAR(255), chatwoot_url_c VARCHAR(255))""", """
            CREATE TABLE email_addresses (
              id CHAR(36) PRIMARY KEY, email_address VARCHAR(255), email_address_caps VARCHAR(255),
              invalid_email SMALLINT DEFAULT 0, opt_out SMALLINT DEFAULT 0, deleted SMALLINT DEFAULT 0)""", """
            CREATE TABLE email_addr_bean_rel (
              id CHAR(36) PRIMARY KEY, email_address_id CHAR(36) NOT NULL, bean_id CHAR(36) NOT NULL,
              bean_module VARCHAR(100), primary_address SMALLINT DEFAULT 0, reply_to_address SMALLINT DEFAULT 0,
              deleted SMALLINT DEFAULT 0)""");

    private static Product product;
    private static JdbcClient suite;

    /** Only {@link #start} asks for it, but JUnit wants a place for each parameter. */
    @Parameter
    Engine engine;

    @BeforeParameterizedClassInvocation
    static void start(Engine engine, @TempDir Path folder) throws IOException {
        boolean isH2 = engine == Engine.H2;
        String url = isH2
                ? "jdbc:h2:mem:suite-" + UUID.randomUUID() + ";MODE=MySQL;DB_CLOSE_DELAY=-1"
                : TestDatabases.postgresUrl();
        String user = isH2 ? "sa" : "postgres";
        suite = JdbcClient.create(new DriverManagerDataSource(url, user, ""));
        TABLES.forEach(table -> suite.sql(table).update());
        System.setProperty("suite.database.url", url);
        System.setProperty("suite.database.user", user);
        System.setProperty("suite.database.password", "");
        String example = Files.readString(Path.of("routes/examples/crm-suite.camel.yaml"));
        product = Product.connected(
                SandboxChatwoot.builder(),
                Map.of(
                        "routes.directory",
                        Product.routesWith(folder, "crm-suite.camel.yaml", example)
                                .toString(),
                        "on.lead-qualified",
                        "direct:crm-suite"));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        product.close();
        List.of("url", "user", "password").forEach(key -> System.clearProperty("suite.database." + key));
    }

    @BeforeEach
    void empty() {
        List.of("leads", "leads_cstm", "email_addresses", "email_addr_bean_rel")
                .forEach(table -> suite.sql("DELETE FROM " + table).update());
    }

    private static void lead(long contact, Map<String, Object> facts) {
        Map<String, Object> headers = new HashMap<>(facts);
        headers.put("conversationId", 40_000 + contact);
        headers.put("contactId", contact);
        product.runtime().camel().createProducerTemplate().sendBodyAndHeaders("direct:crm-upsert-lead", null, headers);
        product.settle();
    }

    private static String external(long contact) {
        return product.sandbox().accountId() + "-" + contact;
    }

    /** What SuiteCRM shows of all leads: id, name, mobile, account, contact, score, and the primary address. */
    private static List<String> shown() {
        return suite.sql("""
                        SELECT l.id, l.first_name, l.last_name, l.phone_mobile, l.account_name, c.chatwoot_contact_c,
                          c.chatwoot_stage_c, e.email_address
                        FROM leads l
                        LEFT JOIN leads_cstm c ON c.id_c = l.id
                        LEFT JOIN email_addr_bean_rel r ON r.bean_id = l.id AND r.bean_module = 'Leads' AND r.deleted = 0
                        LEFT JOIN email_addresses e ON e.id = r.email_address_id
                        WHERE l.deleted = 0
                        ORDER BY l.id""")
                .query((rs, i) -> {
                    StringBuilder row = new StringBuilder(rs.getString(1).substring(0, 2));
                    for (int column = 2; column <= 8; column++) {
                        row.append('|')
                                .append(Optional.ofNullable(rs.getString(column))
                                        .orElse("-"));
                    }
                    return row.toString();
                })
                .list();
    }

    /** A lead that somebody entered by hand. */
    private static void byHand(String id, String lastName, String phoneWork, String email) {
        String full = id.repeat(18);
        suite.sql("INSERT INTO leads (id, first_name, last_name, phone_work, account_name) VALUES (?, 'By', ?, ?, '')")
                .params(full, lastName, phoneWork)
                .update();
        if (email != null) {
            suite.sql("INSERT INTO email_addresses (id, email_address, email_address_caps) VALUES (?, ?, UPPER(?))")
                    .params(full, email, email)
                    .update();
            suite.sql("INSERT INTO email_addr_bean_rel (id, email_address_id, bean_id, bean_module) VALUES (?, ?, ?,"
                            + " 'Leads')")
                    .params(full, full, full)
                    .update();
        }
    }

    private static String beginning(long contact) {
        return new LeadIdentity().newId("lead", external(contact)).substring(0, 2);
    }

    private static List<Map<String, Object>> dead() {
        return product.own("SELECT reason, error FROM outbox WHERE state = 'dead'");
    }

    private static void dropDead() {
        product.send(product.adminRequest("/admin/dead/drop?reason=impossible").POST(BodyPublishers.noBody()));
    }

    @Test
    @Tag("invariant-2")
    void aLeadIsOneRowHoweverOftenItComes() {
        Map<String, Object> facts = Map.of(
                "name",
                "O'Brien; DROP TABLE leads",
                "phone",
                "+4790012345",
                "email",
                "Ob@x.example",
                "company",
                "Nordlys");
        lead(5, facts);
        lead(5, facts);
        lead(5, Map.of("company", "Other"));

        assertThat(shown())
                .containsExactly(beginning(5) + "|-|O'Brien; DROP TABLE leads|+4790012345|Nordlys|" + external(5)
                        + "|qualified|Ob@x.example");
        assertThat(suite.sql("SELECT COUNT(*) FROM email_addresses")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void ofAContactOfWhomLittleIsKnownThereIsALeadToo() {
        lead(6, Map.of());

        assertThat(shown()).containsExactly(beginning(6) + "|-|Chatwoot|-|-|" + external(6) + "|qualified|-");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"+47 900-123 45 | x@y.example", "(+47) 90012345 |", "123 | ADA@harborpine.example"})
    @Tag("invariant-6")
    void whoWasEnteredByHandIsFoundByPhoneOrMailAndKeepsWhatIsThere(String phone, String email) {
        byHand("a1", "Lovelace", phone, email);
        byHand("b2", "Somebody", "+47 111", "else@harborpine.example");

        lead(
                7,
                Map.of(
                        "name",
                        "ada l",
                        "phone",
                        "+4790012345",
                        "email",
                        "ada@harborpine.example",
                        "company",
                        "Nordlys"));

        assertThat(shown())
                .containsExactly(
                        "a1|By|Lovelace|+4790012345|Nordlys|" + external(7) + "|qualified|"
                                + (email == null ? "ada@harborpine.example" : email),
                        "b2|By|Somebody|-||-|-|else@harborpine.example");
    }

    @Test
    @Tag("invariant-9")
    void whatMayBeTwoIsSetAsideUntilSomebodyHasPutItRight() {
        byHand("a1", "Phone", "+4790012345", null);
        byHand("b2", "Mail", null, "ada@harborpine.example");
        List<String> before = shown();

        lead(8, Map.of("phone", "+4790012345", "email", "ada@harborpine.example"));

        assertThat(shown()).isEqualTo(before);
        assertThat(dead()).singleElement().satisfies(letter -> assertThat(letter)
                .containsEntry("reason", "impossible")
                .hasEntrySatisfying("error", error -> assertThat(error.toString())
                        .startsWith("conflict: contact " + external(8) + " may be the CRM's ")
                        .contains("a1".repeat(18), "b2".repeat(18))
                        .doesNotContain("harborpine", "+479")));

        suite.sql("UPDATE leads SET deleted = 1 WHERE last_name = 'Phone'").update();
        product.send(product.adminRequest("/admin/dead/retry?reason=impossible").POST(BodyPublishers.noBody()));
        product.settle();

        assertThat(dead()).isEmpty();
        assertThat(shown())
                .containsExactly("b2|By|Mail|+4790012345|-|" + external(8) + "|qualified|ada@harborpine.example");
    }

    @Test
    @Tag("invariant-9")
    void whoseRecordIsLinkedWithAnotherContactIsSetAside() {
        lead(9, Map.of("name", "Nine", "phone", "+4790012345"));

        lead(10, Map.of("name", "Ten", "phone", "+4790012345"));

        assertThat(shown()).hasSize(1).first().asString().contains("|Nine|");
        assertThat(dead()).hasSize(1);
        dropDead();
    }

    @Test
    @Tag("invariant-2")
    void whatACrashLeftHalfDoneIsFinished() {
        suite.sql("INSERT INTO leads (id, lead_source) VALUES (?, 'Web Site')")
                .param(new LeadIdentity().newId("lead", external(11)))
                .update();

        lead(11, Map.of("name", "Eleven", "email", "e@x.example"));

        assertThat(shown()).containsExactly(beginning(11) + "|-|Eleven|-|-|" + external(11) + "|qualified|e@x.example");
    }

    @Test
    @Tag("invariant-6")
    void whatWasTakenAwayThereIsNotBroughtBack() {
        lead(12, Map.of("name", "Twelve", "email", "t@x.example"));
        suite.sql("UPDATE email_addr_bean_rel SET deleted = 1").update();

        lead(12, Map.of("name", "Twelve", "email", "t@x.example"));
        assertThat(shown()).containsExactly(beginning(12) + "|-|Twelve|-|-|" + external(12) + "|qualified|-");

        suite.sql("UPDATE leads SET deleted = 1").update();
        lead(12, Map.of("name", "Twelve", "email", "t@x.example"));
        assertThat(shown()).isEmpty();
        assertThat(dead()).isEmpty();
    }

    @Test
    void theLeadOfAContactThatWasMergedGoesAlong() {
        SandboxChatwoot sandbox = product.sandbox();
        long stays = sandbox.addContact("Ada Lovelace", "ada@stays.example");
        long conversation = product.conversation("Visitor");
        long gone = sandbox.conversation(conversation).contactId();
        sandbox.customerWrites(conversation, "An enterprise with a budget wants a demo");
        product.settle();

        sandbox.agentMergesContacts(stays, gone);
        sandbox.customerWrites(conversation, "It is me");
        product.settle();

        assertThat(shown())
                .containsExactly(beginning(gone) + "|-|Visitor|-|-|" + external(stays)
                        + "|qualified|visitor@harborpine.example");
    }
}
