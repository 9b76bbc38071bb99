package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.conversation.Reason;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Bodies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is counted is what was committed, once. */
class TallyTest {
    private static final long A = 1580;
    private static final Wish NOTE = new Wish.Note("qualify", "text");

    private Store store;

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @EnumSource(TestDatabases.Engine.class)
    void whatBecomesOfAWishIsToldOnce(TestDatabases.Engine engine) {
        store = new Store(engine);
        store.wish(A, Urgency.TAGGING, Wish.ChangeLabels.add(List.of("bug")));
        store.wish(A, Urgency.TAGGING, Wish.ChangeLabels.add(List.of("urgent")));
        Delivery labels = store.next();
        store.outbox.done(labels, "set-labels: 200");
        store.outbox.done(labels, "set-labels: 200");
        store.wish(A, Urgency.TAGGING, new Wish.AssignTeam("sales"));
        store.outbox.done(store.next(), Outbox.ALREADY_SO);
        store.wish(A, Urgency.TAGGING, NOTE);
        store.outbox.dead(store.next(), "chatwoot-404", "no");

        assertThat(store.told)
                .containsExactly(
                        "ADDED labels",
                        "MERGED labels",
                        "GRANTED labels",
                        "ADDED team",
                        "ALREADY_SO team",
                        "ADDED note:qualify",
                        "dead wish chatwoot-404");
    }

    @ParameterizedTest
    @EnumSource(TestDatabases.Engine.class)
    void whatIsRolledBackIsNotTold(TestDatabases.Engine engine) {
        store = new Store(engine);
        store.append(Bodies.message(A, 1, "How much is it?"));
        String lane = Store.lane(A);
        store.clock.advance(Duration.ofSeconds(2));
        store.inbox.dueLanes(10);

        assertThatThrownBy(() -> store.database.transaction().executeWithoutResult(status -> {
                    store.inbox.complete(store.take(lane));
                    throw new IllegalStateException("before the commit");
                }))
                .hasMessage("before the commit");
        assertThat(store.told).isEmpty();

        store.database.transaction().executeWithoutResult(status -> store.inbox.complete(store.take(lane)));
        assertThat(store.told).containsExactly("handled 1");
    }

    @ParameterizedTest
    @EnumSource(TestDatabases.Engine.class)
    void anEscalationIsTimedFromItsMessageByItsFirstCallOnly(TestDatabases.Engine engine) {
        store = new Store(engine);
        List<Duration> told = new ArrayList<>();
        FirstCalls calls = new FirstCalls(store.database, store.clock, told::add);
        // Waits already when the escalation takes it over: the message counts, not this.
        store.wish(A, Urgency.TAGGING, Wish.ChangeLabels.add(List.of("bug")));
        store.clock.advance(Duration.ofMinutes(5));
        store.append(Bodies.message(A, 77, "We are an enterprise and will cancel our contract"));
        store.clock.advance(Duration.ofSeconds(2));
        store.inbox.dueLanes(10).forEach(store::work);
        store.clock.advance(Duration.ofSeconds(1));

        Delivery first = store.next();
        assertThat(first.urgency()).isEqualTo(Urgency.ESCALATION);
        calls.timed(List.of(first));
        assertThat(told).containsExactly(Duration.ofSeconds(3));
        store.outbox.done(first, "answer");

        store.clock.advance(Duration.ofSeconds(1));
        Delivery second = store.next();
        assertThat(second.urgency()).isEqualTo(Urgency.ESCALATION);
        calls.timed(List.of(second));
        assertThat(told).as("not the second").hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(TestDatabases.Engine.class)
    void whatNoMessageHasJustBroughtAboutIsNotTimed(TestDatabases.Engine engine) {
        store = new Store(engine);
        List<Duration> told = new ArrayList<>();
        FirstCalls calls = new FirstCalls(store.database, store.clock, told::add);
        store.append(Bodies.message(A, 77, "Hello?"));
        store.clock.advance(Duration.ofSeconds(2));
        store.inbox.dueLanes(10).forEach(store::work);
        store.clock.advance(Duration.ofHours(1));

        store.wish(A, Urgency.ESCALATION, new Reason("unanswered", 77, List.of("waited 1h 0m")), NOTE);
        calls.timed(List.of(store.next()));
        store.wish(A + 1, Urgency.ESCALATION, new Reason("vip", 0, List.of()), NOTE);
        calls.timed(List.of(store.next()));
        assertThat(told).isEmpty();
    }
}
