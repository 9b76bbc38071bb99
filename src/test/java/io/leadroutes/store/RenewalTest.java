package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.store.TestDatabases.Engine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Fading points and episodes over restarts and replicas. */
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class RenewalTest {
    private static final long A = 1580;
    private static final RuleBook RULES = RuleBook.parse("r.yaml", """
            half-life: 30d
            scores:
              - {id: demo, any: [demo], points: 40, repeat: each}
              - {id: budget, any: [budget], points: 40, half-life: never}
            qualify: {at: 70, reset-below: 55, cool-down: 7d, note: "Lead, {score}"}
            escalate:
              - {id: law, when: {message: {any: [lawyer]}}, cool-down: 7d, note: "Law"}
            """);

    @Parameter
    Engine engine;

    private Store store;
    private long lastMessage;

    @BeforeEach
    void open() {
        store = new Store(TestDatabases.own(engine), RULES);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    /** Another process on the same database, so many days later. */
    private void restartAfter(int days) {
        Store next = new Store(store.database, RULES);
        next.clock.set(store.clock.instant().plus(Duration.ofDays(days)));
        store = next;
    }

    private void say(String text) {
        store.append(Bodies.message(A, ++lastMessage, text).at(store.clock.instant()));
        store.clock.advance(Store.QUIET);
        store.inbox.dueLanes(10).forEach(store::work);
    }

    private List<String> notes() {
        return store.database
                .jdbc()
                .sql("SELECT kind FROM outbox WHERE kind LIKE 'note:%' ORDER BY id")
                .query(String.class)
                .list();
    }

    private Map<String, Object> shown() {
        return store.records.conversation(Store.ACCOUNT, A).orElseThrow();
    }

    @Test
    @Tag("invariant-2")
    void episodesOutliveARestart() {
        say("a demo within our budget, says my lawyer");
        restartAfter(1);
        say("a demo, says my lawyer");
        assertThat(notes()).containsExactly("note:qualify", "note:escalate:law");

        restartAfter(90);
        say("my lawyer");
        restartAfter(1);
        say("a demo, says my lawyer");

        assertThat(notes())
                .containsExactly("note:qualify", "note:escalate:law", "note:escalate:law:2", "note:qualify:2");
    }

    @Test
    @Tag("invariant-11")
    void pointsAndWhatIsLeftOfThemAreShown() {
        say("a demo within our budget");
        restartAfter(30);

        assertThat(shown()).containsEntry("score", 60);
        assertThat(entries())
                .extracting(entry -> entry.get("points") + " " + entry.get("remaining"))
                .containsExactly("40 20", "40 40");
        assertThat(store.conversations.find(Store.ACCOUNT, A).orElseThrow().ledger())
                .as("nothing is written when points fade")
                .hasSize(2);

        restartAfter(30);
        say("hello");

        assertThat(store.count("outbox WHERE kind = 'attributes' AND payload LIKE '%\"lead_score\":50%'"))
                .as("what agents see after the next message")
                .isEqualTo(1);
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> entries() {
        return (List<Map<String, Object>>) shown().get("score_entries");
    }

    @Test
    @Tag("invariant-2")
    void replicasBeginOneEpisode() throws Exception {
        say("a demo within our budget");
        restartAfter(90);
        say("hello");
        restartAfter(1);
        for (int i = 0; i < 3; i++) {
            store.append(Bodies.message(A, ++lastMessage, "a demo").at(store.clock.instant()));
        }
        store.clock.advance(Store.QUIET);
        Store other = new Store(store.database, RULES);
        other.clock.set(store.clock.instant());
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Boolean>> work = List.of(() -> store.work(Store.lane(A)), () -> other.work(Store.lane(A)));
            both.invokeAll(work).forEach(done -> assertThat(done).isDone());
        } finally {
            both.shutdown();
        }

        assertThat(notes()).containsExactly("note:qualify", "note:qualify:2");
    }
}
