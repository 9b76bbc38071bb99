package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.event.Event;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.event.Priority;
import io.leadroutes.rules.RuleBook;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The built-in steps with the rules that are shipped. */
class StepsTest {
    private static final long ID = 1580;
    private static final Instant NOW = Instant.parse("2026-09-01T10:00:00Z");
    private static final RuleBook RULES = RuleBook.load(Path.of("rules.yaml"));
    private static final Destinations DESTINATIONS =
            new Destinations(List.of("direct:crm-sync", "jms:leads"), List.of("direct:alarm"), "https://chat.example");

    private final Steps steps = new Steps(RULES, DESTINATIONS);
    private Conversation conversation = new Conversation(ConversationState.unknown(7, ID), List.of(), NOW);
    private long lastMessage;

    private void say(String text) {
        say(Bodies.message(ID, ++lastMessage, text).at(NOW.plusSeconds(lastMessage)));
    }

    private void say(Bodies message) {
        conversation.observe(message.event(), NOW);
        steps.tag(conversation);
        steps.score(conversation);
        steps.qualify(conversation);
        steps.escalate(conversation);
    }

    /** As if all wishes had been granted, the state stored and loaded again. */
    private void granted() {
        List<String> labels = List.copyOf(conversation.getLabels());
        Map<String, Object> attributes = conversation.getAttributes();
        Priority priority = conversation.getPriority();
        conversation = new Conversation(conversation.state(), List.of(), NOW.plusSeconds(60));
        Bodies shown = Bodies.updated(ID)
                .labels(labels.toArray(String[]::new))
                .attributes(attributes)
                .priority(priority == Priority.NONE ? null : priority.word())
                .at(NOW.plusSeconds(60));
        conversation.observe(shown.event(), NOW.plusSeconds(60));
    }

    private List<Wish> wishes() {
        return conversation.decided().stream().map(Wished::wish).toList();
    }

