package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.event.Event;
import io.leadroutes.event.Priority;
import io.leadroutes.rules.RuleBook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When rules that have acted act again, and rules on other events than messages. */
class EpisodesTest {
    private static final long ID = 1580;
    private static final Instant START = Instant.parse("2026-09-01T10:00:00Z");
    private static final String SCORES = """
            half-life: 30d
            scores:
              - {id: demo, any: [demo], points: 40, repeat: each}
              - {id: budget, any: [budget], points: 40, repeat: each}
              - {id: spam, any: [casino], points: -60, repeat: each}
            """;

    private Steps steps;
    private Conversation conversation;
    private Instant now = START;
    private long lastMessage;
    private final List<Wish> decided = new ArrayList<>();

    private void rules(String yaml) {
        RuleBook rules = RuleBook.parse("r.yaml", yaml);
        steps = new Steps(rules, new Destinations(List.of("direct:crm-sync"), List.of("jms:alarms"), "https://chat"));
        conversation = new Conversation(ConversationState.unknown(7, ID), List.of(), now);
    }

    private void on(int day) {
        now = START.plus(Duration.ofDays(day));
    }

    /** As the worker's routes do it, all wishes granted, the state stored and loaded again. */
    private void happens(Event event) {
        conversation.observe(event, now);
        steps.rest(conversation);
        if (event.isCustomerMessage()) {
            steps.tag(conversation);
            steps.score(conversation);
            steps.qualify(conversation);
            steps.escalate(conversation);
        } else {
            steps.react(conversation);
            steps.correct(conversation);
        }
        List<String> labels = List.copyOf(conversation.getLabels());
        Map<String, Object> attributes = conversation.getAttributes();
        Priority priority = conversation.getPriority();
        conversation.decided().forEach(wished -> decided.add(wished.wish()));
        conversation = new Conversation(conversation.state(), List.of(), now);
        conversation.observe(
                Bodies.updated(ID)
                        .labels(labels.toArray(String[]::new))
                        .attributes(attributes)
                        .priority(priority.word())
                        .event(),
                now);
    }

    private void say(String text) {
        happens(Bodies.message(ID, ++lastMessage, text).event());
    }

    private void change(Bodies body) {
        happens(body.event());
    }

    private List<String> notes() {
        return decided.stream()
                .filter(Wish.Note.class::isInstance)
                .map(wish -> ((Wish.Note) wish).occasion())
                .toList();
    }

    private List<String> kinds() {
        return decided.stream().map(Wish::kind).toList();
    }

    // ---- qualification

    @Test
    @Tag("invariant-2")
    void aLeadThatCooledOffQualifiesAgain() {
        rules(SCORES + "qualify: {at: 70, reset-below: 40, priority: high, note: 'Lead, {score}'}");
        say("a demo within our budget");
        say("the budget of that demo");
        on(30);
        say("a demo");
        assertThat(notes()).as("never below 40").containsExactly("qualify");

        on(150);
        say("a demo");
        assertThat(notes()).containsExactly("qualify");
        say("and a budget");

        assertThat(notes()).containsExactly("qualify", "qualify:2");
        assertThat(conversation.qualifiedAt()).contains(now);
        assertThat(kinds()).filteredOn("lead"::equals).as("one row of the CRM").isNotEmpty();
    }

    @Test
    void aScoreThatFellBelowTheThresholdOnlyIsTheSameEpisode() {
        rules(SCORES + "qualify: {at: 70, reset-below: 30, note: Lead}");
        say("a demo within our budget");

        on(30);
        say("hello");
        say("a demo");

        assertThat(conversation.getScore()).isEqualTo(80);
        assertThat(notes()).containsExactly("qualify");
    }

    @Test
    void aSecondEpisodeWaitsForTheCoolDown() {
        rules(SCORES + "qualify: {at: 70, reset-below: 40, cool-down: 10d, note: Lead}");
        say("a demo within our budget");
        say("casino");
        on(9);
        say("a demo within our budget");
        assertThat(conversation.getScore()).isGreaterThan(70);
        assertThat(notes()).containsExactly("qualify");

        on(10);
        say("hello");

        assertThat(notes()).containsExactly("qualify", "qualify:2");
    }

