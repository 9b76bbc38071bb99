package io.leadroutes.event;

import static io.leadroutes.event.Fixtures.DECODER;
import static io.leadroutes.event.Fixtures.decode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 6 and 7 of the attack table: bombs and smuggled keys. */
class StrictJsonTest {
    private static final String NOT_JSON = "not JSON; expected one object in UTF-8 without duplicate keys";
    private static final String TOO_LARGE = "JSON is too large; expected fewer levels, keys or characters";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                "{\"event\":\"x\"",
                "{'event':'x'}",
                "{\"event\":\"x\",}",
                "{\"event\":\"x\"}{}",
                "{\"event\":\"x\"} true",
                "{\"event\":\"x\"}]",
                "{\"event\":\"x\",\"n\":NaN}",
                "{\"event\":\"x\",\"n\":01}",
                "{\"event\":\"x\"} // note",
                "{\"event\":\"x\",\"event\":\"y\"}",
                "{\"event\":\"x\",\"\\u0065vent\":\"y\"}",
                "{\"event\":\"x\",\"a\":{\"id\":1,\"id\":2}}",
                "\uFEFF{\"event\":\"x\"}"
            })
    @Tag("attack-07")
    void whatIsNotExactlyOneObjectIsRefused(String body) {
        assertThatThrownBy(() -> decode(body))
                .isInstanceOf(BadEventException.class)
                .hasMessage(NOT_JSON)
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "[]", "[{\"event\":\"x\"}]", "\"event\"", "null", "1"})
    void otherJsonThanAnObjectIsRefused(String body) {
        assertThatThrownBy(() -> decode(body))
                .isInstanceOf(BadEventException.class)
                .hasMessage("not a JSON object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c0af", "e282", "eda080", "f5808080", "80"})
    @Tag("attack-07")
    void malformedUtf8IsRefused(String hex) {
        byte[] body = "{\"event\":\"x\",\"content\":\"??????\"}".getBytes(StandardCharsets.UTF_8);
        byte[] malformed = HexFormat.of().parseHex(hex);
        System.arraycopy(malformed, 0, body, 24, malformed.length);

        assertThatThrownBy(() -> DECODER.decode(body)).hasMessage(NOT_JSON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32BE"})
    void otherEncodingsAreRefused(String charset) {
        byte[] body = "{\"event\":\"x\"}".getBytes(Charset.forName(charset));

        assertThatThrownBy(() -> DECODER.decode(body)).hasMessage(NOT_JSON);
    }

    @Test
    @Tag("attack-06")
    void thirtyTwoLevelsAreTakenAndNoMore() {
        assertThat(decode(nested(31)).event().type()).isEqualTo("x");
        assertThatThrownBy(() -> decode(nested(32))).hasMessage(TOO_LARGE);
        assertThatThrownBy(() -> decode(nested(200_000))).hasMessage(TOO_LARGE);
    }

    @Test
    @Tag("attack-06")
    void aNumberOfSixtyFourDigitsIsTakenAndNoMore() {
        assertThat(decode(with("1".repeat(64))).event().type()).isEqualTo("x");
        assertThatThrownBy(() -> decode(with("1".repeat(65)))).hasMessage(TOO_LARGE);
    }

    @Test
    @Tag("attack-06")
    void aTextOfTwoHundredThousandCharactersIsTakenAndNoMore() {
        assertThat(decode(with('"' + "a".repeat(200_000) + '"')).event().type()).isEqualTo("x");
        assertThatThrownBy(() -> decode(with('"' + "a".repeat(200_001) + '"'))).hasMessage(TOO_LARGE);
    }

    @Test
    @Tag("attack-06")
    void aKeyOfTwoHundredFiftySixCharactersIsTakenAndNoMore() {
        assertThat(decode(with("{\"" + "k".repeat(256) + "\":1}")).event().type())
                .isEqualTo("x");
        assertThatThrownBy(() -> decode(with("{\"" + "k".repeat(257) + "\":1}")))
                .hasMessage(TOO_LARGE);
    }

    /** PostgreSQL would refuse it, and all webhooks that are stored beside it. */
    @ParameterizedTest
    @Tag("attack-07")
    @ValueSource(strings = {"\\ud800", "\\udc00", "\\ude00\\ud83d", "\\ud83d x \\ude00"})
    void halfACharacterIsRefused(String half) {
        byte[] body = ("{\"event\":\"x\",\"v\":\"" + half + "\"}").getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> DECODER.decode(body))
                .isInstanceOf(BadEventException.class)
                .hasMessageStartingWith("half a character");
        assertThatThrownBy(() -> StrictJson.unredacted("{\"v\":\"" + half + "\"}"))
                .isInstanceOf(BadEventException.class)
                .hasMessageStartingWith("half a character");
    }

    /** Bytes in UTF-8 have none, a text may. */
    @Test
    @Tag("attack-07")
    void halfACharacterIsRefusedInATextWithoutEscapes() {
        assertThatThrownBy(() -> StrictJson.unredacted("{\"v\":\"\ud83d\"}"))
                .isInstanceOf(BadEventException.class)
                .hasMessageStartingWith("half a character");
        assertThat(StrictJson.unredacted("{\"v\":\"\ud83d\ude00\"}").path("v").asText())
                .isEqualTo("\ud83d\ude00");
    }

    @Test
    @Tag("attack-06")
    void manyTokensAreRefused() {
        assertThatThrownBy(() -> decode(with("[" + "0,".repeat(100_000) + "0]")))
                .hasMessage(TOO_LARGE);
    }

    @Test
    void aMebibyteIsTakenAndNoMore() {
        String body = "{\"event\":\"x\"}";

        assertThat(decode(body + " ".repeat(1_048_576 - body.length())).event().type())
                .isEqualTo("x");
        assertThatThrownBy(() -> decode(body + " ".repeat(1_048_577 - body.length())))
                .hasMessage("JSON is too large; expected at most 1048576 bytes");
    }

    @ParameterizedTest
    @Tag("attack-06")
    @ValueSource(strings = {"4e8200000000000000000201", "3E333333333333333330"})
    void anExponentThatNoNumberHasIsRefused(String number) {
        assertThatThrownBy(() -> decode("{\"event\":\"x\",\"v\":" + number + "}"))
                .isInstanceOf(BadEventException.class)
                .hasMessage("a number is out of range; expected one that fits a double");
    }

    @Test
    void aHugeExponentIsRefusedWhereItWouldBecomeAValue() {
        assertThat(decode("{\"event\":\"contact_created\",\"id\":1,\"custom_attributes\":{\"n\":1e999999999}}")
                        .problem())
                .hasValue("a number is out of range; expected one that fits a double");
    }

    @Test
    void numbersAreStoredAsTheyCame() {
        Decoded decoded = decode("{\"event\":\"x\",\"updated_at\":1786698785.2190,\"n\":12345678901234567890.10}");

        assertThat(decoded.storedPayload())
                .isEqualTo("{\"event\":\"x\",\"updated_at\":1786698785.2190,\"n\":12345678901234567890.10}");
    }

    @Test
    void theMessageOfARefusalNeverQuotesTheBody() {
        assertThatThrownBy(() -> decode("{\"event\":\"x\",\"content\":canary}"))
                .hasMessageNotContaining("canary")
                .hasNoCause();
        assertThat(decode("{\"event\":\"contact_created\",\"id\":\"canary\"}").problem())
                .hasValueSatisfying(problem -> assertThat(problem).doesNotContain("canary"));
    }

    @Property
    void anyBytesAreAnEventOrRefused(@ForAll byte[] body) {
        assertThatThrownBy(() -> DECODER.decode(body)).isInstanceOf(BadEventException.class);
    }

    private static String with(String value) {
        return "{\"event\":\"x\",\"v\":" + value + "}";
    }

    private static String nested(int levels) {
        return with("[".repeat(levels) + "]".repeat(levels));
    }
}
