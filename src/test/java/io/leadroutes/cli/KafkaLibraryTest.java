package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where Kafka's client is not beside the program, as it is delivered. */
class KafkaLibraryTest {
    @TempDir
    private Path folder;

    private static String classPathWithoutKafka() {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(classPath)
                .filter(path -> !Path.of(path).getFileName().toString().startsWith("kafka"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private ChildProcess run(SandboxChatwoot sandbox, int management, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("HTTP_PORT", Integer.toString(ChildProcess.freePort()));
        environment.put("MANAGEMENT_PORT", Integer.toString(management));
        environment.put("CHATWOOT_BASE_URL", sandbox.baseUrl().toString());
        environment.put("CHATWOOT_API_TOKEN", sandbox.apiToken());
        environment.put("CHATWOOT_ACCOUNT_ID", Long.toString(sandbox.accountId()));
        environment.put("CHATWOOT_WEBHOOK_TOKEN", "a-token");
        environment.put("DATABASE_URL", "jdbc:h2:mem:own");
        environment.put("CRM_DATABASE_URL", "jdbc:h2:mem:crm");
        return ChildProcess.start(
                folder, management, environment, "-cp", classPathWithoutKafka(), Main.class.getName(), "run");
    }

    @Test
    void everythingElseRuns() {
        try (SandboxChatwoot sandbox = SandboxChatwoot.start();
                ChildProcess run = run(sandbox, ChildProcess.freePort(), Map.of())) {
            run.awaitReady();
        }
    }

    @Test
    void aTopicStopsTheStartWithAWordAboutWhatIsMissing() {
        Map<String, String> kafka =
                Map.of("INTAKE_BROKER", "kafka:leadroutes.webhooks", "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092");
        try (SandboxChatwoot sandbox = SandboxChatwoot.start();
                ChildProcess run = run(sandbox, ChildProcess.freePort(), kafka)) {
            assertThat(run.awaitEnd(Duration.ofSeconds(60))).as(run.output()).isEqualTo(2);
            assertThat(run.output())
                    .contains(
                            "intake.broker is \"kafka:leadroutes.webhooks\", and Kafka's client is not on the class path",
                            "lib/ext")
                    .doesNotContain("\tat ");
        }
    }
}
