package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process, really killed. */
class CrashTest {
    private static final String TOKEN = "url-token";

    @TempDir
    private Path folder;

    private final int httpPort = ChildProcess.freePort();
    private final int managementPort = ChildProcess.freePort();

    @Test
    @Tag("invariant-1")
    void anEventIsProcessedAfterASigkillRightAfterIts200() throws IOException, InterruptedException {
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder().autoCreate().start()) {
            try (ChildProcess first = start(sandbox).awaitReady()) {
                int status = post(Product.body("14"));
                first.kill();
                assertThat(status).isEqualTo(200);
            }
            assertThat(sandbox.calls()).as("calls before the kill").isEmpty();

            try (ChildProcess second = start(sandbox).awaitReady()) {
                await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                    assertThat(sandbox.calls(Call::isWrite)).as("writes").hasSize(2);
                    assertThat(sandbox.conversation(1580).labels())
                            .containsExactlyInAnyOrder("pricing-inquiry", "enterprise-lead");
                    assertThat(sandbox.conversation(1580).customAttributes()).containsEntry("lead_score", 30);
                });
                second.kill();
            }
        }
    }

    private ChildProcess start(SandboxChatwoot sandbox) {
        Map<String, String> environment = new HashMap<>();
        environment.put("HTTP_PORT", Integer.toString(httpPort));
        environment.put("MANAGEMENT_PORT", Integer.toString(managementPort));
        environment.put("CHATWOOT_BASE_URL", sandbox.baseUrl().toString());
        environment.put("CHATWOOT_API_TOKEN", sandbox.apiToken());
        environment.put("CHATWOOT_ACCOUNT_ID", Long.toString(sandbox.accountId()));
        environment.put("CHATWOOT_WEBHOOK_TOKEN", TOKEN);
        environment.put("DATABASE_URL", "jdbc:h2:file:" + folder.resolve("own"));
        environment.put("CRM_DATABASE_URL", "jdbc:h2:file:" + folder.resolve("crm"));
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return ChildProcess.start(folder, managementPort, environment, "-cp", classPath, Main.class.getName(), "run");
    }

    private int post(String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + httpPort + "/webhooks/chatwoot?secret=" + TOKEN))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