    private <W extends Wish> Optional<W> wish(Class<W> type) {
        return wishes().stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    private Lead lead() {
        return wish(Wish.Publish.class).orElseThrow().lead();
    }

    private String note(String occasion) {
        return wishes().stream()
                .filter(wish ->
                        wish instanceof Wish.Note note && note.occasion().equals(occasion))
                .map(wish -> ((Wish.Note) wish).text())
                .findFirst()
                .orElse("");
    }

    // ---- attributes from text

    private static final RuleBook EXTRACTING = RuleBook.parse("r.yaml", """
            extract:
              - id: size
                attribute: company_size
                type: number
                regex: ['(?P<value>\\S+) employees']
              - {id: value, attribute: deal_value, type: currency, regex: ['budget of (?P<value>\\S+)'], replace: true}
            tags: [{id: big, when: {attributes: {company_size: {at_least: 200}}}, labels: [big]}]
            qualify: {at: 1, when: {labels: {any: [big]}}, note: "{company_size}, {deal_value}"}
            scores: [{id: size, any: [employees], points: 5}]
            """);

    @Test
    @Tag("invariant-11")
    void whatTheTextSaysBecomesAttributesAndGoesIntoTheLead() {
        Steps extracting = new Steps(EXTRACTING, DESTINATIONS);
        conversation.observe(
                Bodies.message(ID, 1, "1,200 employees and a budget of $50k").event(), NOW);
        extracting.tag(conversation);
        extracting.score(conversation);
        extracting.qualify(conversation);

        assertThat(wish(Wish.ChangeAttributes.class).orElseThrow().set())
                .containsEntry("company_size", 1_200L)
                .containsEntry("deal_value", 50_000L);
        assertThat(conversation.decided().iterator().next().reasons())
                .contains(new Reason("size", 1, List.of("1,200")), new Reason("value", 1, List.of("$50k")));
        assertThat(conversation.getLabels()).as("rules see them").containsExactly("big");
        assertThat(lead()).returns("1200", Lead::companySize).returns("50000", Lead::dealValue);
        assertThat(note("qualify")).isEqualTo("1200, 50000");
    }

    @Test
    @Tag("invariant-11")
    void whatIsNoValueIsKeptWithItsReasonUnlessTheAttributeIsKnown() {
        Steps extracting = new Steps(EXTRACTING, DESTINATIONS);
        conversation.observe(
                Bodies.message(ID, 1, "51-200 employees and a budget of plenty")
                        .at(NOW.minusSeconds(5))
                        .event(),
                NOW);
        extracting.tag(conversation);

        assertThat(conversation.dropped())
                .containsExactly(
                        new DroppedValue(
                                "size",
                                "company_size",
                                1,
                                "\"51-200\"; expected a number up to 9999999999",
                                NOW.minusSeconds(5)),
                        new DroppedValue(
                                "value",
                                "deal_value",
                                1,
                                "\"plenty\"; expected a number up to 9999999999",
                                NOW.minusSeconds(5)));

        conversation = new Conversation(conversation.state(), List.of(), NOW);
        conversation.observe(
                Bodies.message(ID, 2, "51-200 employees")
                        .attributes(Map.of("company_size", "51-200"))
                        .at(NOW)
                        .event(),
                NOW);
        extracting.tag(conversation);

        assertThat(conversation.dropped()).as("nothing would have been set").isEmpty();
    }

    @Test
    void aPriorityIsLoweredOnlyByARuleThatSaysSo() {
        String rules = "escalate: [{id: calm, when: {message: {any: [thanks]}}, priority: low%s}]";
        conversation.observe(
                Bodies.message(ID, 1, "thanks").priority("urgent").at(NOW).event(), NOW);

        new Steps(RuleBook.parse("r.yaml", rules.formatted("")), DESTINATIONS).escalate(conversation);
        assertThat(wish(Wish.SetPriority.class)).isEmpty();

        conversation = new Conversation(conversation.before(), List.of(), NOW);
        conversation.observe(
                Bodies.message(ID, 1, "thanks").priority("urgent").at(NOW).event(), NOW);
        new Steps(RuleBook.parse("r.yaml", rules.formatted(", lower: true")), DESTINATIONS).escalate(conversation);
        assertThat(wish(Wish.SetPriority.class)).contains(new Wish.SetPriority(Priority.LOW));
        assertThat(wish(Wish.SetPriority.class).orElseThrow().isMet(conversation.state()))
                .as("a higher one is not what is wished")
                .isFalse();
    }

    @Test
    void aLeadMayLowerAPriorityToNone() {
        RuleBook rules = RuleBook.parse("r.yaml", """
                scores: [{id: a, any: [demo], points: 5}]
                qualify: {at: 5, priority: none, lower: true}""");
        Steps lowering = new Steps(rules, DESTINATIONS);
        conversation.observe(
                Bodies.message(ID, 1, "a demo").priority("high").at(NOW).event(), NOW);
        lowering.score(conversation);
        lowering.qualify(conversation);

        assertThat(wish(Wish.SetPriority.class)).contains(new Wish.SetPriority(Priority.NONE));
    }

    @Test
    @Tag("invariant-6")
    void whatIsKnownStaysUnlessTheRuleReplacesIt() {
        Steps extracting = new Steps(EXTRACTING, DESTINATIONS);
        conversation.observe(
                Bodies.message(ID, 1, "20 employees, budget of 300, many employees")
                        .attributes(Map.of("company_size", "51-200", "deal_value", 100))
                        .event(),
                NOW);

        extracting.tag(conversation);

        assertThat(wish(Wish.ChangeAttributes.class).orElseThrow().set()).isEqualTo(Map.of("deal_value", 300L));
    }

    @Test
    @Tag("invariant-11")
    void aTrialSaysWhatIsDroppedAndWhy() {
        RulesTrial.Result result = new RulesTrial(EXTRACTING).run("many employees, budget of 300", Map.of());

        assertThat(result.hits())
                .startsWith(
                        new RulesTrial.TrialHit(
                                "size",
                                "extract",
                                List.of(
                                        "many",
                                        "company_size is not set: \"many\"; expected a number up to 9999999999"),
                                0),
                        new RulesTrial.TrialHit("value", "extract", List.of("300", "deal_value: 300"), 0));
    }

    // ---- tag and score

    @Test
    void tagRulesWishForTheirLabels() {
        say("What does the enterprise plan cost?");

        assertThat(wish(Wish.ChangeLabels.class).orElseThrow().add())
                .containsExactly("pricing-inquiry", "enterprise-lead");
    }

    @Test
    @Tag("invariant-11")
    void aWishTellsTheRuleTheWordsAndTheMessage() {
        say("What are your PRICES?");

        assertThat(conversation.decided().iterator().next().reasons())
                .containsExactly(new Reason("pricing-inquiry", 1, List.of("PRICES")));
    }

    @Test
    void threeMessagesQualifyAtSeventyFive() {
        say("We are an enterprise");
        say("our budget is fine");
        assertThat(conversation.isQualified()).isFalse();
        assertThat(conversation.getScore()).isEqualTo(50);

        say("a demo please");

        assertThat(conversation.getScore()).isEqualTo(75);
        assertThat(conversation.isQualified()).isTrue();
        assertThat(wish(Wish.ChangeLabels.class).orElseThrow().add()).contains("qualified", "hot-lead");
        assertThat(wish(Wish.ChangeAttributes.class).orElseThrow().set()).containsEntry("lead_score", 75);
        assertThat(wish(Wish.SetPriority.class)).contains(Wish.SetPriority.atLeast(Priority.HIGH));
        assertThat(wish(Wish.AssignTeam.class)).contains(new Wish.AssignTeam("sales", false));
        assertThat(note("qualify")).contains("Score: 75/100");
        assertThat(wishes().stream().filter(Wish.Publish.class::isInstance).map(Wish::destination))
                .containsExactly("direct:crm-sync", "jms:leads");
    }

    @Test
    @Tag("invariant-2")
    void aRuleScoresOncePerConversation() {
        say("enterprise, enterprise!");
        say("did I say enterprise?");
        granted();
        say("enterprise");

        assertThat(conversation.getScore()).isEqualTo(30);
        assertThat(conversation.ledger()).hasSize(1);
        assertThat(wishes()).isEmpty();
    }

    @Test
    void aScoreIsAtMostOneHundred() {
        RuleBook generous = RuleBook.parse("test.yaml", """
                scores:
                  - {id: a, any: [alpha], points: 80}
                  - {id: b, any: [beta], points: 80}
                  - {id: c, any: [gamma], points: -100}
                """);
        Steps other = new Steps(generous, DESTINATIONS);
        conversation.observe(Bodies.message(ID, 1, "alpha beta").event(), NOW);

        other.score(conversation);

        assertThat(conversation.getScore()).isEqualTo(100);
        assertThat(wish(Wish.ChangeAttributes.class).orElseThrow().set()).containsEntry("lead_score", 100);
    }

    @Test
    void aScoreIsAtLeastNothing() {
        Steps other =
                new Steps(RuleBook.parse("test.yaml", "scores: [{id: c, any: [gamma], points: -50}]"), DESTINATIONS);
        conversation.observe(Bodies.message(ID, 1, "gamma").event(), NOW);

        other.score(conversation);

        assertThat(conversation.getScore()).isZero();
    }

    // ---- qualify

    private void qualify() {
        say("urgent: enterprise demo, we have a budget");
        assertThat(conversation.isQualified()).isTrue();
    }

    @Test
    @Tag("invariant-2")
    void aConversationQualifiesOnce() {
        qualify();
        granted();
        say("and another demo");

        assertThat(wishes()).isEmpty();
    }

    @Test
    void aQualifiedLeadThatScoresAgainIsToldAgain() {
        say("enterprise demo, we have a budget");
        granted();
        say("it is urgent");

        assertThat(lead().score()).isEqualTo(90);
        assertThat(note("qualify")).isEmpty();
    }

    @Test
    @Tag("invariant-6")
    void anAgentsHigherPriorityIsNotLowered() {
        conversation.observe(Bodies.updated(ID).priority("urgent").at(NOW).event(), NOW);

        qualify();

        assertThat(wish(Wish.SetPriority.class)).isEmpty();
    }

    @Test
    void factsOfFormAndContactBecomeAttributes() {
        say(Bodies.message(ID, 1, "urgent: enterprise demo, we have a budget")
                .withRoot(
                        "content_attributes",
                        Map.of("submitted_values", List.of(Map.of("name", "company_size", "value", "51-200"))))
                .attributes(Map.of("industry", "boats"))
                .with("meta", Map.of("sender", Map.of("id", 5, "custom_attributes", Map.of("deal_value", 50_000))))
                .at(NOW));

        assertThat(wish(Wish.ChangeAttributes.class).orElseThrow().set())
                .as("industry is there already")
                .containsOnlyKeys("lead_score", "company_size", "deal_value")
                .containsEntry("company_size", "51-200")
                .containsEntry("deal_value", 50_000);
        assertThat(lead())
                .returns("51-200", Lead::companySize)
                .returns("boats", Lead::industry)
                .returns("50000", Lead::dealValue);
    }

    @Test
    @Tag("invariant-10")
    void aFactThatChatwootWouldRefuseDoesNotTakeTheScoreDown() {
        say(Bodies.message(ID, 1, "urgent: enterprise demo, we have a budget")
                .withRoot(
                        "content_attributes",
                        Map.of(
                                "submitted_values",
                                Map.of(
                                        "company_size",
                                        "x".repeat(1_499) + "\uD83D\uDE80" + "y".repeat(9),
                                        "deal_value",
                                        new BigDecimal("10000000000"),
                                        "industry",
                                        "[redacted]")))
                .at(NOW));

        Map<String, Object> attributes =
                wish(Wish.ChangeAttributes.class).orElseThrow().set();
        assertThat(attributes).containsOnlyKeys("lead_score", "company_size");
        assertThat((String) attributes.get("company_size")).isEqualTo("x".repeat(1_499) + "\uD83D\uDE80");
    }

    @Test
    void aLeadHasTheColumnsOfTheCrm() {
        conversation.observe(
                Bodies.updated(ID).with("channel", "Channel::Email").at(NOW).event(), NOW);
        say("Hello");
        say(Bodies.message(ID, 2, "urgent: enterprise demo, we have a budget")
                .with(
                        "meta",
                        Map.of(
                                "sender",
                                Map.of(
                                        "id",
                                        5,
                                        "name",
                                        "Jonas",
                                        "email",
                                        "j@example.org",
                                        "phone_number",
                                        "+47",
                                        "additional_attributes",
                                        Map.of("company_name", "Nordlys"))))
                .at(NOW.plusSeconds(2)));

        assertThat(lead())
                .isEqualTo(new Lead(
                        7,
                        5L,
                        ID,
                        "Jonas",
                        "j@example.org",
                        "+47",
                        "Nordlys",
                        null,
                        null,
                        null,
                        90,
                        "qualified",
                        "enterprise-lead,sales-qualified,qualified,hot-lead",
                        "Channel::Email",
                        "https://chat.example/app/accounts/7/conversations/1580",
                        "Hello",
                        NOW,
                        NOW,
                        null,
                        null));
    }

    @Test
    void aLeadGoesWithItsContactIntoTheOneThatThatWasMergedInto() {
        say(Bodies.message(ID, 1, "An enterprise with a budget wants a demo")
                .contact(4, "Ada")
                .at(NOW));
        granted();
        conversation.observe(
                Bodies.updated(ID).contact(5, "Ada L.").at(NOW.plusSeconds(70)).event(), NOW.plusSeconds(70));

        steps.merge(conversation);

        assertThat(lead())
                .returns(5L, Lead::contactId)
                .returns(4L, Lead::formerContactId)
                .returns("Ada L.", Lead::name);
    }

    @Test
    void whoIsNoLeadIsMergedSilently() {
        say(Bodies.message(ID, 1, "hello").contact(4, "Ada").at(NOW));
        granted();
        conversation.observe(
                Bodies.updated(ID).contact(5, "Ada L.").at(NOW.plusSeconds(70)).event(), NOW.plusSeconds(70));

        steps.merge(conversation);

        assertThat(wish(Wish.Publish.class)).isEmpty();
    }

    @Test
    void aDealsValueIsWrittenInFull() {
        conversation.observe(
                Bodies.updated(ID)
                        .attributes(Map.of("deal_value", new BigDecimal("5E+4")))
                        .at(NOW)
                        .event(),
                NOW);
        qualify();

        assertThat(lead().dealValue()).isEqualTo("50000");
    }

    // ---- escalate

    @Test
    void aChurnRiskOfAnEnterpriseEscalatesWhoeverSetTheOtherLabel() {
        conversation.observe(
                Bodies.updated(ID).labels("enterprise-lead").at(NOW).event(), NOW);

        say("Please cancel my account");

        assertThat(conversation.hasEscalated()).isTrue();
        assertThat(wish(Wish.ChangeLabels.class).orElseThrow().add())
                .containsExactly("churn-risk", "escalated", "urgent", "requires-manager");
        assertThat(wish(Wish.SetPriority.class).orElseThrow().priority()).isEqualTo(Priority.URGENT);
        assertThat(wish(Wish.AssignTeam.class)).contains(new Wish.AssignTeam("senior support", false));
        assertThat(note("escalate:churn-risk-enterprise")).startsWith("**ESCALATED**");
        assertThat(conversation.decided()).allMatch(wished -> wished.urgency() == Urgency.ESCALATION);
        assertThat(wish(Wish.Publish.class).orElseThrow())
                .returns("direct:alarm", Wish::destination)
                .returns("escalation:churn-risk-enterprise", Wish::kind);
    }

    @Test
    @Tag("invariant-2")
    void aRuleEscalatesOnce() {
        say("We are an enterprise and want to cancel");
        granted();
        say("cancel, I said!");

        assertThat(wishes()).isEmpty();
    }

    @Test
    void anEscalationAfterAQualificationKeepsTheHigherPriorityAndTellsTheLead() {
        qualify();
        say("else we cancel");

        assertThat(wish(Wish.SetPriority.class).orElseThrow().priority()).isEqualTo(Priority.URGENT);
        assertThat(lead().stage()).isEqualTo("escalated");
        assertThat(note("qualify")).isNotEmpty();
        assertThat(note("escalate:churn-risk-enterprise")).isNotEmpty();
    }

    @Test
    void aQualificationAfterAnEscalationDoesNotLowerThePriority() {
        say("We are an enterprise and want to cancel");
        granted();
        say("urgent: a demo, we have a budget");

        assertThat(conversation.isQualified()).isTrue();
        assertThat(wish(Wish.SetPriority.class)).isEmpty();
        assertThat(lead().stage()).isEqualTo("escalated");
    }

    // ---- resolution and contact

    @Test
    void aLeadThatIsResolvedAndOpenedAgainIsToldBothTimes() {
        qualify();
        granted();
        conversation.observe(
                Bodies.updated(ID).status("resolved").at(NOW.plusSeconds(61)).event(), NOW.plusSeconds(61));
        steps.resolution(conversation);
        assertThat(lead()).returns("resolved", Lead::stage).returns(NOW.plusSeconds(61), Lead::resolvedAt);

        conversation.observe(
                Bodies.updated(ID).status("open").at(NOW.plusSeconds(62)).event(), NOW.plusSeconds(62));
        steps.resolution(conversation);
        assertThat(lead()).returns("qualified", Lead::stage).returns(null, Lead::resolvedAt);
    }

    @Test
    @Tag("invariant-5")
    void whatIsNoLeadIsNotTold() {
        say("hello");
        conversation.observe(
                Bodies.updated(ID).status("resolved").at(NOW.plusSeconds(9)).event(), NOW);
        steps.resolution(conversation);
        steps.contact(conversation);

        assertThat(wishes()).isEmpty();
    }

    @Test
    @Tag("invariant-5")
    void aStatusThatDoesNotChangeIsNotTold() {
        qualify();
        granted();
        conversation.observe(
                Bodies.updated(ID).status("pending").at(NOW.plusSeconds(61)).event(), NOW);
        steps.resolution(conversation);

        assertThat(wishes()).isEmpty();
    }

    @Test
    @Tag("invariant-4")
    void aDecisionMadeAgainIsTheSame() {
        List<List<Wished>> decisions = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Conversation again = new Conversation(ConversationState.unknown(7, ID), List.of(), NOW);
            again.observe(
                    Bodies.message(ID, 1, "urgent enterprise demo, cancel")
                            .at(NOW)
                            .event(),
                    NOW);
            steps.tag(again);
            steps.score(again);
            steps.qualify(again);
            steps.escalate(again);
            decisions.add(List.copyOf(again.decided()));
        }

        assertThat(decisions.get(0)).isEqualTo(decisions.get(1)).isNotEmpty();
    }

