package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it is delivered, with its lib folder. */
class PackagedJarIT {
    private static final String JAR = "target/leadroutes.jar";

    @TempDir
    private Path folder;

    @Test
    void theDemoPlaysToItsEnd() {
        try (ChildProcess demo = ChildProcess.start(folder, 0, Map.of(), "-jar", JAR, "demo")) {
            int exitCode = demo.awaitEnd(Duration.ofSeconds(120));

            assertThat(exitCode).as(demo.output()).isZero();
            assertThat(demo.output())
                    .contains("#1580 Jonas Feld", "75 = enterprise 30", "Leads in the CRM", "Calls to Chatwoot:")
                    .contains("Waiting 0, dead letters 0.");
        }
    }

    @Test
    void itSaysWhatIsMissingAndEndsWithTwo() {
        try (ChildProcess run = ChildProcess.start(folder, 0, Map.of(), "-jar", JAR)) {
            int exitCode = run.awaitEnd(Duration.ofSeconds(30));

            assertThat(exitCode).isEqualTo(2);
            assertThat(run.output()).contains("chatwoot.base-url is missing", "CHATWOOT_BASE_URL");
        }
    }

    @Test
    void itIsHealthyAndStopsCleanlyWhenToldTo() {
        int management = ChildProcess.freePort();
        try (SandboxChatwoot sandbox = SandboxChatwoot.start()) {
            Map<String, String> environment = environment(sandbox, management);
            try (ChildProcess run = ChildProcess.start(folder, management, environment, "-jar", JAR, "run")) {
                run.awaitReady();
                ChildProcess health = ChildProcess.start(folder, 0, environment, "-jar", JAR, "health");
                assertThat(health.awaitEnd(Duration.ofSeconds(20))).isZero();

                run.terminate();

                assertThat(run.awaitEnd(Duration.ofSeconds(30))).isEqualTo(143);
                assertThat(run.output()).contains("leadroutes - stopped").doesNotContain("ERROR");
            }
        }
    }

    @Test
    void toldToStopWhileItStartsItStopsAsCleanly() {
        int management = ChildProcess.freePort();
        try (SandboxChatwoot sandbox = SandboxChatwoot.start()) {
            Map<String, String> environment = new HashMap<>(environment(sandbox, management));
            environment.put("WEBHOOK_AUTH", "none");
            try (ChildProcess run = ChildProcess.start(folder, management, environment, "-jar", JAR, "run")) {
                // Said while the parts are put together, before any of them is started.
                await().atMost(Duration.ofSeconds(40)).until(() -> run.output().contains("webhook.auth is none"));
                assertThat(run.output()).doesNotContain("webhooks are taken");

                run.terminate();

                assertThat(run.awaitEnd(Duration.ofSeconds(60))).isEqualTo(143);
                assertThat(run.output()).contains("leadroutes - stopped").doesNotContain("Exception", "Forcing");
            }
        }
    }

    private Map<String, String> environment(SandboxChatwoot sandbox, int management) {
        return Map.of(
                "HTTP_PORT",
                "0",
                "MANAGEMENT_PORT",
                Integer.toString(management),
                "CHATWOOT_BASE_URL",
                sandbox.baseUrl().toString(),
                "CHATWOOT_API_TOKEN",
                sandbox.apiToken(),
                "CHATWOOT_ACCOUNT_ID",
                "7",
                "CHATWOOT_WEBHOOK_SECRETS",
                "secret",
                "DATABASE_URL",
                "jdbc:h2:file:" + folder.resolve("own"),
                "CRM_DATABASE_URL",
                "jdbc:h2:file:" + folder.resolve("crm"));
    }
}
