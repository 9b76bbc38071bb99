package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Old conversations, a running product, and {@code leadroutes backfill} between them. */
class BackfillTest {
    private static final int CONVERSATIONS = 120;
    private static final long SEED = 20_260_901;
    private static final int SIGTERM = 128 + 15;

    @TempDir
    private Path folder;

    private BackfillBench bench;

    private BackfillBench start(Dialect dialect) {
        return bench = new BackfillBench(dialect, folder, false);
    }

    private BackfillBench start() {
        return start(Dialect.ACTUAL);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private static int number(SetupBench.Run run, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(run.out());
        assertThat(matcher.find()).as("%s in %s", pattern, run.out()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @ParameterizedTest
    @EnumSource
    void handledAsNewTheyBecomeWhatWebhooksWouldHaveMadeOfThem(Dialect dialect) {
        List<Map<String, Object>> live;
        try (BackfillBench there = new BackfillBench(dialect, folder, true)) {
            there.history(CONVERSATIONS, SEED);
            there.product().settle();
            live = there.outcome();
        }
        start(dialect).history(CONVERSATIONS, SEED);

        SetupBench.Run run = bench.backfill("--as-new");
        bench.product().settle();

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        List<Map<String, Object>> old = bench.outcome();
        assertThat(old).hasSameSizeAs(live);
        for (int i = 0; i < live.size(); i++) {
            assertThat(withoutStoryOfItsDay(old.get(i))).isEqualTo(withoutStoryOfItsDay(live.get(i)));
        }
        assertThat(live)
                .filteredOn(one -> !((Map<?, ?>) one.get("lead")).isEmpty())
                .hasSizeGreaterThan(5);
    }

    /** A note and an escalation tell of the messages up to then, of which backfill hands over all at once. */
    private static Map<String, Object> withoutStoryOfItsDay(Map<String, Object> outcome) {
        outcome.computeIfPresent("notes", (key, notes) -> ((List<?>) notes).size());
        return outcome;
    }

    @ParameterizedTest
    @EnumSource
    void leftQuietTheyAreTaggedScoredAndLeadsAndNobodyIsRoused(Dialect dialect) {
        int messages = start(dialect).history(CONVERSATIONS, SEED);
        var before = bench.sandbox().conversations();

        SetupBench.Run dry = bench.backfill("--dry-run");
        assertThat(dry.exitCode()).as(dry.out() + dry.err()).isZero();
        assertThat(bench.sandbox().conversations()).as("nothing changed").isEqualTo(before);
        assertThat(bench.sandbox().calls(call -> call.isWrite())).isEmpty();
        assertThat(bench.product().own("SELECT id FROM webhook_event")).isEmpty();
        assertThat(Files.exists(bench.results())).isFalse();
        int readByDryRun = bench.reads().size();
        bench.sandbox().clearCalls();

        SetupBench.Run run = bench.backfill();
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        int readByRun = bench.reads().size();
        bench.product().settle();

        var after = bench.sandbox().conversations();
        assertThat(bench.product().own("SELECT id FROM webhook_event")).hasSize(messages);
        assertThat(number(dry, "with (\\d+) messages")).isEqualTo(messages);
        assertThat(number(dry, "labels +on (\\d+)")).isEqualTo((int) after.stream()
                .filter(c -> c.labels().stream().anyMatch(label -> !label.equals("vip")))
                .count());
        assertThat(number(dry, "enterprise-lead (\\d+)")).isEqualTo((int) after.stream()
                .filter(c -> c.labels().contains("enterprise-lead"))
                .count());
        assertThat(number(dry, "lead_score +on (\\d+)")).isEqualTo((int) after.stream()
                .filter(c -> c.customAttributes().containsKey("lead_score"))
                .count());
        assertThat(number(dry, "leads +(\\d+)"))
                .isPositive()
                .isEqualTo(bench.product().leads().size());
        assertThat(number(dry, "of which (\\d+) resolved")).isPositive().isEqualTo((int)
                bench.product().leads().stream()
                        .filter(lead -> lead.get("stage").equals("resolved"))
                        .count());
        assertThat(number(dry, "with --as-new, (\\d+)")).isPositive();
        assertThat(number(dry, "(\\d+) to read"))
                .isEqualTo(readByRun)
                .isEqualTo(readByDryRun)
                .isEqualTo(number(run, "calls: (\\d+)"));
        // Equal wishes may share a call, and one may need two.
        assertThat(number(dry, "about (\\d+) to write"))
                .isCloseTo(bench.sandbox().calls(call -> call.isWrite()).size(), withinPercentage(20));

        assertThat(after).allSatisfy(conversation -> {
            assertThat(conversation.priority()).isEmpty();
            assertThat(conversation.teamName()).isEmpty();
            assertThat(conversation.labels()).doesNotContain("escalated", "requires-manager");
            assertThat(conversation.notes()).noneMatch(note -> note.content().contains("Lead qualified"));
        });
        assertThat(after.stream().filter(c -> c.labels().contains("vip")).count())
                .as("what agents set stays")
                .isEqualTo(
                        before.stream().filter(c -> c.labels().contains("vip")).count());
    }

    @Test
    void theReadmeShowsWhatADryRunPrints() {
        start().history(CONVERSATIONS, SEED);

        SetupBench.Run run = bench.backfill("--dry-run");

        String summary = run.out().substring(run.out().indexOf("120 conversation(s)"));
        assertThat(BatchBench.read(Path.of("README.md"))).contains(summary.strip());
    }

    @Test
    void eachIsFetchedOnceAndASecondRunAsksOnlyForWhatIsNew() {
        start();
        long shortOne = bench.product().conversation("Ada Short");
        bench.sandbox().customerWrites(shortOne, "How much is it?");
        long longOne = bench.product().conversation("Ben Long");
        for (int i = 0; i < 150; i++) {
            bench.sandbox().customerWrites(longOne, "Message " + i);
        }
        long silent = bench.product().conversation("Cy Silent");

        SetupBench.Run first = bench.backfill();
        List<String> reads = bench.reads();
        bench.product().settle();

        assertThat(first.out()).contains("2 conversation(s) with 151 messages handed over, 1 without any, 0 failed");
        assertThat(reads).hasSize(4).doesNotHaveDuplicates();
        assertThat(reads.get(0)).contains("/conversations?").contains("sort_by=created_at_asc");
        assertThat(reads.get(1)).isEqualTo("GET /conversations/" + shortOne + "/messages?after=0");
        assertThat(reads.subList(2, 4)).allMatch(call -> call.contains("/conversations/" + longOne + "/messages"));

        bench.sandbox().clearCalls();
        long late = bench.product().conversation("Dee Late");
        bench.sandbox().customerWrites(late, "A demo?");
        SetupBench.Run second = bench.backfill();

        assertThat(second.out()).contains("3 done before").contains("1 conversation(s) with 1 messages handed over");
        assertThat(bench.reads()).hasSize(2).last().isEqualTo("GET /conversations/" + late + "/messages?after=0");
        assertThat(bench.sandbox().conversation(silent).labels()).isEmpty();
    }

    @Test
    @Tag("invariant-2")
    void whatTheProductKnowsAlreadyHasNoEffect() {
        start();
        bench.sandbox().addWebhook(bench.product().webhookUrl(), Product.SECRET);
        long id = bench.product().conversation("Ada Live");
        bench.sandbox().customerWrites(id, "An enterprise with a budget wants a demo");
        bench.product().settle();
        List<Map<String, Object>> before = bench.outcome();
        int events = bench.product().own("SELECT id FROM webhook_event").size();
        bench.sandbox().clearCalls();

        assertThat(bench.backfill("--as-new").exitCode()).isZero();
        bench.product().settle();

        assertThat(bench.outcome()).isEqualTo(before);
        assertThat(bench.product().own("SELECT id FROM webhook_event")).hasSize(events);
        assertThat(bench.sandbox().calls(call -> call.isWrite())).isEmpty();
    }

    @Test
    void optionsSelect() {
        start();
        long open = written("Ada Open");
        long labelled = written("Ben Labelled");
        bench.sandbox().agentSetsLabels(labelled, "vip");
        long resolved = written("Cy Resolved");
        bench.sandbox().agentResolves(resolved);
        long portal = bench.sandbox().addConversation(bench.sandbox().addContact("Dee Portal", ""), 1700, 33);
        bench.sandbox().customerWrites(portal, "How much is it?");

        assertThat(taken("--status", "resolved")).containsExactly(resolved);
        assertThat(taken("--labels", "vip,other")).containsExactly(labelled);
        assertThat(taken("--inbox", "33")).containsExactly(portal);
        assertThat(taken("--since", "2099-01-01")).isEmpty();
        assertThat(taken("--until", "2020-01-01T00:00:00Z")).isEmpty();
        assertThat(taken("--since", "2020-01-01", "--until", "2099-01-01"))
                .containsExactlyInAnyOrder(open, labelled, resolved, portal);
    }

    private long written(String name) {
        long id = bench.product().conversation(name);
        bench.sandbox().customerWrites(id, "How much is it?");
        return id;
    }

    private Set<Long> taken(String... options) {
        bench.sandbox().clearCalls();
        String[] all = new String[options.length + 1];
        all[0] = "--dry-run";
        System.arraycopy(options, 0, all, 1, options.length);
        SetupBench.Run run = bench.backfill(all);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        Set<Long> taken = new HashSet<>();
        Pattern messages = Pattern.compile("/conversations/(\\d+)/messages");
        bench.reads().stream()
                .map(messages::matcher)
                .filter(Matcher::find)
                .forEach(m -> taken.add(Long.parseLong(m.group(1))));
        return taken;
    }

    @Test
    void aConversationThatFailsIsTriedAgainByTheSameCommand() {
        start().history(30, SEED);
        long id = written("Ada Failing");
        bench.sandbox().failNext(1, Fault.status(404), call -> call.path().endsWith("/" + id + "/messages"));

        SetupBench.Run first = bench.backfill();
        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(first.err()).contains("failed  conversation " + id + ": 404");
        bench.sandbox().clearCalls();
        SetupBench.Run second = bench.backfill();

        assertThat(second.exitCode()).as(second.out() + second.err()).isZero();
        assertThat(bench.reads()).filteredOn(call -> call.contains("/messages")).hasSize(1);
        bench.product().settle();
        assertThat(bench.sandbox().conversation(id).labels()).contains("pricing-inquiry");
    }

    @Test
    void conversationsThatMovedUpThePagesAreNotMissed() {
        start();
        for (int i = 0; i < 30; i++) {
            written("Customer " + i);
        }
        List<Long> ids =
                bench.sandbox().conversations().stream().map(c -> c.id()).toList();
        bench.sandbox().failNext(1, Fault.status(404), call -> call.path().endsWith("/" + ids.get(29) + "/messages"));
        assertThat(bench.backfill("--status", "open").exitCode()).isEqualTo(1);
        bench.sandbox().agentResolves(ids.get(3));

        SetupBench.Run second = bench.backfill("--status", "open");

        assertThat(second.exitCode()).as(second.out() + second.err()).isZero();
        bench.product().settle();
        assertThat(bench.sandbox().conversation(ids.get(29)).labels()).contains("pricing-inquiry");
        assertThat(bench.product().own("SELECT id FROM webhook_event")).hasSize(30);
    }

    @Test
    void withoutARunningLeadroutesItStopsAndSaysWhatItExpects() {
        start();
        written("Ada Alone");
        String elsewhere = "http://127.0.0.1:" + bench.product().runtime().httpPort() + "/elsewhere";

        SetupBench.Run run = bench.backfill("--to", elsewhere);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("stopped: " + elsewhere + " answers 404; expected where a running leadroutes takes webhooks");
        assertThat(resultLines()).isZero();
    }

    @Test
    void aWrongSecretIsToldByTheNameOfItsSetting() {
        start();
        written("Ada Alone");
        bench.with("webhook.secrets", "another");

        SetupBench.Run run = bench.backfill();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("answers 401; expected webhook.secrets or webhook.token to be as");
    }

    @Test
    void wrongUseIsToldBeforeAnythingIsDone() {
        start();

        assertThat(bench.backfill("--since", "yesterday").err()).contains("--since is \"yesterday\"; expected a day");
        assertThat(bench.backfill("--status", "closed").exitCode()).isEqualTo(2);
        assertThat(bench.backfill("--inbox", "web").err()).contains("--inbox");
        assertThat(bench.backfill("--to", "leadroutes?secret=x").err())
                .contains("--to is no address")
                .doesNotContain("secret=x");
        assertThat(bench.sandbox().calls()).isEmpty();
    }

    @Test
    void helpShowsExamplesAndExitCodes() {
        start();

        SetupBench.Run help = bench.backfill("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out())
                .contains(
                        "leadroutes backfill --dry-run", "--since=TIME", "Exit codes:", "interrupted (143 by SIGTERM)");
        assertThat(help.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-2")
    void afterAKillInTheMiddleEachHasItsEffectOnce(Dialect dialect) {
        int messages = start(dialect).history(400, SEED);

        try (ChildProcess first = bench.child("100000")) {
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> messageReads() > 120);
            first.kill();
        }
        int doneByTheFirst = resultLines();
        assertThat(doneByTheFirst).isBetween(100, 399);
        try (ChildProcess second = bench.child("100000")) {
            assertThat(second.awaitEnd(Duration.ofSeconds(60)))
                    .as(second.output())
                    .isZero();
            assertThat(second.output()).contains(doneByTheFirst + " done before");
        }
        bench.product().settle();

        assertThat(bench.product().own("SELECT id FROM webhook_event")).hasSize(messages);
        List<String> reads = bench.reads().stream()
                .filter(call -> call.contains("/messages"))
                .toList();
        assertThat(reads.size() - new HashSet<>(reads).size())
                .as("fetched twice: the one in hand")
                .isBetween(0, 1);
        assertThat(resultLines()).isEqualTo(400);
        assertThat(bench.product().leads()).isNotEmpty();
        assertThat(bench.product().runtime().records().inbox().dead()).isZero();
    }

    private long messageReads() {
        return bench.sandbox().calls(call -> call.path().endsWith("/messages")).size();
    }

    private int resultLines() {
        return (int) BatchBench.read(bench.results())
                .lines()
                .filter(line -> line.contains("\"result\""))
                .count();
    }

    @Test
    @Tag("invariant-7")
    void theBudgetIsKeptAndASignalDoesNotWaitForIt() {
        start().history(40, SEED);

        try (ChildProcess child = bench.child("8")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> bench.reads().size() == 8);
            child.terminate();

            assertThat(child.awaitEnd(Duration.ofSeconds(10))).isEqualTo(SIGTERM);
            assertThat(child.output()).contains("interrupted after " + resultLines() + " conversation(s)");
        }
        assertThat(bench.reads()).as("no more than the minute's").hasSize(8);
        assertThat(resultLines()).isPositive();
    }
}
