package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.Role;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A value of its own for every secret and for every text of a customer; then all that the process wrote is searched for
 * them. It runs in a JVM of its own with all it can log.
 */
@Tag("attack-04")
@Tag("attack-21")
@Tag("invariant-12")
class SecretsStayTest {
    private static final String SECRET = "canary-webhook-secret";
    private static final String TOKEN = "canary-url-token";
    private static final String ADMIN = "canary-admin-token";
    private static final List<String> SECRETS = List.of(
            SECRET,
            TOKEN,
            ADMIN,
            "canary-api-token",
            "canary-own-password",
            "canary-crm-password",
            "canary-pubsub",
            "canary-hmac",
            "canary-channel-secret");

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final StringBuilder answers = new StringBuilder();
    private final int httpPort = ChildProcess.freePort();
    private final int managementPort = ChildProcess.freePort();

    @Test
    void noSecretIsWrittenAnywhereAndNoTextOfACustomerIsLogged() throws Exception {
        String log;
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder()
                        .autoCreate()
                        .token("canary-api-token", Role.ADMINISTRATOR)
                        .start();
                ChildProcess child = start(sandbox).awaitReady()) {
            play(sandbox);
            child.terminate();
            child.awaitEnd(Duration.ofSeconds(30));
            log = child.output();
        }

        String own = ForgetTest.dump("jdbc:h2:file:" + folder.resolve("own") + ";USER=sa;PASSWORD=canary-own-password");
        assertThat(log).as("log").contains("webhooks are taken on port", "DEBUG");
        assertThat(own).as("own database").contains("canary-customer-text");
        for (String secret : SECRETS) {
            assertThat(log).as("log").doesNotContain(secret);
            assertThat(answers.toString()).as("answers").doesNotContain(secret);
            assertThat(own).as("own database").doesNotContain(secret);
        }
        assertThat(log).as("log").doesNotContain("canary-customer", "Canary Customer");
    }

    private void play(SandboxChatwoot sandbox) throws Exception {
        String body =
                "{\"event\":\"message_created\",\"id\":77,\"content\":\"canary-customer-text enterprise budget demo\","
                        + "\"message_type\":\"incoming\",\"private\":false,\"account\":{\"id\":" + sandbox.accountId()
                        + "},"
                        + "\"conversation\":{\"id\":1580,\"contact_inbox\":{\"pubsub_token\":\"canary-pubsub\"},\"channel\":{"
                        + "\"hmac_token\":\"canary-hmac\",\"secret\":\"canary-channel-secret\"}},\"sender\":{\"id\":5,"
                        + "\"type\":\"contact\",\"name\":\"Canary Customer\",\"email\":\"canary-customer@harborpine.example\"}}";
        sandbox.failNext(1, Fault.status(500, "canary-customer-echo"), call -> call.isWrite());
        sandbox.failNext(1, Fault.status(422, "{\"error\":\"canary-customer-echo\"}"), call -> call.isWrite());
        sandbox.failNext(1, Fault.malformedJson(), call -> call.isWrite());
        post(body, "?secret=" + TOKEN, true);
        post(body.replace("\"id\":77", "\"id\":78"), "", true);
        post(body.replace("\"id\":77", "\"id\":-1"), "?secret=" + TOKEN, false);
        post("{\"canary-customer-key\":", "?secret=" + TOKEN, false);
        post("canary-customer-text", "?secret=" + TOKEN + "x", false);
        post(body, "?secret=" + TOKEN + "&canary-customer-text=%0d%0a", false);
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(get(httpPort, "/admin/status", ADMIN))
                .contains("\"inbox\":{\"pending\":0", "\"outbox\":{\"pending\":0"));
        for (String path :
                List.of("/admin/dead", "/admin/conversations/1580", "/admin/nowhere", "/nowhere?secret=" + TOKEN)) {
            get(httpPort, path, ADMIN);
            get(httpPort, path, "wrong");
        }
        for (String path : List.of("/observe/health", "/observe/health/ready", "/observe/metrics")) {
            get(managementPort, path, "none");
        }
    }

    private void post(String body, String query, boolean signed) throws IOException, InterruptedException {
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + httpPort + "/webhooks/chatwoot" + query))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (signed) {
            request.header("X-Chatwoot-Timestamp", timestamp)
                    .header("X-Chatwoot-Signature", Product.sign(SECRET, timestamp, body));
        }
        answers.append(http.send(request.build(), HttpResponse.BodyHandlers.ofString())
                        .body())
                .append('\n');
    }

    private String get(int port, String path, String token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + token)
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        answers.append(answer.headers().map()).append(answer.body()).append('\n');
        return answer.body();
    }

    private ChildProcess start(SandboxChatwoot sandbox) throws IOException, SQLException {
        Map<String, String> environment = new HashMap<>();
        environment.put("HTTP_PORT", Integer.toString(httpPort));
        environment.put("MANAGEMENT_PORT", Integer.toString(managementPort));
        environment.put("CHATWOOT_BASE_URL", sandbox.baseUrl().toString());
        environment.put("CHATWOOT_API_TOKEN_FILE", file("api", "canary-api-token"));
        environment.put("CHATWOOT_ACCOUNT_ID", Long.toString(sandbox.accountId()));
        environment.put("CHATWOOT_RATE_LIMIT", "3000");
        environment.put("CHATWOOT_WEBHOOK_TOKEN_FILE", file("token", TOKEN));
        environment.put("CHATWOOT_WEBHOOK_SECRETS_FILE", file("secrets", SECRET));
        environment.put("ADMIN_TOKEN_FILE", file("admin", ADMIN));
        environment.put("DATABASE_URL", "jdbc:h2:file:" + folder.resolve("own"));
        environment.put("DATABASE_PASSWORD_FILE", file("own-password", "canary-own-password"));
        environment.put("CRM_DATABASE_URL", "jdbc:h2:file:" + folder.resolve("crm"));
        environment.put("CRM_DATABASE_PASSWORD_FILE", file("crm-password", "canary-crm-password"));
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return ChildProcess.start(
                folder,
                managementPort,
                environment,
                "-DLOG_LEVEL=debug",
                "-Dlog4j2.configurationFile="
                        + Path.of("src/main/resources/log4j2.properties").toUri(),
                "-cp",
                classPath,
                Main.class.getName(),
                "run");
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content + "\n").toString();
    }
}