    // ---- the trial of admin

    @Test
    void aTrialTellsWhatWouldHappenAndAddsWhatIsThere() {
        RulesTrial.Result result = new RulesTrial(RULES)
                .run(
                        "urgent: enterprise demo, we have a budget, else we cancel",
                        Map.of("labels", List.of("churn-risk")));

        assertThat(result.labels()).containsExactly("enterprise-lead", "sales-qualified");
        assertThat(result.score()).isEqualTo(90);
        assertThat(result.qualifies()).isTrue();
        assertThat(result.escalates()).containsExactly("churn-risk-enterprise");
        assertThat(result.hits()).extracting(RulesTrial.TrialHit::kind).contains("tag", "score", "qualify", "escalate");
    }

    // ---- handoff

    private static final String HANDOFF = """
            scores: [{id: demo, any: [demo], points: 50}]
            qualify: {at: 50, team: Sales, reassign: true, note: "**Lead**"}
            escalate:
              - {id: churn, when: {labels: {all: [churn]}}, team: senior support}
            handoff: {note: "From {from} to {mention-team} by {rule}: {score}"}
            """;

    private final Steps handing = new Steps(RuleBook.parse("r.yaml", HANDOFF), DESTINATIONS);

    private void assigned(Long team, String teamName, Long agent, String agentName) {
        Bodies shown = Bodies.updated(ID).at(NOW);
        if (team != null) {
            shown.team(team, teamName);
        }
        if (agent != null) {
            shown.assignee(agent, agentName);
        }
        conversation.observe(shown.event(), NOW);
        conversation.observe(Bodies.message(ID, ++lastMessage, "a demo").event(), NOW);
        handing.score(conversation);
    }

