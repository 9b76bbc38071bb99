package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without jms.url. */
class JmsOffTest {
    @TempDir
    private Path folder;

    @Test
    void noClassOfABrokersClientIsLoaded() throws IOException {
        int management = ChildProcess.freePort();
        Path loaded = folder.resolve("classes.log");
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        try (SandboxChatwoot sandbox = SandboxChatwoot.start()) {
            Map<String, String> environment = new HashMap<>();
            environment.put("HTTP_PORT", Integer.toString(ChildProcess.freePort()));
            environment.put("MANAGEMENT_PORT", Integer.toString(management));
            environment.put("CHATWOOT_BASE_URL", sandbox.baseUrl().toString());
            environment.put("CHATWOOT_API_TOKEN", sandbox.apiToken());
            environment.put("CHATWOOT_ACCOUNT_ID", Long.toString(sandbox.accountId()));
            environment.put("CHATWOOT_WEBHOOK_TOKEN", "a-token");
            environment.put("DATABASE_URL", "jdbc:h2:mem:own");
            environment.put("CRM_DATABASE_URL", "jdbc:h2:mem:crm");
            try (ChildProcess run = ChildProcess.start(
                            folder,
                            management,
                            environment,
                            "-Xlog:class+load=info:file=" + loaded,
                            "-cp",
                            classPath,
                            Main.class.getName(),
                            "run")
                    .awaitReady()) {
                run.kill();
            }
        }

        List<String> classes = Files.readAllLines(loaded).stream()
                .map(line -> line.replaceFirst("^(\\[[^]]*])+ ([^ $]+).*", "$2"))
                .toList();
        assertThat(classes).contains("io.leadroutes.cli.LeadRoutes");
        assertThat(classes)
                .filteredOn(name -> name.startsWith("jakarta.jms.")
                        || name.startsWith("org.apache.camel.component.jms.")
                        || name.startsWith("org.apache.activemq.")
                        || name.startsWith("org.messaginghub.")
                        || name.startsWith("io.leadroutes.jms."))
                .as("Camel asks each component on the class path for its converters")
                .isSubsetOf(
                        "org.apache.camel.component.jms.converter.JmsConverterLoader",
                        "org.apache.camel.component.jms.JmsMessage",
                        "jakarta.jms.Message");
    }
}
