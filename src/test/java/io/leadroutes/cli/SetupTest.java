package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.MessageView;
import io.leadroutes.sandbox.Role;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.sandbox.WebhookView;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code leadroutes setup} with the shipped rules, over HTTP (issue 3, item 4). */
class SetupTest {
    private static final String[] LABELS = {
        "pricing-inquiry",
        "technical-issue",
        "churn-risk",
        "enterprise-lead",
        "sales-qualified",
        "qualified",
        "hot-lead",
        "escalated",
        "urgent",
        "requires-manager"
    };
    private static final String[] EVENTS = {
        "conversation_created",
        "conversation_status_changed",
        "conversation_updated",
        "message_created",
        "message_updated",
        "contact_created",
        "contact_updated"
    };

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

    private void startEmpty(Dialect dialect) {
        start(dialect);
        for (String team : bench.list("/teams", "id")) {
            bench.call("DELETE", "/teams/" + team, "");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFirstRunMakesAllThatTheRulesNeed(Dialect dialect) {
        startEmpty(dialect);

        SetupBench.Run run = bench.setupWithWebhook();

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(bench.sandbox().accountLabels()).containsExactlyInAnyOrder(LABELS);
        assertThat(bench.list("/labels", "color")).allMatch(color -> color.matches("#[0-9A-F]{6}"));
        assertThat(bench.sandbox().teams()).containsExactlyInAnyOrder("sales", "senior support");
        assertThat(bench.list("/custom_attribute_definitions", "attribute_key"))
                .containsExactlyInAnyOrder("lead_score", "company_size", "industry", "deal_value", "next_follow_up");
        assertThat(bench.list("/macros", "name"))
                .containsExactly("leadroutes: qualify", "leadroutes: escalate churn-risk-enterprise");
        assertThat(bench.sandbox().webhooks()).hasSize(1);
        assertThat(bench.sandbox().webhooks().get(0).url()).isEqualTo(URI.create(SetupBench.URL));
        assertThat(bench.sandbox().webhooks().get(0).subscriptions()).containsExactlyInAnyOrder(EVENTS);
    }

    @ParameterizedTest
    @EnumSource
    void theLabelsAndAttributesOfDealsAreMadeWhereItIsSaidWhichTheyAre(Dialect dialect) {
        start(dialect);
        bench.with("deal.labels", "Deal-Won,lost");

        SetupBench.Run run = bench.setup();

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(bench.sandbox().accountLabels()).contains("deal-won", "lost");
        assertThat(bench.list("/custom_attribute_definitions", "attribute_key")).contains("deal_outcome", "deal_value");
    }

    @ParameterizedTest
    @EnumSource
    void theScoreIsDefinedAsANumberWithAPattern(Dialect dialect) {
        start(dialect);

        bench.setup();

        JsonNode score = bench.get("/custom_attribute_definitions").get(0);
        assertThat(score.path("attribute_key").asText()).isEqualTo("lead_score");
        assertThat(score.path("regex_pattern").asText()).isEqualTo("^[0-9]{1,3}$");
        assertThat(score.path("attribute_display_type").asText()).isEqualTo(dialect == Dialect.ACTUAL ? "number" : "1");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-5")
    void theSecondRunWritesNothing(Dialect dialect) {
        startEmpty(dialect);
        bench.setupWithWebhook("--member", "sales=mara.quill@harborpine.example");
        bench.sandbox().clearCalls();

        SetupBench.Run run = bench.setupWithWebhook("--member", "sales=mara.quill@harborpine.example");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Nothing is to be done.");
        assertThat(bench.writes()).isEmpty();
        assertThat(bench.calls()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aDryRunShowsAllAndChangesNothing(Dialect dialect) {
        startEmpty(dialect);

        SetupBench.Run run = bench.setupWithWebhook("--dry-run");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        "  + label churn-risk\n",
                        "  + attribute deal_value of conversations (currency)\n",
                        "  + team senior support\n",
                        "  + macro leadroutes: qualify (labels qualified, hot-lead; priority high; team sales; a note)\n",
                        "  + webhook https://leadroutes.example.com/webhooks/chatwoot for conversation_created, ",
                        "21 to be done; nothing is changed (--dry-run).");
        assertThat(bench.writes()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-6")
    void whatExistsIsTakenOver(Dialect dialect) {
        start(dialect);
        bench.sandbox().addLabel("churn-risk");
        bench.call("POST", "/macros", "{\"name\":\"leadroutes: qualify\",\"visibility\":\"global\",\"actions\":[]}");
        bench.call(
                "POST",
                "/custom_attribute_definitions",
                "{\"attribute_display_name\":\"Punkte\",\"attribute_key\":\"lead_score\","
                        + "\"attribute_display_type\":0,\"attribute_model\":0}");
        bench.call(
                "POST",
                "/webhooks",
                "{\"url\":\"" + SetupBench.URL + "\",\"subscriptions\":[\"message_created\",\"webwidget_triggered\"]}");

        SetupBench.Run run = bench.setupWithWebhook();

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(bench.sandbox().teams()).containsExactly("sales", "senior support");
        assertThat(bench.sandbox().accountLabels()).containsExactlyInAnyOrder(LABELS);
        assertThat(bench.list("/macros", "name")).hasSize(2);
        assertThat(bench.list("/custom_attribute_definitions", "attribute_display_name"))
                .hasSize(5)
                .contains("Punkte");
        assertThat(bench.sandbox().webhooks()).hasSize(1);
        assertThat(bench.sandbox().webhooks().get(0).subscriptions())
                .as("extended by what is missing, and nothing taken away")
                .contains(EVENTS)
                .contains("webwidget_triggered");
        assertThat(run.out())
                .contains("note: attribute lead_score is of type text")
                .contains("note: macro leadroutes: qualify does something else");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-6")
    void itDoesNotFightOverWhatSomebodyChanged(Dialect dialect) {
        start(dialect);
        bench.setupWithWebhook();
        bench.call("PATCH", "/teams/2", "{\"name\":\"SALES\"}");
        long label = bench.id("/labels", "title", "hot-lead");
        bench.call("PATCH", "/labels/" + label, "{\"color\":\"#000000\",\"description\":\"mine\"}");
        bench.sandbox().clearCalls();

        SetupBench.Run run = bench.setupWithWebhook();

        assertThat(run.out()).contains("Nothing is to be done.");
        assertThat(bench.writes()).isEmpty();
        assertThat(bench.list("/labels", "color")).contains("#000000");
    }

    @ParameterizedTest
    @EnumSource
    void anAgentsTokenIsToldToBeAnAdministrators(Dialect dialect) {
        bench = new SetupBench(SandboxChatwoot.builder().dialect(dialect).token("agents", Role.AGENT), folder);

        SetupBench.Run run = bench.setupWithWebhook();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("setup needs an administrator's token, and this one is of a user with the role agent in"
                        + " account 7; set chatwoot.api-token (CHATWOOT_API_TOKEN) to an administrator's\n");
        assertThat(bench.writes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aBadTokenIsToldInOneSentence(Dialect dialect) {
        start(dialect);
        bench.with("chatwoot.api-token", "stale-token");

        SetupBench.Run run = bench.setup("--dry-run");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("Chatwoot does not know the token in chatwoot.api-token (CHATWOOT_API_TOKEN)")
                .hasLineCount(1)
                .doesNotContain("stale-token");
    }

    @ParameterizedTest
    @EnumSource
    void aForeignAccountIsToldInOneSentence(Dialect dialect) {
        start(dialect);
        bench.with("chatwoot.account-id", "8");

        SetupBench.Run run = bench.setup();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("does not belong to account 8").hasLineCount(1);
    }

    @Test
    @Tag("invariant-12")
    void theSecretGoesToAPrivateFileAndNowhereElse() throws Exception {
        start(Dialect.ACTUAL);
        PrintStream before = System.out;
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        System.setOut(new PrintStream(console, true, StandardCharsets.UTF_8));
        SetupBench.Run run;
        try {
            run = bench.setupWithWebhook();
        } finally {
            System.setOut(before);
        }

        String secret = bench.sandbox().webhooks().get(0).secret();
        assertThat(secret).isNotEmpty();
        assertThat(bench.secretFile()).hasContent(secret);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bench.secretFile())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bench.recordFile())))
                .isEqualTo("rw-------");
        assertThat(run.out()).contains("CHATWOOT_WEBHOOK_SECRETS=$(cat " + bench.secretFile() + ")");
        assertThat(run.out() + run.err() + console.toString(StandardCharsets.UTF_8))
                .doesNotContain(secret);
        assertThat(Files.readString(bench.recordFile())).doesNotContain(secret);
    }

    @Test
    void theSecretOfAWebhookThatExistedIsSavedToo() {
        start(Dialect.ACTUAL);
        WebhookView webhook = bench.sandbox().addWebhook(URI.create(SetupBench.URL), "of-old");
        bench.setup();
        bench.sandbox().clearCalls();

        SetupBench.Run run = bench.setupWithWebhook();

        assertThat(run.out()).contains("done    the webhook's secret in ");
        assertThat(bench.secretFile()).hasContent(webhook.secret());
        assertThat(bench.writes()).as("only the file").isEmpty();
    }

    @Test
    void aServerThatDoesNotSignIsTold() {
        start(Dialect.REFERENCE);

        SetupBench.Run run = bench.setupWithWebhook();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("this server does not sign; run setup again with ?secret=TOKEN");
        assertThat(bench.setupWithWebhook().out()).contains("note: the webhook has no secret");
        assertThat(bench.secretFile()).doesNotExist();
    }

    @Test
    @Tag("invariant-12")
    void aTokenInTheWebhooksAddressIsNotShown() {
        start(Dialect.REFERENCE);

        SetupBench.Run run = bench.setup("--webhook-url", SetupBench.URL + "?secret=s3same");

        assertThat(run.exitCode()).isZero();
        assertThat(bench.sandbox().webhooks().get(0).url().getQuery()).isEqualTo("secret=s3same");
        assertThat(run.out() + run.err())
                .contains("/webhooks/chatwoot?... for")
                .doesNotContain("s3same")
                .contains("set CHATWOOT_WEBHOOK_TOKEN to the token in its address");
    }

    @ParameterizedTest
    @EnumSource
    void oneFailureDoesNotHoldUpTheRestAndTheNextRunCompletes(Dialect dialect) {
        start(dialect);
        bench.sandbox()
                .failNext(
                        1,
                        Fault.status(422, "{\"message\":\"Title is odd\",\"attributes\":[\"title\"]}"),
                        call -> call.is("POST", "/labels") && call.body().contains("churn-risk"));

        SetupBench.Run first = bench.setupWithWebhook();
        SetupBench.Run second = bench.setupWithWebhook();

        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(first.out())
                .contains("failed  label churn-risk: Chatwoot answers 422")
                .contains("18 done, 1 failed.");
        assertThat(second.exitCode()).isZero();
        assertThat(second.out()).contains("1 to be done:").contains("done    label churn-risk");
        assertThat(bench.sandbox().accountLabels()).containsExactlyInAnyOrder(LABELS);
    }

    @Test
    @Tag("invariant-7")
    void aPauseOfTheServersIsWaitedFor() {
        start(Dialect.ACTUAL);
        bench.sandbox().failNext(1, Fault.status(429, "Retry later\n", Map.of("Retry-After", "1")), Call::isWrite);

        SetupBench.Run run = bench.setup();

        assertThat(run.exitCode()).isZero();
        assertThat(bench.writes().get(0).status()).isEqualTo(429);
        assertThat(Duration.between(
                        bench.writes().get(0).at(), bench.writes().get(1).at()))
                .isGreaterThanOrEqualTo(Duration.ofMillis(900));
    }

    @Test
    void aLostAnswerToAMakingIsLookedUp() {
        start(Dialect.ACTUAL);
        bench.sandbox().failNext(1, Fault.dropAfterCommit(), call -> call.is("POST", "/macros"));
        bench.sandbox().failNext(1, Fault.malformedJson(), call -> call.is("POST", "/webhooks"));

        SetupBench.Run run = bench.setupWithWebhook();

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(bench.list("/macros", "name")).as("made once").hasSize(2);
        assertThat(bench.secretFile())
                .hasContent(bench.sandbox().webhooks().get(0).secret());
        bench.setup("--remove");
        assertThat(bench.list("/macros", "name")).as("known to be ours").isEmpty();
    }

    @Test
    void aServerThatIsDownEndsTheRunSoon() {
        start(Dialect.ACTUAL);
        bench.sandbox().failWhile(Call::isWrite, Fault.status(502));

        SetupBench.Run run = bench.setup();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("0 done, 2 failed, ").contains(" not tried.");
    }

    @ParameterizedTest
    @EnumSource
    void membersAreAddedToTheirTeam(Dialect dialect) {
        start(dialect);
        long mara = bench.id("/agents", "name", "Mara Quill");

        SetupBench.Run run = bench.setup("--member", "Sales=Mara.Quill@harborpine.example");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(bench.list("/teams/2/team_members", "id")).containsExactly(Long.toString(mara));
    }

    @Test
    void unknownMembersAndTeamsAreToldAndTheRestIsDone() {
        start(Dialect.ACTUAL);

        SetupBench.Run run = bench.setup("--member", "sales=nobody@example.com", "--member", "night=a@example.com");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("no agent of the account has the address nobody@example.com")
                .contains("there is no team night, neither in the account nor in the rules");
        assertThat(bench.sandbox().accountLabels()).containsExactlyInAnyOrder(LABELS);
    }

    @ParameterizedTest
    @EnumSource
    void theMacrosDoWhatTheRulesSay(Dialect dialect) {
        start(dialect);
        long conversation = bench.sandbox().addConversation(bench.sandbox().addContact("Jonas Feld", ""));
        String text = "**Lead qualified**\n\n- Reasons: {{ contact.email }} stays";
        bench.sandbox().agentSetsCustomAttributes(conversation, Map.of("leadroutes_note_qualify", text));
        bench.setup();
        long macro = bench.id("/macros", "name", "leadroutes: qualify");

        bench.call("POST", "/macros/" + macro + "/execute", "{\"conversation_ids\":[" + conversation + "]}");
        bench.sandbox().quiesce(Duration.ofSeconds(10));

        var view = bench.sandbox().conversation(conversation);
        assertThat(view.labels()).containsExactly("qualified", "hot-lead");
        assertThat(view.priority()).contains("high");
        assertThat(view.teamName()).contains("sales");
        assertThat(view.notes())
                .as("the attribute's text as it is")
                .extracting(MessageView::content)
                .containsExactly(text);
    }

    @Test
    void settingsThatItDoesNotNeedAreNotAskedFor() {
        start(Dialect.ACTUAL);
        bench.with("webhook.auth", "odd").with("database.url", "odd");

        assertThat(bench.setup("--dry-run").exitCode()).isZero();
    }

    @Test
    void wrongUseIsToldWithExitCode2() {
        start(Dialect.ACTUAL);

        assertThat(bench.setup("--webhook-url", "leadroutes:8080/?secret=s3same"))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err())
                        .startsWith("--webhook-url is no address; expected")
                        .doesNotContain("s3same"));
        assertThat(bench.setup("--member", "sales").err()).startsWith("--member is \"sales\"; expected a team");
        assertThat(bench.setup("--remove", "--member", "sales=a@example.com").exitCode())
                .isEqualTo(2);
        assertThat(bench.setup("--dryrun").err()).contains("Unknown option: '--dryrun'");
        assertThat(bench.with("chatwoot.base-url", "app").setup())
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).startsWith("chatwoot.base-url is \"app\"; expected"));
    }

    @Test
    void theHelpHasExamplesEnvironmentAndExitCodes() {
        start(Dialect.ACTUAL);

        SetupBench.Run run = bench.run("setup", "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Examples:", "CHATWOOT_API_TOKEN", "Exit codes:", "(default: data/setup.json)");
    }
}