    @Test
    void whoGetsAConversationFromAnotherTeamOrAgentIsTold() {
        assigned(4L, "support", 12L, "Mara Quill");

        handing.qualify(conversation);

        assertThat(note("qualify"))
                .isEqualTo("**Lead**\n\nFrom support, Mara Quill to {mention-team: Sales} by qualify: 50");
    }

    @Test
    void aRuleWithoutANoteHandsOverWithTheHandoffAlone() {
        assigned(4L, "support", null, "");
        conversation.wish(Wish.ChangeLabels.add(List.of("churn")), Urgency.TAGGING, new Reason("test", 0, List.of()));

        handing.escalate(conversation);

        assertThat(note("escalate:churn")).isEqualTo("From support to {mention-team: senior support} by churn: 50");
    }

    @Test
    void aConversationOfNobodyOrOfTheTeamItselfIsNotHandedOver() {
        assigned(3L, "sales", 12L, "Mara Quill");
        handing.qualify(conversation);
        assertThat(note("qualify")).isEqualTo("**Lead**");

        conversation = new Conversation(ConversationState.unknown(7, ID), List.of(), NOW);
        assigned(null, "", null, "");
        handing.qualify(conversation);
        assertThat(note("qualify")).isEqualTo("**Lead**");
    }

    @Test
    @Tag("invariant-12")
    void aNameWithMarkdownInItIsPlainInAHandoff() {
        assigned(4L, "[x](mention://user/1/x)", null, "");

        handing.qualify(conversation);

        assertThat(note("qualify")).doesNotContain("](", "mention://");
    }

