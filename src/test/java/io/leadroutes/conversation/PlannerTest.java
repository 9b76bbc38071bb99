package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.conversation.Planner.Step;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Snapshot.Ref;
import io.leadroutes.rules.RuleBook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final List<RuleMacro> MACROS = RuleMacro.of(RuleBook.parse("rules.yaml", """
            tags:
              - {id: price, any: [price], labels: [pricing]}
            scores:
              - {id: price, any: [price], points: 80}
            qualify:
              at: 70
              labels: [lead, hot]
              priority: high
              team: sales
              note: "Score {score}"
            escalate:
              - id: churn
                when: {labels: {all: [pricing]}}
                labels: [churn]
                priority: urgent
                team: support
                note: "Churn"
              - id: quiet
                when: {labels: {all: [lead]}}
                labels: [quiet]
                priority: medium
              - {id: slow, steps: [{after: 30m, labels: [slow], note: "Slow"}]}
            """));
    private static final Planner BY_MACRO = new Planner(() -> MACROS, macro -> true, () -> true);
    private static final List<String> LABELS = List.of("lead", "hot", "churn", "quiet", "slow", "pricing", "vip");
    private static final List<String> OCCASIONS =
            List.of("qualify", "escalate:churn", "escalate:slow:30m", "step-of-a-route");
    private static final List<String> TEAMS = List.of("sales", "support");

    /** A conversation as Chatwoot has it, and what was done to it. */
    private static final class Model {
        final Set<String> labels = new LinkedHashSet<>();
        final Map<String, Object> attributes = new LinkedHashMap<>();
        final List<String> notes = new ArrayList<>();
        Priority priority = Priority.NONE;
        String team = "";
        final Set<String> foreignLabels = new LinkedHashSet<>();
        final Map<String, Object> foreignAttributes = new LinkedHashMap<>();

        ConversationState state() {
            ConversationState none = ConversationState.unknown(7, 1580);
            return new ConversationState(
                    7,
                    1580,
                    none.versionMicros(),
                    Optional.of("open"),
                    Optional.of(priority),
                    none.priorityUnconfirmedUntil(),
                    Optional.of(Observed.of(List.copyOf(labels), Instant.EPOCH)),
                    Optional.of(Observed.of(Map.copyOf(attributes), Instant.EPOCH)),
                    none.assignee(),
                    team.isEmpty() ? Optional.empty() : Optional.of(new Ref(TEAMS.indexOf(team) + 1L, team)),
                    none.channel(),
                    none.contactId(),
                    none.contact(),
                    none.firstMessage(),
                    none.ledger(),
                    none.episodes(),
                    none.resolvedAt(),
                    none.origin(),
                    none.waiting());
        }

        /** What no call that is needed leaves as it was. */
        List<Object> all() {
            return List.of(Set.copyOf(labels), Map.copyOf(attributes), List.copyOf(notes), priority, team);
        }

        void call(Step step) {
            step.macro()
                    .ifPresentOrElse(this::execute, () -> grant(step.wishes().get(0)));
        }

        private void execute(RuleMacro macro) {
            labels.addAll(macro.labels());
            macro.priority().ifPresent(word -> priority = word);
            macro.team().ifPresent(name -> team = name);
            if (macro.hasNote()) {
                String key = macro.note().replaceAll(".*attribute\\.(\\w+) .*", "$1");
                notes.add(String.valueOf(attributes.getOrDefault(key, "")));
            }
        }

        private void grant(Wish wish) {
            if (wish instanceof Wish.ChangeLabels change) {
                List<String> after = change.appliedTo(List.copyOf(labels));
                labels.clear();
                labels.addAll(after);
            } else if (wish instanceof Wish.ChangeAttributes change) {
                Map<String, Object> after = change.appliedTo(attributes);
                attributes.clear();
                attributes.putAll(after);
            } else if (wish instanceof Wish.SetPriority set) {
                priority = set.priority();
            } else if (wish instanceof Wish.AssignTeam assign) {
                team = assign.team();
            } else if (wish instanceof Wish.Note note) {
                notes.add(note.text());
            }
        }

        /** An agent adds something, or raises the priority. */
        void foreign(Random random) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    String label = pick(random, LABELS);
                    labels.add(label);
                    foreignLabels.add(label);
                }
                case 1 -> {
                    String value = "agent's " + random.nextInt(9);
                    attributes.put("order", value);
                    foreignAttributes.put("order", value);
                }
                case 2 -> priority = priority == Priority.NONE ? Priority.MEDIUM : Priority.URGENT;
                default -> {}
            }
        }
    }

    private static <T> T pick(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static List<Wish> wishes(Random random) {
        List<Wish> open = new ArrayList<>();
        if (random.nextInt(4) > 0) {
            open.add(Wish.ChangeLabels.add(
                    LABELS.stream().filter(label -> random.nextBoolean()).toList()));
        }
        if (random.nextBoolean()) {
            open.add(Wish.ChangeAttributes.set(Map.of("lead_score", random.nextInt(3))));
        }
        if (random.nextInt(4) > 0) {
            open.add(Wish.SetPriority.atLeast(pick(random, List.of(Priority.MEDIUM, Priority.HIGH, Priority.URGENT))));
        }
        if (random.nextInt(4) > 0) {
            open.add(new Wish.AssignTeam(pick(random, TEAMS)));
        }
        for (String occasion : OCCASIONS) {
            if (random.nextInt(3) == 0) {
                open.add(new Wish.Note(occasion, "note of " + occasion));
            }
        }
        return open;
    }

    /** As the outbox has them: with the texts for macros, one of each kind. */
    private static List<Wish> stored(Planner planner, List<Wish> wishes) {
        Map<String, Wish> byKind = new LinkedHashMap<>();
        List<Wished> decided = wishes.stream()
                .map(wish -> new Wished(wish, Urgency.QUALIFICATION, List.of()))
                .toList();
        planner.prepared(decided).stream()
                .map(Wished::wish)
                .forEach(wish -> byKind.merge(wish.kind(), wish, (older, newer) -> newer.over(older)));
        return new ArrayList<>(byKind.values());
    }

    @Property(tries = 3_000)
    @net.jqwik.api.Tag("invariant-5")
    @net.jqwik.api.Tag("invariant-6")
    void allWishesAreGrantedAllOfOthersStaysAndNoCallIsForNothing(@ForAll long seed, @ForAll boolean byMacro) {
        Random random = new Random(seed);
        Planner planner = byMacro ? BY_MACRO : Planner.DIRECT;
        Model model = new Model();
        Stream.generate(() -> 0).limit(random.nextInt(4)).forEach(i -> model.foreign(random));
        List<Wish> wished = wishes(random);
        List<Wish> open = stored(planner, wished);
        int atMost = open.size();

        int calls = 0;
        for (List<Step> plan = planner.plan(open, model.state());
                !plan.isEmpty();
                plan = planner.plan(open, model.state())) {
            Wish due = pick(random, pick(random, plan).wishes());
            Step step = planner.next(due, open, model.state());
            List<Object> before = model.all();
            model.call(step);
            calls++;
            assertThat(model.all()).as("after %s, seed %d", step, seed).isNotEqualTo(before);
            open = Planner.without(open, step);
            model.foreign(random);
        }

        assertThat(calls).as("calls").isLessThanOrEqualTo(atMost);
        assertThat(model.labels).containsAll(model.foreignLabels);
        assertThat(model.attributes).containsAllEntriesOf(model.foreignAttributes);
        for (Wish wish : wished) {
            if (wish instanceof Wish.ChangeLabels labels) {
                assertThat(model.labels).containsAll(labels.add());
            } else if (wish instanceof Wish.ChangeAttributes attributes) {
                assertThat(model.attributes).containsAllEntriesOf(attributes.set());
            } else if (wish instanceof Wish.SetPriority set) {
                assertThat(model.priority).isGreaterThanOrEqualTo(set.priority());
            } else if (wish instanceof Wish.AssignTeam assign) {
                assertThat(model.team).isEqualTo(assign.team());
            }
        }
        assertThat(model.notes)
                .as("each note once, seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(wished.stream()
                        .filter(Wish.Note.class::isInstance)
                        .map(note -> ((Wish.Note) note).text())
                        .toList());
    }

    private static final Wish LABELS_OF_LEAD = Wish.ChangeLabels.add(List.of("lead", "hot"));
    private static final Wish HIGH = Wish.SetPriority.atLeast(Priority.HIGH);
    private static final Wish SALES = new Wish.AssignTeam("Sales");
    private static final Wish.Note NOTE = new Wish.Note("qualify", "Score 80");
    private static final Wish TEXT =
            Wish.ChangeAttributes.set(Map.of("lead_score", 80, "leadroutes_note_qualify", "Score 80"));

    @Test
    void aLeadIsOneCallForItsAttributesAndAShareOfAnother() {
        List<Wish> open = List.of(LABELS_OF_LEAD, TEXT, HIGH, SALES, NOTE);
        Model model = new Model();

        assertThat(BY_MACRO.next(LABELS_OF_LEAD, open, model.state()).wishes())
                .as("the text first")
                .containsExactly(TEXT);
        model.grant(TEXT);

        assertThat(BY_MACRO.next(HIGH, List.of(LABELS_OF_LEAD, HIGH, SALES, NOTE), model.state()))
                .satisfies(step -> assertThat(step.wishes()).containsExactly(LABELS_OF_LEAD, HIGH, SALES, NOTE))
                .satisfies(step -> assertThat(step.macro().map(RuleMacro::name)).contains("leadroutes: qualify"));
        assertThat(Planner.DIRECT.plan(open, new Model().state())).hasSize(5);
    }

    @Test
    void aMacroGrantsItsPartOfTheLabelsAndTagsAreLeft() {
        Model model = new Model();
        model.grant(TEXT);
        Wish labels = Wish.ChangeLabels.add(List.of("vip", "lead", "hot"));
        Wish mixed = Wish.ChangeLabels.add(List.of("churn", "lead", "hot"));

        assertThat(BY_MACRO.plan(List.of(labels, HIGH, SALES, NOTE), model.state()))
                .extracting(Step::wishes)
                .containsExactly(
                        List.of(Wish.ChangeLabels.add(List.of("vip"))), List.of(LABELS_OF_LEAD, HIGH, SALES, NOTE));
        model.labels.add("vip");
        assertThat(BY_MACRO.plan(List.of(labels, HIGH, SALES, NOTE), model.state()))
                .as("a tag that an agent has set costs no call")
                .extracting(Step::wishes)
                .containsExactly(List.of(LABELS_OF_LEAD, HIGH, SALES, NOTE));
        assertThat(BY_MACRO.plan(List.of(mixed, HIGH, SALES, NOTE), model.state()))
                .as("what another rule adds is no tag")
                .extracting(Step::wishes)
                .containsExactly(List.of(mixed), List.of(HIGH, SALES, NOTE));
    }

    @Test
    @Tag("invariant-6")
    void aMacroIsNotUsedWhereItDoesMoreThanIsWished() {
        Model urgent = new Model();
        urgent.grant(TEXT);
        urgent.priority = Priority.URGENT;
        List<Wish> open = List.of(LABELS_OF_LEAD, HIGH, SALES, NOTE);

        assertThat(BY_MACRO.plan(open, urgent.state()))
                .as("it would lower the priority")
                .allMatch(step -> step.macro().isEmpty())
                .hasSize(3);
        Model calm = new Model();
        calm.grant(TEXT);
        assertThat(BY_MACRO.plan(List.of(LABELS_OF_LEAD, HIGH, NOTE), calm.state()))
                .as("it would take it from an agent")
                .allMatch(step -> step.macro().isEmpty());
        assertThat(BY_MACRO.plan(List.of(LABELS_OF_LEAD, HIGH, SALES), calm.state()))
                .as("it would write a note")
                .allMatch(step -> step.macro().isEmpty());
    }

    @Test
    void aNoteThatIsTooLongOrMentionsSomebodyHasACallOfItsOwn() {
        assertThat(stored(BY_MACRO, List.of(NOTE))).hasSize(2);
        assertThat(stored(BY_MACRO, List.of(new Wish.Note("qualify", "x".repeat(1_501)))))
                .hasSize(1);
        assertThat(stored(BY_MACRO, List.of(new Wish.Note("qualify", "for {mention-team: sales}"))))
                .hasSize(1);
        assertThat(stored(Planner.DIRECT, List.of(NOTE))).hasSize(1);
    }

    @Test
    void eachRuleThatDoesSomethingHasAMacro() {
        assertThat(MACROS)
                .extracting(RuleMacro::name)
                .containsExactly(
                        "leadroutes: qualify",
                        "leadroutes: escalate churn",
                        "leadroutes: escalate quiet",
                        "leadroutes: escalate slow 30m");
        assertThat(MACROS.get(3).note())
                .isEqualTo("{{ conversation.custom_attribute.leadroutes_note_escalate_slow_30m }}");
    }
}
