package io.leadroutes.cli;

import io.leadroutes.chatwoot.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of design section 4: from {@code -D}, else the environment, else application.properties, else the
 * default. All that is wrong is said at once, each with its name, its value (not of a secret) and what it should be.
 */
public final class Settings {
    /** What an operator may say to H2 in a database's address: where and how its data lies, no statements or files. */
    private static final SortedSet<String> H2_OPTIONS = new TreeSet<>(Set.of(
            "AUTO_SERVER",
            "AUTO_SERVER_PORT",
            "CACHE_SIZE",
            "CIPHER",
            "DB_CLOSE_DELAY",
            "DB_CLOSE_ON_EXIT",
            "IFEXISTS",
            "LOCK_TIMEOUT",
            "MODE",
            "PASSWORD",
            "USER",
            "WRITE_DELAY"));

    /** A name that HTTP allows, and a value in which percent signs begin two hexadecimal digits. */
    private static final Pattern TRACING_HEADER =
            Pattern.compile("[\\w!#$%&'*+.^`|~-]+\\s*=(?:[\\x21-\\x24\\x26-\\x7e ]|%[0-9a-fA-F]{2})+");

    private static final String JMS_QUEUE_SCHEME = "jms:queue:";

    /** A queue of the broker, as a Camel endpoint; not topics, whose messages nobody keeps for who is not there. */
    private static final Pattern JMS_QUEUE = Pattern.compile(JMS_QUEUE_SCHEME + "[A-Za-z0-9_.-]{1,100}");

    private static final Duration TIME_TO_CLOSE = Duration.ofSeconds(3);

    private static final String KAFKA_SCHEME = "kafka:";
    private static final Pattern KAFKA_TOPIC = Pattern.compile(KAFKA_SCHEME + "[A-Za-z0-9_.-]{1,100}");

    private static final String KAFKA_SERVER = "[^\\s,:/@]+:\\d{1,5}";

    /** Of what has to be beside the program for a topic; not loaded here. */
    private static final String KAFKA_CLIENT = "org.apache.kafka.clients.producer.KafkaProducer";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

    /** What a command uses; only that is checked. */
    enum Need {
        /** Everything: the command takes webhooks. */
        ALL,
        /** What calls to Chatwoot take, the files of rules and routes; no webhooks, no databases. */
        CALLS,
        /** What it takes to ask a leadroutes that runs on this machine. */
        ADMIN,
        /** The events that are stored and the rules. */
        HISTORY,
        /** Whatever there is: the command says itself what is wrong. */
        NONE
    }

    private record Setting(String property, String environment, String defaultValue) {}