    // ---- conditions

    private static final String CONDITIONS = """
            scores:
              - {id: pricing-page, when: {referer: {contains: /pricing}}, points: 30}
              - {id: seats, any: [seats], when: {attributes: {seats: {at_least: 50}}}, points: 30}
            qualify: {at: 60, when: {language: de}, team: sales}
            escalate:
              - {id: waits, when: {messages_without_answer: {at_least: 3}, status: open}, labels: [waits]}
            """;

    private final Steps conditional = new Steps(RuleBook.parse("r.yaml", CONDITIONS), DESTINATIONS);

    private void decide(Bodies message) {
        conversation.observe(message.event(), NOW);
        conditional.tag(conversation);
        conditional.score(conversation);
        conditional.qualify(conversation);
        conditional.escalate(conversation);
    }

    @Test
    @Tag("invariant-11")
    void rulesAskForMoreThanWordsAndTellWhatTheyFound() {
        conversation.observe(
                Bodies.updated(ID).attributes(Map.of("seats", "80")).at(NOW).event(), NOW);

        decide(Bodies.message(ID, 1, "80 seats")
                .with(
                        "additional_attributes",
                        Map.of("referer", "https://shop.example/pricing", "browser_language", "de-AT")));

        assertThat(conversation.ledger())
                .extracting(ScoreEntry::matched)
                .containsExactly(
                        List.of("referer: https://shop.example/pricing"), List.of("seats", "attributes.seats: 80"));
        assertThat(conversation.decided())
                .filteredOn(wished -> wished.wish() instanceof Wish.AssignTeam)
                .singleElement()
                .extracting(Wished::reasons)
                .isEqualTo(List.of(new Reason("qualify", 1, List.of("60 >= 60", "language: de"))));
    }

