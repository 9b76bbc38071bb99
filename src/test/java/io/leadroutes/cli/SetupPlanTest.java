package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.cli.Present.Kind;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.store.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SetupPlanTest {
    private static final String RULES = """
            tags:
              - {id: price, any: [price], labels: [pricing, money]}
              - {id: cost, any: [cost], labels: [pricing]}
            qualify:
              at: 50
              labels: [lead]
              team: Sales
              attributes: [industry, lead_score, deal_value]
              note: |
                Score: {score}
                Name: {name}
            extract:
              - {id: ref, attribute: ref, regex: ['ref (?P<value>\\S+)'], pattern: '[0-9]{4}'}
              - {id: industry, attribute: industry, type: list, values: {Finance: [bank], Health: [hospital]}}
              - {id: clinics, attribute: industry, type: list, values: {Health: [clinic], Retail: [shop]}}
            escalate:
              - id: unhappy
                when: {labels: {all: [churn], none: [handled]}}
                labels: [money]
                priority: none
                team: "5"
              - id: again
                when: {labels: {any: [churn]}}
                team: SALES
            """;

    private static final SetupNeeds NEEDS = SetupNeeds.of(RuleBook.parse("rules.yaml", RULES), List.of());

    @Test
    void labelsAreThoseThatRulesAddAndThoseThatTheyWaitFor() {
        assertThat(NEEDS.labels())
                .extracting(SetupAction.AddLabel::title)
                .containsExactly("pricing", "money", "lead", "churn", "handled");
        assertThat(NEEDS.labels().get(0).purpose()).isEqualTo("leadroutes: tag rule price, cost");
    }

    @Test
    void attributesHaveTheTypesOfTheReferenceElseText() {
        assertThat(NEEDS.attributes())
                .extracting(SetupAction.AddAttribute::description)
                .containsExactly(
                        "attribute lead_score of conversations (number)",
                        "attribute ref of conversations (text)",
                        "attribute industry of conversations (list)",
                        "attribute deal_value of conversations (currency)");
    }

    @Test
    void whereDealsAreToldOfTheirLabelsAndAttributesAreNeededTooOnceEach() {
        SetupNeeds needs = SetupNeeds.of(RuleBook.parse("rules.yaml", RULES), List.of("deal-won", "lead"));

        assertThat(needs.labels())
                .extracting(SetupAction.AddLabel::title)
                .containsExactly("pricing", "money", "lead", "churn", "handled", "deal-won");
        assertThat(needs.attributes())
                .extracting(SetupAction.AddAttribute::description)
                .endsWith(
                        "attribute deal_value of conversations (currency)",
                        "attribute deal_outcome of conversations (text)")
                .hasSize(5);
    }

    @Test
    void attributesThatAreExtractedHaveWhatTheirRuleSays() {
        assertThat(NEEDS.attributes().get(1).regex()).contains("[0-9]{4}");
        assertThat(NEEDS.attributes().get(2).values()).containsExactly("Finance", "Health", "Retail");
    }

    @Test
    void teamsAreMadeOnceWhateverTheirCaseAndNeverById() {
        assertThat(NEEDS.teams()).extracting(SetupAction.AddTeam::name).containsExactly("Sales");
        assertThat(NEEDS.teamIds()).containsExactly("5");
    }

    @Test
    void aMacrosNoteIsTheTextThatIsPutIntoAnAttributeForIt() {
        assertThat(NEEDS.macros().get(0).note())
                .contains("{{ conversation.custom_attribute.leadroutes_note_qualify }}");
        assertThat(NEEDS.macros().get(1).note()).isEmpty();
        assertThat(NEEDS.macros().get(1).priority())
                .as("a priority is never lowered")
                .isEmpty();
    }

    @Test
    void aTeamNamedByAnIdThatIsNotThereIsAProblemAndItsMacroNotMade() {
        SetupPlan plan = plan(Present.NOTHING);

        assertThat(plan.problems()).containsExactly("there is no team 5, which the rules name by its id");
        assertThat(plan.actions())
                .extracting(SetupAction::description)
                .contains("macro leadroutes: qualify (labels lead; team Sales; a note)")
                .contains("macro leadroutes: escalate again (team SALES)")
                .noneMatch(description -> description.contains("unhappy"));
    }

    @Test
    void labelsAndTeamsAreComparedWithoutCase() throws Exception {
        Present present = Present.NOTHING
                .with(Kind.LABEL, Json.tree("{\"payload\":[{\"id\":1,\"title\":\"Pricing\"}]}"))
                .with(Kind.TEAM, Json.tree("[{\"id\":5,\"name\":\" sales \"}]"));

        assertThat(plan(present).actions())
                .extracting(SetupAction::description)
                .doesNotContain("label pricing", "team Sales")
                .contains("label money");
    }

    @Test
    void aContactsAttributeOfTheSameKeyIsNoneOfAConversation() throws Exception {
        Present present = Present.NOTHING.with(
                Kind.ATTRIBUTE,
                Json.tree("[{\"id\":1,\"attribute_key\":\"industry\",\"attribute_model\":1},"
                        + "{\"id\":2,\"attribute_key\":\"deal_value\",\"attribute_model\":\"contact_attribute\"}]"));

        assertThat(present.all(Kind.ATTRIBUTE)).isEmpty();
    }

    @Test
    void everyShapeOfAListOfWebhooksIsRead() throws Exception {
        String hook = "[{\"id\":3,\"url\":\"https://a.example/\",\"subscriptions\":[\"message_created\"]}]";

        for (String body : List.of(
                hook,
                "{\"payload\":{\"webhooks\":" + hook + "}}",
                "{\"payload\":" + hook + "}",
                "{\"webhooks\":" + hook + "}")) {
            assertThat(Present.things(Kind.WEBHOOK, tree(body)))
                    .as(body)
                    .singleElement()
                    .satisfies(thing -> assertThat(thing.subscriptions()).containsExactly("message_created"));
        }
    }

    @Test
    void aMissingEventIsAddedAndTheOthersStay() throws Exception {
        Present present = Present.NOTHING.with(
                Kind.WEBHOOK,
                Json.tree("[{\"id\":3,\"url\":\"" + SetupBench.URL
                        + "\",\"subscriptions\":[\"webwidget_triggered\",\"message_created\"],\"secret\":\"s\"}]"));

        SetupPlan plan = SetupPlan.of(NEEDS, wanted(Optional.of(SetupBench.URL), Optional.of("s\n")), present);

        assertThat(plan.actions())
                .filteredOn(SetupAction.AddSubscriptions.class::isInstance)
                .singleElement()
                .satisfies(action -> assertThat(action.description()).doesNotContain("message_created,"));
        assertThat(SetupPlan.union(present.all(Kind.WEBHOOK).get(0), List.of("message_created", "contact_updated")))
                .containsExactlyInAnyOrder("webwidget_triggered", "message_created", "contact_updated");
        assertThat(plan.actions()).as("saved already").noneMatch(SetupAction.SaveSecret.class::isInstance);
    }

    private static SetupPlan plan(Present present) {
        return SetupPlan.of(NEEDS, wanted(Optional.empty(), Optional.empty()), present);
    }

    private static SetupPlan.Wanted wanted(Optional<String> url, Optional<String> saved) {
        return new SetupPlan.Wanted(url, Path.of("data/webhook-secret"), saved, Map.of());
    }

    private static JsonNode tree(String json) throws JsonProcessingException {
        return Json.tree(json);
    }
}
