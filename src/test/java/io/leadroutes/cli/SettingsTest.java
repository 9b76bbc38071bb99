package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.cli.Settings.SettingsException;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Design section 4: a wrong or missing setting stops the start with a message that says what and how. */
class SettingsTest {
    private static final Map<String, String> COMPLETE = Map.of(
            "chatwoot.base-url", "https://chat.example",
            "chatwoot.api-token", "a-token",
            "chatwoot.account-id", "7",
            "webhook.secrets", "a-secret");

    @Test
    void theDefaultsAreThoseOfTheDesign() {
        Settings settings = load(COMPLETE);

        assertThat(settings.number("camel.server.port")).isEqualTo(8080);
        assertThat(settings.number("camel.management.port")).isEqualTo(9876);
        assertThat(settings.number("chatwoot.rate-limit")).isEqualTo(60);
        assertThat(settings.number("chatwoot.concurrency")).isEqualTo(4);
        assertThat(settings.text("webhook.auth")).isEqualTo("required");
        assertThat(settings.text("database.url")).isEqualTo("jdbc:h2:file:./data/leadroutes");
        assertThat(settings.text("crm.database.url")).isEqualTo("jdbc:h2:file:./data/crm");
        assertThat(settings.text("rules.file")).isEqualTo("rules.yaml");
        assertThat(settings.rulesReload()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.optional("rules.shadow")).isEmpty();
        assertThat(settings.list("steps.message"))
                .containsExactly("direct:step-tag", "direct:step-score", "direct:step-qualify", "direct:step-escalate");
        assertThat(settings.list("on.lead-qualified")).containsExactly("direct:crm-sync");
        assertThat(settings.list("on.escalated")).isEmpty();
        assertThat(settings.dealLabels()).containsExactly("won", "lost");
        assertThat(settings.debounce()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.optional("admin.token")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "chatwoot.base-url, the address of Chatwoot, CHATWOOT_BASE_URL",
        "chatwoot.api-token, the access token, CHATWOOT_API_TOKEN",
        "chatwoot.account-id, the number of the account, CHATWOOT_ACCOUNT_ID",
        "webhook.secrets, expected at least one, CHATWOOT_WEBHOOK_SECRETS"
    })
    void aMissingOneIsNamedWithTheWayOut(String property, String expected, String environment) {
        Map<String, String> file = new HashMap<>(COMPLETE);
        file.remove(property);

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll(property, "missing", expected, environment)
                .hasMessageMatching("[^\n]+");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "camel.server.port|http|a port number",
                "camel.main.shutdownTimeout|0|seconds that what is in hand has to end, 1 to 600",
                "deal.labels|won|two, of letters, digits",
                "deal.labels|won,won|two, of letters, digits",
                "deal.labels|deal won,lost|two, of letters, digits",
                "camel.server.port|65536|0 to 65535",
                "camel.management.port|-1|a port number",
                "chatwoot.base-url|chat.example|https://app.chatwoot.com",
                "chatwoot.base-url|ftp://chat.example|https://app.chatwoot.com",
                "chatwoot.base-url|https://chat.example?x=1|without user, query or fragment",
                "chatwoot.base-url|http://169.254.169.254|not one that clouds tell",
                "chatwoot.base-url|http://2852039166/|not one that clouds tell",
                "chatwoot.base-url|http://[fe80::1]:3000|not one that clouds tell",
                "chatwoot.base-url|http://[fd00:ec2::254]|not one that clouds tell",
                "chatwoot.base-url|http://[::ffff:169.254.169.254]|not one that clouds tell",
                "chatwoot.base-url|http://metadata.google.internal.|not one that clouds tell",
                "chatwoot.base-url|file:///etc/passwd|https://app.chatwoot.com",
                "chatwoot.account-id|seven|the number of the account",
                "chatwoot.account-id|0|the number of the account",
                "chatwoot.rate-limit|6O|a whole number of calls per minute, 1 to 100000 (default 60)",
                "chatwoot.rate-limit|0|1 to 100000",
                "chatwoot.rate-limit|1000001|1 to 100000",
                "chatwoot.concurrency|0|1 to 64",
                "chatwoot.redeliveries|11|0 to 10",
                "chatwoot.redelivery-delay-ms|0|1 to 60000",
                "webhook.auth|off|required or none",
                "database.url|data/leadroutes|jdbc:h2:... or jdbc:postgresql:...",
                "database.url|jdbc:mysql://db/leadroutes|jdbc:h2:... or jdbc:postgresql:...",
                "crm.database.url|crm|a JDBC URL",
                "crm.database.migrate|yes|true, or false",
                "rules.file|no/such/rules.yaml|a file that is there",
                "rules.reload|soon|1 second to 1 hour, such as 5s, or 0",
                "rules.reload|500ms|1 second to 1 hour",
                "rules.reload|3601s|1 second to 1 hour",
                "rules.reload|-5s|1 second to 1 hour",
                "routes.reload|500ms|1 second to 1 hour",
                "routes.directory|no/such/folder|a folder that is there",
                "steps.message|,|Camel endpoints",
                "conversation.debounce|1 minute|0 to 5 seconds",
                "conversation.debounce|6s|0 to 5 seconds",
                "conversation.workers|65|1 to 64",
                "conversation.poll-ms|0|1 to 60000",
                "outbox.poll-ms|x|1 to 60000",
                "retention.days|6|7 to 3650",
                "jms.commands|queue:commands|a queue such as jms:queue:leadroutes.commands",
                "intake.broker|queue:webhooks|a queue such as jms:queue:leadroutes.webhooks, or a topic such as kafka:leadroutes.webhooks",
                "intake.broker|kafka:two topics|a topic such as kafka:leadroutes.webhooks",
                "tracing.endpoint|collector:4318|a collector that takes OTLP over HTTP such as http://localhost:4318",
                "tracing.endpoint|http://collector:4318?key=x|without user, query or fragment",
                "tracing.share|1.5|0 to 1",
                "tracing.share|-0.1|0 to 1",
                "log.format|xml|plain or json"
            })
    @Tag("attack-03")
    @Tag("attack-13")
    void aWrongOneIsNamedWithItsValueAndWhatItShouldBe(String property, String value, String expected) {
        Map<String, String> file = new HashMap<>(COMPLETE);
        file.put(property, value);

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll(property, "\"" + value + "\"", expected)
                .hasMessageMatching("[^\n]+");
    }

    @Test
    void headersOfTracesAreReadAsOpenTelemetryWritesThem() {
        Map<String, String> file = new HashMap<>(COMPLETE);
        file.put("tracing.headers", "authorization=Basic%20dXNlcg==, x-key = a+b%2C%25c");

        assertThat(load(file).tracingHeaders())
                .containsExactly(Map.entry("authorization", "Basic dXNlcg=="), Map.entry("x-key", "a+b,%c"));
        assertThat(load(COMPLETE).tracingHeaders()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"on.lead-qualified", "on.escalated", "jms.commands", "intake.broker"})
    void aBrokersEndpointNeedsABroker(String property) {
        Map<String, String> file = new HashMap<>(COMPLETE);
        file.put(property, "jms:queue:there");

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll("jms.url is missing", property, "tcp://broker:61616", "JMS_URL")
                .hasMessageMatching("[^\n]+");

        file.put("jms.url", "tcp://broker:61616");
        assertThat(load(file).text(property)).isEqualTo("jms:queue:there");
    }

    @Test
    void aTopicNeedsBrokers() {
        Map<String, String> file = new HashMap<>(COMPLETE);
        file.put("intake.broker", "kafka:webhooks");

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll("kafka.bootstrap-servers is missing", "host:port", "KAFKA_BOOTSTRAP_SERVERS")
                .hasMessageMatching("[^\n]+");

        file.put("kafka.bootstrap-servers", "kafka1:9092,kafka2");
        assertThatThrownBy(() -> load(file)).hasMessageContaining("kafka.bootstrap-servers is \"kafka1:9092,kafka2\"");

        file.put("kafka.bootstrap-servers", "kafka1:9092, kafka2:9092");
        file.put("kafka.config-file", "no/such/file");
        assertThatThrownBy(() -> load(file)).hasMessageContaining("kafka.config-file is \"no/such/file\"");

        file.remove("kafka.config-file");
        assertThat(load(file).intakeTopic()).contains("webhooks");
        assertThat(load(file).intakeQueue()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hidden",
                "x-key=",
                "=hidden",
                "x key=hidden",
                "x-key=hidden%2",
                "x-key=hidden\u0001",
                "a=b,hidden"
            })
    @Tag("invariant-12")
    void headersOfTracesThatAreNoneAreRefusedAndNotRepeated(String headers) {
        Map<String, String> file = new HashMap<>(COMPLETE);
        file.put("tracing.headers", headers);

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll("tracing.headers", "name=value", "OTEL_EXPORTER_OTLP_HEADERS")
                .hasMessageNotContaining("hidden");
    }

    /** Notes, security, section 2: H2 would run what some of its options say when it opens the database. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:mem:x;INIT=RUNSCRIPT FROM 'http://192.0.2.7/hidden.sql'",
                "jdbc:H2:mem:x;init=CREATE ALIAS hidden AS 'x'",
                "jdbc:h2:file:./x;DB_CLOSE_DELAY=-1;TRACE_LEVEL_FILE=4;hidden",
                "jdbc:h2:file:./x;MODE=PostgreSQL\\;INIT=hidden",
                "jdbc:h2:file:./x;IN\\IT=hidden",
                "jdbc:h2:file:./x; INIT=hidden",
                "jdbc:h2:file:./x;PASSWORD=a;hidden",
                "jdbc:h2:file:./x;FORBID_CREATION=hidden",
            })
    void optionsByWhichH2RunsStatementsAreRefusedAndNotRepeated(String url) {
        for (String property : List.of("database.url", "crm.database.url")) {
            Map<String, String> file = new HashMap<>(COMPLETE);
            file.put(property, url);

            assertThatThrownBy(() -> load(file))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith(property + " has as its option ")
                    .hasMessageContaining("AUTO_SERVER=, ")
                    .hasMessageNotContaining("hidden");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:file:./x;AUTO_SERVER=TRUE;",
                "jdbc:h2:mem:x;DB_CLOSE_DELAY=-1;lock_timeout=77;Mode=PostgreSQL;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE",
                "jdbc:postgresql://db/leadroutes?options=-c%20a=b;INIT=x",
            })
    void otherAddressesOfDatabasesAreTaken(String url) {
        Map<String, String> file = new HashMap<>(COMPLETE);
        file.put("database.url", url);
        file.put("crm.database.url", url);

        assertThat(load(file).text("crm.database.url")).isEqualTo(url);
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> load(Map.of("chatwoot.rate-limit", "x", "webhook.auth", "y")))
                .hasMessageContainingAll(
                        "chatwoot.base-url",
                        "chatwoot.api-token",
                        "chatwoot.account-id",
                        "chatwoot.rate-limit",
                        "webhook.auth");
    }

    @Test
    @Tag("invariant-12")
    @Tag("attack-21")
    void noMessageHoldsASecret() {
        Map<String, String> file = new HashMap<>(Map.of(
                "chatwoot.base-url", "https://user:hidden-1@chat.example",
                "chatwoot.api-token", "hidden-2",
                "webhook.secrets", "hidden-3",
                "webhook.token", "hidden-4",
                "database.url", "postgres://user:hidden-5@db/leadroutes",
                "crm.database.url", "postgres://db/crm?user=u&password=hidden-6",
                "database.password", "hidden-7",
                "crm.database.password", "hidden-8",
                "admin.token", "hidden-9"));
        file.put("chatwoot.rate-limit", "x");
        file.put("jms.password", "hidden-10");
        file.put("jms.url", "tcp//user:hidden-11@broker");

        assertThatThrownBy(() -> load(file))
                .hasMessageContainingAll("chatwoot.base-url", "database.url", "crm.database.url")
                .hasMessageNotContaining("hidden");
    }

    @ParameterizedTest
    @CsvSource({
        "CHATWOOT_API_TOKEN, chatwoot.api-token",
        "CHATWOOT_WEBHOOK_SECRETS, webhook.secrets",
        "CHATWOOT_WEBHOOK_TOKEN, webhook.token",
        "ADMIN_TOKEN, admin.token",
        "DATABASE_PASSWORD, database.password",
        "CRM_DATABASE_PASSWORD, crm.database.password",
        "JMS_PASSWORD, jms.password"
    })
    void aSecretMayStandInAFile(String environment, String property, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "from-a-file\r\n");

        Settings settings =
                Settings.load(properties(COMPLETE), Map.of(environment + "_FILE", file.toString()), new Properties());

        assertThat(settings.text(property)).isEqualTo("from-a-file");
    }

    @Test
    @Tag("invariant-12")
    void aSecretThatIsGivenTwiceOrWhoseFileCannotBeReadStopsTheStart(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "hidden-1");
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        Path large = Files.writeString(folder.resolve("large"), "x".repeat(65_537));
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Map<String, String> environment = Map.of(
                "ADMIN_TOKEN", "hidden-2",
                "ADMIN_TOKEN_FILE", file.toString(),
                "CHATWOOT_API_TOKEN_FILE", folder.resolve("missing").toString(),
                "CHATWOOT_WEBHOOK_SECRETS_FILE", empty.toString(),
                "CHATWOOT_WEBHOOK_TOKEN_FILE", large.toString(),
                "DATABASE_PASSWORD_FILE", binary.toString());

        assertThatThrownBy(() -> Settings.load(properties(COMPLETE), environment, new Properties()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll(
                        "ADMIN_TOKEN and ADMIN_TOKEN_FILE are both set; expected one of them",
                        "CHATWOOT_API_TOKEN_FILE is \"" + folder.resolve("missing") + "\"; expected a file",
                        "CHATWOOT_WEBHOOK_SECRETS_FILE is",
                        "CHATWOOT_WEBHOOK_TOKEN_FILE is",
                        "DATABASE_PASSWORD_FILE is")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void withoutCheckingNoSecretIsNeeded() {
        Map<String, String> file = new HashMap<>(COMPLETE);
        file.remove("webhook.secrets");
        file.put("webhook.auth", "none");

        assertThat(load(file).text("webhook.auth")).isEqualTo("none");
    }

    @Test
    void theCommandLineGoesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault() {
        Map<String, String> file = new HashMap<>(COMPLETE);
        file.put("chatwoot.rate-limit", "1");
        file.put("chatwoot.concurrency", "1");
        file.put("conversation.workers", "1");
        Map<String, String> environment = Map.of("CHATWOOT_RATE_LIMIT", "2", "CHATWOOT_CONCURRENCY", "2");
        Properties system = new Properties();
        system.setProperty("chatwoot.rate-limit", "3");

        Settings settings = Settings.load(properties(file), environment, system);

        assertThat(settings.number("chatwoot.rate-limit")).as("-D").isEqualTo(3);
        assertThat(settings.number("chatwoot.concurrency")).as("environment").isEqualTo(2);
        assertThat(settings.number("conversation.workers")).as("file").isEqualTo(1);
        assertThat(settings.number("chatwoot.redeliveries")).as("default").isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP_PORT, camel.server.port, 1",
        "MANAGEMENT_PORT, camel.management.port, 1",
        "CHATWOOT_BASE_URL, chatwoot.base-url, https://other.example",
        "CHATWOOT_API_TOKEN, chatwoot.api-token, x",
        "CHATWOOT_ACCOUNT_ID, chatwoot.account-id, 8",
        "CHATWOOT_RATE_LIMIT, chatwoot.rate-limit, 1",
        "CHATWOOT_CONCURRENCY, chatwoot.concurrency, 1",
        "CHATWOOT_WEBHOOK_SECRETS, webhook.secrets, x",
        "CHATWOOT_WEBHOOK_TOKEN, webhook.token, x",
        "WEBHOOK_AUTH, webhook.auth, none",
        "DATABASE_URL, database.url, jdbc:h2:mem:x",
        "DATABASE_USER, database.user, x",
        "DATABASE_PASSWORD, database.password, x",
        "CRM_DATABASE_URL, crm.database.url, jdbc:h2:mem:x",
        "CRM_DATABASE_USER, crm.database.user, x",
        "CRM_DATABASE_PASSWORD, crm.database.password, x",
        "RULES_FILE, rules.file, pom.xml",
        "RULES_RELOAD, rules.reload, 1m",
        "ROUTES_RELOAD, routes.reload, 1m",
        "RULES_SHADOW, rules.shadow, pom.xml",
        "STEPS_MESSAGE, steps.message, direct:x",
        "ON_LEAD_QUALIFIED, on.lead-qualified, direct:x",
        "ON_ESCALATED, on.escalated, direct:x",
        "CONVERSATION_DEBOUNCE, conversation.debounce, 2s",
        "ADMIN_TOKEN, admin.token, x"
    })
    void eachCanBeGivenByTheEnvironment(String environment, String property, String value) {
        Settings settings = Settings.load(properties(COMPLETE), Map.of(environment, value), new Properties());

        assertThat(settings.text(property)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:nobody", "nosuchcomponent:x"})
    void aStepThatIsNotThereStopsTheStart(String step) {
        assertThatThrownBy(() -> Product.alone(
                                SandboxChatwoot.builder(), Map.of("steps.message", "direct:step-tag," + step))
                        .close())
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll("steps.message", "\"" + step + "\"", "routes");
    }

    private static Settings load(Map<String, String> file) {
        return Settings.load(properties(file), Map.of(), new Properties());
    }

    private static Properties properties(Map<String, String> map) {
        Properties properties = new Properties();
        properties.putAll(map);
        return properties;
    }
}
