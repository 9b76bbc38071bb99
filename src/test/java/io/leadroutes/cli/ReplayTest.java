package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conversation.Comparison;
import io.leadroutes.conversation.Comparison.Both;
import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.Destinations;
import io.leadroutes.conversation.Effect;
import io.leadroutes.conversation.Rehearsal;
import io.leadroutes.conversation.Rehearsal.Heard;
import io.leadroutes.conversation.Steps;
import io.leadroutes.conversation.Waits;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.Database;
import io.leadroutes.store.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code leadroutes replay} of what a product has handled. */
class ReplayTest {
    private static final long SEED = 20_261_122;
    private static final List<String> WORDS = List.of(
            "An enterprise asks",
            "the budget is there",
            "we want a demo",
            "it is urgent",
            "cancel it",
            "a bug",
            "hello",
            "no demo please",
            "how much is it",
            "the whole team");

    @TempDir
    private static Path folder;

    private static String url;
    private static Product product;
    private static final List<Long> IDS = new ArrayList<>();

    @BeforeAll
    static void live() {
        url = "jdbc:h2:mem:own-" + UUID.randomUUID();
        product = Product.connected(
                SandboxChatwoot.builder(), Map.of("chatwoot.rate-limit", "6000", "database.url", url));
        Random random = new Random(SEED);
        for (int i = 0; i < 5; i++) {
            IDS.add(product.conversation("Rey Play " + i));
        }
        for (int turn = 0; turn < 8; turn++) {
            for (long id : IDS) {
                for (int burst = random.nextInt(3); burst >= 0; burst--) {
                    product.sandbox().customerWrites(id, WORDS.get(random.nextInt(WORDS.size())));
                }
            }
            product.settle();
        }
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    private static Settings settings(Settings.Need need) {
        Properties file = new Properties();
        file.putAll(Map.of(
                "database.url",
                url,
                "chatwoot.account-id",
                Long.toString(product.sandbox().accountId())));
        return Settings.load(file, Map.of(), new Properties(), need);
    }

    private static CommandRun replay(String... args) {
        List<String> all = new ArrayList<>(List.of("replay"));
        all.addAll(List.of(args));
        return CommandRun.of(
                new ReplayCommand(() -> settings(Settings.Need.HISTORY), Clock.systemUTC()),
                all.toArray(new String[0]));
    }

    private static Map<String, Object> rows() {
        Map<String, Object> rows = new LinkedHashMap<>();
        for (String table : List.of("webhook_event", "conversation", "score_entry", "outbox")) {
            rows.put(table, product.own("SELECT * FROM " + table + " ORDER BY 1, 2"));
        }
        return rows;
    }

    @Test
    void withTheActiveFileNothingDiffersAndNothingIsWritten() {
        Map<String, Object> before = rows();

        CommandRun run = replay("--rules", "rules.yaml");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("of 5 conversation(s) since ").contains("No conversation differs.\n");
        assertThat(run.exitCode()).isZero();
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    @Tag("invariant-11")
    void itDecidesAsTheWorkerDid() {
        Instant since = Instant.EPOCH;
        try (Database database = Database.toRead("leadroutes", url, "sa", "")) {
            History history = new History(database, product.sandbox().accountId());
            assertThat(history.conversations(since)).containsAll(IDS);
            int leads = 0;
            for (long id : IDS) {
                Both both = Both.NOTHING;
                Comparison comparison = new Comparison(rehearsal(id), rehearsal(id));
                for (History.Handled handled : history.of(id, since)) {
                    both = both.then(comparison.take(
                            handled.events().stream()
                                    .map(event -> new Heard(event.event(), event.receivedAt()))
                                    .toList(),
                            handled.at()));
                }
                var lived = product.own(
                                "SELECT score, qualified_at, episodes FROM conversation WHERE conversation_id = " + id)
                        .get(0);
                assertThat(both.active().score())
                        .as("score of " + id + ", seed " + SEED)
                        .isEqualTo(lived.get("score"));
                assertThat(both.active().effects().stream()
                                .filter(effect -> effect.kind() == Effect.Kind.LABEL)
                                .map(Effect::what))
                        .containsExactlyInAnyOrderElementsOf(
                                product.sandbox().conversation(id).labels());
                boolean isLead = both.active().effects().contains(new Effect(Effect.Kind.LEAD, "qualified"));
                assertThat(isLead).isEqualTo(lived.get("qualified_at") != null);
                leads += isLead ? 1 : 0;
                assertThat(both.active()).isEqualTo(both.other());
            }
            assertThat(leads).as("the seed makes some leads").isPositive();
        }
    }

    private static Rehearsal rehearsal(long id) {
        RuleBook rules = RuleBook.load(Path.of("rules.yaml"));
        Steps steps = new Steps(rules, new Destinations(List.of(), List.of(), "https://chat.example"));
        return new Rehearsal(
                steps,
                new Waits(rules, steps),
                ConversationState.unknown(product.sandbox().accountId(), id));
    }

    @Test
    void whatWouldBeOtherwiseIsCountedWithExamples() throws IOException {
        Path other = folder.resolve("new.yaml");
        Files.writeString(
                other,
                Files.readString(Path.of("rules.yaml"))
                                .replace("any: [bug, error, broken, not working]", "any: [error, broken, not working]")
                                .replace("match: [\"I keep getting errors\", ", "match: [")
                                .replace(
                                        "no_match: [\"The war on terror\", \"Bugzilla is a tracker\", \"It's not a bug\"]",
                                        "no_match: [\"The war on terror\"]")
                                .replace("at: 70", "at: 100")
                        + "\n");

        CommandRun run = replay("--rules", other.toString(), "--since", "1h");

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .containsPattern("label +technical-issue +-\\d +\\d+")
                .containsPattern("lead +qualified +-\\d +\\d+")
                .containsPattern("\\d conversation\\(s\\) differ, 0 in the score")
                .doesNotContain("demo please");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void whatIsTooOldIsLeftOut() {
        CommandRun run = replay("--rules", "rules.yaml", "--since", "2100-01-01");

        assertThat(run.out()).startsWith("0 event(s) of 0 conversation(s) since 2100-01-01T00:00:00Z");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rules rules.yaml --since yesterday | --since is \"yesterday\"; expected a day or a time in UTC",
                "--rules no/such.yaml | --rules is \"no/such.yaml\"; expected a rule file that is there",
                "--since 30d | --rules",
                "--rules pom.xml | pom.xml",
            })
    void wrongUseIsTwoAndSaysWhatWasMeant(String args, String expected) {
        CommandRun run = replay(args.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(expected);
    }

    @Test
    void aFileIsReadWhenNobodyHasItAndElseTheWayOutIsTold() {
        String file = "jdbc:h2:file:" + folder.resolve("own").toAbsolutePath();
        new Database("leadroutes", file, "sa", "", "db/migration", 8).close();

        CommandRun free = replayOf(file);
        CommandRun missing = replayOf("jdbc:h2:file:" + folder.resolve("none").toAbsolutePath());

        assertThat(free.err()).isEmpty();
        assertThat(free.out()).startsWith("0 event(s) of 0 conversation(s)");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("database.url cannot be opened").contains("AUTO_SERVER=TRUE");
        assertThat(folder.resolve("none.mv.db")).doesNotExist();
    }

    private static CommandRun replayOf(String file) {
        return CommandRun.of(
                new ReplayCommand(() -> inFile(file), Clock.systemUTC()), "replay", "--rules", "rules.yaml");
    }

    private static Settings inFile(String file) {
        Properties properties = new Properties();
        properties.putAll(Map.of("database.url", file, "chatwoot.account-id", "1"));
        return Settings.load(properties, Map.of(), new Properties(), Settings.Need.HISTORY);
    }
}
