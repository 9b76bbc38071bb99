package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lead whose wish is done outlives the process: found by the crash harness. */
class CrmOnDiskTest {
    @TempDir
    private Path folder;

    @Test
    @Tag("invariant-9")
    void aLeadIsInTheCrmsFileBeforeItsWishIsDone() throws IOException, SQLException {
        Map<String, String> settings = Map.of("crm.database.url", "jdbc:h2:file:" + folder.resolve("crm"));
        try (Product product = Product.connected(SandboxChatwoot.builder().withoutNoise(), settings)) {
            long conversation = product.conversation("Jonas Feld");
            product.sandbox().customerWrites(conversation, "An enterprise demo, urgently, we have a budget");

            await().atMost(Duration.ofSeconds(15))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> product.own("SELECT id FROM outbox WHERE kind = 'lead' AND state = 'done'")
                                    .size()
                            == 1);
            // What a kill would leave.
            Files.copy(folder.resolve("crm.mv.db"), folder.resolve("left.mv.db"));
        }

        try (Connection left = DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("left"), "sa", "");
                ResultSet rows = left.createStatement().executeQuery("SELECT COUNT(*) FROM crm_lead")) {
            rows.next();
            assertThat(rows.getInt(1)).as("leads on disk").isEqualTo(1);
        }
    }
}