    private static final List<Setting> SETTINGS = List.of(
            new Setting("camel.server.port", "HTTP_PORT", "8080"),
            new Setting("camel.management.port", "MANAGEMENT_PORT", "9876"),
            new Setting("camel.management.host", "MANAGEMENT_HOST", "127.0.0.1"),
            new Setting("camel.main.shutdownTimeout", "SHUTDOWN_TIMEOUT", "20"),
            new Setting("chatwoot.base-url", "CHATWOOT_BASE_URL", ""),
            new Setting("chatwoot.api-token", "CHATWOOT_API_TOKEN", ""),
            new Setting("chatwoot.account-id", "CHATWOOT_ACCOUNT_ID", ""),
            new Setting("chatwoot.rate-limit", "CHATWOOT_RATE_LIMIT", "60"),
            new Setting("chatwoot.concurrency", "CHATWOOT_CONCURRENCY", "4"),
            new Setting("chatwoot.redeliveries", "CHATWOOT_REDELIVERIES", "2"),
            new Setting("chatwoot.redelivery-delay-ms", "CHATWOOT_REDELIVERY_DELAY_MS", "500"),
            new Setting("chatwoot.strategy", "CHATWOOT_STRATEGY", "direct"),
            new Setting("chatwoot.snapshot-fresh", "CHATWOOT_SNAPSHOT_FRESH", "5s"),
            new Setting("chatwoot.confirm-within", "CHATWOOT_CONFIRM_WITHIN", "2m"),
            new Setting("webhook.secrets", "CHATWOOT_WEBHOOK_SECRETS", ""),
            new Setting("webhook.token", "CHATWOOT_WEBHOOK_TOKEN", ""),
            new Setting("webhook.auth", "WEBHOOK_AUTH", "required"),
            new Setting("database.url", "DATABASE_URL", "jdbc:h2:file:./data/leadroutes"),
            new Setting("database.user", "DATABASE_USER", "sa"),
            new Setting("database.password", "DATABASE_PASSWORD", ""),
            new Setting("crm.database.url", "CRM_DATABASE_URL", "jdbc:h2:file:./data/crm"),
            new Setting("crm.database.user", "CRM_DATABASE_USER", "sa"),
            new Setting("crm.database.password", "CRM_DATABASE_PASSWORD", ""),
            new Setting("crm.database.migrate", "CRM_DATABASE_MIGRATE", "true"),
            new Setting("rules.file", "RULES_FILE", "rules.yaml"),
            new Setting("rules.reload", "RULES_RELOAD", "5s"),
            new Setting("rules.shadow", "RULES_SHADOW", ""),
            new Setting("routes.directory", "ROUTES_DIRECTORY", "routes"),
            new Setting("routes.reload", "ROUTES_RELOAD", "0"),
            new Setting(
                    "steps.message",
                    "STEPS_MESSAGE",
                    "direct:step-tag,direct:step-score,direct:step-qualify,direct:step-escalate"),
            new Setting("on.lead-qualified", "ON_LEAD_QUALIFIED", "direct:crm-sync"),
            new Setting("on.escalated", "ON_ESCALATED", ""),
            new Setting("deal.labels", "DEAL_LABELS", "won,lost"),
            new Setting("conversation.debounce", "CONVERSATION_DEBOUNCE", "1s"),
            new Setting("conversation.workers", "CONVERSATION_WORKERS", "4"),
            new Setting("conversation.poll-ms", "CONVERSATION_POLL_MS", "50"),
            new Setting("outbox.poll-ms", "OUTBOX_POLL_MS", "50"),
            new Setting("jms.url", "JMS_URL", ""),
            new Setting("jms.user", "JMS_USER", ""),
            new Setting("jms.password", "JMS_PASSWORD", ""),
            new Setting(
                    "jms.connection-factory",
                    "JMS_CONNECTION_FACTORY",
                    "org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory"),
            new Setting("jms.commands", "JMS_COMMANDS", ""),
            new Setting("kafka.bootstrap-servers", "KAFKA_BOOTSTRAP_SERVERS", ""),
            new Setting("kafka.config-file", "KAFKA_CONFIG_FILE", ""),
            new Setting("intake.broker", "INTAKE_BROKER", ""),
            new Setting("reconcile.every", "RECONCILE_EVERY", "10m"),
            new Setting("retention.days", "RETENTION_DAYS", "30"),
            new Setting("outbox.lease", "OUTBOX_LEASE", "1m"),
            new Setting("tracing.endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            new Setting("tracing.headers", "OTEL_EXPORTER_OTLP_HEADERS", ""),
            new Setting("tracing.share", "OTEL_TRACES_SAMPLER_ARG", "1"),
            new Setting("log.format", "LOG_FORMAT", "plain"),
            new Setting("admin.token", "ADMIN_TOKEN", ""));

    /** What these are must not be told; each may be in a file instead, as containers are given secrets. */
    private static final Set<String> SECRETS = Set.of(
            "chatwoot.api-token",
            "webhook.secrets",
            "webhook.token",
            "database.password",
            "crm.database.password",
            "jms.password",
            "tracing.headers",
            "admin.token");

    private static final int MAX_SECRET_BYTES = 65_536;

    private final Map<String, String> values;

    /** The names of those that somebody has said; the others have their default. */
    private final Set<String> given;

    private Settings(Map<String, String> values, Set<String> given) {
        this.values = values;
        this.given = given;
    }

    /**
     * @param file the content of application.properties
     * @param environment the process's environment
     * @param system the JVM's system properties
     * @throws SettingsException naming every setting that is wrong or missing
     */
    public static Settings load(Properties file, Map<String, String> environment, Properties system) {
        return load(file, environment, system, Need.ALL);
    }

    /** The same, where only what is needed must be right. */
    static Settings load(Properties file, Map<String, String> environment, Properties system, Need need) {
        Map<String, String> values = new LinkedHashMap<>();
        Set<String> given = new HashSet<>();
        List<String> wrong = new ArrayList<>();
        for (Setting setting : SETTINGS) {
            Optional<String> secret = SECRETS.contains(setting.property)
                    ? secretFile(setting.environment, environment, wrong)
                    : Optional.empty();
            Optional<String> value = given(system.getProperty(setting.property))
                    .or(() -> given(environment.get(setting.environment)))
                    .or(() -> secret)
                    .or(() -> given(file.getProperty(setting.property)));
            value.ifPresent(said -> given.add(setting.property));
            values.put(setting.property, value.orElse(setting.defaultValue));
        }
        if (!wrong.isEmpty()) {
            throw new SettingsException(wrong);
        }
        Settings settings = new Settings(values, given);
        settings.check(need);
        return settings;
    }

    /** What is in the file that the variable with {@code _FILE} at its end names, without the line end that editors add. */
    private static Optional<String> secretFile(String variable, Map<String, String> environment, List<String> wrong) {
        String fileVariable = variable + "_FILE";
        Optional<String> name = given(environment.get(fileVariable));
        if (name.isEmpty()) {
            return Optional.empty();
        }
        if (given(environment.get(variable)).isPresent()) {
            wrong.add(variable + " and " + fileVariable + " are both set; expected one of them");
            return Optional.empty();
        }
        Optional<String> secret = name.flatMap(Settings::smallFile).flatMap(Settings::given);
        if (secret.isEmpty()) {
            wrong.add(fileVariable + " is \"" + name.get() + "\"; expected a file that can be read, in UTF-8, with the"
                    + " secret in it, at most " + MAX_SECRET_BYTES + " bytes");
        }
        return secret;
    }

    /** The text of a file; empty if it cannot be read or is too large to be what is wanted. */
    private static Optional<String> smallFile(String name) {
        try (InputStream in = Files.newInputStream(Path.of(name))) {
            byte[] bytes = in.readNBytes(MAX_SECRET_BYTES + 1);
            return bytes.length > MAX_SECRET_BYTES
                    ? Optional.empty()
                    : Optional.of(StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (IOException | InvalidPathException e) {
            // Told by whoever asks: the one message for all that can be wrong with it names the file.
            return Optional.empty();
        }
    }

    /** An empty value says nothing, as container files often have them. */
    private static Optional<String> given(String value) {
        return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
    }

    /** Of these properties those that look like settings and are none, each with the settings that are like it. */
    static Map<String, String> unknown(Collection<String> names) {
        Map<String, String> unknown = new LinkedHashMap<>();
        for (String name : names) {
            String group = name.substring(0, name.indexOf('.') + 1);
            List<String> like = SETTINGS.stream()
                    .map(Setting::property)
                    .filter(property -> property.startsWith(group))
                    .toList();
            if (!group.isEmpty() && !group.equals("camel.") && !like.isEmpty() && !like.contains(name)) {
                unknown.put(name, String.join(", ", like));
            }
        }
        return unknown;
    }

    /** All settings as properties, for the placeholders in routes. */
    Map<String, String> asProperties() {
        return Map.copyOf(values);
    }

    String text(String property) {
        return values.get(property);
    }

    Optional<String> optional(String property) {
        return Optional.of(values.get(property)).filter(text -> !text.isEmpty());
    }

    List<String> list(String property) {
        return Arrays.stream(values.get(property).split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    int number(String property) {
        return Integer.parseInt(values.get(property));
    }

    long accountId() {
        return Long.parseLong(values.get("chatwoot.account-id"));
    }

    boolean flag(String property) {
        return Boolean.parseBoolean(values.get(property));
    }

    Duration debounce() {
        return duration(values.get("conversation.debounce")).orElseThrow();
    }

    /** Of a won deal and of a lost one, lower-case as Chatwoot defines them. */
    List<String> dealLabels() {
        return Inputs.labels("deal.labels", values.get("deal.labels"));
    }

    /** The same; none if nobody has said which they are. */
    List<String> dealLabelsIfGiven() {
        return given.contains("deal.labels") ? dealLabels() : List.of();
    }

    /** Zero to look for no lost webhooks. */
    Duration reconcileEvery() {
        return duration(values.get("reconcile.every")).orElseThrow();
    }

    Duration retention() {
        return Duration.ofDays(number("retention.days"));
    }

    /** Zero to take no change of a rule file over. */
    Duration rulesReload() {
        return duration(values.get("rules.reload")).orElseThrow();
    }

    /** Zero to take no change of a drop-in over. */
    Duration routesReload() {
        return duration(values.get("routes.reload")).orElseThrow();
    }

    /** Of the whole process, whatever it is doing: what is in hand has its time, and the rest a moment to close. */
    Duration stopWithin() {
        return Duration.ofSeconds(number("camel.main.shutdownTimeout")).plus(TIME_TO_CLOSE);
    }

    Duration lease() {
        return duration(values.get("outbox.lease")).orElseThrow();
    }

    Duration confirmWithin() {
        return duration(values.get("chatwoot.confirm-within")).orElseThrow();
    }

    Duration snapshotFresh() {
        return duration(values.get("chatwoot.snapshot-fresh")).orElseThrow();
    }

    /** The queue of the JMS broker in front of the inbox, if there is one. */
    Optional<String> intakeQueue() {
        return intakeBroker(JMS_QUEUE_SCHEME);
    }

    /** The topic of Kafka in front of the inbox, if there is one. */
    Optional<String> intakeTopic() {
        return intakeBroker(KAFKA_SCHEME);
    }

    private Optional<String> intakeBroker(String scheme) {
        return optional("intake.broker")
                .filter(uri -> uri.startsWith(scheme))
                .map(uri -> uri.substring(scheme.length()));
    }

    /** Without a slash at its end. */
    String baseUrl() {
        return withoutSlash(values.get("chatwoot.base-url"));
    }

    private static String withoutSlash(String url) {
        return url.replaceAll("/+$", "");
    }

    /** Where traces are sent, without a slash at its end; absent if they are not. */
    Optional<String> tracingEndpoint() {
        return optional("tracing.endpoint").map(Settings::withoutSlash);
    }

    /** By name; the values are written as in addresses, as OpenTelemetry says. */
    Map<String, String> tracingHeaders() {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header : list("tracing.headers")) {
            int equals = header.indexOf('=');
            headers.put(
                    header.substring(0, equals).strip(),
                    // A plus is a plus there, not a space.
                    URLDecoder.decode(header.substring(equals + 1).replace("+", "%2B"), StandardCharsets.UTF_8)
                            .strip());
        }
        return headers;
    }

    /** Of the webhooks that are traced, 0 to 1. */
    double tracingShare() {
        return Double.parseDouble(values.get("tracing.share"));
    }

    private void check(Need need) {
        List<String> wrong = new ArrayList<>();
        if (need == Need.ALL) {
            range(wrong, "camel.server.port", 0, 65_535, "a port number, 0 for any free one");
            range(wrong, "camel.management.port", 0, 65_535, "a port number, 0 for any free one");
            range(wrong, "camel.main.shutdownTimeout", 1, 600, "seconds that what is in hand has to end");
        }
        if (need == Need.ADMIN) {
            range(wrong, "camel.server.port", 1, 65_535, "the port of the leadroutes that runs");
            if (values.get("admin.token").isEmpty()) {
                wrong.add("admin.token is missing; expected that of the leadroutes that runs" + hint("admin.token"));
            }
        } else if (need == Need.ALL || need == Need.CALLS) {
            checkCalls(wrong);
        }
        if (need == Need.HISTORY) {
            checkAccount(wrong);
            checkDatabase(wrong);
            checkRules(wrong);
        }
        if (need == Need.ALL) {
            checkRun(wrong);
        }
        if (!wrong.isEmpty()) {
            throw new SettingsException(wrong);
        }
    }

    private void checkCalls(List<String> wrong) {
        verify(
                wrong,
                "chatwoot.base-url",
                Settings::isBaseUrl,
                "the address of Chatwoot such as https://app.chatwoot.com, without user, query or fragment, and not one"
                        + " that clouds tell machines their credentials by");
        if (values.get("chatwoot.api-token").isEmpty()) {
            wrong.add("chatwoot.api-token is missing; expected the access token of a Chatwoot user"
                    + hint("chatwoot.api-token"));
        }
        checkAccount(wrong);
        range(wrong, "chatwoot.rate-limit", 1, 100_000, "a whole number of calls per minute");
        range(wrong, "chatwoot.concurrency", 1, 64, "a whole number of calls in flight");
        range(wrong, "chatwoot.redeliveries", 0, 10, "a whole number of quick repetitions");
        range(wrong, "chatwoot.redelivery-delay-ms", 1, 60_000, "milliseconds before the first repetition");
        verify(
                wrong,
                "chatwoot.confirm-within",
                text -> duration(text)
                        .filter(d -> d.compareTo(Duration.ofSeconds(1)) >= 0 && d.compareTo(Duration.ofHours(1)) <= 0)
                        .isPresent(),
                "1 second to 1 hour, such as 30s or 2m");
        verify(
                wrong,
                "deal.labels",
                Settings::areTwoLabels,
                "the labels of a won deal and of a lost one, such as won,lost: two, of letters, digits, - and _");
    }

    private void checkAccount(List<String> wrong) {
        verify(
                wrong,
                "chatwoot.account-id",
                text -> text.matches("[1-9]\\d{0,14}"),
                "the number of the account, as in the dashboard's address");
    }

    private void checkDatabase(List<String> wrong) {
        verify(
                wrong,
                "database.url",
                Settings::isDatabaseUrl,
                "a JDBC URL of H2 or PostgreSQL: jdbc:h2:... or jdbc:postgresql:...");
        checkH2Options(wrong, "database.url");
    }

    /** Says which option it is by its place: what stands there may be the half of a password. */
    private void checkH2Options(List<String> wrong, String property) {
        String[] parts = values.get(property).split(";");
        if (!parts[0].toLowerCase(Locale.ROOT).startsWith("jdbc:h2:")) {
            return;
        }
        for (int i = 1; i < parts.length; i++) {
            String name = parts[i].substring(0, Math.max(0, parts[i].indexOf('=')));
            if (!parts[i].isEmpty() && !H2_OPTIONS.contains(name.toUpperCase(Locale.ROOT))) {
                wrong.add(property + " has as its option " + i + " after a semicolon one that is not allowed, such as"
                        + " those by which H2 runs statements and files; expected only "
                        + String.join("=, ", H2_OPTIONS)
                        + "=");
            }
        }
    }

    private void checkRules(List<String> wrong) {
        verify(
                wrong,
                "rules.file",
                text -> Files.isReadable(Path.of(text)),
                "a file that is there, beside the program or by its full path");
    }

    private void checkRun(List<String> wrong) {
        verify(wrong, "webhook.auth", text -> text.equals("required") || text.equals("none"), "required or none");
        if (values.get("webhook.auth").equals("required")
                && list("webhook.secrets").isEmpty()
                && values.get("webhook.token").isEmpty()) {
            wrong.add(
                    "webhook.secrets and webhook.token are both missing; expected at least one, so that webhooks can be"
                            + " checked (CHATWOOT_WEBHOOK_SECRETS, CHATWOOT_WEBHOOK_TOKEN), or WEBHOOK_AUTH=none to check nothing");
        }
        checkDatabase(wrong);
        verify(wrong, "crm.database.url", text -> text.startsWith("jdbc:"), "a JDBC URL");
        checkH2Options(wrong, "crm.database.url");
        verify(
                wrong,
                "crm.database.migrate",
                text -> text.equals("true") || text.equals("false"),
                "true, or false for a schema of your own");
        checkRules(wrong);
        for (String property : List.of("rules.reload", "routes.reload")) {
            verify(
                    wrong,
                    property,
                    text -> duration(text)
                            .filter(d -> d.isZero()
                                    || d.compareTo(Duration.ofSeconds(1)) >= 0 && d.compareTo(Duration.ofHours(1)) <= 0)
                            .isPresent(),
                    "1 second to 1 hour, such as 5s, or 0 to take no change over");
        }
        verify(
                wrong,
                "routes.directory",
                text -> Files.isDirectory(Path.of(text)),
                "a folder that is there, with *.camel.yaml files");
        verify(wrong, "steps.message", text -> !list("steps.message").isEmpty(), "Camel endpoints, comma-separated");
        verify(
                wrong,
                "conversation.debounce",
                text -> duration(text)
                        .filter(d -> d.compareTo(Duration.ofSeconds(5)) <= 0)
                        .isPresent(),
                "0 to 5 seconds, such as 1s or 500ms");
        verify(wrong, "chatwoot.strategy", text -> text.equals("direct") || text.equals("macro"), "direct or macro");
        verify(
                wrong,
                "chatwoot.snapshot-fresh",
                text -> duration(text)
                        .filter(d -> d.compareTo(Duration.ofHours(1)) <= 0)
                        .isPresent(),
                "0 to 1 hour, such as 30s or 2m");
        checkBroker(wrong);
        checkTracing(wrong);
        verify(wrong, "log.format", text -> text.equals("plain") || text.equals("json"), "plain or json");
        range(wrong, "conversation.workers", 1, 64, "a whole number of lanes handled at once");
        range(wrong, "conversation.poll-ms", 1, 60_000, "milliseconds between two looks into an empty inbox");
        range(wrong, "outbox.poll-ms", 1, 60_000, "milliseconds between two looks into an empty outbox");
        verify(
                wrong,
                "reconcile.every",
                text -> duration(text)
                        .filter(d -> d.compareTo(Duration.ofHours(24)) <= 0)
                        .isPresent(),
                "a time such as 10m, at most 24h, or 0 to look for no lost webhooks");
        // A webhook may come again for days; until its event is pruned, it is known.
        range(wrong, "retention.days", 7, 3_650, "days that what is done is kept");
        verify(
                wrong,
                "outbox.lease",
                text -> duration(text)
                        .filter(d -> d.compareTo(Duration.ofSeconds(2)) >= 0 && d.compareTo(Duration.ofHours(1)) <= 0)
                        .isPresent(),
                "2 seconds to 1 hour, at least twice as long as the longest call takes, such as 1m");
    }

    private void checkBroker(List<String> wrong) {
        if (optional("jms.url").isPresent()) {
            verify(
                    wrong,
                    "jms.url",
                    text -> text.matches("\\(?[A-Za-z][A-Za-z0-9+.-]*:.+"),
                    "the address of a message broker as its JMS client takes it, such as tcp://broker:61616");
            verify(
                    wrong,
                    "jms.connection-factory",
                    text -> text.matches("[\\p{Alpha}_$][\\w$]*(\\.[\\p{Alpha}_$][\\w$]*)*"),
                    "the name of a class that is a jakarta.jms.ConnectionFactory");
        }
        if (optional("jms.commands").isPresent()) {
            verify(
                    wrong,
                    "jms.commands",
                    text -> JMS_QUEUE.matcher(text).matches(),
                    "a queue such as " + JMS_QUEUE_SCHEME + "leadroutes.commands");
        }
        checkIntakeBroker(wrong);
        for (String property : List.of("on.lead-qualified", "on.escalated", "jms.commands", "intake.broker")) {
            if (values.get("jms.url").isEmpty() && list(property).stream().anyMatch(uri -> uri.startsWith("jms:"))) {
                wrong.add("jms.url is missing, and " + property + " is \"" + values.get(property)
                        + "\"; expected the address of a message broker such as tcp://broker:61616" + hint("jms.url"));
            }
        }
    }

    private void checkIntakeBroker(List<String> wrong) {
        if (optional("intake.broker").isPresent()) {
            verify(
                    wrong,
                    "intake.broker",
                    text -> JMS_QUEUE.matcher(text).matches()
                            || KAFKA_TOPIC.matcher(text).matches(),
                    "a queue such as " + JMS_QUEUE_SCHEME + "leadroutes.webhooks, or a topic such as " + KAFKA_SCHEME
                            + "leadroutes.webhooks");
        }
        if (KAFKA_TOPIC.matcher(values.get("intake.broker")).matches()) {
            checkKafka(wrong);
        }
    }

    private void checkKafka(List<String> wrong) {
        verify(
                wrong,
                "kafka.bootstrap-servers",
                text -> text.matches(KAFKA_SERVER + "(,\\s*" + KAFKA_SERVER + ")*"),
                "host:port of some of Kafka's brokers, comma-separated, such as kafka1:9092,kafka2:9092");
        if (optional("kafka.config-file").isPresent()) {
            verify(
                    wrong,
                    "kafka.config-file",
                    text -> Files.isReadable(Path.of(text)),
                    "a file that is there, with settings of Kafka's client for TLS and signing in");
        }
        if (!isOnClassPath(KAFKA_CLIENT)) {
            wrong.add("intake.broker is \"" + values.get("intake.broker")
                    + "\", and Kafka's client is not on the class path;"
                    + " expected kafka-clients, and the jars that it needs, in lib/ext" + hint("intake.broker"));
        }
    }

    private static boolean isOnClassPath(String name) {
        try {
            Class.forName(name, false, Settings.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private void checkTracing(List<String> wrong) {
        if (optional("tracing.endpoint").isPresent()) {
            verify(
                    wrong,
                    "tracing.endpoint",
                    Settings::isBaseUrl,
                    "the address of a collector that takes OTLP over HTTP such as http://localhost:4318, without user,"
                            + " query or fragment");
        }
        // Its value may be a key of the collector's.
        if (!list("tracing.headers").stream()
                .allMatch(header -> TRACING_HEADER.matcher(header).matches())) {
            wrong.add(
                    "tracing.headers is not what was expected: name=value, comma-separated, what is special in addresses"
                            + " as %20 and the like"
                            + hint("tracing.headers"));
        }
        verify(
                wrong,
                "tracing.share",
                text -> text.matches("0(\\.\\d{1,9})?|1(\\.0{1,9})?"),
                "the share of webhooks that are traced, 0 to 1, such as 0.1");
    }

    private void range(List<String> wrong, String property, int min, int max, String expected) {
        verify(
                wrong,
                property,
                text -> text.matches("\\d{1,9}") && Integer.parseInt(text) >= min && Integer.parseInt(text) <= max,
                expected + ", " + min + " to " + max);
    }

    private void verify(List<String> wrong, String property, Function<String, Boolean> isRight, String expected) {
        String value = values.get(property);
        if (value.isEmpty()) {
            wrong.add(property + " is missing; expected " + expected + hint(property));
        } else if (!isRight.apply(value)) {
            wrong.add(property + " is \"" + withoutPassword(value) + "\"; expected " + expected + hint(property));
        }
    }

    /** People write passwords into addresses; a message goes to the log. */
    private static String withoutPassword(String value) {
        return value.replaceAll("//[^/@]*@", "//***@").replaceAll("(?i)(password=)[^&;]*", "$1***");
    }

    private static String hint(String property) {
        return SETTINGS.stream()
                .filter(setting -> setting.property.equals(property))
                .map(setting -> (setting.defaultValue.isEmpty() ? "" : " (default " + setting.defaultValue + ")")
                        + ". Set " + setting.environment + " or " + property)
                .findFirst()
                .orElse("");
    }

    private static boolean areTwoLabels(String text) {
        try {
            return Inputs.labels("deal.labels", text).size() == 2;
        } catch (IllegalArgumentException e) {
            // One message says all that may be wrong with it.
            return false;
        }
    }

    static boolean isBaseUrl(String text) {
        try {
            URI uri = new URI(text);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && !isLinkLocal(uri.getHost())
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** By its number or by name, the host is where a cloud tells a machine its credentials, and never a Chatwoot. */
    private static boolean isLinkLocal(String host) {
        String plain = host.toLowerCase(Locale.ROOT).replaceAll("[\\[\\].]+$|^\\[", "");
        if (plain.equals("metadata") || plain.equals("metadata.google.internal")) {
            return true;
        }
        // Whatever is written as a number is one to the resolver, too, such as 2852039166; names are not looked up.
        boolean isNumber = plain.indexOf(':') >= 0 || plain.matches("[0-9][0-9a-fx.]*");
        try {
            return isNumber && isLinkLocal(InetAddress.getByName(plain));
        } catch (UnknownHostException e) {
            // It is a name after all.
            return false;
        }
    }

    private static boolean isLinkLocal(InetAddress address) {
        // fd00:ec2::254 tells the same as 169.254.169.254, which is link-local.
        return address.isLinkLocalAddress() || address.getHostAddress().equals("fd00:ec2:0:0:0:0:0:254");
    }

    static boolean isDatabaseUrl(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.startsWith("jdbc:postgresql:") || lower.startsWith("jdbc:h2:");
    }

    private static Optional<Duration> duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        String unit = Optional.ofNullable(matcher.group(2)).orElse("ms");
        return Optional.of(
                switch (unit) {
                    case "h" -> Duration.ofHours(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    default -> Duration.ofMillis(amount);
                });
    }

    /** One or more settings are wrong; the message has a line for each. */
    public static final class SettingsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SettingsException(List<String> wrong) {
            super(String.join("\n", wrong));
        }
    }
}
