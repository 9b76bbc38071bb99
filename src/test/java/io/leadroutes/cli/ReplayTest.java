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
import io.leadroutes.store.TestDatabases;
import io.leadroutes.store.TestDatabases.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

    private static final Map<Engine, Lived> LIVED = new EnumMap<>(Engine.class);

    private record Lived(Product product, List<Long> ids, String url, String user) {}

    /** What a product on such a database has handled, the same for all tests. */
    private static Lived lived(Engine engine) {
        return LIVED.computeIfAbsent(engine, ReplayTest::live);
    }

    private static Lived live(Engine engine) {
        String url = engine == Engine.H2 ? "jdbc:h2:mem:own-" + UUID.randomUUID() : TestDatabases.postgresUrl();
        String user = engine == Engine.H2 ? "sa" : "postgres";
        Product product = Product.connected(
                SandboxChatwoot.builder(),
                Map.of("chatwoot.rate-limit", "6000", "database.url", url, "database.user", user));
        Random random = new Random(SEED);
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(product.conversation("Rey Play " + i));
        }
        for (int turn = 0; turn < 8; turn++) {
            for (long id : ids) {
                for (int burst = random.nextInt(3); burst >= 0; burst--) {
                    product.sandbox().customerWrites(id, WORDS.get(random.nextInt(WORDS.size())));
                }
            }
            product.settle();
        }
        return new Lived(product, ids, url, user);
    }

    @AfterAll
    static void stop() {
        LIVED.values().forEach(lived -> lived.product.close());
    }

    private static Settings settings(Lived lived) {
        Properties file = new Properties();
        file.putAll(Map.of(
                "database.url",
                lived.url,
                "database.user",
                lived.user,
                "chatwoot.account-id",
                Long.toString(lived.product.sandbox().accountId())));
        return Settings.load(file, Map.of(), new Properties(), Settings.Need.HISTORY);
    }

    private static CommandRun replay(Engine engine, String... args) {
        Lived lived = lived(engine);
        List<String> all = new ArrayList<>(List.of("replay"));
        all.addAll(List.of(args));
        return CommandRun.of(new ReplayCommand(() -> settings(lived), Clock.systemUTC()), all.toArray(new String[0]));
    }

    private static Map<String, Object> rows(Engine engine) {
        Map<String, Object> rows = new LinkedHashMap<>();
        for (String table : List.of("webhook_event", "conversation", "score_entry", "outbox")) {
            rows.put(table, lived(engine).product.own("SELECT * FROM " + table + " ORDER BY 1, 2"));
        }
        return rows;
    }

    @ParameterizedTest
    @EnumSource
    void withTheActiveFileNothingDiffersAndNothingIsWritten(Engine engine) {
        Map<String, Object> before = rows(engine);

        CommandRun run = replay(engine, "--rules", "rules.yaml");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("of 5 conversation(s) since ").contains("No conversation differs.\n");
        assertThat(run.exitCode()).isZero();
        assertThat(rows(engine)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-11")
    void itDecidesAsTheWorkerDid(Engine engine) {
        Instant since = Instant.EPOCH;
        Lived lived = lived(engine);
        Product product = lived.product;
        try (Database database = Database.toRead("leadroutes", lived.url, lived.user, "")) {
            History history = new History(database, product.sandbox().accountId());
            assertThat(history.conversations(since)).containsAll(lived.ids);
            int leads = 0;
            for (long id : lived.ids) {
                Both both = Both.NOTHING;
                Comparison comparison = new Comparison(rehearsal(product, id), rehearsal(product, id));
                for (History.Handled handled : history.of(id, since)) {
                    both = both.then(comparison.take(
                            handled.events().stream()
                                    .map(event -> new Heard(event.event(), event.receivedAt()))
                                    .toList(),
                            handled.at()));
                }
                var row = product.own(
                                "SELECT score, qualified_at, episodes FROM conversation WHERE conversation_id = " + id)
                        .get(0);
                assertThat(both.active().score())
                        .as("score of " + id + ", seed " + SEED)
                        .isEqualTo(row.get("score"));
                assertThat(both.active().effects().stream()
                                .filter(effect -> effect.kind() == Effect.Kind.LABEL)
                                .map(Effect::what))
                        .containsExactlyInAnyOrderElementsOf(
                                product.sandbox().conversation(id).labels());
                boolean isLead = both.active().effects().contains(new Effect(Effect.Kind.LEAD, "qualified"));
                assertThat(isLead).isEqualTo(row.get("qualified_at") != null);
                leads += isLead ? 1 : 0;
                assertThat(both.active()).isEqualTo(both.other());
            }
            assertThat(leads).as("the seed makes some leads").isPositive();
        }
    }

    private static Rehearsal rehearsal(Product product, long id) {
        RuleBook rules = RuleBook.load(Path.of("rules.yaml"));
        Steps steps = new Steps(rules, new Destinations(List.of(), List.of(), "https://chat.example"));
        return new Rehearsal(
                steps,
                new Waits(rules, steps),
                ConversationState.unknown(product.sandbox().accountId(), id));
    }

    @ParameterizedTest
    @EnumSource
    void whatWouldBeOtherwiseIsCountedWithExamples(Engine engine) throws IOException {
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

        CommandRun run = replay(engine, "--rules", other.toString(), "--since", "1h");

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .containsPattern("label +technical-issue +-\\d +\\d+")
                .containsPattern("lead +qualified +-\\d +\\d+")
                .containsPattern("\\d conversation\\(s\\) differ, 0 in the score")
                .doesNotContain("demo please");
        assertThat(run.exitCode()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsTooOldIsLeftOut(Engine engine) {
        CommandRun run = replay(engine, "--rules", "rules.yaml", "--since", "2100-01-01");

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
        CommandRun run = replay(Engine.H2, args.split(" "));

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
