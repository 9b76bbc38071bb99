package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import io.leadroutes.store.TestDatabases.Engine;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the page asks for, where much is stored: no question goes through a whole table. {@code -Dlarge.events=1000000} stores
 * as many and prints the times, which a machine that does other things does not show reliably.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class LargeStoreTest {
    private static final int EVENTS = Integer.getInteger("large.events", 20_000);
    private static final int CONVERSATIONS = EVENTS / LargeStore.EVENTS_OF_A_CONVERSATION;
    private static final int MOST_IN_A_ROW = 4 * LeadList.SEARCHED;
    private static final Set<String> LARGE =
            Set.of("webhook_event", "webhook_payload", "conversation", "score_entry", "outbox");

    @Parameter
    Engine engine;

    private Store store;

    @BeforeEach
    void fill() throws SQLException {
        store = new Store(engine);
        try (Connection connection = store.database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            LargeStore.fill(connection, EVENTS);
            if (engine == Engine.H2) {
                // It would give the same answer once more without looking.
                statement.execute("SET OPTIMIZE_REUSE_RESULTS 0");
                statement.execute("SET QUERY_STATISTICS TRUE");
            }
        }
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    @Test
    void noQuestionGoesThroughAWholeTable() throws SQLException {
        Map<String, Runnable> questions = questions();

        questions.values().forEach(Runnable::run);
        questions.forEach((name, question) -> {
            long began = System.nanoTime();
            question.run();
            System.out.printf("%s, %d events: %s %.1f ms%n", engine, EVENTS, name, (System.nanoTime() - began) / 1e6);
        });

        assertThat(engine == Engine.H2 ? scannedByH2() : scannedByPostgres()).isEmpty();
    }

    private Map<String, Runnable> questions() {
        Overview overview = new Overview(store.database);
        LeadList leads = new LeadList(store.database);
        RuleHits hits = new RuleHits(store.database);
        Instant to = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(EVENTS);
        Map<String, Runnable> questions = new LinkedHashMap<>();
        questions.put("queues", overview::queues);
        questions.put("dead by reason", overview::dead);
        questions.put("latest events", () -> assertThat(overview.latestEvents()).hasSize(20));
        questions.put("handled", () -> assertThat(overview.handled(to.minus(Duration.ofSeconds(10)), to))
                .isBetween(9L, 10L));
        questions.put("granted", () -> assertThat(overview.granted(to.minus(Duration.ofSeconds(10)), to))
                .isBetween(9L, 10L));
        questions.put("leads", () -> assertThat(leads.find(7, "")).hasSize(LeadList.SHOWN));
        questions.put("leads by name", () -> assertThat(leads.find(7, "guest " + CONVERSATIONS))
                .isNotEmpty());
        questions.put("leads by number", () -> assertThat(leads.find(7, Integer.toString(CONVERSATIONS)))
                .isNotEmpty());
        questions.put("rule hits", () -> assertThat(hits.count().wishes()).containsEntry("demo", 1_000L));
        questions.put("conversation", () -> assertThat(store.records.conversation(7, 5))
                .isPresent());
        questions.put(
                "claim", () -> assertThat(store.outbox.claimForChatwoot(5)).isEmpty());
        questions.put("claim for endpoints", () -> assertThat(store.outbox.claimForEndpoints(5))
                .isEmpty());
        questions.put("prune", () -> assertThat(retention().prune()).isZero());
        questions.put("timers", () -> assertThat(timers().raise()).isZero());
        questions.put("dead letters", () -> assertThat(store.records.dead(Records.DeadFilter.ALL, "", 50))
                .isNotEmpty());
        return questions;
    }

    private Retention retention() {
        return new Retention(store.database, store.clock, store.clock::instant, Duration.ofDays(3_650));
    }

    private Timers timers() {
        return new Timers(store.database, store.inbox, store.clock);
    }

    /** What is old or due is found from the first that has a time at all, not among all that are done or have none. */
    @Test
    void whatIsOldOrDueIsFoundByItsTime() {
        assumeThat(engine).as("its plans can be read").isEqualTo(Engine.H2);
        retention().prune();
        timers().raise();

        assertThat(planOf("ORDER BY e.handled_at"))
                .contains("WEBHOOK_EVENT_HANDLED: HANDLED_AT >", "/* index sorted */");
        assertThat(planOf("ORDER BY done_at")).contains("OUTBOX_DONE: DONE_AT >", "/* index sorted */");
        assertThat(planOf("ORDER BY due_at")).contains("CONVERSATION_DUE: DUE_AT >");
    }

    /** A worker reads the events of its lanes, and no payloads of others. */
    @Test
    void aClaimReadsItsOwnLanes() {
        assumeThat(engine).as("its plans can be read").isEqualTo(Engine.H2);
        store.database
                .jdbc()
                .sql("INSERT INTO lane (lane) VALUES ('conversation:7:5')")
                .update();
        store.database
                .jdbc()
                .sql("UPDATE webhook_event SET state = 'new', handled_at = NULL WHERE MOD(id, 10) = 5")
                .update();
        // H2 guesses how many wait by how many states there are, wrongly where much is done.
        store.database
                .jdbc()
                .sql("ALTER TABLE webhook_event ALTER COLUMN state SELECTIVITY 100")
                .update();

        store.database.transaction().executeWithoutResult(status -> assertThat(
                        store.inbox.claim(new LaneGroup(List.of("conversation:7:5"))))
                .hasNext());

        assertThat(planOf("p.payload")).containsPattern("WEBHOOK_EVENT_WAITING: STATE = 'new'\\s+AND LANE = L.LANE");
    }

    /** A decision reads the wishes of its conversations, however many wait in others. */
    @Test
    void aDecisionReadsItsOwnWishes() {
        assumeThat(engine).as("its plans can be read").isEqualTo(Engine.H2);
        // H2 guesses how many wait by how many states there are, wrongly where much is done.
        store.database
                .jdbc()
                .sql("ALTER TABLE outbox ALTER COLUMN state SELECTIVITY 100")
                .update();

        store.inTransaction(s -> {
            Conversation conversation = s.conversations.load(Store.ACCOUNT, 5);
            conversation.observe(
                    Bodies.message(5, 1, "urgent enterprise demo, our budget").event(), s.clock.instant());
            s.allSteps(conversation);
            s.conversations.save(conversation);
            return conversation;
        });

        for (String part : List.of("o.state IN ('pending', 'sending', 'asked')", "o.answer <>")) {
            assertThat(planOf(part)).contains("OUTBOX_CONVERSATION:").contains("CONVERSATION_ID = C.ID");
        }
    }

    private String planOf(String part) {
        List<String> statements =
                asked().stream().filter(sql -> sql.contains(part)).toList();
        assertThat(statements).hasSize(1);
        return plan(statements.get(0));
    }

    /** However much waits for one dispatcher, the other does not go through it, nor is it sorted at each look. */
    @Test
    void claimsReadTheirOwnInOrder() {
        assumeThat(engine).as("its plans can be read").isEqualTo(Engine.H2);
        store.outbox.claimForChatwoot(5);
        store.outbox.claimForEndpoints(5);
        store.outbox.claimOldestForChatwoot(Duration.ZERO, Linger.NONE, Claims.EACH_BY_ITSELF);

        List<String> plans = asked().stream()
                .filter(sql -> sql.contains("ORDER BY o.state"))
                .map(this::plan)
                .toList();

        assertThat(plans).hasSize(3).allSatisfy(plan -> assertThat(plan)
                .contains("/* index sorted */")
                .containsPattern(
                        "OUTBOX_DUE: TO_CHATWOOT = (TRUE|FALSE)\\s+(AND URGENCY = .\\d+\\s+)?AND STATE = 'pending'"));
    }

    /** A query within the one that locks would be asked anew for each row that is locked. */
    @Test
    void whatIsClaimedIsLockedByItsNumber() {
        assumeThat(engine).as("its plans can be read").isEqualTo(Engine.H2);
        for (long conversation = 1; conversation <= 3; conversation++) {
            store.wish(conversation, Urgency.TAGGING, Wish.ChangeLabels.add(List.of("a")));
        }

        List<Delivery> claimed = store.outbox.claimForChatwoot(5);
        List<String> plans = asked().stream()
                .filter(sql -> sql.contains("FROM outbox") && sql.endsWith("SKIP LOCKED"))
                .map(this::plan)
                .toList();

        assertThat(claimed).singleElement().extracting(Delivery::isShared).isEqualTo(true);
        assertThat(plans).singleElement().asString().contains("PRIMARY_KEY").doesNotContain("OUTBOX_DUE");
    }

    /** The plans of what was asked that go through a large table. */
    private List<String> scannedByH2() {
        List<String> plans = asked().stream()
                .filter(sql -> LARGE.stream().anyMatch(sql::contains) && !sql.startsWith("INSERT"))
                .map(this::plan)
                .toList();
        assertThat(plans).hasSizeGreaterThan(questions().size());
        // By the account alone, or by the state of what is done, is as good as all.
        Pattern scan = Pattern.compile("(?is)(" + String.join("|", LARGE) + ")\\.tableScan"
                + "|PRIMARY_KEY_\\w+: ACCOUNT_ID = \\?\\d+\\s*\\*/"
                + "|OUTBOX_DUE: STATE.*DONE_AT");
        return plans.stream().filter(plan -> scan.matcher(plan).find()).toList();
    }

    private List<String> asked() {
        return store.database
                .jdbc()
                .sql(
                        "SELECT sql_statement FROM information_schema.query_statistics WHERE sql_statement LIKE '%SELECT%'")
                .query(String.class)
                .list();
    }

    private String plan(String sql) {
        try (Connection connection = store.database.dataSource().getConnection();
                var statement = connection.prepareStatement("EXPLAIN " + sql)) {
            for (int i = 1; i <= statement.getParameterMetaData().getParameterCount(); i++) {
                statement.setObject(i, 1);
            }
            try (var rs = statement.executeQuery()) {
                rs.next();
                return rs.getString(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Tables of which more was read in a row than any question asks for: PostgreSQL scans small ones with good reason. */
    private List<String> scannedByPostgres() throws SQLException {
        String url;
        try (Connection connection = store.database.dataSource().getConnection()) {
            url = connection.getMetaData().getURL();
        }
        // Its connections tell their figures when they end.
        store.close();
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement();
                var rs = statement.executeQuery("SELECT relname, seq_tup_read FROM pg_stat_user_tables")) {
            List<String> scanned = new ArrayList<>();
            int tables = 0;
            while (rs.next()) {
                tables += LARGE.contains(rs.getString(1)) ? 1 : 0;
                if (LARGE.contains(rs.getString(1)) && rs.getLong(2) > MOST_IN_A_ROW) {
                    scanned.add(rs.getString(1) + ": " + rs.getLong(2));
                }
            }
            assertThat(tables).isEqualTo(LARGE.size());
            return scanned;
        }
    }
}
