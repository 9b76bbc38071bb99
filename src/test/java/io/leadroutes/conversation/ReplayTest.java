package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.event.Event;
import io.leadroutes.rules.RuleBook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** The same events make the same decisions, whenever they are handled; independent ones in any order. */
class ReplayTest {
    private static final long ID = 1580;
    private static final Instant START = Instant.parse("2026-09-01T10:00:00Z");
    private static final String TAGS = """
            extract: [{id: size, attribute: company_size, type: number, regex: ['(?P<value>\\d+) people']}]
            tags:
              - {id: churn, any: [cancel], labels: [churn]}
              - {id: lead, any: [demo, budget], labels: [lead]}
            """;
    private static final String FIRED = """
            escalate: [{id: churn, when: {labels: {all: [churn]}}, priority: urgent, note: "{rule}"}]
            """;
    private static final RuleBook RULES =
            RuleBook.parse("r.yaml", TAGS + FIRED.replace("note", "cool-down: 1d, note") + """
            half-life: 7d
            scores:
              - {id: demo, any: [demo], points: 40, repeat: each}
              - {id: budget, any: [budget], points: 30, repeat: {every: 2d}}
              - {id: spam, any: [casino], points: -30}
            qualify: {at: 70, reset-below: 40, cool-down: 1d, team: sales, note: "{score}: {reasons}"}
            """);

    /** Nothing that depends on which message came first: no fading, no time between, nothing that falls. */
    private static final RuleBook ORDERLESS = RuleBook.parse("r.yaml", TAGS + FIRED + """
            scores:
              - {id: demo, any: [demo], points: 20}
              - {id: budget, any: [budget], points: 15, repeat: each}
              - {id: urgent, any: [urgent], points: 10, repeat: {at_most: 2}}
            qualify: {at: 50, team: sales, note: "Lead"}
            """);

    record Act(int hours, List<String> words, int kind) {}

    @Provide
    Arbitrary<List<Act>> acts() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 100),
                        Arbitraries.of("demo", "budget", "urgent", "casino", "cancel", "20 people", "hello")
                                .list()
                                .ofMaxSize(3),
                        Arbitraries.integers().between(0, 4))
                .as(Act::new)
                .list()
                .ofMaxSize(20);
    }

    private record Told(Event event, Instant receivedAt) {}

    private static List<Told> events(List<Act> acts) {
        List<Told> events = new ArrayList<>();
        Instant at = START;
        for (int i = 0; i < acts.size(); i++) {
            Act act = acts.get(i);
            at = at.plus(Duration.ofHours(act.hours));
            Bodies body = act.kind == 0
                    ? Bodies.updated(ID).labels()
                    : Bodies.message(ID, i + 1, String.join(". ", act.words));
            events.add(new Told(body.at(at).event(), at.plusSeconds(1)));
        }
        return events;
    }

    private record End(ConversationState state, int score, List<Wish> wishes, Set<String> labels) {}

    private static End play(RuleBook rules, List<Told> events, Duration later) {
        Steps steps = new Steps(rules, new Destinations(List.of(), List.of(), "https://chat.example"));
        List<Wish> wishes = new ArrayList<>();
        List<Wish> waiting = new ArrayList<>();
        Conversation conversation = new Conversation(ConversationState.unknown(7, ID), List.of(), START);
        for (Told told : events) {
            conversation = new Conversation(conversation.state(), waiting, told.receivedAt.plus(later));
            conversation.observe(told.event, told.receivedAt);
            steps.rest(conversation);
            if (told.event.isCustomerMessage()) {
                steps.tag(conversation);
                steps.score(conversation);
                steps.qualify(conversation);
                steps.escalate(conversation);
            }
            conversation.decided().forEach(wished -> wishes.add(wished.wish()));
            conversation.decided().forEach(wished -> waiting.add(wished.wish()));
        }
        return new End(conversation.state(), conversation.getScore(), wishes, conversation.getLabels());
    }

    @Property(tries = 300)
    @Tag("invariant-2")
    void theSameEventsMakeTheSameDecisionsWheneverTheyAreHandled(@ForAll("acts") List<Act> acts) {
        List<Told> events = events(acts);

        End live = play(RULES, events, Duration.ofSeconds(1));

        assertThat(play(RULES, events, Duration.ofDays(100))).isEqualTo(live);
        assertThat(live.score).isEqualTo(ScoreEntry.score(live.state.ledger(), last(events)));
    }

    private static Instant last(List<Told> events) {
        return events.isEmpty()
                ? START
                : events.get(events.size() - 1).receivedAt.minusSeconds(1);
    }

    @Property(tries = 300)
    @Tag("invariant-3")
    void independentMessagesEndInTheSameStateInAnyOrder(@ForAll("acts") List<Act> acts, @ForAll long seed) {
        List<Told> events = events(acts.stream().filter(act -> act.kind > 0).toList());
        List<Told> shuffled = new ArrayList<>(events);
        Collections.shuffle(shuffled, new Random(seed));

        End inOrder = play(ORDERLESS, events, Duration.ZERO);
        End other = play(ORDERLESS, shuffled, Duration.ZERO);

        assertThat(other.score).isEqualTo(inOrder.score);
        assertThat(other.labels).isEqualTo(inOrder.labels);
        assertThat(other.state.episodes().keySet())
                .isEqualTo(inOrder.state.episodes().keySet());
        assertThat(kinds(other)).isEqualTo(kinds(inOrder));
        assertThat(other.state.waiting()).isEqualTo(inOrder.state.waiting());
        assertThat(points(other)).isEqualTo(points(inOrder));
    }

    private static Set<String> kinds(End end) {
        return Set.copyOf(end.wishes.stream().map(Wish::kind).toList());
    }

    private static Map<String, Integer> points(End end) {
        return end.state.ledger().stream()
                .collect(java.util.stream.Collectors.toMap(ScoreEntry::rule, ScoreEntry::points, Integer::sum));
    }
}
