package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule files that change while the product runs. */
class LiveRulesTest {
    private static final String DEMO = "tags: [{id: demo, any: [demo], labels: [asked-demo]}]\n";
    private static final String TRIAL = """
            tags: [{id: trial, any: [trial], labels: [asked-trial]}]
            scores: [{id: trial, any: [trial], points: 40}]
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final JumpingClock clock = new JumpingClock();

    private Product product(Map<String, String> settings) {
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("chatwoot.rate-limit", "3000");
        all.put("rules.reload", "1s");
        return Product.connected(SandboxChatwoot.builder(), all);
    }

    private static void write(Product product, long id, String text) {
        product.sandbox().customerWrites(id, text);
        product.settle();
    }

    private static JsonNode rules(Product product) {
        return product.admin("/admin/status").path("rules");
    }

    private static void awaitVersion(Product product, Path file) {
        String version = RuleBook.load(file).version();
        await().atMost(PATIENCE)
                .until(() -> rules(product).path("version").asText().equals(version));
    }

    @Test
    @Tag("invariant-11")
    void aChangeIsTakenOverABadOneIsToldAndTheNextGoodOneCounts() throws IOException {
        Path file = Files.writeString(folder.resolve("rules.yaml"), DEMO);
        try (Product product = product(Map.of("rules.file", file.toString()))) {
            long id = product.conversation("Rea Load");
            write(product, id, "a trial");
            assertThat(product.sandbox().conversation(id).labels()).isEmpty();

            // As a container's mount does it: another file in its place.
            Files.move(
                    Files.writeString(folder.resolve("new.yaml"), TRIAL),
                    file,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            awaitVersion(product, file);
            write(product, id, "another trial");
            assertThat(product.sandbox().conversation(id).labels()).containsExactly("asked-trial");
            assertThat(product.own("SELECT rule_version FROM score_entry"))
                    .extracting(row -> row.get("rule_version"))
                    .containsExactly(RuleBook.load(file).version());

            String good = RuleBook.load(file).version();
            Files.writeString(file, "tags: [{id: trial, any: [trial], label: [x]}]\n");
            await().atMost(PATIENCE)
                    .until(() -> !rules(product).path("problems").isEmpty());
            assertThat(rules(product).path("problems").toString()).contains("rules.yaml:1:34: tags[0].label");
            assertThat(rules(product).path("version").asText()).isEqualTo(good);
            assertThat(health(product)).contains("rules.file has 2 problem(s), version " + good + " goes on");
            write(product, product.conversation("Bad Then"), "a trial");
            assertThat(product.own("SELECT rule_version FROM score_entry"))
                    .extracting(row -> row.get("rule_version"))
                    .containsOnly(good);

            Files.writeString(file, DEMO);
            awaitVersion(product, file);
            assertThat(rules(product).path("problems")).isEmpty();
            write(product, id, "a demo");
            assertThat(product.sandbox().conversation(id).labels()).contains("asked-demo");
        }
    }

    private static String health(Product product) {
        var answer = product.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + product.runtime().managementPort() + "/observe/health"))
                .GET());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    @Test
    void theShadowCountsWhatItWouldDoOtherwiseAndDoesNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("rules.yaml"), DEMO);
        Path shadow = Files.writeString(folder.resolve("shadow.yaml"), "tags: nonsense\n");
        try (Product product = product(Map.of("rules.file", file.toString(), "rules.shadow", shadow.toString()))) {
            long id = product.conversation("Sha Dow");
            write(product, id, "a demo");
            assertThat(product.sandbox().conversation(id).labels()).containsExactly("asked-demo");
            assertThat(rules(product).path("shadow").path("problems").toString())
                    .as("a bad shadow stops nothing")
                    .contains("shadow.yaml:1:7: tags is \\\"nonsense\\\"");

            Files.writeString(shadow, DEMO + "scores: [{id: trial, any: [trial], points: 40}]\nqualify: {at: 40}\n");
            String version = RuleBook.load(shadow).version();
            await().atMost(PATIENCE).until(() -> rules(product)
                    .path("shadow")
                    .path("version")
                    .asText()
                    .equals(version));
            write(product, id, "a demo or a trial");

            // It is compared after the commit that settles the inbox.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(differences(product).path("rows"))
                            .as(rules(product).toString())
                            .isNotEmpty());
            JsonNode differences = differences(product);
            assertThat(differences.path("scores").asInt()).isEqualTo(1);
            assertThat(differences.path("rows").toString())
                    .contains("\"what\":\"trial +40\"},\"more\":1,\"fewer\":0,\"conversations\":[" + id + "]")
                    .contains("\"what\":\"qualified\"")
                    .doesNotContain("asked-demo");
            assertThat(product.own("SELECT * FROM score_entry")).isEmpty();
            assertThat(product.leads()).isEmpty();
            assertThat(product.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                            + product.runtime().managementPort() + "/observe/metrics"))
                                    .GET())
                            .body())
                    .contains("leadroutes_rules_shadow_differences_total{kind=\"lead\"} 1.0");
        }
    }

    private static JsonNode differences(Product product) {
        return rules(product).path("shadow").path("differences");
    }

    @Test
    void aFileThatIsBeingWrittenIsLeftAloneUntilItStaysAsItIs() throws IOException {
        Path file = Files.writeString(folder.resolve("rules.yaml"), DEMO);
        List<String> told = new ArrayList<>();
        LiveRules rules =
                LiveRules.required("rules.file", file, Duration.ofSeconds(5), clock, book -> told.add(book.version()));
        String first = rules.get().version();

        Files.writeString(file, TRIAL.lines().findFirst().orElseThrow());
        look(rules);
        Files.writeString(file, TRIAL);
        look(rules);
        assertThat(rules.get().version()).as("half of it is a good file too").isEqualTo(first);
        look(rules);

        assertThat(rules.get().version())
                .isEqualTo(RuleBook.load(file).version())
                .isNotEqualTo(first);
        assertThat(told).containsExactly(rules.get().version());
    }

    @Test
    void whoCouldNotBeToldIsToldAtTheNextLook() throws IOException {
        Path file = Files.writeString(folder.resolve("rules.yaml"), DEMO);
        List<String> told = new ArrayList<>();
        LiveRules rules = LiveRules.required("rules.file", file, Duration.ofSeconds(5), clock, book -> {
            told.add(book.version());
            if (told.size() == 1) {
                throw new IllegalStateException("the database is away");
            }
        });
        Files.writeString(file, TRIAL);
        look(rules);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> look(rules)).hasMessage("the database is away");

        look(rules);
        look(rules);

        String version = RuleBook.load(file).version();
        assertThat(told).containsExactly(version, version);
    }

    @Test
    void withZeroNothingIsTakenOverAndAFileThatGoesChangesNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("rules.yaml"), DEMO);
        LiveRules never = LiveRules.required("rules.file", file, Duration.ZERO, clock, book -> {});
        LiveRules rules = LiveRules.required("rules.file", file, Duration.ofSeconds(5), clock, book -> {});
        String first = rules.get().version();
        Files.delete(file);

        for (int i = 0; i < 3; i++) {
            look(rules);
            look(never);
        }

        assertThat(rules.get().version()).isEqualTo(first);
        assertThat(rules.problem().orElseThrow())
                .startsWith("rules.file has 1 problem(s), version " + first + " goes on");
        assertThat(never.problem()).isEmpty();
    }

    private void look(LiveRules rules) {
        clock.jump(Duration.ofSeconds(5));
        rules.look();
    }
}
