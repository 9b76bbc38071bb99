package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.FaultyDisk;
import io.leadroutes.store.TestDatabases;
import io.leadroutes.store.TestDatabases.Engine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.camel.spi.RouteController;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The store hangs, is down, is full or fails its fsync while hundreds of connections send: each is answered, and no 200 is
 * a lie. How soon, is DoorTest's and InboxWriterTest's, whose time is no machine's.
 */
@Tag("invariant-1")
class BackPressureTest {
    private static final int BEFORE = 200;
    private static final int DURING = 500;

    /** Whoever has no answer by then never gets one. */
    private static final Duration NEVER = Duration.ofMinutes(1);

    private record Answer(String delivery, int status, boolean isToRetry) {}

    private interface Work {
        void run() throws Exception;
    }

    @TempDir
    private Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int managementPort = ChildProcess.freePort();
    private String url;
    private String user;

    @BeforeEach
    void install() {
        FaultyDisk.install();
    }

    @AfterEach
    void heal() {
        FaultyDisk.heal();
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void whileTheStoreHangsAllAreRefusedAndAfterwardsItTakesAgain(Engine engine) throws Exception {
        try (Product product = start(engine)) {
            List<Answer> answers;
            if (engine == Engine.H2) {
                answers = sendAround(product, FaultyDisk::hang);
                FaultyDisk.heal();
            } else {
                try (Connection behind = connection(url);
                        Statement statement = behind.createStatement()) {
                    behind.setAutoCommit(false);
                    answers =
                            sendAround(product, () -> statement.execute("LOCK TABLE webhook_event IN EXCLUSIVE MODE"));
                    behind.rollback();
                }
            }

            awaitTaken(product);
            assertThat(stored()).containsAll(acknowledged(answers));
            assertThat(live()).as("nothing that a restart would mend").doesNotContain("DOWN");
        }
    }

    @Test
    void whileTheServerIsDownAllAreRefusedAndAfterwardsItTakesAgain() throws Exception {
        try (Product product = start(Engine.POSTGRESQL);
                Connection behind = connection(url.replaceFirst("/[^/?]+(\\?|$)", "/postgres$1"));
                Statement statement = behind.createStatement()) {
            String name = url.replaceFirst(".*/([^/?]+)(\\?.*)?$", "$1");
            List<Answer> answers = sendAround(product, () -> {
                statement.execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
                statement.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
            });
            statement.execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");

            awaitTaken(product);
            assertThat(stored()).containsAll(acknowledged(answers));
        }
    }

    @Test
    void whileTheServersDiskIsFullAllAreRefusedAndAfterwardsItTakesAgain() throws Exception {
        try (Product product = start(Engine.POSTGRESQL);
                Connection behind = connection(url);
                Statement statement = behind.createStatement()) {
            statement.execute("CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100''; END'");
            List<Answer> answers = sendAround(
                    product,
                    () -> statement.execute(
                            "CREATE TRIGGER fill BEFORE INSERT ON webhook_payload EXECUTE FUNCTION fill()"));
            statement.execute("DROP TRIGGER fill ON webhook_payload");

            awaitTaken(product);
            assertThat(stored()).containsAll(acknowledged(answers));
        }
    }

    @Test
    void afterAFailedFsyncNothingIsAcknowledgedUntilARestart() throws Exception {
        untilARestart(FaultyDisk::failSyncs);
    }

    @Test
    void afterTheDiskOfH2WasFullNothingIsAcknowledgedUntilARestart() throws Exception {
        untilARestart(FaultyDisk::fill);
    }

    @Test
    void afterAFailedFsyncOfTheDispatcherNothingIsAcknowledgedEither() throws Exception {
        try (Product product = start(Engine.H2)) {
            RouteController routes = product.runtime().camel().getRouteController();
            routes.stopRoute("chatwoot-dispatcher");
            product.post(Product.body("14"));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !product.own("SELECT id FROM outbox").isEmpty());
            assertThat(live()).doesNotContain("DOWN");
            FaultyDisk.failSyncs();

            routes.startRoute("chatwoot-dispatcher");

            await().atMost(Duration.ofSeconds(20)).until(() -> live().contains("DOWN"));
            assertThat(live()).contains("nothing is acknowledged until a restart");
            FaultyDisk.heal();
            assertThat(product.post(body()).statusCode())
                    .as("although the disk works again")
                    .isEqualTo(503);
        }
    }