    @Test
    void aScoreWithoutTheConditionQualifiesWhenItHolds() {
        conversation.observe(
                Bodies.updated(ID).attributes(Map.of("seats", 80)).at(NOW).event(), NOW);
        decide(Bodies.message(ID, 1, "80 seats")
                .with("additional_attributes", Map.of("referer", "https://shop.example/pricing")));
        assertThat(conversation.getScore()).isEqualTo(60);
        assertThat(conversation.isQualified()).isFalse();

        decide(Bodies.message(ID, 2, "Hallo?").with("additional_attributes", Map.of("conversation_language", "de")));

        assertThat(conversation.isQualified()).isTrue();
    }

    @Test
    void theThirdMessageWithoutAnAnswerEscalates() {
        conversation.observe(Bodies.updated(ID).status("open").at(NOW).event(), NOW);
        decide(Bodies.message(ID, 1, "hello"));
        decide(Bodies.message(ID, 2, "hello?"));
        conversation.observe(agentWrites(3, false), NOW);
        decide(Bodies.message(ID, 4, "thanks"));
        decide(Bodies.message(ID, 5, "but"));
        conversation.observe(agentWrites(6, true), NOW);
        assertThat(conversation.getLabels()).doesNotContain("waits");

        conversation = new Conversation(conversation.state(), List.of(), NOW);
        decide(Bodies.message(ID, 7, "anybody?"));

        assertThat(conversation.getLabels()).contains("waits");
        assertThat(conversation.decided().iterator().next().reasons())
                .containsExactly(new Reason("waits", 7, List.of("messages_without_answer: 3", "status: open")));
    }

