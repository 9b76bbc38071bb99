package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From conditions in the rule file to what Chatwoot shows and /admin explains, over real HTTP. */
class ConditionFlowTest {
    private static final String RULES = """
            tags:
              - {id: big, when: {attributes: {seats: {at_least: 50}}}, labels: [big]}
            scores:
              - {id: demo, any: [demo], when: {labels: {all: [big]}}, points: 60}
              - {id: budget, any: [budget], points: 10, repeat: each}
            qualify: {at: 60, team: sales, note: "Lead"}
            escalate:
              - id: waits
                when: {messages_without_answer: {at_least: 3}, none: [{labels: {any: [bot]}}]}
                labels: [waits]
            """;

    @TempDir
    private static Path folder;

    private static Product product;
    private static SandboxChatwoot sandbox;

    @BeforeAll
    static void start() throws IOException {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), RULES);
        product = Product.connected(
                SandboxChatwoot.builder(), Map.of("chatwoot.rate-limit", "3000", "rules.file", rules.toString()));
        sandbox = product.sandbox();
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    private static void write(long id, String text) {
        sandbox.customerWrites(id, text);
        product.settle();
    }

    @Test
    @Tag("invariant-11")
    void aConditionOnAnAttributeDecidesAndIsExplained() {
        long id = product.conversation("Ida Seats");
        write(id, "a demo");
        assertThat(sandbox.conversation(id).labels()).isEmpty();

        sandbox.agentSetsCustomAttributes(id, Map.of("seats", 80));
        write(id, "a demo");

        assertThat(sandbox.conversation(id).labels()).containsExactly("big");
        assertThat(sandbox.conversation(id).teamName()).contains("sales");
        var entries = product.admin("/admin/conversations/" + id).path("score_entries");
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).path("matched").toString()).contains("demo").contains("labels: big");
        assertThat(product.wish(id, "labels").path("reasons").toString()).contains("attributes.seats: 80");
    }

    @Test
    void theThirdMessageInARowEscalatesAndAnAnswerStartsAnew() {
        long id = product.conversation("Jo Waits");
        write(id, "hello");
        write(id, "hello?");
        sandbox.agentReplies(id, "Here I am");
        write(id, "fine");
        write(id, "but");
        assertThat(sandbox.conversation(id).labels()).isEmpty();

        write(id, "anybody?");

        assertThat(sandbox.conversation(id).labels()).containsExactly("waits");
        assertThat(product.wish(id, "labels").path("reasons").toString()).contains("messages_without_answer: 3");
    }

    @Test
    @Tag("invariant-6")
    void anAgentKeepsTheConversation() {
        long id = product.conversation("Kai Kept");
        sandbox.agentAssignsAgent(id, 12);
        sandbox.agentSetsCustomAttributes(id, Map.of("seats", 80));

        write(id, "a demo");

        assertThat(sandbox.conversation(id).assigneeId()).hasValue(12);
        assertThat(sandbox.conversation(id).teamName()).isEmpty();
        assertThat(product.verbsOf(id)).doesNotContain("POST assignments");
        assertThat(sandbox.conversation(id).notes()).singleElement().satisfies(note -> assertThat(note.content())
                .startsWith("Lead\n\nNot assigned to sales: "));
    }

    @Test
    @Tag("invariant-11")
    void aDeletedMessageTakesItsPointsBack() {
        long id = product.conversation("Lea Deletes");
        write(id, "our budget");
        write(id, "the budget");
        assertThat(sandbox.conversation(id).customAttributes()).containsEntry("lead_score", 20);
        long message = product.admin("/admin/conversations/" + id)
                .path("score_entries")
                .get(0)
                .path("message_id")
                .asLong();

        product.post(Bodies.message(id, message, "This message was deleted")
                .withRoot("event", "message_updated")
                .withRoot("content_attributes", Map.of("deleted", true))
                .json());
        product.settle();

        assertThat(sandbox.conversation(id).customAttributes()).containsEntry("lead_score", 10);
        var entries = product.admin("/admin/conversations/" + id).path("score_entries");
        assertThat(entries).hasSize(3);
        assertThat(entries.get(2).path("points").asInt()).isEqualTo(-10);
        assertThat(entries.get(2).path("matched").toString()).contains("message deleted");
    }

    @Test
    void aTrialTakesWhatConditionsAskFor() {
        var answer = Product.json(product.send(product.adminRequest("/admin/rules/try")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"content\": \"a demo\", \"attributes\": {\"seats\": 60}}", StandardCharsets.UTF_8))));

        assertThat(answer.path("labels").toString()).isEqualTo("[\"big\"]");
        assertThat(answer.path("qualifies").asBoolean()).isTrue();
        assertThat(answer.path("hits").get(0).path("matched").toString()).isEqualTo("[\"attributes.seats: 60\"]");
    }
}
