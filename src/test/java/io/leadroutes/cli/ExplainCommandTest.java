package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code leadroutes explain} and {@code leadroutes status} beside a leadroutes that runs. */
class ExplainCommandTest {
    private Product product;
    private SandboxChatwoot sandbox;

    @BeforeEach
    void start() {
        product = Product.connected(SandboxChatwoot.builder(), Map.of("chatwoot.rate-limit", "3000"));
        sandbox = product.sandbox();
    }

    @AfterEach
    void stop() {
        product.close();
    }

    private CommandRun run(String... args) {
        return run(Map.of(), args);
    }

    private CommandRun run(Map<String, String> settings, String... args) {
        Map<String, String> file = new HashMap<>();
        file.put("camel.server.port", Integer.toString(product.runtime().httpPort()));
        file.put("admin.token", Product.ADMIN_TOKEN);
        file.putAll(settings);
        Properties properties = new Properties();
        properties.putAll(file);
        DeadCommand.Source source = () -> Settings.load(properties, Map.of(), new Properties(), Settings.Need.ADMIN);
        return CommandRun.of(args[0].equals("status") ? new StatusCommand(source) : new ExplainCommand(source), args);
    }

    @Test
    @Tag("invariant-11")
    void tellsWhatWasSaidWhichWordsScoredWhatWasSentAndWhatCameBack() {
        long id = product.conversation("Ada Explained");
        sandbox.customerWrites(id, "We need an enterprise plan\u001b[2J, our budget is set");
        product.settle();

        CommandRun run = run("explain", Long.toString(id));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("Conversation " + id + " with Ada Explained")
                .contains("Score: 50 of 100")
                .containsPattern("\\+30 =  *\\d+  enterprise: enterprise  message \\d+")
                .containsPattern("\\+20 =  *\\d+  budget: budget  message \\d+")
                .containsPattern("labels +done +because of .*enterprise")
                .contains("      set-labels: 200")
                .contains("message_created  done")
                .contains("We need an enterprise plan [2J, our budget is set")
                .doesNotContain("\u001b");
    }

    @Test
    void tellsAllAsJson() {
        long id = product.conversation("Ben Explained");
        sandbox.customerWrites(id, "enterprise");
        product.settle();

        CommandRun run = run("explain", Long.toString(id), "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("{").contains("\"score_entries\"").contains("\"wishes\"");
    }

    @Test
    void saysThatAConversationIsNotKnownOrIsNone() {
        assertThat(run("explain", "999999").exitCode()).isEqualTo(1);
        assertThat(run("explain", "999999").err()).contains("conversation 999999 is not known here");
        assertThat(run("explain", "1580x").exitCode()).isEqualTo(2);
        assertThat(run("explain", "1580x").err()).contains("CONVERSATION is \"1580x\"; expected its number");
    }

    @Test
    void whileNothingFailsTheStatusIsZero() {
        sandbox.customerWrites(product.conversation("Cy Fine"), "hello");
        product.settle();

        CommandRun run = run("status");

        assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
        assertThat(run.out().lines().toList())
                .contains("queues   nothing waits", "failing  nothing")
                .anyMatch(line -> line.matches("calls    \\d+ of 3000 this minute"))
                .anyMatch(line -> line.matches("rules    version \\w{4,}"));
    }

    @Test
    void theStatusNamesWhatFails() {
        sandbox.failNext(1, Fault.status(422, "{\"error\":\"no\"}"), call -> call.is("POST", "/labels"));
        sandbox.customerWrites(product.conversation("Dee Refused"), "a bug");
        product.settle();

        CommandRun run = run("status");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .containsPattern("(?m)^failing  1 dead letters? of the outbox: chatwoot-422, the newest 20");
    }

    @Test
    void theStatusTellsWhatWaitsInWhichLane() {
        sandbox.failNext(100, Fault.status(503, "{}"), call -> call.is("POST", "/labels"));
        long id = product.conversation("Eve Waits");
        sandbox.customerWrites(id, "a bug");

        await().untilAsserted(() -> assertThat(run("status").out())
                .containsPattern("(?m)^outbox   \\d+ pending for tagging, the oldest \\d+ s"));
    }

    @Test
    void withAnotherTokenBothSaySo() {
        for (String[] command : new String[][] {{"status"}, {"explain", "1"}}) {
            CommandRun run = run(Map.of("admin.token", "another-admin-token"), command);

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("has another admin.token");
        }
    }
}