    @Test
    void withACoolDownAloneTheThresholdEndsTheEpisode() {
        rules(SCORES + "qualify: {at: 70, cool-down: 1d, note: Lead}");
        say("a demo within our budget");
        on(10);
        say("hello");
        say("a demo");

        assertThat(notes()).containsExactly("qualify", "qualify:2");
    }

    @Test
    void withoutASayInItALeadQualifiesOnce() {
        rules(SCORES + "qualify: {at: 70, note: Lead}");
        say("a demo within our budget");
        on(300);
        say("hello");
        say("a demo within our budget");

        assertThat(notes()).containsExactly("qualify");
    }

    @Test
    void aDeletedMessageMayEndTheEpisode() {
        rules(SCORES + "qualify: {at: 70, reset-below: 40, note: Lead}");
        say("a demo within our budget");
        change(Bodies.message(ID, 1, "gone")
                .withRoot("event", "message_updated")
                .withRoot("content_attributes", Map.of("deleted", true)));
        say("a demo within our budget");

        assertThat(notes()).containsExactly("qualify", "qualify:2");
    }

    // ---- escalation

    private static final String CHURN = """
            tags: [{id: churn, any: [cancel], labels: [churn]}]
            escalate:
              - id: churn
                when: {labels: {all: [churn]}}
                cool-down: 1d
                priority: urgent
                team: support
                note: Look
            """;

    @Test
    @Tag("invariant-2")
    void aConditionThatHasCeasedToHoldMayEscalateAgain() {
        rules(CHURN);
        say("cancel");
        on(2);
        say("I said cancel");
        assertThat(notes()).as("the label still stands").containsExactly("escalate:churn");

        change(Bodies.updated(ID).labels());
        on(3);
        say("cancel, please");

        assertThat(notes()).containsExactly("escalate:churn", "escalate:churn:2");
        assertThat(kinds()).contains("escalation:churn", "escalation:churn:2");
    }

    @Test
    void aSecondEscalationWaitsForTheCoolDown() {
        rules(CHURN);
        say("cancel");
        change(Bodies.updated(ID).labels());
        say("cancel");

        assertThat(notes()).containsExactly("escalate:churn");

        on(1);
        say("hello?");
        assertThat(notes()).containsExactly("escalate:churn", "escalate:churn:2");
    }

    @Test
    void wordsEscalateAgainAfterTheCoolDown() {
        rules("escalate: [{id: law, when: {message: {any: [lawyer]}}, cool-down: 7d, note: Look}]");
        say("my lawyer");
        on(6);
        say("my lawyer");
        on(7);
        say("hello");
        say("my lawyer");
        say("my lawyer");

        assertThat(notes()).containsExactly("escalate:law", "escalate:law:2");
    }

    @Test
    void aScoreEscalatesAgainAfterItWasLow() {
        rules(SCORES + "escalate: [{id: hot, when: {score: {at_least: 70}}, reset-below: 40, note: Look}]");
        say("a demo within our budget");
        on(20);
        say("hello");
        say("a demo");
        assertThat(notes()).containsExactly("escalate:hot");

        say("casino casino");
        say("a demo within our budget");

        assertThat(notes()).containsExactly("escalate:hot", "escalate:hot:2");
    }

    @Test
    void aConversationThatIsOpenedAgainIsInTheSameEpisode() {
        rules(CHURN);
        say("cancel");
        change(Bodies.updated(ID).status("resolved"));
        on(2);
        happens(Bodies.message(ID, ++lastMessage, "thank you").status("open").event());

        assertThat(notes()).as("thanks rouse nobody").containsExactly("escalate:churn");
    }

    @Test
    void aConditionOnTheStatusEndsAnEpisodeWithTheConversation() {
        rules("escalate: [{id: vip, when: {labels: {any: [vip]}, status: open}, cool-down: 1d, note: Look}]");
        change(Bodies.updated(ID).status("open").labels("vip"));
        say("hello");
        change(Bodies.updated(ID).status("resolved"));
        on(2);
        happens(Bodies.message(ID, ++lastMessage, "hello again").status("open").event());

        assertThat(notes()).containsExactly("escalate:vip", "escalate:vip:2");
    }

