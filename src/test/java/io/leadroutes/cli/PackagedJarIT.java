package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.kafka.TestKafka;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it is delivered, with its lib folder. */
class PackagedJarIT {
    private static final String JAR = "target/leadroutes.jar";

    @TempDir
    private Path folder;

    /** As it is where the program is delivered. */
    private void copyWhatIsShipped() throws IOException {
        Product.routesWith(folder.resolve("routes"), "nothing.txt", "");
        for (String file : List.of("application.properties", "rules.yaml")) {
            Files.copy(Path.of(file), folder.resolve(file));
        }
    }

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
    void withoutItsSettingsFileItSaysSoAndEndsWithTwo() {
        String jar = Path.of(JAR).toAbsolutePath().toString();
        try (ChildProcess run = ChildProcess.startIn(folder, folder, 0, Map.of(), "-jar", jar)) {
            int exitCode = run.awaitEnd(Duration.ofSeconds(30));

            assertThat(exitCode).isEqualTo(2);
            assertThat(run.output()).contains("there is no " + folder.resolve("application.properties"));
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

    @Test
    void aJarInLibExtIsOnTheClassPathOfRoutesAndItsRouteBuilderRuns() throws IOException {
        copyWhatIsShipped();
        Files.writeString(folder.resolve("routes/UsesJar.java"), """
                public class UsesJar extends org.apache.camel.builder.RouteBuilder {
                    @Override
                    public void configure() {
                        from("direct:" + InJar.NAME + "-user").routeId(InJar.NAME + "-user").log("used");
                    }
                }
                """);
        jar(Files.createDirectories(folder.resolve("lib/ext")).resolve("mine.jar"));
        Files.writeString(folder.resolve("lib/ext/torn.jar"), "not a jar");
        int management = ChildProcess.freePort();
        try (SandboxChatwoot sandbox = SandboxChatwoot.start()) {
            Map<String, String> environment = environment(sandbox, management);
            try (ChildProcess run = ChildProcess.startIn(
                    folder,
                    folder,
                    management,
                    environment,
                    "-jar",
                    Path.of(JAR).toAbsolutePath().toString())) {
                await().atMost(Duration.ofSeconds(120)).until(() -> {
                    assertThat(run.isAlive()).as(run.output()).isTrue();
                    return run.output().contains("webhooks are taken");
                });

                assertThat(run.output())
                        .contains("InJar runs: [in-jar]", "UsesJar.java runs: [in-jar-user]")
                        .contains("torn.jar cannot be used, all else runs")
                        .doesNotContain("WARNING");
            }
        }
    }

    private void jar(Path file) throws IOException {
        Path source = Files.writeString(folder.resolve("InJar.java"), """
                public class InJar extends org.apache.camel.builder.RouteBuilder {
                    public static final String NAME = "in-jar".strip();

                    @Override
                    public void configure() {
                        from("direct:in-jar").routeId(NAME).log("used");
                    }
                }
                """);
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-cp", System.getProperty("java.class.path"), source.toString()))
                .isZero();
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            jar.putNextEntry(new ZipEntry("META-INF/services/org.apache.camel.builder.RouteBuilder"));
            jar.write("InJar\n".getBytes(StandardCharsets.UTF_8));
            jar.putNextEntry(new ZipEntry("InJar.class"));
            jar.write(Files.readAllBytes(folder.resolve("InJar.class")));
        }
    }

    /** As {@code mvn dependency:copy-dependencies@kafka} puts them there. */
    private void copyKafkasClient() throws IOException {
        Path ext = Files.createDirectories(folder.resolve("lib/ext"));
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String path : classPath.split(File.pathSeparator)) {
            String name = Path.of(path).getFileName().toString();
            if (name.matches("(kafka-clients|zstd-jni|lz4-java|snappy-java)-.*")) {
                Files.copy(Path.of(path), ext.resolve(name));
            }
        }
    }

    @Test
    void withItsClientInLibExtWebhooksComeByWayOfKafka() throws IOException {
        copyWhatIsShipped();
        copyKafkasClient();
        int http = ChildProcess.freePort();
        int management = ChildProcess.freePort();
        try (SandboxChatwoot sandbox = SandboxChatwoot.start();
                TestKafka kafka = new TestKafka(folder.resolve("kafka"), "webhooks")) {
            Map<String, String> environment = new HashMap<>(environment(sandbox, management));
            environment.put("HTTP_PORT", Integer.toString(http));
            environment.put("INTAKE_BROKER", "kafka:webhooks");
            environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.servers());
            String jar = Path.of(JAR).toAbsolutePath().toString();
            try (ChildProcess run = ChildProcess.startIn(folder, folder, management, environment, "-jar", jar)) {
                run.awaitReady();
                sandbox.addWebhook(URI.create("http://127.0.0.1:" + http + "/webhooks/chatwoot"), "secret");
                long conversation = sandbox.addConversation(sandbox.addContact("Ada", ""));

                sandbox.customerWrites(conversation, "What is the price?");

                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                                sandbox.conversation(conversation).labels())
                        .contains("pricing-inquiry"));
                assertThat(kafka.messages("webhooks")).isNotEmpty();
                assertThat(run.output()).doesNotContain("WARN");
            }
        }
    }

    @Test
    void aNewStepAndItsTestRunWithNothingButTheProgram() throws IOException {
        copyWhatIsShipped();
        String jar = Path.of(JAR).toAbsolutePath().toString();

        try (ChildProcess made =
                ChildProcess.startIn(folder, folder, 0, Map.of(), "-jar", jar, "new", "step", "call-back")) {
            assertThat(made.awaitEnd(Duration.ofSeconds(60))).as(made.output()).isZero();
        }
        try (ChildProcess tested = ChildProcess.startIn(folder, folder, 0, Map.of(), "-jar", jar, "test")) {
            assertThat(tested.awaitEnd(Duration.ofSeconds(180)))
                    .as(tested.output())
                    .isZero();
            assertThat(tested.output())
                    .containsPattern("whoAsksForACallIsLabelled\\(TestLeadRoutes\\) (\\d+ ms )?\\[OK]");
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
