package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Customers who wait for an answer: the whole product and the sandbox by one clock. */
class WaitingTest {
    private static final String RULES = """
            calendars:
              shop: {time-zone: Asia/Tokyo, hours: {mon-sun: "00:00-24:00"}}
            escalate:
              - id: unanswered
                calendar: shop
                steps:
                  - {after: 30m, labels: [waiting], note: "{name} waits for an answer"}
                  - {after: 2h, priority: urgent}
            """;

    @TempDir
    Path folder;

    private final JumpingClock clock = new JumpingClock();

    private Product product() throws IOException {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), RULES);
        return Product.connected(
                SandboxChatwoot.builder().autoCreate().clock(clock), Map.of("rules.file", rules.toString()), clock);
    }

    @Test
    @Tag("invariant-11")
    void whoWaitsIsEscalatedStepByStepUntilAnAgentAnswers() throws IOException {
        try (Product product = product()) {
            long slow = product.conversation("Mira Voss");
            long quick = product.conversation("Jonas Feld");
            long message = product.sandbox().customerWrites(slow, "Is anybody there?");
            product.sandbox().customerWrites(quick, "Hello?");
            product.settle();
            product.sandbox().agentReplies(quick, "Hello!");
            product.settle();
            assertThat(product.verbsOf(slow)).isEmpty();

            clock.jump(Duration.ofMinutes(30));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> product.sandbox().conversation(slow).labels().contains("waiting"));
            product.settle();
            JsonNode note = product.wish(slow, "note:escalate:unanswered:30m");
            assertThat(note.path("payload").path("text").asText()).isEqualTo("Mira Voss waits for an answer");
            assertThat(note.path("reasons").toString())
                    .isEqualTo("[{\"rule\":\"unanswered\",\"messageId\":" + message
                            + ",\"matched\":[\"waited 30m in calendar shop\"]}]");
            assertThat(product.sandbox().conversation(slow).priority()).isEmpty();

            clock.jump(Duration.ofMinutes(90));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> product.sandbox().conversation(slow).priority().isPresent());
            assertThat(product.sandbox().conversation(slow).priority()).contains("urgent");
            product.settle();
            assertThat(product.verbsOf(slow).stream().filter("POST messages"::equals))
                    .as("one note")
                    .hasSize(1);
            JsonNode state = product.admin("/admin/conversations/" + slow);
            assertThat(state.path("waiting")
                            .path("unanswered")
                            .get(0)
                            .path("message")
                            .asLong())
                    .isEqualTo(message);
            assertThat(state.path("due_at").isNull()).isTrue();
            assertThat(product.verbsOf(quick)).isEmpty();
        }
    }
}
