package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.rules.RuleFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start whose parts begin side by side, and what it leaves behind when one of them cannot be used. */
class StartTest {
    @TempDir
    private Path folder;

    @Test
    void wrongRulesAreToldBeforeADatabaseIsMade() throws IOException {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), "tags: 7\n");
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "chatwoot.base-url", "http://127.0.0.1:1",
                "chatwoot.api-token", "token",
                "chatwoot.account-id", "1",
                "webhook.token", "a-token-of-the-webhook",
                "rules.file", rules.toString(),
                "database.url", "jdbc:h2:file:" + folder.resolve("own"),
                "crm.database.url", "jdbc:h2:file:" + folder.resolve("crm")));
        Settings settings = Settings.load(properties, Map.of(), new Properties());

        assertThatThrownBy(() -> LeadRoutes.start(settings, Clock.systemUTC()))
                .isInstanceOf(RuleFileException.class)
                .hasMessageContaining("tags");

        assertThat(folder).as("no database is made").isDirectoryNotContaining("glob:**.db");
    }
}
