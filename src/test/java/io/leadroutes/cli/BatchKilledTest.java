package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real process in the middle of 500 conversations, really killed and started again (issue 3). */
class BatchKilledTest {
    private static final int CONVERSATIONS = 500;
    private static final int SIGTERM = 128 + 15;

    @TempDir
    private Path folder;

    private BatchBench bench;

    private void start(Dialect dialect) {
        bench = new BatchBench(SandboxChatwoot.builder().dialect(dialect), folder);
        StringBuilder lines = new StringBuilder();
        for (int id = 1; id <= CONVERSATIONS; id++) {
            bench.conversations(id);
            bench.sandbox().agentSetsLabels(id, "keep-" + id);
            lines.append(
                    "{\"conversation_id\":%d,\"add_labels\":[\"q4-campaign\"],\"custom_attributes\":{\"n\":%d},\"priority\":\"medium\",\"status\":\"pending\"}%n"
                            .formatted(id, id));
        }
        BatchBench.write(bench.file(), lines.toString());
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private ChildProcess child() {
        return child("100000");
    }

    private ChildProcess child(String callsPerMinute) {
        return child(callsPerMinute, "batch", bench.file().toString());
    }

    private ChildProcess child(String callsPerMinute, String... command) {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String[] java = Stream.concat(Stream.of("-cp", classPath, Main.class.getName()), Stream.of(command))
                .toArray(String[]::new);
        Map<String, String> environment = new HashMap<>(bench.environment());
        environment.put("CHATWOOT_RATE_LIMIT", callsPerMinute);
        return ChildProcess.start(folder, 0, environment, java);
    }

    @ParameterizedTest
    @EnumSource
    void afterAKillInTheMiddleEachIsDoneOnce(Dialect dialect) {
        start(dialect);

        try (ChildProcess first = child()) {
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> bench.writes().size() > 4 * CONVERSATIONS / 2);
            first.kill();
        }
        int before = bench.resultLines().size();
        assertThat(before).isBetween(CONVERSATIONS / 2 - 1, CONVERSATIONS - 1);
        try (ChildProcess second = child()) {
            assertThat(second.awaitEnd(Duration.ofSeconds(30)))
                    .as(second.output())
                    .isZero();
            assertThat(second.output()).contains(before + " done before");
        }

        for (int id = 1; id <= CONVERSATIONS; id++) {
            var conversation = bench.sandbox().conversation(id);
            assertThat(conversation.labels()).containsExactly("keep-" + id, "q4-campaign");
            assertThat(conversation.customAttributes()).containsOnly(Map.entry("n", id));
            assertThat(conversation.priority()).contains("medium");
            assertThat(conversation.status()).isEqualTo("pending");
        }
        Map<String, Long> writes = bench.writes().stream()
                .map(Call::path)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(writes).hasSize(4 * CONVERSATIONS);
        List<String> twice = writes.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(entry -> entry.getKey().replaceAll("/[a-z_]+$", ""))
                .distinct()
                .toList();
        assertThat(twice).as("at most the one in hand").hasSizeLessThanOrEqualTo(1);
        assertThat(bench.resultLines()).hasSize(CONVERSATIONS).allMatch(line -> !line.contains("failed"));
    }

    @ParameterizedTest
    @EnumSource
    void aKillBetweenSharedCallsLosesNothing(Dialect dialect) {
        start(dialect);
        BatchBench.write(bench.file(), BatchBench.read(bench.file()).replaceAll("(\"q4-campaign\"]),.*", "$1}"));
        bench.sandbox().failWhile(call -> call.is("POST", "/bulk_actions"), Fault.delay(Duration.ofMillis(200)));

        try (ChildProcess first = child()) {
            await().atMost(Duration.ofSeconds(30)).until(() -> bench.writes().size() >= 2);
            first.kill();
        }
        try (ChildProcess second = child()) {
            assertThat(second.awaitEnd(Duration.ofSeconds(60)))
                    .as(second.output())
                    .isZero();
        }

        for (int id = 1; id <= CONVERSATIONS; id++) {
            assertThat(bench.sandbox().conversation(id).labels())
                    .containsExactlyInAnyOrder("keep-" + id, "q4-campaign");
        }
        assertThat(bench.resultLines()).hasSize(CONVERSATIONS).allMatch(line -> !line.contains("failed"));
    }

    @Test
    void aSignalLetsTheOneInHandEndAndSaysHowToGoOn() {
        start(Dialect.ACTUAL);
        bench.sandbox().failWhile(call -> true, Fault.delay(Duration.ofMillis(20)));

        try (ChildProcess child = child()) {
            await().atMost(Duration.ofSeconds(30)).until(() -> bench.writes().size() > 20);
            child.terminate();
            assertThat(child.awaitEnd(Duration.ofSeconds(10))).isEqualTo(SIGTERM);

            int handled = bench.resultLines().size();
            assertThat(child.output())
                    .contains("interrupted after " + handled + " of 500; the same command goes on from there");
            assertThat(bench.writes()).as("none is half done").hasSize(4 * handled);
        }
    }

    @Test
    void aSignalDoesNotWaitForTheBudget() {
        start(Dialect.ACTUAL);

        try (ChildProcess child = child("8")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> bench.calls().size() == 8);
            child.terminate();

            assertThat(child.awaitEnd(Duration.ofSeconds(10))).isEqualTo(SIGTERM);
            assertThat(child.output()).contains("interrupted after 1 of 500; the same command goes on from there");
        }
    }

    @Test
    void norDoesSetup() {
        bench = new BatchBench(SandboxChatwoot.builder(), folder);

        try (ChildProcess child = child("3", "setup")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> bench.calls().size() == 3);
            child.terminate();

            assertThat(child.awaitEnd(Duration.ofSeconds(10))).isEqualTo(SIGTERM);
        }
    }
}