    private void untilARestart(Work fault) throws Exception {
        List<Answer> answers;
        try (Product product = start(Engine.H2)) {
            answers = sendAround(product, fault);
            Instant failed = Instant.now();
            // Within 2 s by design: the writer ends at once; what is waited for here is this machine.
            await().atMost(Duration.ofSeconds(20)).until(() -> live().contains("DOWN"));
            assertThat(live())
                    .contains("until a restart", "since " + failed.toString().substring(0, 11));
            FaultyDisk.heal();
            assertThat(product.post(body()).statusCode())
                    .as("although the disk works again")
                    .isEqualTo(503);
        }
        try (Product restarted = start(Engine.H2)) {
            assertThat(stored()).containsAll(acknowledged(answers));
            assertThat(restarted.post(body()).statusCode()).isEqualTo(200);
            assertThat(live()).doesNotContain("DOWN");
        }
    }

    private Product start(Engine engine) {
        if (url == null) {
            boolean isH2 = engine == Engine.H2;
            url = isH2 ? "jdbc:h2:faulty:" + folder.resolve("own").toAbsolutePath() : TestDatabases.postgresUrl();
            user = isH2 ? "sa" : "postgres";
        }
        return Product.alone(
                SandboxChatwoot.builder().autoCreate(),
                Map.of(
                        "database.url",
                        url,
                        "database.user",
                        user,
                        "camel.management.port",
                        Integer.toString(managementPort)));
    }

    /** Sends many, then lets the fault happen and sends many more; the latter are all refused. */
    private List<Answer> sendAround(Product product, Work fault) throws Exception {
        List<CompletableFuture<Answer>> before = sendMany(product, BEFORE);
        // Some of them are in hand then.
        before.get(0).join();
        fault.run();
        List<Answer> during =
                sendMany(product, DURING).stream().map(CompletableFuture::join).toList();
        List<Answer> all =
                new ArrayList<>(before.stream().map(CompletableFuture::join).toList());

        assertThat(during).extracting(Answer::status).containsOnly(503);
        all.addAll(during);
        assertThat(all).extracting(Answer::status).containsOnly(200, 503);
        assertThat(all).allSatisfy(answer -> assertThat(answer.isToRetry()).isEqualTo(answer.status() == 503));
        return all;
    }

    private List<CompletableFuture<Answer>> sendMany(Product product, int count) {
        URI uri = product.webhookUrl();
        return Stream.generate(() -> send(uri)).limit(count).toList();
    }

    private CompletableFuture<Answer> send(URI uri) {
        String delivery = UUID.randomUUID().toString();
        String body = body();
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .header("X-Chatwoot-Delivery", delivery)
                .header("X-Chatwoot-Timestamp", timestamp)
                .header("X-Chatwoot-Signature", Product.sign(Product.SECRET, timestamp, body))
                .timeout(NEVER)
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.sendAsync(request, BodyHandlers.discarding()).thenApply(answer -> answer(delivery, answer));
    }

    private static Answer answer(String delivery, HttpResponse<Void> answer) {
        return new Answer(
                delivery,
                answer.statusCode(),
                answer.headers().firstValue("Retry-After").isPresent());
    }

    private static String body() {
        return "{\"event\":\"unheard_of\",\"account\":{\"id\":7}}";
    }

    private void awaitTaken(Product product) {
        await().atMost(Duration.ofSeconds(20)).until(() -> product.post(body()).statusCode() == 200);
    }

    private static Set<String> acknowledged(List<Answer> answers) {
        Set<String> acknowledged = new HashSet<>();
        answers.stream()
                .filter(answer -> answer.status() == 200)
                .forEach(answer -> acknowledged.add(answer.delivery()));
        assertThat(acknowledged).as("acknowledged before the fault").isNotEmpty();
        return acknowledged;
    }

    private Set<String> stored() throws SQLException {
        try (Connection connection = connection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT delivery_id FROM webhook_event")) {
            Set<String> stored = new HashSet<>();
            while (rows.next()) {
                stored.add(rows.getString(1));
            }
            return stored;
        }
    }

    private Connection connection(String to) throws SQLException {
        return DriverManager.getConnection(to, user, "");
    }

    private String live() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + managementPort + "/observe/health/live"))
                .build();
        return http.send(request, BodyHandlers.ofString()).body();
    }
}
