package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code when} asks for, and how it is told. */
class ConditionTest {

    private static final Facts FACTS = new Facts(
            Set.of("vip", "angry"),
            new HashMap<>(Map.of(
                    "attributes.seats",
                    new BigDecimal("80.0"),
                    "attributes.plan",
                    "Enterprise",
                    "attributes.regions",
                    List.of("EU", "US"),
                    "attributes.size",
                    "120",
                    "attributes.trial",
                    true,
                    "attributes.blank",
                    " ",
                    "contact.city",
                    "Graz",
                    "referer",
                    "https://shop.example/Pricing?x=1",
                    "score",
                    40,
                    "messages_without_answer",
                    3)));

    private static final Facts ON_UPDATE = new Facts(
            Set.of(),
            Map.of(
                    "event",
                    "conversation_updated",
                    "channel",
                    "Channel::WebWidget",
                    "open",
                    List.of("office", "phone"),
                    "closed",
                    List.of("night")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "labels: {all: [vip], any: [angry, calm]} | labels: vip, angry",
                "attributes: {seats: 80} | attributes.seats: 80.0",
                "attributes: {seats: '80.00'} | attributes.seats: 80.0",
                "attributes: {seats: {above: 79.5, at_most: 80}} | attributes.seats: 80.0",
                "attributes: {size: {at_least: 100}} | attributes.size: 120",
                "attributes: {plan: enterprise} | attributes.plan: Enterprise",
                "attributes: {plan: [free, enterprise]} | attributes.plan: Enterprise",
                "attributes: {plan: {in: [free, enterprise]}} | attributes.plan: Enterprise",
                "attributes: {regions: us} | attributes.regions: [EU, US]",
                "attributes: {trial: true} | attributes.trial: true",
                "attributes: {none: {exists: false}} | attributes.none: not there",
                "attributes: {blank: {exists: false}} | attributes.blank:",
                "contact: {city: {contains: RA}} | contact.city: Graz",
                "referer: {contains: /pricing} | referer: https://shop.example/Pricing?x=1",
                "messages_without_answer: {at_least: 3} | messages_without_answer: 3",
                "any: [{labels: {all: [calm]}}, {attributes: {seats: 80}}] | attributes.seats: 80.0",
                "all: [{labels: {all: [vip]}}, {none: [{labels: {any: [calm]}}]}] | labels: vip",
                "score: {at_least: 40, below: 41} | score: 40",
                "message: {any: [lawyer]}, labels: {any: [vip]} | LAWYER; labels: vip",
            })
    @Tag("invariant-11")
    void whatHoldsIsTold(String condition, String why) {
        assertThat(held(condition, FACTS)).contains(List.of(why.split("; ")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "labels: {all: [vip, calm]}",
                "labels: {all: [vip], none: [angry]}",
                "attributes: {seats: {above: 80}}",
                "attributes: {seats: {below: 80}}",
                "attributes: {plan: {at_least: 1}}",
                "attributes: {plan: prise}",
                "attributes: {regions: Asia}",
                "attributes: {missing: {at_least: 0}}",
                "attributes: {missing: {contains: a}}",
                "attributes: {plan: {exists: false}}",
                "attributes: {blank: {exists: true}}",
                "language: de",
                "score: {above: 40}",
                "any: [{labels: {all: [calm]}}, {attributes: {seats: 81}}]",
                "all: [{labels: {all: [vip]}}, {none: [{labels: {any: [angry]}}]}]",
                "message: {any: [attorney]}",
                "none: [{message: {any: [lawyer]}}], labels: {all: [vip]}",
            })
    void whatDoesNotHoldIsNotMet(String condition) {
        assertThat(held(condition, FACTS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "event: conversation_updated | event: conversation_updated",
                "event: [message_created, conversation_updated], open: [shop, office] | event: conversation_updated; open:"
                        + " [office, phone]",
                "event: conversation_updated, closed: night | event: conversation_updated; closed: [night]",
                "event: conversation_updated, channel: 'Channel::WebWidget' | event: conversation_updated; channel:"
                        + " Channel::WebWidget",
                "message: {any: [lawyer]}, any: [{event: conversation_updated}] | LAWYER; event: conversation_updated",
            })
    void eventsAndHoursAreTold(String condition, String why) {
        assertThat(held(condition, ON_UPDATE)).contains(List.of(why.split("; ")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "channel: 'Channel::WebWidget'",
                "message: {any: [lawyer]}",
                "open: office",
                "event: message_created",
                "event: [message_updated, conversation_created]",
                "event: conversation_updated, open: night",
                "event: conversation_updated, closed: [office, phone]",
            })
    void otherEventsMeetOnlyRulesThatAskForThem(String condition) {
        assertThat(held(condition, ON_UPDATE)).isEmpty();
    }

    @Test
    void rulesThatNameNoEventAreAboutMessages() {
        RuleBook book = RuleBook.parse("r.yaml", "tags: [{id: a, any: [price], labels: [hot]}]\nqualify: {at: 10}");
        Facts changed = new Facts(Set.of(), Map.of("event", "message_updated"));

        assertThat(book.hits(book.read("the price"), changed)).isEmpty();
        assertThat(book.qualifyCondition(book.read(""), changed)).isEmpty();
        assertThat(book.qualifyCondition(book.read(""), Facts.NONE)).isPresent();
        assertThat(book.hasRulesOnEvents()).isFalse();
        assertThat(book("none: [{event: message_created}], status: open").hasRulesOnEvents())
                .isTrue();
    }

    @Test
    void wordsThatAreDeniedMeetNoCondition() {
        RuleBook book = book("message: {any: [lawyer]}");

        assertThat(book.escalations(book.read("I need no lawyer"), FACTS)).isEmpty();
    }

    @Test
    void aTagRuleMayAskForWordsAndMore() {
        RuleBook book = RuleBook.parse(
                "r.yaml",
                "tags: [{id: a, any: [price], when: {referer: {contains: /pricing}}, labels: [hot]}]\n"
                        + "scores: [{id: b, when: {attributes: {seats: {at_least: 50}}}, points: 20}]");

        assertThat(book.hits(book.read("the price"), FACTS))
                .containsExactly(
                        new Hit(
                                Hit.Kind.TAG,
                                "a",
                                List.of("price", "referer: https://shop.example/Pricing?x=1"),
                                0,
                                List.of("hot")),
                        new Hit(Hit.Kind.SCORE, "b", List.of("attributes.seats: 80.0"), 20, List.of()));
        assertThat(book.hits("the price")).as("nothing is known").isEmpty();
        assertThat(book.hits(book.read("hello"), FACTS)).extracting(Hit::rule).containsExactly("b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{label: {all: [ab]}} | 1:31: escalate[0].when.label is an unknown key; did you mean labels?",
                "{} | 1:30: escalate[0].when is empty; expected a condition, such as {labels: {all: [churn-risk]}}",
                "{any: []} | 1:36: escalate[0].when.any is an empty list; expected a list of conditions",
                "{any: {labels: {all: [ab]}}} | 1:36: escalate[0].when.any is a mapping; expected a list of conditions",
                "{any: [{status: closed}]} | 1:46: escalate[0].when.any[0].status is \"closed\"; expected open, resolved,"
                        + " pending or snoozed",
                "{priority: [high, huge]} | 1:48: escalate[0].when.priority[1] is \"huge\"; expected none, low, medium, high"
                        + " or urgent",
                "{channel: whatsapp} | 1:40: escalate[0].when.channel is \"whatsapp\"; expected a channel as Chatwoot names"
                        + " it, such as Channel::WebWidget",
                "{language: German} | 1:41: escalate[0].when.language is \"German\"; expected a language of 2 or 3"
                        + " lower-case letters, such as de",
                "{event: message_deleted} | 1:38: escalate[0].when.event is \"message_deleted\"; expected message_created,"
                        + " message_updated, conversation_created, conversation_updated, conversation_status_changed",
                "{open: office} | 1:37: escalate[0].when.open is \"office\"; expected a calendar that the file defines"
                        + " under calendars",
                "{inbox: sales} | 1:38: escalate[0].when.inbox is \"sales\"; expected a whole number",
                "{attributes: {seats: {at_least: many}}} | 1:62: escalate[0].when.attributes.seats.at_least is \"many\";"
                        + " expected a number",
                "{attributes: {'deal value': 5}} | 1:44: escalate[0].when.attributes.deal value is no attribute key;"
                        + " expected an attribute key of letters, digits, _, . or -",
                "{attributes: {seats: {more: 5}}} | 1:52: escalate[0].when.attributes.seats.more is an unknown key; expected"
                        + " equals, in, contains, exists, at_least, at_most, above, below",
                "{message: {typos: true}} | 1:40: escalate[0].when.message has no any; expected a list of keywords, or near"
                        + " or regex",
                "{none: [{labels: {any: [ab]}}]} | 1:30: escalate[0].when says only what must not be; expected something"
                        + " that must be, or nearly everything escalates",
            })
    void whatIsWrongIsNamedWithItsPlace(String when, String problem) {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("r.yaml", "escalate: [{id: angry, when: " + when + "}]"))
                .withMessage("r.yaml:" + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{message: {any: [lawyer]}}",
                "{attachments: {at_least: 1}}",
                "{event: conversation_updated}",
                "{status: open, none: [{any: [{language: de}, {message: {any: [lawyer]}}]}]}"
            })
    void nobodyWritesWhenAWaitingEnds(String when) {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("r.yaml", "escalate: [{id: slow, waiting: 5m, when: " + when + "}]"))
                .withMessage(
                        "r.yaml:1:42: escalate[0].when asks for message, attachments or event, and nobody writes when a"
                                + " waiting ends; expected a condition without them");
    }

    @Test
    void labelsOfWaitingRulesAreNamed() {
        RuleBook book = RuleBook.parse(
                "r.yaml",
                "escalate: [{id: slow, waiting: 5m, when: {none: [{labels: {any: [spam]}}]}, labels: [late]}]");

        assertThat(book.conditionLabels()).containsExactly("spam");
    }

    @Property
    void noneIsWhatAnyIsNot(@ForAll("conditions") List<Condition> parts, @ForAll("facts") Facts facts) {
        Reading nothing = Books.of(List.<KeywordRule>of()).read("");

        assertThat(new Condition.None(parts).held(nothing, facts).isPresent())
                .isEqualTo(new Condition.Any(parts).held(nothing, facts).isEmpty());
        assertThat(new Condition.All(parts).held(nothing, facts).isPresent())
                .isEqualTo(parts.stream()
                        .noneMatch(part -> part.held(nothing, facts).isEmpty()));
    }

    @Provide
    Arbitrary<List<Condition>> conditions() {
        Arbitrary<String> label = Arbitraries.of("aa", "bb", "cc");
        Arbitrary<Condition> labels =
                Combinators.combine(label.set(), label.set(), label.set()).as(Condition.Labels::new);
        Arbitrary<Condition> values = Combinators.combine(
                        Arbitraries.of(ValueTest.Comparison.values()),
                        Arbitraries.integers().between(0, 3))
                .as((comparison, with) -> new Condition.Value(
                        "attributes.n", List.of(new ValueTest.Compares(comparison, BigDecimal.valueOf(with)))));
        return Arbitraries.oneOf(labels, values).list().ofMaxSize(4);
    }

    @Provide
    Arbitrary<Facts> facts() {
        return Combinators.combine(
                        Arbitraries.of("aa", "bb", "cc").set(),
                        Arbitraries.of(0, 1, 2, "2", "x", 3L).injectNull(0.2))
                .as((labels, value) -> {
                    Map<String, Object> values = new HashMap<>();
                    values.put("attributes.n", value);
                    return new Facts(labels, values);
                });
    }

    private static Optional<List<String>> held(String condition, Facts facts) {
        RuleBook book = book(condition);
        return new ArrayList<>(book.escalations(book.read("my LAWYER will call"), facts)
                        .values())
                .stream().findFirst().map(why -> why.stream().map(String::strip).toList());
    }

    private static RuleBook book(String condition) {
        return RuleBook.parse("r.yaml", """
                calendars:
                  office: &hours {time-zone: UTC, hours: {mon: "09:00-17:00"}}
                  shop: *hours
                  phone: *hours
                  night: *hours
                escalate: [{id: a, when: {%s}}]
                """.formatted(condition));
    }
}
