package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.Role;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code leadroutes batch} over HTTP (issue 3, item 5). */
class BatchTest {
    @TempDir
    private Path folder;

    private BatchBench bench;

    private BatchBench start(Dialect dialect) {
        return bench = new BatchBench(SandboxChatwoot.builder().dialect(dialect), folder);
    }

    private BatchBench start() {
        return start(Dialect.ACTUAL);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-6")
    void theExampleOfTheReferenceAddsToWhatOthersSet(Dialect dialect) {
        start(dialect).conversations(123, 124);
        bench.sandbox().agentSetsLabels(123, "vip");
        bench.sandbox().agentSetsCustomAttributes(123, Map.of("region", "north", "seats", 12.5));

        SetupBench.Run run =
                bench.batch("""
                {"conversationId":123,"addLabels":["Q4-campaign","follow-up-needed"],\
                "customAttributes":{"campaign_source":"email-blast-oct"},"priority":"medium"}""", "{\"conversation_id\":124,\"labels\":[\"Q4-campaign\"],\"status\":\"resolved\"}");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        var first = bench.sandbox().conversation(123);
        assertThat(first.labels()).containsExactlyInAnyOrder("vip", "q4-campaign", "follow-up-needed");
        assertThat(first.customAttributes())
                .containsOnly(
                        Map.entry("region", "north"),
                        Map.entry("seats", 12.5),
                        Map.entry("campaign_source", "email-blast-oct"));
        assertThat(first.priority()).contains("medium");
        assertThat(first.status()).isEqualTo("open");
        assertThat(bench.sandbox().conversation(124).labels()).containsExactly("q4-campaign");
        assertThat(bench.sandbox().conversation(124).status()).isEqualTo("resolved");
        assertThat(bench.calls())
                .containsExactly(
                        "GET /conversations/123",
                        "POST /conversations/123/labels",
                        "POST /conversations/123/custom_attributes",
                        "POST /conversations/123/toggle_priority",
                        "GET /conversations/124",
                        "POST /conversations/124/labels",
                        "POST /conversations/124/toggle_status");
        assertThat(bench.resultLines())
                .containsExactly(
                        "{\"conversation_id\":123,\"result\":\"done\",\"calls\":4}",
                        "{\"conversation_id\":124,\"result\":\"done\",\"calls\":3}");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-5")
    void whatIsAlreadySoCostsOneReadAndNoWrite(Dialect dialect) {
        start(dialect).conversations(1);
        bench.sandbox().agentSetsLabels(1, "b", "a1");
        bench.sandbox().agentSetsLabels(1, "beta", "alpha");
        bench.sandbox().agentSetsCustomAttributes(1, Map.of("score", 50, "tags", List.of("x")));
        bench.sandbox().agentSetsPriority(1, "high");

        SetupBench.Run run = bench.batch(
                "{\"conversation_id\":1,\"labels\":[\"Alpha\",\"beta\"],\"custom_attributes\":{\"score\":50.0,"
                        + "\"tags\":[\"x\"]},\"priority\":\"HIGH\",\"status\":\"open\"}");

        assertThat(run.exitCode()).isZero();
        assertThat(bench.calls()).containsExactly("GET /conversations/1");
        assertThat(bench.resultLines()).containsExactly("{\"conversation_id\":1,\"result\":\"unchanged\",\"calls\":1}");
        assertThat(run.out()).contains("0 done, 1 unchanged, 0 failed; calls: 1.");
    }

    @Test
    void attributesAreWrittenAsTheWholeMapWithMerge() {
        start().conversations(1);
        bench.sandbox().agentSetsCustomAttributes(1, Map.of("region", "north"));

        bench.batch("{\"conversation_id\":1,\"custom_attributes\":{\"n\":1}}");

        assertThat(bench.writes()).singleElement().satisfies(call -> assertThat(call.body())
                .isEqualTo("{\"custom_attributes\":{\"region\":\"north\",\"n\":1},\"merge\":true}"));
    }

    @Test
    void labelsAreTakenAwayInAnyCaseAndPriorityIsClearedWithNull() {
        start().conversations(1);
        bench.sandbox().agentSetsLabels(1, "Q4-Campaign", "vip");
        bench.sandbox().agentSetsPriority(1, "high");

        bench.batch("{\"conversation_id\":1,\"remove_labels\":[\"q4-campaign\"],\"priority\":\"none\"}");

        assertThat(bench.sandbox().conversation(1).labels()).containsExactly("vip");
        assertThat(bench.sandbox().conversation(1).priority()).isEmpty();
        assertThat(bench.writes().get(1).body()).isEqualTo("{\"priority\":null}");
    }

    @Test
    void anEmptyListOfLabelsTakesAllAway() {
        start().conversations(1);
        bench.sandbox().agentSetsLabels(1, "vip");

        bench.batch("{\"conversation_id\":1,\"labels\":[]}");

        assertThat(bench.sandbox().conversation(1).labels()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void csvSaysTheSame(Dialect dialect) {
        start(dialect).conversations(1, 2);

        SetupBench.Run run = bench.batchText("\uFEFFconversation_id,add_labels,attribute.source,attribute.seats,"
                + "attribute.trial,attribute.zip,priority,status\r\n"
                + "1,Q4-campaign; follow-up,\"mail, \"\"October\"\"\nblast\",12,true,\"\"\"0815\"\"\",urgent,\r\n"
                + "\r\n"
                + "2,,,,,,,snoozed");

        assertThat(run.exitCode()).as(run.err()).isZero();
        var first = bench.sandbox().conversation(1);
        assertThat(first.labels()).containsExactly("q4-campaign", "follow-up");
        assertThat(first.customAttributes())
                .containsOnly(
                        Map.entry("source", "mail, \"October\"\nblast"),
                        Map.entry("seats", 12),
                        Map.entry("trial", true),
                        Map.entry("zip", "0815"));
        assertThat(first.priority()).contains("urgent");
        assertThat(bench.sandbox().conversation(2).status()).isEqualTo("snoozed");
    }

    @Test
    void standardInputIsReadAndItsResultsGoWhereTheOptionSays() {
        start().conversations(1).withInput("{\"conversation_id\":1,\"priority\":\"low\"}");

        SetupBench.Run run =
                bench.run("batch", "-", "--results", bench.results().toString());

        assertThat(run.exitCode()).isZero();
        assertThat(bench.resultLines()).hasSize(1);
        assertThat(bench.sandbox().conversation(1).priority()).contains("low");
    }

    @ParameterizedTest
    @EnumSource
    void conversationsThatOptionsSelectAreAllChanged(Dialect dialect) {
        start(dialect);
        for (int id = 1; id <= 60; id++) {
            bench.conversations(id);
            bench.sandbox().agentSetsLabels(id, id % 2 == 0 ? "even" : "odd");
        }
        bench.sandbox().agentResolves(60);

        SetupBench.Run run = bench.run(
                "batch",
                "--labels",
                "even",
                "--status",
                "open",
                "--remove-labels",
                "even",
                "--add-labels",
                "Checked",
                "--set",
                "score=5",
                "--set",
                "vip=true",
                "--set",
                "phone=\"0049\"",
                "--set",
                "note=a=b c",
                "--set-status",
                "pending",
                "--results",
                bench.results().toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("29 done, 0 unchanged, 0 failed; calls: 119.");
        assertThat(bench.calls().subList(0, 3)).as("until a page is empty").containsOnly("GET /conversations");
        assertThat(bench.sandbox().conversation(58)).satisfies(changed -> {
            assertThat(changed.labels()).containsExactly("checked");
            assertThat(changed.status()).isEqualTo("pending");
            assertThat(changed.customAttributes())
                    .containsOnly(
                            Map.entry("score", 5),
                            Map.entry("vip", true),
                            Map.entry("phone", "0049"),
                            Map.entry("note", "a=b c"));
        });
        assertThat(bench.sandbox().conversation(60).labels()).containsExactly("even");
        assertThat(bench.sandbox().conversation(59).labels()).containsExactly("odd");
    }

    @Test
    void aSelectionGoesOnWithThoseItSelectedAtFirst() {
        start().conversations(1, 2);
        bench.sandbox().failNext(1, Fault.status(422, "{\"message\":\"no\"}"), call -> call.is("POST", "/1/labels"));
        String[] args = {
            "batch",
            "--status",
            "open",
            "--set-status",
            "resolved",
            "--add-labels",
            "late",
            "--results",
            "" + bench.results()
        };

        SetupBench.Run first = bench.run(args);
        bench.conversations(3);
        SetupBench.Run second = bench.run(args);

        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(second.exitCode()).isZero();
        assertThat(second.out()).contains("1 to do, 1 done before");
        assertThat(bench.sandbox().conversation(1).status()).isEqualTo("resolved");
        assertThat(bench.sandbox().conversation(3).status()).as("came later").isEqualTo("open");
    }

    @Test
    void nothingSelectedIsNothingToDo() {
        SetupBench.Run run =
                start().run("batch", "--labels", "none-has-it", "--priority", "low", "--results", "" + bench.results());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Nothing is selected.");
    }

    @ParameterizedTest
    @EnumSource
    void whatChatwootRefusesFailsByItselfAndIsTriedAgain(Dialect dialect) {
        start(dialect).conversations(1, 2, 4);
        bench.sandbox()
                .failNext(
                        1,
                        Fault.status(401, "{\"error\":\"You are not authorized to do this action\"}"),
                        call -> call.is("GET", "/2"));
        String[] lines = {
            "{\"conversation_id\":1,\"priority\":\"low\"}",
            "{\"conversation_id\":2,\"priority\":\"low\"}",
            "{\"conversation_id\":3,\"priority\":\"low\"}",
            "{\"conversation_id\":4,\"priority\":\"low\"}"
        };

        SetupBench.Run first = bench.batch(lines);

        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(first.out())
                .contains("2 done, 0 unchanged, 2 failed; calls: 6.", "The same command tries these again.");
        assertThat(first.err())
                .contains("failed  conversation 2: 401 {\"error\":\"You are not authorized to do this action\"}")
                .contains("failed  conversation 3: 404 ");
        assertThat(bench.resultLines().get(1))
                .startsWith("{\"conversation_id\":2,\"result\":\"failed\",\"calls\":1,\"error\":\"401 ");

        bench.conversations(3);
        bench.sandbox().clearCalls();
        SetupBench.Run second = bench.again();

        assertThat(second.exitCode()).isZero();
        assertThat(second.out()).contains("2 to do, 2 done before", "2 done, 0 unchanged, 0 failed");
        assertThat(bench.calls())
                .containsExactly(
                        "GET /conversations/2",
                        "POST /conversations/2/toggle_priority",
                        "GET /conversations/3",
                        "POST /conversations/3/toggle_priority");

        bench.sandbox().clearCalls();
        SetupBench.Run third = bench.again();

        assertThat(third.exitCode()).isZero();
        assertThat(third.out())
                .isEqualToNormalizingNewlines(
                        "Nothing is left: all 4 are done by " + bench.results() + "; --restart does them again.\n");
        assertThat(bench.calls()).isEmpty();

        assertThat(bench.again("--restart").out()).contains("4 to do; ", "0 done, 4 unchanged, 0 failed");
        assertThat(bench.resultLines()).hasSize(4);
    }

    @Test
    void aRefusedTokenEndsTheRunAtOnce() {
        start().with("chatwoot.api-token", "stale").conversations(1, 2);

        SetupBench.Run run = bench.batch(
                "{\"conversation_id\":1,\"priority\":\"low\"}", "{\"conversation_id\":2,\"priority\":\"low\"}");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("stopped: Chatwoot answers 401 ");
        assertThat(run.out()).contains("0 done, 0 unchanged, 0 failed, 2 not tried; calls: 1.");
        assertThat(bench.resultLines()).isEmpty();
    }

    @Test
    void threeOutagesInARowEndTheRun() {
        start().with("chatwoot.redeliveries", "0").conversations(1, 2, 3, 4, 5);
        bench.sandbox().failNext(1, Fault.status(500), call -> true);
        bench.sandbox().failNext(1, Fault.dropBeforeCommit(), call -> true);
        bench.sandbox().failNext(1, Fault.status(502), call -> true);

        SetupBench.Run run = bench.batch(
                "{\"conversation_id\":1,\"priority\":\"low\"}",
                "{\"conversation_id\":2,\"priority\":\"low\"}",
                "{\"conversation_id\":3,\"priority\":\"low\"}",
                "{\"conversation_id\":4,\"priority\":\"low\"}");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("0 done, 0 unchanged, 3 failed, 1 not tried; calls: 3.");
    }

    @Test
    void aPauseIsWaitedOutAndItsRepetitionCounted() {
        start().conversations(1);
        bench.sandbox().failNext(1, Fault.status(429, "", Map.of("Retry-After", "1")), call -> true);

        SetupBench.Run run = bench.batch("{\"conversation_id\":1,\"priority\":\"low\"}");

        assertThat(run.exitCode()).isZero();
        assertThat(bench.resultLines()).containsExactly("{\"conversation_id\":1,\"result\":\"done\",\"calls\":3}");
    }

    @Test
    @Tag("invariant-6")
    void nothingIsWrittenOverAttributesThatTheAnswerDoesNotHave() {
        start().conversations(1);
        bench.sandbox().failNext(1, Fault.status(200, "{\"id\":1}"), call -> call.is("GET", "/1"));

        SetupBench.Run run =
                bench.batch("{\"conversation_id\":1,\"add_labels\":[\"vip\"],\"custom_attributes\":{\"n\":1}}");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("does not have the conversation's attributes; nothing is written");
        assertThat(bench.writes()).isEmpty();
    }

    @Test
    void labelsThatTheAnswerDoesNotHaveAreAskedFor() {
        start().conversations(1);
        bench.sandbox().agentSetsLabels(1, "old");
        bench.sandbox().failNext(1, Fault.status(200, "{\"id\":1}"), call -> call.is("GET", "/1"));

        bench.batch("{\"conversation_id\":1,\"add_labels\":[\"vip\"]}");

        assertThat(bench.sandbox().conversation(1).labels()).containsExactly("old", "vip");
        assertThat(bench.calls())
                .containsExactly("GET /conversations/1", "GET /conversations/1/labels", "POST /conversations/1/labels");
    }

    @Test
    void anAgentsTokenIsEnough() {
        bench = new BatchBench(SandboxChatwoot.builder().token("agent-token", Role.AGENT), folder).conversations(1);

        assertThat(bench.batch("{\"conversation_id\":1,\"priority\":\"low\"}").exitCode())
                .isZero();
    }

    @Test
    void withoutATerminalThereIsALineForEachTenth() {
        start();
        StringBuilder lines = new StringBuilder();
        for (int id = 1; id <= 40; id++) {
            bench.conversations(id);
            lines.append("{\"conversation_id\":").append(id).append(",\"priority\":\"low\"}\n");
        }

        SetupBench.Run run = bench.batchText(lines.toString());

        assertThat(run.out().lines().toList()).hasSize(13);
        assertThat(run.out()).doesNotContain("\r");
        assertThat(run.out().lines().toList().get(2))
                .matches(" 10 %  4 of 40: 4 done, 0 failed, \\d+ in the last minute, \\d+ s left");
        assertThat(run.out().lines().toList().get(11))
                .matches("100 %  40 of 40: 40 done, 0 failed, \\d+ in the last minute");
    }

    @Test
    void onATerminalOneLineIsWrittenAnew() {
        start().onTerminal().conversations(1, 3);

        SetupBench.Run run = bench.batch(
                "{\"conversation_id\":1,\"priority\":\"low\"}",
                "{\"conversation_id\":2,\"priority\":\"low\"}",
                "{\"conversation_id\":3,\"priority\":\"low\"}");

        assertThat(run.out().lines().filter(line -> line.contains("of 3:")).toList())
                .isNotEmpty();
        assertThat(run.out()).contains("\r 33 %  1 of 3: 1 done, 0 failed, ", "\r100 %  3 of 3: 2 done, 1 failed, ");
    }

    @Test
    void resultsOfAnotherInputAreNotGoneOnFrom() {
        start().conversations(1, 2);
        bench.batch("{\"conversation_id\":1,\"priority\":\"low\"}");
        String before = BatchBench.read(bench.results());

        SetupBench.Run run = bench.batch("{\"conversation_id\":2,\"priority\":\"low\"}");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualToNormalizingNewlines(
                        bench.results() + " holds the results of another input; expected --results"
                                + " with another file, or --restart to begin anew\n");
        assertThat(BatchBench.read(bench.results())).isEqualTo(before);
        assertThat(bench.sandbox().conversation(2).priority()).isEmpty();
    }

    @Test
    void aFileThatIsNoResultsFileIsLeftAlone() {
        start().conversations(1);
        BatchBench.write(bench.results(), "my diary\n");

        bench.batch("{\"conversation_id\":1,\"priority\":\"low\"}");
        SetupBench.Run run = bench.again("--restart");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("is no results file of leadroutes");
        assertThat(BatchBench.read(bench.results())).isEqualTo("my diary\n");
    }

    @Test
    void halfALineThatACrashLeftIsDropped() {
        start().conversations(1, 2);
        bench.batch("{\"conversation_id\":1,\"priority\":\"low\"}", "{\"conversation_id\":2,\"priority\":\"low\"}");
        String all = BatchBench.read(bench.results());
        BatchBench.write(bench.results(), all.substring(0, all.length() - 10));
        bench.sandbox().clearCalls();

        SetupBench.Run run = bench.again();

        assertThat(run.exitCode()).isZero();
        assertThat(bench.calls()).as("it is so already").containsExactly("GET /conversations/2");
        assertThat(bench.resultLines())
                .containsExactly(
                        "{\"conversation_id\":1,\"result\":\"done\",\"calls\":2}",
                        "{\"conversation_id\":2,\"result\":\"unchanged\",\"calls\":1}");
    }

    @Test
    void twoRunsDoNotShareAResultsFile() throws Exception {
        start().conversations(1);
        bench.batch("{\"conversation_id\":1,\"priority\":\"low\"}");
        String header = BatchBench.read(bench.results()).lines().findFirst().orElseThrow();
        String input = header.replaceFirst("^\\{\"input\":\"([0-9a-f]{64})\".*", "$1");
        String account = bench.sandbox().baseUrl() + " account 7";

        try (BatchRecord held = BatchRecord.open(bench.results(), input, account, false)) {
            assertThat(held.isFinished(1)).isTrue();
            SetupBench.Run run = bench.again();

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("is in use; expected one run at a time to write it");
        }
    }

    private static String[] lines(int from, int to, String change) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(id -> "{\"conversation_id\":" + id + "," + change + "}")
                .toArray(String[]::new);
    }

    private List<String> bulkActions() {
        return bench.writes().stream()
                .filter(call -> call.path().endsWith("/bulk_actions"))
                .map(Call::body)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-6")
    void equalLabelsOfManyShareCalls(Dialect dialect) {
        start(dialect);
        for (int id = 1; id <= 500; id++) {
            bench.conversations(id);
            bench.sandbox().agentSetsLabels(id, "keep-" + id);
        }
        bench.sandbox().agentSetsLabels(7, "q4", "keep-7");

        SetupBench.Run run = bench.batch(lines(1, 500, "\"add_labels\":[\"Q4\"]"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        for (int id = 1; id <= 500; id++) {
            assertThat(bench.sandbox().conversation(id).labels()).containsExactlyInAnyOrder("keep-" + id, "q4");
        }
        assertThat(run.out()).contains("499 done, 1 unchanged, 0 failed; calls: 26.");
        assertThat(bulkActions()).hasSize(5);
        assertThat(bench.calls()).doesNotContain("POST /conversations/1/labels").hasSize(26);
        assertThat(bench.resultLines())
                .hasSize(500)
                .contains(
                        "{\"conversation_id\":7,\"result\":\"unchanged\",\"calls\":26}",
                        "{\"conversation_id\":8,\"result\":\"done\",\"calls\":0}");
    }

    @ParameterizedTest
    @EnumSource
    void anEqualStatusIsSharedToo(Dialect dialect) {
        start(dialect).conversations(1, 2, 3, 4, 5, 6);
        bench.sandbox().agentResolves(6);

        SetupBench.Run run = bench.batch(lines(1, 6, "\"status\":\"resolved\",\"add_labels\":[\"q4\"]"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("6 done, 0 unchanged, 0 failed; calls: 3.");
        for (int id = 1; id <= 6; id++) {
            assertThat(bench.sandbox().conversation(id).status()).isEqualTo("resolved");
            assertThat(bench.sandbox().conversation(id).labels()).containsExactly("q4");
        }
        assertThat(bulkActions())
                .containsExactly("{\"type\":\"Conversation\",\"ids\":[1,2,3,4,5,6],"
                        + "\"labels\":{\"add\":[\"q4\"],\"remove\":[]},\"fields\":{\"status\":\"resolved\"}}");

        bench.sandbox().clearCalls();
        SetupBench.Run again = bench.again("--restart");

        assertThat(again.out()).contains("0 done, 6 unchanged, 0 failed; calls: 1.");
        assertThat(bench.writes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatABulkActionSkipsIsDoneByItselfOrFails(Dialect dialect) {
        start(dialect).conversations(1, 2, 3, 4, 5).with("chatwoot.confirm-within", "1s");

        SetupBench.Run run = bench.batch(lines(1, 6, "\"add_labels\":[\"q4\"]"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("failed  conversation 6: 404 ");
        assertThat(run.out()).contains("5 done, 0 unchanged, 1 failed");
        assertThat(bench.resultLines()).hasSize(6);
        assertThat(bench.writes()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aBulkActionOfNoAvailIsRepairedOneByOne(Dialect dialect) {
        start(dialect).conversations(1, 2, 3, 4, 5).with("chatwoot.confirm-within", "1s");
        bench.sandbox().failNext(1, Fault.status(200, ""), call -> call.is("POST", "/bulk_actions"));

        SetupBench.Run run = bench.batch(lines(1, 5, "\"add_labels\":[\"q4\"]"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("5 done, 0 unchanged, 0 failed");
        for (int id = 1; id <= 5; id++) {
            assertThat(bench.sandbox().conversation(id).labels()).containsExactly("q4");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereBulkActionsAreRefusedEachIsDoneByItself(Dialect dialect) {
        start(dialect).conversations(1, 2, 3, 4, 5);
        bench.sandbox()
                .failNext(
                        1,
                        Fault.status(401, "{\"error\":\"Access to this endpoint is not authorized for bots\"}"),
                        call -> call.is("POST", "/bulk_actions"));

        SetupBench.Run run = bench.batch(lines(1, 5, "\"add_labels\":[\"q4\"]"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("one by one, because Chatwoot answers 401 ");
        assertThat(run.out()).contains("5 done, 0 unchanged, 0 failed; calls: 12.");
        assertThat(bench.sandbox().conversation(5).labels()).containsExactly("q4");
    }

    @ParameterizedTest
    @EnumSource
    void aLabelThatThousandsHaveIsNotLookedThroughForAFew(Dialect dialect) {
        start(dialect);
        for (int id = 1; id <= 300; id++) {
            bench.conversations(id);
            bench.sandbox().agentSetsLabels(id, "q4");
        }
        bench.conversations(301, 302, 303, 304, 305);

        SetupBench.Run run = bench.batch(lines(301, 305, "\"add_labels\":[\"q4\"]"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("5 done, 0 unchanged, 0 failed; calls: 11.");
        assertThat(bulkActions()).isEmpty();
    }

    @Test
    void theReadmeShowsWhatIsPrinted() {
        String readme = BatchBench.read(Path.of("README.md"));
        String section = readme.substring(readme.indexOf("## Many conversations at once"));
        String[] blocks = section.split("\n```[a-z]*\n");
        start().with("chatwoot.rate-limit", "60").conversations(1580, 1582, 1584);

        SetupBench.Run run = bench.batchText(blocks[1] + "\n");

        assertThat(Stream.concat(run.out().lines(), run.err().lines())
                        .map(line -> line.replace(bench.file().toString(), "campaign.jsonl")))
                .map(BatchTest::withoutTime)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(blocks[5].split("\n"))
                        .map(BatchTest::withoutTime)
                        .toList());
        assertThat(bench.resultLines()).containsExactlyElementsOf(Arrays.asList(blocks[7].split("\n")));
    }

    private static String withoutTime(String line) {
        return line.replaceFirst("\\d+ s left$", "N s left");
    }
}
