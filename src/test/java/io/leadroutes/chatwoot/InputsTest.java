package io.leadroutes.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.event.Priority;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class InputsTest {
    private static final String ID = "a whole number from 1 to 9007199254740992";
    private static final String LABELS = "labels of letters, digits, - and _, at least two characters each";
    private static final String TIME = "epoch seconds or a time such as 2026-12-31T09:00:00Z, from 2000 to 2099";

    private static void assertRefused(Supplier<?> check, String message) {
        assertThatThrownBy(check::get)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    // Ids.

    @Test
    void anIdIsTakenAsANumberOrAsText() {
        assertThat(Inputs.id("conversationId", 42)).isEqualTo(42);
        assertThat(Inputs.id("conversationId", 42L)).isEqualTo(42);
        assertThat(Inputs.id("conversationId", new BigInteger("42"))).isEqualTo(42);
        assertThat(Inputs.id("conversationId", " 42\n")).isEqualTo(42);
        assertThat(Inputs.id("conversationId", "9007199254740992")).isEqualTo(1L << 53);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "0",
                "00",
                "-1",
                "+1",
                "01",
                "1.0",
                "1e9",
                "1E9",
                "0x1F",
                "1_000",
                "1,2",
                "1 2",
                "１２",
                "٤٢",
                "abc",
                "1/../../x",
                "1%2f",
                "1%2F..",
                "1?x=1",
                "1#",
                "1;2",
                "1\u0000",
                "../1",
                "NaN",
                "9007199254740993",
                "9223372036854775808",
                "99999999999999999999999999"
            })
    @Tag("attack-13")
    void whatIsNoIdIsRefused(String value) {
        assertRefused(
                () -> Inputs.id("conversationId", value),
                "conversationId is \"" + value.replace('\u0000', ' ') + "\"; expected " + ID);
    }

    static Stream<Object> oddIds() {
        return Stream.of(0, -1L, (1L << 53) + 1, 12.0, 1e9, true, List.of(1), new BigDecimal("1E+1"));
    }

    @ParameterizedTest
    @MethodSource("oddIds")
    void aValueOfAnotherKindIsNoId(Object value) {
        assertRefused(() -> Inputs.id("teamId", value), "teamId is \"" + value + "\"; expected " + ID);
    }

    @Test
    void aMissingIdIsNamed() {
        assertRefused(() -> Inputs.id("contactId", null), "contactId is missing; expected " + ID);
    }

    @Test
    void anOptionalIdMayBeMissingButNotWrong() {
        assertThat(Inputs.optionalId("before", null)).isEqualTo(OptionalLong.empty());
        assertThat(Inputs.optionalId("before", "7")).isEqualTo(OptionalLong.of(7));
        assertRefused(() -> Inputs.optionalId("before", ""), "before is \"\"; expected " + ID);
    }

    static Stream<Object> severalIds() {
        return Stream.of(
                "3,1,2",
                " 3 , 1,2,",
                "3,1,3,2",
                List.of(3, "1", 2L),
                Arguments.of((Object) new Object[] {3, 1, 2}),
                Arguments.of((Object) new Long[] {3L, 1L, 2L}));
    }

    @ParameterizedTest
    @MethodSource("severalIds")
    void severalIdsAreTakenInTheirOrderOnceEach(Object value) {
        assertThat(Inputs.ids("agentIds", value)).containsExactly(3L, 1L, 2L);
    }

    @Test
    void ofSeveralIdsTheWrongOneIsNamed() {
        assertRefused(() -> Inputs.ids("agentIds", "1,x,2"), "agentIds is \"x\"; expected " + ID);
        assertRefused(() -> Inputs.ids("agentIds", List.of(1, -2)), "agentIds is \"-2\"; expected " + ID);
        assertRefused(() -> Inputs.ids("agentIds", " ,"), "agentIds is empty; expected one or more ids");
        assertRefused(() -> Inputs.ids("agentIds", List.of()), "agentIds is empty; expected one or more ids");
        assertRefused(() -> Inputs.ids("agentIds", null), "agentIds is missing; expected one or more ids");
        assertRefused(
                () -> Inputs.ids("agentIds", Arrays.asList(1, null)),
                "agentIds has a null among its items; expected one or more ids");
        assertRefused(
                () -> Inputs.ids("agentIds", new Object[] {null}),
                "agentIds has a null among its items; expected one or more ids");
    }

    // Labels.

    static Stream<Object> labels() {
        return Stream.of("vip,hot-lead", " VIP , Hot-Lead ", List.of("vip", "hot-lead"), Arguments.of((Object)
                new String[] {"vip", "hot-lead", "VIP"}));
    }

    @ParameterizedTest
    @MethodSource("labels")
    void labelsAreLowerCasedAndOnceEach(Object value) {
        assertThat(Inputs.labels("labels", value)).containsExactly("vip", "hot-lead");
        assertThat(Inputs.anyLabels("labels", value)).containsExactly("vip", "hot-lead");
    }

    @ParameterizedTest
    @ValueSource(strings = {"q4", "größe", "日本", "2026_q4-b", "a_", "a-"})
    void aLabelIsOfLettersAndDigitsOfAnyScript(String label) {
        assertThat(Inputs.labels("labels", label)).containsExactly(label);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "-ab",
                "_ab",
                "two words",
                "a.b",
                "a/b",
                "a&labels[]=b",
                "a%2cb",
                "a\"b",
                "<b>",
                "{{x}}",
                "a\tb",
                "😀😀",
                "[\"ab\"]"
            })
    void whatCannotBeDefinedAsALabelIsNotSet(String label) {
        assertRefused(
                () -> Inputs.labels("labels", List.of("fine", label)),
                "labels is \"" + label.replace('\t', ' ') + "\"; expected " + LABELS);
    }

    @Test
    void aCommaInAnItemIsNotTwoLabels() {
        assertRefused(() -> Inputs.labels("labels", List.of("one,two")), "labels is \"one,two\"; expected " + LABELS);
        assertRefused(
                () -> Inputs.storedLabels("labels", List.of("one,two")),
                "labels is \"one,two\"; expected labels of 1 to 255 characters without commas");
    }

    @Test
    void noLabelsAtAllAreMeantOnlyByAnEmptyList() {
        assertThat(Inputs.anyLabels("labels", List.of())).isEmpty();
        assertThat(Inputs.anyLabels("labels", new String[0])).isEmpty();
        assertRefused(() -> Inputs.labels("labels", List.of()), "labels is empty; expected " + LABELS);
        assertRefused(() -> Inputs.labels("labels", ""), "labels is empty; expected " + LABELS);
        assertRefused(
                () -> Inputs.anyLabels("labels", " "),
                "labels is empty; expected " + LABELS + ", or an empty list for none");
        assertRefused(() -> Inputs.anyLabels("labels", null), "labels is missing; expected " + LABELS);
    }

    @Test
    void labelsToFindMayBeWhateverOthersHaveSet() {
        assertThat(Inputs.storedLabels("labels", " Q4 campaign , a, a")).containsExactly("Q4 campaign", "a");
        assertThat(Inputs.storedLabels("labels", Set.of("a&b=[c]"))).containsExactly("a&b=[c]");
    }

    @Test
    void labelsToFindHaveTheirLimitsToo() {
        String expected = "labels of 1 to 255 characters without commas";
        String tooLong = "x".repeat(256);
        assertRefused(
                () -> Inputs.storedLabels("labels", tooLong),
                "labels is \"" + "x".repeat(60) + "...\"; expected " + expected);
        assertRefused(() -> Inputs.storedLabels("labels", "a\u0007b"), "labels is \"a b\"; expected " + expected);
        assertRefused(() -> Inputs.storedLabels("labels", List.of("")), "labels is \"\"; expected " + expected);
        assertRefused(() -> Inputs.storedLabels("labels", ","), "labels is empty; expected " + expected);
        assertRefused(() -> Inputs.storedLabels("labels", null), "labels is missing; expected " + expected);
    }

    @Test
    void aTitleToDefineIsOneLabel() {
        assertThat(Inputs.labelTitle("title", " Größe-2 ")).isEqualTo("größe-2");
        assertThat(Inputs.labelTitle("title", "x".repeat(255))).hasSize(255);
        String expected = "; expected a label of letters, digits, - and _, at least two characters";
        for (String title : List.of("", "a", "a,b", "two words", "-ab", "_ab", "a.b")) {
            assertRefused(() -> Inputs.labelTitle("title", title), "title is \"" + title + "\"" + expected);
        }
        assertRefused(
                () -> Inputs.labelTitle("title", "x".repeat(256)), "title is \"" + "x".repeat(60) + "...\"" + expected);
        assertRefused(() -> Inputs.labelTitle("title", null), "title is missing" + expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#1f93ff", " #FF0000 "})
    void aColorIsSixHexDigits(String color) {
        assertThat(Inputs.color("color", color)).isEqualTo(color.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1f93ff", "#fff", "#1f93fg", "#1f93ff00", "red", "#１f93ff"})
    void anythingElseIsNoColor(String color) {
        assertRefused(
                () -> Inputs.color("color", color), "color is \"" + color + "\"; expected a color such as #1f93ff");
    }

    @Test
    void aFlagIsTrueOrFalse() {
        assertThat(Inputs.flag("showOnSidebar", true)).isTrue();
        assertThat(Inputs.flag("showOnSidebar", "False")).isFalse();
        assertRefused(
                () -> Inputs.flag("showOnSidebar", "yes"), "showOnSidebar is \"yes\"; expected one of true, false");
    }

    // What a customer is reached by: never shown.

    @ParameterizedTest
    @ValueSource(strings = {"ada@example.com", " ada+x@mail.example.co.uk ", "ädä@bücher.example", "root@localhost"})
    void anEmailIsAnAddressWithBothSides(String email) {
        assertThat(Inputs.email("email", email)).isEqualTo(email.strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ada", "ada@", "@example.com", "a b@example.com", "ada@exa mple.com", "a@b@c", "a\u0007@b.c"})
    void anythingElseIsNoEmail(String email) {
        assertRefused(
                () -> Inputs.email("email", email), "email is no e-mail address; expected one such as ada@example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+4790012345", "+15", " +123456789012345 "})
    void aPhoneNumberIsInternational(String phone) {
        assertThat(Inputs.phone("phone", phone)).isEqualTo(phone.strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4790012345",
                "004790012345",
                "+0790012345",
                "+1",
                "+1234567890123456",
                "+47 900",
                "+47-900",
                "+４７"
            })
    void anythingElseIsNoPhoneNumber(String phone) {
        assertRefused(
                () -> Inputs.phone("phone", phone),
                "phone is no phone number in E.164 form; expected + and 2 to 15 digits such as +4790012345");
    }

    // Words.

    @ParameterizedTest
    @CsvSource({"none,NONE", "low,LOW", "Medium,MEDIUM", "' HIGH ',HIGH", "urgent,URGENT"})
    void aPriorityIsAWord(String value, Priority priority) {
        assertThat(Inputs.priority("priority", value)).isEqualTo(priority);
        assertThat(Inputs.priority("priority", priority)).isEqualTo(priority);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1", "critical", "high,urgent", "null"})
    void anotherWordIsNoPriority(String value) {
        assertRefused(
                () -> Inputs.priority("priority", value),
                "priority is \"" + value + "\"; expected none, low, medium, high or urgent");
    }

    @Test
    void aMissingPriorityIsNotNone() {
        assertRefused(
                () -> Inputs.priority("priority", null),
                "priority is missing; expected none, low, medium, high or urgent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "resolved", "pending", "snoozed", " Open "})
    void aStatusIsAWord(String value) {
        assertThat(Inputs.status("status", value))
                .isEqualTo(Inputs.anyStatus("status", value))
                .isEqualTo(value.strip().toLowerCase(Locale.ROOT));
    }

    @Test
    void allIsAStatusOnlyToLookFor() {
        assertThat(Inputs.anyStatus("status", "ALL")).isEqualTo("all");
        assertRefused(
                () -> Inputs.status("status", "all"),
                "status is \"all\"; expected one of open, resolved, pending, snoozed");
        assertRefused(
                () -> Inputs.anyStatus("status", "closed&page=9"),
                "status is \"closed&page=9\"; expected one of open, resolved, pending, snoozed, all");
        assertRefused(
                () -> Inputs.status("status", null),
                "status is missing; expected one of open, resolved, pending, snoozed");
    }

    @ParameterizedTest
    @CsvSource({"text,text", "0,text", "1,number", "Currency,currency", "6,list", "7,checkbox", "' date ',date"})
    void anAttributeTypeIsAWordOrItsCode(String value, String type) {
        assertThat(Inputs.attributeType("type", value)).isEqualTo(type);
    }

    @Test
    void anAttributeTypeMayBeANumber() {
        assertThat(Inputs.attributeType("type", 6)).isEqualTo("list");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8", "-1", "00", "１", "boolean", "text,number"})
    void anotherWordIsNoAttributeType(String value) {
        assertRefused(
                () -> Inputs.attributeType("type", value),
                "type is \"" + value
                        + "\"; expected one of text, number, currency, percent, link, date, list, checkbox");
    }

    @Test
    void anAttributeBelongsToConversationsOrContacts() {
        assertThat(Inputs.model("model", "Conversation")).isEqualTo("conversation");
        assertThat(Inputs.model("model", "contact")).isEqualTo("contact");
        assertThat(Inputs.model("model", 0)).isEqualTo("conversation");
        assertThat(Inputs.model("model", "1")).isEqualTo("contact");
        assertRefused(() -> Inputs.model("model", 2), "model is \"2\"; expected one of conversation, contact");
        assertRefused(() -> Inputs.model("model", ""), "model is \"\"; expected one of conversation, contact");
        assertRefused(() -> Inputs.model("model", null), "model is missing; expected one of conversation, contact");
    }

    // Times.

    static Stream<Arguments> times() {
        return Stream.of(
                Arguments.of("2026-12-31T09:00:00Z", "2026-12-31T09:00:00Z"),
                Arguments.of("2026-12-31T09:00Z", "2026-12-31T09:00:00Z"),
                Arguments.of("2026-12-31T09:00:00.5+01:30", "2026-12-31T07:30:00.5Z"),
                Arguments.of(Instant.parse("2026-12-31T09:00:00Z"), "2026-12-31T09:00:00Z"),
                Arguments.of(1798707600L, "2026-12-31T09:00:00Z"),
                Arguments.of(" 1798707600 ", "2026-12-31T09:00:00Z"),
                Arguments.of("946684800", "2000-01-01T00:00:00Z"),
                Arguments.of("4102444799", "2099-12-31T23:59:59Z"));
    }

    @ParameterizedTest
    @MethodSource("times")
    void aTimeIsEpochSecondsOrIso(Object value, Instant time) {
        assertThat(Inputs.time("until", value)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-1",
                "1.7e9",
                "1798707600.5",
                "1798707600000",
                "946684799",
                "4102444800",
                "１７９８７０７６００",
                "2026-12-31",
                "2026-12-31T09:00:00",
                "2026-13-01T00:00:00Z",
                "2026-12-31 09:00:00Z",
                "tomorrow",
                "1999-12-31T23:59:59Z",
                "2100-01-01T00:00:00Z",
                "+1000000000-12-31T23:59:59Z",
                "+999999999-12-31T23:59:59Z"
            })
    void whatIsNoTimeOfThisCenturyIsRefused(String value) {
        assertRefused(() -> Inputs.time("until", value), "until is \"" + value + "\"; expected " + TIME);
    }

    @Test
    void aMissingTimeIsNamed() {
        assertRefused(() -> Inputs.time("until", null), "until is missing; expected " + TIME);
    }

    @Test
    void aTimeToComeIsAfterNow() {
        Instant now = Instant.parse("2026-12-31T09:00:00.7Z");
        assertThat(Inputs.future("until", "2026-12-31T09:00:01Z", now)).isEqualTo("2026-12-31T09:00:01Z");
        assertRefused(
                () -> Inputs.future("until", 1_798_707_600L, now),
                "until is \"1798707600\"; expected a time after now, 2026-12-31T09:00:00Z");
        assertRefused(() -> Inputs.future("until", "soon", now), "until is \"soon\"; expected " + TIME);
    }

    // Texts.

    @Test
    void noTextHasACharacterThatADatabaseCannotHold() {
        String rest = " has a character U+0000; expected a text without";
        assertRefused(() -> Inputs.text("text", "a\u0000b"), "text" + rest);
        assertRefused(() -> Inputs.name("name", "a\u0000b"), "name" + rest);
        assertRefused(() -> Inputs.attributes("attributes", Map.of("a", "\u0000")), "attributes.a" + rest);
        assertRefused(
                () -> Inputs.attributes("attributes", Map.of("a", List.of(Map.of("\u0000", 1)))),
                "attributes.a" + rest);
    }

    @Test
    void aTextIsKeptAsItIs() {
        assertThat(Inputs.text("content", " a\n**b** ")).isEqualTo(" a\n**b** ");
        assertThat(Inputs.text("content", "😀".repeat(150_000))).hasSize(300_000);
        assertThat(Inputs.text("content", new StringBuilder("built"))).isEqualTo("built");
    }

    @Test
    void aTextThatDoesNotFitIsRefusedWithoutShowingIt() {
        assertRefused(() -> Inputs.text("content", " \n"), "content is blank; expected a text of 1 to 150000");
        assertRefused(
                () -> Inputs.text("content", "x".repeat(150_001)),
                "content has 150001 characters; expected a text of 1 to 150000");
        assertRefused(() -> Inputs.text("content", null), "content is missing; expected a text");
    }

    @Test
    void aNameIsAShortTextWithoutBlanksAround() {
        assertThat(Inputs.name("name", " Senior Support ")).isEqualTo("Senior Support");
        assertThat(Inputs.name("name", "n".repeat(255))).hasSize(255);
        assertRefused(() -> Inputs.name("name", "n".repeat(256)), "name has 256 characters; expected at most 255");
        assertRefused(() -> Inputs.name("name", ""), "name is blank; expected a text of 1 to 150000");
    }

    // Attributes.

    @ParameterizedTest
    @ValueSource(strings = {"order", "order_id", "Order.Id-2", "größe", "1", " order "})
    void anAttributeKeyIsOfLettersAndDigits(String key) {
        assertThat(Inputs.attributeKey("key", key)).isEqualTo(key.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "order id", "a/b", "a:b", "a[b]", "{{a}}", "a\nb"})
    void anotherTextIsNoAttributeKey(String key) {
        assertRefused(
                () -> Inputs.attributeKey("key", key),
                "key is \"" + key.replace('\n', ' ') + "\"; expected a key of letters, digits, _ . and -");
    }

    @ParameterizedTest
    @CsvSource({
        "conversation,status", "conversation,labels", "conversation,campaign_id",
        "contact,email", "contact,company_name", "contact,blocked"
    })
    void aDefinitionDoesNotHideABuiltInAttribute(String model, String key) {
        String other = model.equals("contact") ? "conversation" : "contact";

        assertRefused(
                () -> Inputs.definitionKey("key", key, model),
                "key is \"" + key + "\"; expected a key that a " + model + " does not have by itself");
        assertThat(Inputs.definitionKey("key", key, other)).isEqualTo(key);
        assertRefused(
                () -> Inputs.definitionKey("key", "a b", model),
                "key is \"a b\"; expected a key of letters, digits, _ . and -");
    }

    @Test
    void aRegexCompiles() {
        assertThat(Inputs.regex("regex", "^HP-\\d{4}$ ")).isEqualTo("^HP-\\d{4}$ ");
        assertRefused(
                () -> Inputs.regex("regex", "[0-9"),
                "regex is \"[0-9\"; expected a regular expression; unclosed character class");
        assertRefused(
                () -> Inputs.regex("regex", "(a"), "regex is \"(a\"; expected a regular expression; unclosed group");
        assertRefused(() -> Inputs.regex("regex", "a".repeat(256)), "regex has 256 characters; expected at most 255");
        assertRefused(() -> Inputs.regex("regex", " "), "regex is blank; expected a text of 1 to 150000");
    }

    @Test
    void whatIsWithinAttributesIsJsonToo() {
        Map<String, Object> nested = Map.of("a", List.of(Map.of("b", Arrays.asList(1, null, "x".repeat(2_000)))));
        assertThat(Inputs.attributes("attributes", nested)).isEqualTo(nested);
        assertRefused(
                () -> Inputs.attributes("attributes", Map.of("a", List.of(Instant.EPOCH))),
                "attributes.a is of type Instant; expected a text, a number, true, false, a list or an object");
        assertRefused(
                () -> Inputs.attributes("attributes", Map.of("a", Map.of("b", Double.NaN))),
                "attributes.a is \"NaN\"; expected a finite number");
    }

    @Test
    void severalKeysAreTakenOnceEach() {
        assertThat(Inputs.attributeKeys("keys", "b, a,b")).containsExactly("b", "a");
        assertThat(Inputs.attributeKeys("keys", List.of("b", "a"))).containsExactly("b", "a");
        assertRefused(() -> Inputs.attributeKeys("keys", ""), "keys is empty; expected one or more keys");
        assertRefused(() -> Inputs.attributeKeys("keys", null), "keys is missing; expected one or more keys");
        assertRefused(
                () -> Inputs.attributeKeys("keys", "a,b c"),
                "keys is \"b c\"; expected a key of letters, digits, _ . and -");
        assertRefused(
                () -> Inputs.attributeKeys("keys", "k".repeat(256)),
                "keys is \"" + "k".repeat(60) + "...\"; expected a key of letters, digits, _ . and -");
    }

    @Test
    void attributesAreAMapOrJson() {
        Map<String, Object> attributes = Map.of(
                "text", "x".repeat(1_500), "count", 9_999_999_999L, "rate", 0.5, "trial", true, "list", List.of("a"));

        assertThat(Inputs.attributes("attributes", attributes)).isEqualTo(attributes);
        assertThat(Inputs.attributes("attributes", "{\"b\":1,\"a\":{\"c\":[]},\"deal\":50000.0}"))
                .containsExactly(
                        Map.entry("b", 1),
                        Map.entry("a", Map.of("c", List.of())),
                        Map.entry("deal", new BigDecimal("50000.0")));
    }

    @Test
    void onlyWholeNumbersHaveALimit() {
        assertThat(Inputs.attributes("attributes", Map.of("deal", 1e12, "exact", new BigDecimal("10000000000.5"))))
                .hasSize(2);
    }

    static Stream<Arguments> wrongAttributes() {
        return Stream.of(
                Arguments.of(null, "attributes is missing; expected an object of keys and values"),
                Arguments.of("", "attributes is no object; expected an object of keys and values"),
                Arguments.of("[1]", "attributes is no object; expected an object of keys and values"),
                Arguments.of("{secret", "attributes is not JSON; expected an object of keys and values"),
                Arguments.of(List.of(), "attributes is no object; expected an object of keys and values"),
                Arguments.of(Map.of(), "attributes is empty; expected an object of keys and values"),
                Arguments.of("{}", "attributes is empty; expected an object of keys and values"),
                Arguments.of(Map.of("a b", 1), "attributes is \"a b\"; expected a key of letters, digits, _ . and -"),
                Arguments.of(
                        Map.of("a", "😀".repeat(1_501)), "attributes.a has 1501 characters; expected at most 1500"),
                Arguments.of(
                        Map.of("a", 10_000_000_000L),
                        "attributes.a is \"10000000000\"; expected a number, a whole one up to 9999999999"),
                Arguments.of(
                        Map.of("a", new BigInteger("-10000000000")),
                        "attributes.a is \"-10000000000\"; expected a number, a whole one up to 9999999999"),
                Arguments.of(
                        Map.of("a", Double.NaN),
                        "attributes.a is \"NaN\"; expected a number, a whole one up to 9999999999"),
                Arguments.of(
                        Map.of("a", Float.POSITIVE_INFINITY),
                        "attributes.a is \"Infinity\"; expected a number, a whole one up to 9999999999"),
                Arguments.of(
                        "{\"a\":null}",
                        "attributes.a is null; expected a text, a number, true, false, a list or an object"),
                Arguments.of(
                        Map.of("a", Instant.EPOCH),
                        "attributes.a is of type Instant; expected a text, a number, true, false, a list or an object"),
                Arguments.of(
                        new HashMap<>(Collections.singletonMap(null, 1)),
                        "attributes is missing; expected a key of letters, digits, _ . and -"));
    }

    @ParameterizedTest
    @MethodSource("wrongAttributes")
    void attributesThatTheServerWouldRefuseAreRefused(Object value, String message) {
        assertRefused(() -> Inputs.attributes("attributes", value), message);
    }

    @Test
    void aHugeExponentIsNotExpanded() {
        assertRefused(
                () -> Inputs.attributes("attributes", Map.of("a", new BigDecimal("1E+999999999"))),
                "attributes.a is \"1E+999999999\"; expected a number, a whole one up to 9999999999");
    }

    // Macros.

    private static final String ACTIONS =
            "a list of actions such as [{\"action_name\":\"add_label\",\"action_params\":[\"vip\"]}]";

    @Test
    void whatAMacroDoesIsCheckedActionByAction() {
        assertThat(Inputs.macroActions("actions", """
                        [{"action_name": "add_label", "action_params": ["VIP", "q4"]},
                         {"action_name": "assign_team", "action_params": "2"},
                         {"action_name": "assign_agent", "action_params": ["self"]},
                         {"action_name": "change_priority", "action_params": ["nil"]},
                         {"action_name": "resolve_conversation"}]"""))
                .containsExactly(
                        action("add_label", List.of("vip", "q4")),
                        action("assign_team", List.of(2L)),
                        action("assign_agent", List.of("self")),
                        action("change_priority", List.of("nil")),
                        action("resolve_conversation", List.of()));
        List<Map<String, Object>> actions = List.of(action("send_message", List.of("Hello")));
        assertThat(Inputs.macroActions("actions", actions)).isEqualTo(actions);
    }

    private static Map<String, Object> action(String name, List<?> params) {
        return Map.of("action_name", name, "action_params", params);
    }

    static Stream<Arguments> wrongActions() {
        return Stream.of(
                Arguments.of(null, "actions is missing; expected " + ACTIONS),
                Arguments.of("", "actions is no list; expected " + ACTIONS),
                Arguments.of("{}", "actions is no list; expected " + ACTIONS),
                Arguments.of("[secret", "actions is not JSON; expected " + ACTIONS),
                Arguments.of("[]", "actions is empty; expected " + ACTIONS),
                Arguments.of("[\"add_label\"]", "actions has an item that is no object; expected " + ACTIONS),
                Arguments.of(
                        List.of(action("fly", List.of())),
                        "actions.action_name is \"fly\"; expected one of add_label, remove_label, assign_team,"
                                + " assign_agent, change_status, change_priority, add_private_note, send_message,"
                                + " remove_assigned_team, resolve_conversation, snooze_conversation"),
                Arguments.of(
                        List.of(action("add_label", List.of("a b"))),
                        "actions.add_label is \"a b\"; expected " + LABELS),
                Arguments.of(
                        List.of(action("assign_team", List.of("sales"))),
                        "actions.assign_team is \"sales\"; expected " + ID),
                Arguments.of(
                        List.of(action("change_priority", List.of("none"))),
                        "actions.change_priority is \"none\"; expected one of nil, low, medium, high, urgent"),
                Arguments.of(
                        List.of(action("add_private_note", List.of())),
                        "actions.add_private_note has 0 parameters; expected one"),
                Arguments.of(
                        List.of(action("send_message", List.of("a", "b"))),
                        "actions.send_message has 2 parameters; expected one"),
                Arguments.of(
                        List.of(action("resolve_conversation", List.of("now"))),
                        "actions.resolve_conversation has 1 parameters; expected none"));
    }

    @ParameterizedTest
    @MethodSource("wrongActions")
    void actionsThatWouldFailInSilenceAreRefused(Object value, String message) {
        assertRefused(() -> Inputs.macroActions("actions", value), message);
    }

    // Webhooks.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://hooks.harborpine.example/webhooks/chatwoot?secret=s",
                "http://user:pw@leadroutes:8080/webhooks/chatwoot",
                "HTTPS://HOOKS.EXAMPLE",
                " https://[::1]:8080/x "
            })
    void aWebhookGoesToAWebAddress(String url) {
        assertThat(Inputs.webhookUrl("url", url)).isEqualTo(url.strip());
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "hooks.example/secret-s3cret",
                "/webhooks",
                "ftp://hooks.example/s3cret",
                "https:///s3cret",
                "https://",
                "javascript:alert(1)",
                "https://hooks.example/a b?secret=s3cret",
                "https:s3cret",
                "mailto:s3cret@x.example"
            })
    void anotherAddressIsRefusedWithoutShowingIt(String url) {
        String expected = "; expected an http or https address with a host";
        assertRefused(
                () -> Inputs.webhookUrl("url", url),
                url == null ? "url is missing" + expected : "url is no address for webhooks" + expected);
    }

    @Test
    void subscriptionsAreEventsThatTheServerKnows() {
        assertThat(Inputs.subscriptions("subscriptions", "message_created, conversation_updated,message_created"))
                .containsExactly("message_created", "conversation_updated");
        assertThat(Inputs.subscriptions("subscriptions", List.of("conversation_typing_off")))
                .containsExactly("conversation_typing_off");
        String expected = "; expected webhook events such as message_created";
        assertRefused(
                () -> Inputs.subscriptions("subscriptions", "message_created,Message_Created"),
                "subscriptions is \"Message_Created\"" + expected);
        assertRefused(
                () -> Inputs.subscriptions("subscriptions", "automation_event.message_created"),
                "subscriptions is \"automation_event.message_created\"" + expected);
        assertRefused(() -> Inputs.subscriptions("subscriptions", List.of()), "subscriptions is empty" + expected);
        assertRefused(() -> Inputs.subscriptions("subscriptions", null), "subscriptions is missing" + expected);
    }

    @Test
    void typesOfEventsAreAlsoThoseOfAutomationAndMacros() {
        assertThat(Inputs.eventTypes("types", "message_created,automation_event.message_created, macro.executed"))
                .containsExactly("message_created", "automation_event.message_created", "macro.executed");
        assertRefused(
                () -> Inputs.eventTypes("types", "message_create"),
                "types is \"message_create\"; expected types of events such as message_created,"
                        + " automation_event.message_created or macro.executed");
    }

    @Test
    void anOccasionIsAShortName() {
        assertThat(Inputs.occasion("occasion", " survey-2026.q4 ")).isEqualTo("survey-2026.q4");
        assertThat(Inputs.occasion("occasion", 12L)).isEqualTo("12");
        for (String wrong : List.of("", " ", "-a", "a b", "a:b", "x".repeat(81))) {
            assertRefused(
                    () -> Inputs.occasion("occasion", wrong),
                    "occasion is \"" + (wrong.length() > 80 ? "x".repeat(60) + "..." : wrong)
                            + "\"; expected a name of at most 80 letters, digits, _ . and -");
        }
    }

    @Test
    void anAmountIsANumberThatChatwootTakes() {
        assertThat(Inputs.amount("value", 50000)).isEqualTo("50000");
        assertThat(Inputs.amount("value", "1.0E7")).isEqualTo("10000000");
        assertThat(Inputs.amount("value", " 1299.90 ")).isEqualTo("1299.9");
        assertThat(Inputs.amount("value", 0)).isEqualTo("0");
        for (String wrong : List.of("-1", "1e400", "10000000000", "1,5", "")) {
            assertRefused(
                    () -> Inputs.amount("value", wrong),
                    "value is \"" + wrong + "\"; expected an amount from 0 to 9999999999 such as 50000 or 1299.90");
        }
    }

    @Test
    void aLongOrBrokenValueIsShownInPartOnOneLine() {
        String value = IntStream.range(0, 100).mapToObj(i -> "line\n").reduce("", String::concat);

        assertRefused(
                () -> Inputs.status("status", value),
                "status is \"" + "line ".repeat(12) + "...\"; expected one of open, resolved, pending, snoozed");
    }
}