    @Test
    @Tag("invariant-3")
    void answersCountByTheirPlaceNotByTheirArrival() {
        conversation.observe(Bodies.updated(ID).status("open").at(NOW).event(), NOW);
        decide(Bodies.message(ID, 1, "a"));
        decide(Bodies.message(ID, 3, "b"));
        conversation.observe(agentWrites(2, false), NOW);
        decide(Bodies.message(ID, 4, "c"));
        assertThat(conversation.state().waiting().answeredUpTo()).isEqualTo(2);
        assertThat(conversation.state().waiting().unanswered())
                .extracting(Waiting.Unanswered::message)
                .containsExactly(3L, 4L);

        conversation.observe(
                Bodies.updated(ID).status("resolved").at(NOW.plusSeconds(9)).event(), NOW);

        assertThat(conversation.state().waiting().answeredUpTo()).isEqualTo(4);
        assertThat(conversation.state().waiting().unanswered()).isEmpty();
    }

    private static Event agentWrites(long message, boolean isPrivate) {
        return Bodies.message(ID, message, "reply")
                .withRoot("message_type", "outgoing")
                .withRoot("private", isPrivate)
                .withRoot("sender", Map.of("id", 12, "type", "user"))
                .event();
    }

    // ---- whose conversation it is

    @Test
    @Tag("invariant-6")
    void anAgentWhoHasTheConversationKeepsItAndTheNoteSaysSo() {
        conversation.observe(
                Bodies.updated(ID)
                        .team(4, "support")
                        .assignee(12, "Mara [x](y)")
                        .at(NOW)
                        .event(),
                NOW);

        say("An urgent demo for our enterprise, we have a budget");

        assertThat(conversation.isQualified()).isTrue();
        assertThat(wish(Wish.AssignTeam.class)).isEmpty();
        assertThat(note("qualify"))
                .contains("Lead qualified")
                .endsWith("Not assigned to sales: Mara \\[x\\]\\(y\\) has the conversation.")
                .doesNotContain("Handoff");
    }

