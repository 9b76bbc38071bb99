package io.leadroutes.event;

import static io.leadroutes.event.Fixtures.decode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant 12, against the plain way: read all as a tree, then replace the values of secret keys in it. */
class RedactingReaderTest {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    @Property
    @net.jqwik.api.Tag("attack-04")
    void treeAndTextAreThoseOfThePlainWay(@ForAll("objects") String body) throws JsonProcessingException {
        assertRedacted(body);
    }

    @ParameterizedTest
    @MethodSource("io.leadroutes.event.Fixtures#all")
    void soAreThoseOfTheFixtures(Path file) throws JsonProcessingException {
        assertRedacted(new String(Fixtures.read(file), StandardCharsets.UTF_8));
    }

    private static void assertRedacted(String body) throws JsonProcessingException {
        StrictJson.Redacted redacted = StrictJson.parse(body);

        JsonNode plain = redactedPlainly(MAPPER.readTree(body));
        assertThat(redacted.json()).isEqualTo(plain);
        assertThat(MAPPER.readTree(redacted.text())).isEqualTo(plain);
    }

    private static JsonNode redactedPlainly(JsonNode json) {
        if (json instanceof ObjectNode object) {
            object.properties().forEach(entry -> {
                if (Secrets.isSecret(entry.getKey()) && !entry.getValue().isNull()) {
                    entry.setValue(TextNode.valueOf(Secrets.REDACTED));
                }
            });
        }
        json.forEach(RedactingReaderTest::redactedPlainly);
        return json;
    }

    @Test
    void withoutASecretTheTextStaysAsItCame() {
        String body = "{ \"event\" : \"x\",\n\t\"n\":1.50e3, \"s\":\"\\u00e5 \\/\", \"o\":{} , \"token\" : null }\r\n";

        assertThat(decode(body).storedPayload()).isEqualTo(body);
    }

    @Test
    @Tag("attack-04")
    void nothingButTheValuesOfSecretsIsChanged() {
        String body = "{ \"event\":\"x\", \"a_token\" : \"c\\\"anary\" ,\"b\":[ {\"secret\":{\"x\":[\"}\"]}} , 1 ],"
                + "\"password\":-12.5e1, \"api_key\":true}";

        assertThat(decode(body).storedPayload())
                .isEqualTo("{ \"event\":\"x\", \"a_token\" : \"[redacted]\" ,\"b\":[ {\"secret\":\"[redacted]\"} , 1 ],"
                        + "\"password\":\"[redacted]\", \"api_key\":\"[redacted]\"}");
    }

    @Test
    @Tag("attack-04")
    void aSecretBehindALongTextIsFound() {
        String filler = "å🛶".repeat(40_000);
        String body = "{\"event\":\"x\",\"content\":\"" + filler + "\",\"secret\":\"canary\",\"after\":1}";

        assertThat(decode(body).storedPayload())
                .isEqualTo("{\"event\":\"x\",\"content\":\"" + filler + "\",\"secret\":\"[redacted]\",\"after\":1}");
    }

    @Test
    @Tag("attack-04")
    void aKeyThatIsWrittenInEscapesIsASecretToo() {
        assertThat(decode("{\"event\":\"x\",\"s\\u0065cret\":\"canary\"}").storedPayload())
                .isEqualTo("{\"event\":\"x\",\"s\\u0065cret\":\"[redacted]\"}");
    }

    @ParameterizedTest
    @Tag("attack-07")
    @ValueSource(
            strings = {
                "{\"event\":\"x\",\"secret\":{\"id\":1,\"id\":2}}",
                "{\"event\":\"x\",\"secret\":{\"id\":}}",
                "{\"event\":\"x\",\"secret\":[1,]}",
                "{\"event\":\"x\",\"secret\":\"\\x\"}",
                "{\"event\":\"x\",\"secret\":[\"a\nb\"]}",
                "{\"event\":\"x\",\"secret\":\"canary",
                "{\"event\":\"x\",\"secret\":1,\"secret\":2}"
            })
    void whatIsNoJsonIsRefusedInASecretToo(String body) {
        assertThatThrownBy(() -> decode(body))
                .isInstanceOf(BadEventException.class)
                .hasMessageStartingWith("not JSON");
    }

    @ParameterizedTest
    @Tag("attack-07")
    @ValueSource(strings = {"\\uD83D", "\\udc00", "\\ude00\\ud83d"})
    void halfACharacterInAKeyIsRefused(String half) {
        assertThatThrownBy(() -> decode("{\"event\":\"x\",\"" + half + "\":null}"))
                .isInstanceOf(BadEventException.class);
    }

    @Test
    void aWholeCharacterInEscapesIsTaken() {
        assertThat(decode("{\"event\":\"x\",\"v\":\"\\ud83d\\udef6\"}").storedPayload())
                .contains("\\ud83d\\udef6");
    }

    @Test
    void theSignOfAnUnreadableCharacterIsACharacter() {
        assertThat(decode("{\"event\":\"x\",\"v\":\"\uFFFD\"}").storedPayload()).contains("\uFFFD");
    }

    @Provide
    Arbitrary<String> objects() {
        return object(value(3));
    }

    private static Arbitrary<String> value(int levels) {
        Arbitrary<String> scalar = Arbitraries.of(
                "null",
                "true",
                "false",
                "0",
                "-7",
                "12345678901",
                "123456789012345678901",
                "1.50",
                "-2e-3",
                "\"\"",
                "\"text\"",
                "\"å🛶\"",
                "\"\\\"}]\\\\\"",
                "\"\\u0041\\ud83d\\udef6\"",
                "\"secret\"");
        return levels == 0 ? scalar : Arbitraries.oneOf(scalar, object(value(levels - 1)), array(value(levels - 1)));
    }

    /** Of distinct keys, half of them secret. */
    private static Arbitrary<String> object(Arbitrary<String> value) {
        Arbitrary<String> keys = Arbitraries.of(
                "id", "name", "tokens", "a\\\"b", "token", "hmac_token", "API-KEY", "s\\u0065cret", "webhook_url");
        return Combinators.combine(keys.set().ofMaxSize(4), value.list().ofSize(4), space())
                .as((names, values, space) -> {
                    StringBuilder json = new StringBuilder("{").append(space);
                    int i = 0;
                    for (String name : names) {
                        json.append(i == 0 ? "" : "," + space)
                                .append('"')
                                .append(name)
                                .append('"');
                        json.append(space)
                                .append(':')
                                .append(space)
                                .append(values.get(i++))
                                .append(space);
                    }
                    return json.append('}').append(space).toString();
                });
    }

    private static Arbitrary<String> array(Arbitrary<String> value) {
        return Combinators.combine(value.list().ofMaxSize(3), space())
                .as((values, space) -> "[" + space + String.join(space + "," + space, values) + space + "]");
    }

    private static Arbitrary<String> space() {
        return Arbitraries.of("", "", " ", "\n\t", "\r\n");
    }
}
