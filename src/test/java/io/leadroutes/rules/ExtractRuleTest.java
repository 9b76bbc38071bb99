package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What customers write as values of attributes. */
class ExtractRuleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "number | 250 | 250",
                "number | 1,200 | 1200",
                "number | 1.200.000 | 1200000",
                "number | 1'200 | 1200",
                "number | 1.5 | 1.5",
                "number | 1,50 | 1.5",
                "number | 0.125 | 0.125",
                "number | 1,234.50 | 1234.5",
                "number | 1.234,50 | 1234.5",
                "number | -12 | -12",
                "number | 12,345. | 12345",
                "currency | $50k | 50000",
                "currency | 2.5m | 2500000",
                "currency | 12.000 EUR | 12000",
                "currency | \u20AC 1 million | 1000000",
                "percent | 12.5% | 12.5",
                "percent | 20 percent | 20",
                "link | https://example.com/a?b=c. | https://example.com/a?b=c",
                "link | www.example.com | https://www.example.com",
                "date | 2026-12-31 | 2026-12-31",
                "checkbox | Yes | true",
                "checkbox | false | false",
                "text | 51-200 | 51-200",
            })
    void aValueIsReadByItsType(String type, String said, String value) {
        Extracted found = found(type, said);

        assertThat(found.value()).map(Object::toString).contains(value);
        assertThat(found.dropped()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "number | 51-200 | a number up to 9999999999",
                "number | 12,34,5 | a number up to 9999999999",
                "number | 1.2.3 | a number up to 9999999999",
                "number | 99999999999 | a number up to 9999999999",
                "currency | a lot | a number up to 9999999999",
                "link | example | an address that begins with http:// or https://",
                "link | javascript:alert(1) | an address that begins with http:// or https://",
                "date | 31.12.2026 | a date such as 2026-12-31",
                "date | 2026-02-30 | a date such as 2026-12-31",
                "checkbox | maybe | true, false, yes or no",
            })
    @Tag("invariant-11")
    void whatIsNoValueIsDroppedAndSaysWhy(String type, String said, String expected) {
        Extracted found = found(type, said);

        assertThat(found.value()).isEmpty();
        assertThat(found.dropped()).isEqualTo("\"" + said + "\"; expected " + expected);
    }

    @Test
    void examplesAreCheckedAndSayWhatWasFoundOrDropped() {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("r.yaml", """
                        extract:
                          - id: size
                            attribute: company_size
                            type: number
                            regex: ['(?P<value>\\S+) people']
                            when: {status: open}
                            examples:
                              match: [20 people, 51-200 people, nobody]
                              no_match: [30 people, many people]"""))
                .withMessage(
                        "r.yaml:8:26: extract[0].examples.match[1] of rule size is \"51-200 people\"; expected a match,"
                                + " found none (dropped: \"51-200\"; expected a number up to 9999999999)\n"
                                + "r.yaml:8:41: extract[0].examples.match[2] of rule size is \"nobody\"; expected a match, found"
                                + " none\n"
                                + "r.yaml:9:18: extract[0].examples.no_match[0] of rule size is \"30 people\"; expected no match,"
                                + " found \"30\"");
    }

    private static Extracted found(String type, String said) {
        RuleBook book = RuleBook.parse(
                "r.yaml", "extract: [{id: a, attribute: x, type: " + type + ", regex: ['x=(?P<value>[^;]+)']}]");
        return extracted(book, "x=" + said + "; thanks").get(0);
    }

    private static List<Extracted> extracted(RuleBook book, String text) {
        return book.extracted(book.read(text), Facts.NONE);
    }

    private static final RuleBook BOOK = RuleBook.parse("r.yaml", """
            extract:
              - id: size
                attribute: company_size
                type: number
                regex: ['(?P<value>\\d[\\d.,]*) (?:employees|people)', 'team of (?P<value>\\S+)']
              - id: industry
                attribute: industry
                type: list
                values: {Finance: [bank, insurance], Healthcare: [hospital]}
              - {id: order, attribute: order, regex: ['order (?P<value>\\S+)'], pattern: '[A-Z]-[0-9]+'}
              - {id: vip, attribute: vip, type: checkbox, values: {true: [vip]}, when: {labels: {any: [known]}}}
            """);

    @Test
    void whatATextSaysOfSeveralAttributesIsFound() {
        assertThat(extracted(BOOK, "A hospital with 1,200 employees, order A-17"))
                .extracting(found -> found.rule().attribute(), found -> found.value()
                        .orElseThrow())
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple("company_size", 1_200L),
                        org.assertj.core.api.Assertions.tuple("industry", "Healthcare"),
                        org.assertj.core.api.Assertions.tuple("order", "A-17"));
    }

    @Test
    void theFirstThatIsAValueCounts() {
        assertThat(extracted(BOOK, "a team of many, 20 people now, 30 people soon"))
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.value()).contains(20L);
                    assertThat(found.matched()).containsExactly("20");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"We are no bank", "> a bank with 20 people", "the riverbanks", "vip"})
    void whatIsDeniedQuotedOrNotAskedForIsNotFound(String text) {
        assertThat(extracted(BOOK, text)).isEmpty();
    }

    @Test
    void aPatternIsForTheWholeText() {
        assertThat(extracted(BOOK, "order A-17b").get(0).dropped())
                .isEqualTo("\"A-17b\"; expected a text that matches [A-Z]-[0-9]+");
    }

    @Test
    void aConditionMustHold() {
        Facts known = new Facts(Set.of("known"), Map.of());

        assertThat(BOOK.extracted(BOOK.read("I am a VIP"), known))
                .singleElement()
                .satisfies(found -> assertThat(found.value()).contains(true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "regex: ['\\d+'] | 1:41: extract[0].regex[0] is \"\\d+\"; expected a regular expression with one named group,"
                        + " such as (?P<value>\\d+) people",
                "type: list, regex: ['(?P<v>a)'] | 1:11: extract[0] has no values; expected values with their keywords,"
                        + " such as {Finance: [bank, insurance]}",
                "type: money, regex: ['(?P<v>a)'] | 1:39: extract[0].type is \"money\"; expected text, number, currency,"
                        + " percent, link, date, list, checkbox",
                "type: number, values: {many: [lots]} | 1:62: extract[0].values.many is no value of type number; expected a"
                        + " number up to 9999999999",
                "type: number, regex: ['(?P<v>a)'], pattern: b | 1:77: extract[0].pattern is not of a text; expected type:"
                        + " text",
                "type: text | 1:11: extract[0] has no regex; expected a regular expression with one named group, such as"
                        + " (?P<value>\\d+) people, or values",
            })
    void whatIsWrongIsNamedWithItsPlace(String keys, String problem) {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleBook.parse("r.yaml", "extract: [{id: a, attribute: x, " + keys + "}]"))
                .withMessage("r.yaml:" + problem);
    }
}
