package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code leadroutes dead} beside a leadroutes that runs. */
class DeadCommandTest {
    private static Product product;
    private static SandboxChatwoot sandbox;

    @BeforeAll
    static void start() {
        product = Product.connected(SandboxChatwoot.builder(), Map.of("chatwoot.rate-limit", "3000"));
        sandbox = product.sandbox();
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    private static CommandRun run(String... args) {
        return run(Map.of(), args);
    }

    private static CommandRun run(Map<String, String> settings, String... args) {
        Properties file = new Properties();
        file.putAll(Map.of(
                "camel.server.port",
                Integer.toString(product.runtime().httpPort()),
                "admin.token",
                Product.ADMIN_TOKEN));
        file.putAll(settings);
        return CommandRun.of(
                new DeadCommand(() -> Settings.load(file, Map.of(), new Properties(), Settings.Need.ADMIN)), args);
    }

    private static long refused(String contact, int status) {
        sandbox.failNext(1, Fault.status(status, "{\"error\":\"no\"}"), call -> call.is("POST", "/labels"));
        long id = product.conversation(contact);
        sandbox.customerWrites(id, "a bug");
        product.settle();
        return id;
    }

    private static String letterOf(long conversation) {
        return product.admin("/admin/dead?conversation=" + conversation)
                .path(0)
                .path("id")
                .asText();
    }

    @Test
    @Tag("invariant-11")
    void theListTellsWhatFailedAndWhy() {
        long id = refused("Ada Listed", 422);
        long other = refused("Ben Listed", 404);

        CommandRun all = run("dead", "list");
        CommandRun one = run("dead", "list", "--reason", "chatwoot-404", "--conversation", Long.toString(other));

        assertThat(all.exitCode()).as(all.err()).isZero();
        assertThat(all.out().lines()).anySatisfy(line -> assertThat(line)
                .startsWith(letterOf(id))
                .contains("chatwoot-422", "conversation " + id, "labels", "1 tries")
                .endsWith("set-labels: 422 {\"error\":\"no\"}"));
        assertThat(one.out().lines())
                .singleElement()
                .asString()
                .startsWith(letterOf(other))
                .contains("chatwoot-404");
    }

    @Test
    void theListEndsAtItsLimit() {
        refused("Cy Limit", 422);
        refused("Dee Limit", 422);

        assertThat(run("dead", "list", "--limit", "1").out().lines()).hasSize(1);
    }

    @Test
    @Tag("invariant-9")
    void someAreRetried() {
        long id = refused("Eve Retried", 422);
        String letter = letterOf(id);

        CommandRun run = run("dead", "retry", letter, "wish-999999");
        product.settle();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out().lines()).containsExactly(letter + " retried", "wish-999999 is no dead letter");
        assertThat(sandbox.conversation(id).labels()).containsExactly("technical-issue");
    }

    @Test
    void allOfAReasonAreDropped() {
        long id = refused("Flo Dropped", 451);

        CommandRun run = run("dead", "drop", "--reason", "chatwoot-451");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().strip()).isEqualTo("1 dropped");
        assertThat(letterOf(id)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dead retry",
                "dead drop --queue wish",
                "dead drop wish-1 --reason failed",
                "dead retry 12",
                "dead retry ../status",
                "dead list --url ftp://x",
                "dead list --url http://127.0.0.1:1/?secret=x"
            })
    void wrongUseIsToldBeforeAnythingIsAsked(String line) {
        CommandRun run = run(line.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("expected").doesNotContain("secret=x");
    }

    @Test
    void aQueryThatIsRefusedIsTold() {
        CommandRun run = run("dead", "list", "--queue", "inbox");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("400", "expected event or wish");
    }

    @Test
    void whereNothingAnswersTheWayOutIsTold() {
        CommandRun run = run(Map.of("camel.server.port", Integer.toString(ChildProcess.freePort())), "dead", "list");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("nothing answers at http://127.0.0.1:", "start it", "HTTP_PORT");
    }

    @Test
    @Tag("invariant-12")
    void anotherTokenIsToldWithoutShowingIt() {
        CommandRun run = run(Map.of("admin.token", "wrong-token"), "dead", "list");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("another admin.token").doesNotContain("wrong-token", Product.ADMIN_TOKEN);
    }

    @Test
    void aMissingTokenIsAWrongSetting() {
        CommandRun run = run(new HashMap<>(Map.of("admin.token", "")), "dead", "list");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("admin.token is missing", "ADMIN_TOKEN");
    }

    @Test
    void aLeadroutesWithoutATokenIsTold() {
        try (Product closed = Product.alone(SandboxChatwoot.builder(), Map.of("admin.token", ""))) {
            CommandRun run = run(
                    "dead",
                    "list",
                    "--url",
                    "http://127.0.0.1:" + closed.runtime().httpPort() + "/");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("has no admin.token");
        }
    }
}