    @Test
    void aConversationThatOnlyATeamHasIsReassigned() {
        conversation.observe(Bodies.updated(ID).team(4, "support").at(NOW).event(), NOW);

        say("An urgent demo for our enterprise, we have a budget");

        assertThat(wish(Wish.AssignTeam.class)).contains(new Wish.AssignTeam("sales", false));
        assertThat(note("qualify")).contains("**Handoff** from support to sales");
    }

    // ---- messages of long ago

    private void saidLongAgo(String text) {
        say(Bodies.message(ID, ++lastMessage, text).withRoot(EventDecoder.BACKFILL, true));
    }

    @Test
    void whatWasWrittenLongAgoIsTaggedScoredAndALeadButRousesNobody() {
        saidLongAgo("A demo for our enterprise? We have the budget.");
        saidLongAgo("Else we cancel");

        assertThat(conversation.getLabels())
                .containsExactlyInAnyOrder("enterprise-lead", "sales-qualified", "churn-risk", "qualified", "hot-lead");
        assertThat(conversation.getAttributes()).containsEntry("lead_score", 75);
        assertThat(lead().score()).isEqualTo(75);
        assertThat(wishes()).extracting(Wish::kind).containsExactlyInAnyOrder("labels", "attributes", "lead", "lead");
        assertThat(conversation.decided())
                .as("all else goes first")
                .extracting(Wished::urgency)
                .containsOnly(Urgency.BACKFILL);
    }

    @Test
    void aCustomerOfLongAgoWhoWritesAgainIsEscalatedThen() {
        saidLongAgo("We cancel our enterprise plan");
        granted();

        say("Hello?");

        assertThat(conversation.getLabels()).contains("escalated");
        assertThat(note("escalate:churn-risk-enterprise")).isNotEmpty();
    }
}