    @Test
    @Tag("invariant-6")
    void aNewEpisodeNeitherLowersAPriorityNorTakesAConversationFromAnAgent() {
        rules(CHURN.replace("urgent", "medium"));
        say("cancel");
        change(Bodies.updated(ID).labels().priority("high").assignee(12, "Mara Quill"));
        decided.clear();
        on(2);
        say("cancel");

        assertThat(notes()).containsExactly("escalate:churn:2");
        assertThat(decided).noneMatch(Wish.SetPriority.class::isInstance);
        assertThat(decided).noneMatch(Wish.AssignTeam.class::isInstance);
        assertThat(decided)
                .filteredOn(Wish.Note.class::isInstance)
                .singleElement()
                .satisfies(note -> assertThat(((Wish.Note) note).text())
                        .endsWith("Not assigned to support: Mara Quill has the conversation."));
    }

    // ---- other events

    private static final String ON_EVENTS = """
            calendars:
              office: {time-zone: UTC, hours: {mon-fri: "09:00-17:00"}}
            tags:
              - {id: new, when: {event: conversation_created}, labels: [new]}
              - {id: vip, when: {event: conversation_updated, attributes: {plan: vip}}, labels: [vip]}
              - {id: edited, any: [lawyer], when: {event: message_updated}, labels: [second-thoughts]}
              - {id: night, when: {closed: office}, labels: [night]}
            scores:
              - {id: vip, when: {event: conversation_updated, labels: {any: [vip]}}, points: 50, repeat: each}
            qualify: {at: 50, when: {event: [message_created, conversation_updated]}, note: Lead}
            escalate:
              - {id: reopened, when: {event: conversation_status_changed, status: open}, note: Look}
            """;

    @Test
    void rulesThatAskForOtherEventsAreMetByThem() {
        rules(ON_EVENTS);
        change(Bodies.updated(ID).withRoot("event", "conversation_created").status("open"));
        assertThat(conversation.getLabels()).containsExactly("new");

        change(Bodies.updated(ID)
                .withRoot("event", "conversation_status_changed")
                .status("open"));
        assertThat(notes()).containsExactly("escalate:reopened");

        change(Bodies.updated(ID).attributes(Map.of("plan", "VIP")));
        assertThat(conversation.getLabels()).containsExactly("new", "vip");
        assertThat(conversation.getScore()).isEqualTo(50);
        assertThat(notes()).containsExactly("escalate:reopened", "qualify");
    }

    @Test
    @Tag("invariant-8")
    void eventsThatOurOwnWritesCauseLeadToNoMore() {
        rules(ON_EVENTS);
        change(Bodies.updated(ID).attributes(Map.of("plan", "vip")));
        decided.clear();

        for (int echo = 0; echo < 3; echo++) {
            change(Bodies.updated(ID));
        }

        assertThat(decided).isEmpty();
        assertThat(conversation.getScore()).isEqualTo(50);
    }

    @Test
    void onlyWhatCustomersWriteIsRead() {
        rules(ON_EVENTS);
        Bodies agents = Bodies.message(ID, 1, "Our lawyer will look")
                .withRoot("event", "message_updated")
                .withRoot("message_type", "outgoing")
                .withRoot("sender", Map.of("type", "user"));
        change(agents);
        assertThat(decided).isEmpty();

        say("hello");
        change(Bodies.message(ID, 2, "my lawyer").withRoot("event", "message_updated"));
        assertThat(conversation.getLabels()).containsExactly("second-thoughts");
    }

    @Test
    void businessHoursAreThoseOfTheTimeOfTheEvent() {
        rules(ON_EVENTS);
        now = Instant.parse("2026-09-01T20:00:00Z");
        happens(Bodies.message(ID, 1, "hello")
                .at(Instant.parse("2026-09-01T16:59:59Z"))
                .event());
        assertThat(conversation.getLabels()).as("told late").isEmpty();

        happens(Bodies.message(ID, 2, "hello")
                .at(Instant.parse("2026-09-01T17:00:00Z"))
                .event());

        assertThat(conversation.getLabels()).containsExactly("night");
    }
}
