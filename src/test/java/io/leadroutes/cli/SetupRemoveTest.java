package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code leadroutes setup --remove} takes back what setup made and nothing else. */
@Tag("invariant-6")
class SetupRemoveTest {
    private static final String MARA = "mara.quill@harborpine.example";

    @TempDir
    private Path folder;

    private SetupBench bench;

    @AfterEach
    void stop() {
        bench.close();
    }

    private void start(Dialect dialect) {
        bench = new SetupBench(SandboxChatwoot.builder().dialect(dialect), folder);
    }

    @ParameterizedTest
    @EnumSource
    void onlyWhatSetupMadeGoes(Dialect dialect) {
        start(dialect);
        bench.sandbox().addLabel("churn-risk");
        bench.sandbox().addLabel("vip");
        bench.sandbox().addWebhook(URI.create("https://other.example.com/hook"));
        bench.call("DELETE", "/teams/2", "");
        bench.setupWithWebhook("--member", "sales=" + MARA, "--member", "senior support=" + MARA);

        SetupBench.Run run = bench.setup("--remove");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(bench.sandbox().accountLabels()).containsExactly("churn-risk", "vip");
        assertThat(bench.sandbox().teams()).containsExactly("senior support");
        assertThat(bench.list("/teams/5/team_members", "id")).isEmpty();
        assertThat(bench.list("/custom_attribute_definitions", "id")).isEmpty();
        assertThat(bench.list("/macros", "id")).isEmpty();
        assertThat(bench.sandbox().webhooks())
                .extracting(webhook -> webhook.url().getHost())
                .containsExactly("other.example.com");
        assertThat(bench.secretFile()).doesNotExist();
        assertThat(bench.setup("--remove").out()).startsWith("Nothing is to be removed");
    }

    @ParameterizedTest
    @EnumSource
    void whatSomebodyChangedIsLeftWithAMessage(Dialect dialect) {
        start(dialect);
        bench.call("DELETE", "/teams/2", "");
        bench.setupWithWebhook();
        long renamed = bench.id("/labels", "title", "hot-lead");
        long recoloured = bench.id("/labels", "title", "qualified");
        long team = bench.id("/teams", "name", "sales");
        bench.call("PATCH", "/labels/" + renamed, "{\"title\":\"warm-lead\"}");
        bench.call("PATCH", "/labels/" + recoloured, "{\"color\":\"#000000\"}");
        bench.call(
                "POST",
                "/teams/" + team + "/team_members",
                "{\"user_ids\":[" + bench.id("/agents", "name", "Mara Quill") + "]}");

        SetupBench.Run run = bench.setup("--remove");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("left    label hot-lead: is left, because it is called warm-lead now")
                .contains("left    label qualified: is left, because somebody changed it")
                .contains("left    team sales: is left, because it has members that setup did not add");
        assertThat(bench.sandbox().accountLabels()).containsExactlyInAnyOrder("warm-lead", "qualified");
        assertThat(bench.sandbox().teams()).contains("sales");
    }

    @ParameterizedTest
    @EnumSource
    void eventsAddedToAWebhookOfOthersAreTakenBack(Dialect dialect) {
        start(dialect);
        bench.call(
                "POST",
                "/webhooks",
                "{\"url\":\"" + SetupBench.URL + "\",\"subscriptions\":[\"message_created\",\"inbox_created\"]}");
        bench.setupWithWebhook();

        bench.setup("--remove");

        assertThat(bench.sandbox().webhooks()).hasSize(1);
        assertThat(bench.sandbox().webhooks().get(0).subscriptions())
                .containsExactlyInAnyOrder("message_created", "inbox_created");
    }

    @Test
    void aDryRunShowsWhatWouldGo() {
        start(Dialect.ACTUAL);
        bench.setup();
        bench.sandbox().clearCalls();

        SetupBench.Run run = bench.setup("--remove", "--dry-run");

        assertThat(run.out()).contains("  - label churn-risk\n").contains("Nothing is changed (--dry-run).");
        assertThat(bench.writes()).isEmpty();
    }

    @Test
    void whatIsGoneAlreadyIsForgotten() {
        start(Dialect.ACTUAL);
        bench.setup();
        bench.call("DELETE", "/labels/" + bench.id("/labels", "title", "urgent"), "");

        SetupBench.Run run = bench.setup("--remove");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("gone    label urgent: not there any more");
    }

    @Test
    void whatCouldNotBeRemovedIsRemovedByTheNextRun() {
        start(Dialect.ACTUAL);
        bench.setup();
        long label = bench.id("/labels", "title", "urgent");
        bench.sandbox().failNext(1, Fault.status(422), call -> call.is("DELETE", "/labels/" + label));

        SetupBench.Run first = bench.setup("--remove");
        SetupBench.Run second = bench.setup("--remove");

        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(first.out()).contains("failed  label urgent: Chatwoot answers 422");
        assertThat(second.exitCode()).isZero();
        assertThat(bench.sandbox().accountLabels()).isEmpty();
    }

    @Test
    void theRecordOfAnotherAccountIsNotTouched() throws Exception {
        start(Dialect.ACTUAL);
        Files.writeString(
                bench.recordFile(),
                "{\"https://app.example.com account 1\":[{\"kind\":\"label\",\"id\":301,\"name\":\"pricing-inquiry\"}]}");
        bench.setup();

        bench.setup("--remove");

        assertThat(Files.readString(bench.recordFile()))
                .contains("https://app.example.com account 1")
                .contains("301");
    }

    @Test
    void aRecordThatIsNoneIsToldAndNothingDone() throws Exception {
        start(Dialect.ACTUAL);
        Files.writeString(bench.recordFile(), "{\"x\":");

        SetupBench.Run run = bench.setup();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("setup.json holds something else than the record that setup writes");
        assertThat(bench.writes()).isEmpty();
    }
}
