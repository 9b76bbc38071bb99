package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleLintTest {

    private static List<String> warnings(String fileName, String yaml) {
        return RuleLint.parse(fileName, yaml).warnings();
    }

    @Test
    void theShippedRulesAreClean() {
        assertThat(RuleLint.load(Path.of("rules.yaml")).warnings()).isEmpty();
    }

    @Test
    void whatExtractRulesCannotSetIsNamed() {
        assertThat(warnings("r.yaml", """
                extract:
                  - {id: a, attribute: size, type: number, regex: ['(?P<v>\\d+) people']}
                  - {id: b, attribute: size, type: text, pattern: '[a-z]+', values: {small: [few], Big: [many]}}
                  - {id: c, attribute: size, type: number, regex: ['(?P<v>\\d+) staff']}
                """))
                .containsExactly(
                        "r.yaml:3:36: extract[1].type is text, and of extract[0] (a), which sets size, too, it is number;"
                                + " expected one type for an attribute",
                        "r.yaml:3:89: extract[1].values.Big does not match the rule's pattern, so that it is never set;"
                                + " expected a text that matches [a-z]+");
    }

    @Test
    void whatTwoExtractRulesLookForIsNamedAtTheOneWhoseValueNeverCounts() {
        assertThat(warnings("r.yaml", """
                extract:
                  - {id: a, attribute: industry, type: list, values: {Finance: [bank, fund], Health: [hospital]}}
                  - {id: b, attribute: industry, type: list, values: {Law: [court], Money: [broker, "BANK"]}}
                  - {id: c, attribute: size, type: number, regex: ['(?P<v>\\d+) people', '(?P<v>\\d+) staff']}
                  - {id: d, attribute: size, type: number, regex: ['(?P<v>\\d+) staff'], replace: true}
                """))
                .containsExactly(
                        "r.yaml:3:85: extract[1].values.Money[1] is looked for by extract[0] (a), too, whose industry"
                                + " counts; expected it in one of them",
                        "r.yaml:4:73: extract[2].regex[1] is looked for by extract[3] (d), too, whose size counts;"
                                + " expected it in one of them");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{id: b, attribute: other, values: {Money: [bank]}}",
                "{id: b, attribute: industry, values: {Money: [banker]}}",
                "{id: b, attribute: industry, values: {Money: [bank]}, replace: true, when: {language: de}}",
                "{id: b, attribute: industry, values: {money: [bank]}, pattern: '[a-z]+'}",
            })
    void extractRulesOfWhichEachMayCountAreFine(String second) {
        assertThat(warnings("r.yaml", """
                extract:
                  - {id: a, attribute: industry, values: {Finance: [bank]}}
                  - %s
                """.formatted(second))).isEmpty();
    }

    @Test
    void wordsBesideAnEventThatHasNoneAreNamed() {
        assertThat(warnings("r.yaml", """
                tags:
                  - {id: a, any: [demo], when: {event: conversation_status_changed}, labels: [ab]}
                  - {id: b, any: [demo], when: {any: [{event: message_updated}, {status: open}]}, labels: [cd]}
                  - {id: c, when: {event: conversation_created}, labels: [ef]}
                scores:
                  - {id: d, any: [demo], points: 5, when: {all: [{event: conversation_created}, {status: open}]}}
                extract:
                  - {id: e, attribute: plan, values: {pro: [pro]}, when: {event: [conversation_created, conversation_updated]}}
                qualify: {at: 5, when: {any: [{event: conversation_created}, {message: {any: [demo]}}]}}
                escalate:
                  - {id: f, when: {message: {any: [lawyer]}, event: conversation_updated}, team: a}
                  - {id: g, when: {message: {any: [lawyer]}, event: [conversation_updated, message_updated]}, team: a}
                  - {id: h, when: {labels: {all: [vip]}, none: [{event: message_created}]}, team: a}
                """))
                .allSatisfy(warning -> assertThat(warning)
                        .endsWith(".when asks for events at which the rule never matches, as words come with"
                                + " message_created and message_updated only; expected one of these, or a rule without"
                                + " words"))
                .extracting(warning -> warning.substring(0, warning.indexOf(".when ")))
                .containsExactly(
                        "r.yaml:2:32: tags[0]",
                        "r.yaml:6:43: scores[0]",
                        "r.yaml:8:58: extract[0]",
                        "r.yaml:11:19: escalate[0]");
    }

    @Test
    void aScoreThatNeverIsIsNamed() {
        assertThat(warnings("r.yaml", """
                scores: [{id: a, any: [demo], points: 30}]
                tags:
                  - {id: a, when: {score: {at_least: 31}}, labels: [ab]}
                  - {id: b, when: {score: {at_least: 30, below: 99}}, labels: [cd]}
                escalate:
                  - {id: c, when: {any: [{score: {above: 30}}, {score: {at_least: 80}}]}, team: a}
                  - {id: d, when: {any: [{score: {above: 30}}, {status: open}]}, team: a}
                """))
                .containsExactly(
                        "r.yaml:3:19: tags[0].when asks for a score that never is, as all score rules together give 30"
                                + " at most; expected no more than that",
                        "r.yaml:6:19: escalate[0].when asks for a score that never is, as all score rules together give"
                                + " 30 at most; expected no more than that");
    }

    @Test
    void aCapOfPointsThatFadeDifferentlyIsNamed() {
        assertThat(warnings("r.yaml", """
                caps: {mixed: 40, one: 40, minus: 40}
                scores:
                  - {id: a, any: [demo], points: 30, group: mixed}
                  - {id: b, any: [price], points: 30, group: mixed, half-life: 1d}
                  - {id: c, any: [team], points: 30, group: one, half-life: 1d}
                  - {id: d, any: [user], points: 30, group: one, half-life: 1d}
                  - {id: e, any: [bulk], points: 30, group: minus, half-life: 1d}
                  - {id: f, any: [few], points: -30, group: minus, half-life: 1d}
                """))
                .extracting(warning -> warning.substring(0, warning.indexOf(" is of rules")))
                .containsExactlyInAnyOrder("r.yaml:1:15: caps.mixed", "r.yaml:1:35: caps.minus");
    }

    @Test
    void aResetThatWaitsForAScoreThatNeverFallsIsNamed() {
        String rules = """
                scores: [{id: a, any: [demo], points: 80%s}]
                qualify: {at: 70, cool-down: 7d}
                escalate:
                  - {id: hot, when: {score: {at_least: 80}}, reset-below: 50, team: sales}
                  - {id: law, when: {message: {any: [lawyer]}}, cool-down: 7d, team: sales}
                """;

        assertThat(warnings("r.yaml", rules.formatted("")))
                .extracting(warning -> warning.substring(0, warning.indexOf(" waits for")))
                .containsExactly("r.yaml:2:30: qualify.cool-down", "r.yaml:4:59: escalate[0].reset-below");
        assertThat(warnings("r.yaml", rules.formatted(", half-life: 30d"))).isEmpty();
    }

    @Test
    void aKeywordThatAnotherOfItsRuleFindsIsNamedWithItsPlace() {
        assertThat(warnings("r.yaml", """
                tags:
                  - id: prices
                    any: [prices, price, free demo, demo, "not working", working]
                    labels: [money]
                """))
                .containsExactly(
                        "r.yaml:3:19: tags[0].any[1] \"price\" is found by \"prices\" of the same rule already;"
                                + " expected it without, or a rule of its own",
                        "r.yaml:3:26: tags[0].any[2] \"free demo\" is found by \"demo\" of the same rule already;"
                                + " expected it without, or a rule of its own");
    }

    @Test
    void theWordsOfAConditionAreLookedAtToo() {
        assertThat(warnings("r.yaml", """
                escalate:
                  - id: angry
                    when:
                      any:
                        - message: {any: [lawyer, my lawyer]}
                    labels: [angry]
                """))
                .singleElement()
                .asString()
                .startsWith("r.yaml:5:35: escalate[0].when.any[0].message.any[1] \"my lawyer\" is found by \"lawyer\"");
    }

    @Test
    void twoTagRulesWithEqualWordsAreTold() {
        assertThat(warnings("r.yaml", """
                tags:
                  - {id: a, any: [demo, Trial], labels: [x-1]}
                  - {id: b, any: [trial, demo], labels: [x-2]}
                  - {id: c, any: [trial, demo], labels: [x-3], when: {channel: "Channel::Email"}}
                """))
                .containsExactly("r.yaml:3:5: tags[1] (b) looks for the same as tags[0] (a); expected one rule with the"
                        + " labels of both");
    }

    @Test
    void aThresholdThatNoPointsReachIsTold() {
        assertThat(warnings("r.yaml", """
                caps: {intent: 30}
                scores:
                  - {id: a, any: [alpha], points: 25, group: intent, repeat: each}
                  - {id: b, any: [beta], points: 25, group: intent}
                  - {id: c, any: [gamma], points: 10, repeat: {at_most: 2}}
                  - {id: d, any: [delta], points: -50}
                qualify: {at: 51, labels: [qualified]}
                """))
                .containsExactly(
                        "r.yaml:7:15: qualify.at is 51, and all score rules together give 50 at most; expected no"
                                + " more than that");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scores: [{id: a, any: [alpha], points: 10, repeat: each}]\nqualify: {at: 90, labels: [ok]}",
                "scores: [{id: a, any: [alpha], points: 90}]\nqualify: {at: 90, labels: [ok]}",
            })
    void aThresholdThatCanBeReachedIsFine(String yaml) {
        assertThat(warnings("r.yaml", yaml)).isEmpty();
    }

    @Test
    void rulesThatFeedEachOtherAreToldOnce() {
        assertThat(warnings("r.yaml", """
                tags:
                  - {id: a, when: {labels: {all: [from-b]}}, labels: [from-a]}
                  - {id: c, when: {labels: {any: [vip]}}, labels: [from-c]}
                escalate:
                  - {id: b, when: {labels: {any: [from-a, other]}}, labels: [from-b]}
                """))
                .containsExactly(
                        "r.yaml:2:5: tags[0] (a) adds from-a, which escalate[0] (b) asks for, which adds from-b,"
                                + " which it asks for itself; expected conditions that do not wait for each other");
    }

    @Test
    void aLadderThatAsksForItsOwnLabelIsToldAtItsStep() {
        assertThat(warnings("r.yaml", """
                escalate:
                  - id: slow
                    when: {labels: {any: [late, vip]}}
                    steps:
                      - {after: 30m, labels: [slow]}
                      - {after: 60m, labels: [late]}
                """))
                .containsExactly("r.yaml:6:9: escalate[0].steps[1] (slow) adds late, which it asks for itself; expected"
                        + " conditions that do not wait for each other");
    }

    @Test
    void whatMustNotBeThereIsNoLoop() {
        assertThat(warnings("r.yaml", """
                tags:
                  - {id: a, any: [alpha], when: {none: [{labels: {all: [seen]}}]}, labels: [seen]}
                """)).isEmpty();
    }

    @Test
    void aLineOfANoteThatIsNeverThereIsTold() {
        assertThat(warnings("r.yaml", """
                escalate:
                  - id: a
                    when: {labels: {all: [vip]}}
                    note: |
                      {mention-team} look
                """))
                .containsExactly(
                        "r.yaml:4:11: escalate[0].note has {mention-team}, and the rule assigns no team, so that the"
                                + " line is never there; expected team beside it");
    }

    @Test
    void whatChatwootOrLiquidWouldNotTakeIsAnError() {
        assertThatThrownBy(() -> warnings("r.yaml", """
                        tags:
                          - {id: a, any: [alpha], labels: ["Hot Lead, now"]}
                        qualify: {at: 5, note: "{{ contact.name }}"}
                        """))
                .isInstanceOf(RuleFileException.class)
                .hasMessageContainingAll("r.yaml:2:", "tags[0].labels[0]", "r.yaml:3:", "qualify.note");
    }
}
