package io.leadroutes.intake;

import static io.leadroutes.intake.Signed.signature;
import static io.leadroutes.intake.WebhookVerifier.Verdict.GENUINE;
import static io.leadroutes.intake.WebhookVerifier.Verdict.NOT_GENUINE;
import static io.leadroutes.intake.WebhookVerifier.Verdict.STALE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.intake.WebhookVerifier.Mode;
import io.leadroutes.intake.WebhookVerifier.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 1 to 3 of the attack table: forgery, timing's visible half, replay. */
class WebhookVerifierTest {
    private static final long NOW = 1_786_698_752L;
    private static final String TIMESTAMP = Long.toString(NOW);
    private static final String SECRET = "whsec-one";
    private static final String TOKEN = "token-of-the-url";
    private static final byte[] BODY = "{\"event\":\"message_created\",\"id\":1}".getBytes(StandardCharsets.UTF_8);
    private static final String SIGNATURE = signature(SECRET, TIMESTAMP, BODY);

    private final WebhookVerifier signedOnly = verifier(NOW, List.of(SECRET), Optional.empty());
    private final WebhookVerifier tokenOnly = verifier(NOW, List.of(), Optional.of(TOKEN));
    private final WebhookVerifier both = verifier(NOW, List.of(SECRET), Optional.of(TOKEN));

    static Stream<JsonNode> vectors() throws IOException {
        JsonNode file = new ObjectMapper()
                .readTree(Path.of("src/test/resources/signature-vectors.json").toFile());
        return StreamSupport.stream(file.get("vectors").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void theSignatureOfEachVectorIsGenuine(JsonNode vector) {
        assertThat(check(vector, "x_chatwoot_signature", vector.get("timestamp").asText()))
                .isEqualTo(GENUINE);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void theSignatureOfTheBodyAloneIsNot(JsonNode vector) {
        assertThat(check(vector, "wrong_body_only", vector.get("timestamp").asText()))
                .isEqualTo(NOT_GENUINE);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void aChangedTimestampIsNot(JsonNode vector) {
        String later = Long.toString(vector.get("timestamp").asLong() + 1);

        assertThat(check(vector, "x_chatwoot_signature", later)).isEqualTo(NOT_GENUINE);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void aBodyThatWasParsedAndWrittenAgainIsNot(JsonNode vector) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        byte[] rewritten =
                mapper.writeValueAsBytes(mapper.readTree(vector.get("body").asText()));
        String timestamp = vector.get("timestamp").asText();

        Verdict verdict = verifier(
                        Long.parseLong(timestamp), List.of(vector.get("secret").asText()), Optional.empty())
                .verify(
                        rewritten,
                        Optional.of(vector.get("x_chatwoot_signature").asText()),
                        Optional.of(timestamp),
                        Optional.empty());

        assertThat(verdict).isEqualTo(NOT_GENUINE);
    }

    @Test
    void onlyTheExactFormOfTheHeaderIsGenuine() {
        String hex = SIGNATURE.substring("sha256=".length());

        assertThat(Stream.of(
                        "SHA256=" + hex,
                        "Sha256=" + hex,
                        "sha256=" + hex.toUpperCase(Locale.ROOT),
                        hex,
                        "sha1=" + hex,
                        " " + SIGNATURE,
                        SIGNATURE + " ",
                        SIGNATURE + "\n",
                        SIGNATURE + "," + SIGNATURE,
                        SIGNATURE + "00",
                        SIGNATURE.substring(0, SIGNATURE.length() - 1),
                        "sha256=",
                        ""))
                .allSatisfy(header -> assertThat(verify(signedOnly, header, TIMESTAMP, null))
                        .as(header)
                        .isEqualTo(NOT_GENUINE));
    }

    @Test
    @Tag("attack-01")
    void ofAMillionBodiesWithAnotherByteNoneIsGenuine() {
        byte[] body = new byte[4_000];
        new Random(1).nextBytes(body);
        Optional<String> signature = Optional.of(signature(SECRET, TIMESTAMP, body));
        Optional<String> timestamp = Optional.of(TIMESTAMP);
        int refused = 0;

        for (int at = 0; at < body.length; at++) {
            for (int other = 1; other < 256; other++) {
                body[at] ^= (byte) other;
                refused += signedOnly.verify(body, signature, timestamp, Optional.empty()) == NOT_GENUINE ? 1 : 0;
                body[at] ^= (byte) other;
            }
        }

        assertThat(refused).isEqualTo(1_020_000);
        assertThat(signedOnly.verify(body, signature, timestamp, Optional.empty()))
                .as("the body itself")
                .isEqualTo(GENUINE);
    }

    @Property
    @net.jqwik.api.Tag("attack-01")
    void anyOtherCharacterOfTheSignatureIsForgery(@ForAll @IntRange(max = 10_000) int at, @ForAll char other) {
        String forged = otherAt(SIGNATURE, at, other);

        assertThat(verify(signedOnly, forged, TIMESTAMP, null)).isEqualTo(NOT_GENUINE);
    }

    @Property
    void anyOtherCharacterOfTheTimestampIsForgery(@ForAll @IntRange(max = 10_000) int at, @ForAll char other) {
        String forged = otherAt(TIMESTAMP, at, other);

        assertThat(verify(signedOnly, SIGNATURE, forged, null)).isEqualTo(NOT_GENUINE);
    }

    @Property
    void anyOtherDigitOfTheTimestampIsForgery(
            @ForAll @IntRange(max = 10_000) int at, @ForAll @IntRange(min = '0', max = '9') int other) {
        String forged = otherAt(TIMESTAMP, at, (char) other);

        assertThat(verify(signedOnly, SIGNATURE, forged, null)).isEqualTo(NOT_GENUINE);
    }

    @Property
    void noOtherSecretSignsForUs(@ForAll String secret) {
        String forged = signature(secret + "x", TIMESTAMP, BODY);

        assertThat(verify(signedOnly, forged, TIMESTAMP, null)).isEqualTo(NOT_GENUINE);
    }

    @ParameterizedTest
    @ValueSource(longs = {-300, -299, 0, 299, 300})
    void aSignatureWithinFiveMinutesIsGenuine(long secondsLater) {
        assertThat(verify(verifier(NOW + secondsLater, List.of(SECRET), Optional.empty()), SIGNATURE, TIMESTAMP, null))
                .isEqualTo(GENUINE);
    }

    @ParameterizedTest
    @ValueSource(longs = {-301, 301, 86_400})
    void aSignatureFurtherFromNowIsStale(long secondsLater) {
        assertThat(verify(verifier(NOW + secondsLater, List.of(SECRET), Optional.empty()), SIGNATURE, TIMESTAMP, null))
                .isEqualTo(STALE);
    }

    @Test
    @Tag("attack-03")
    void fiveMinutesEndToTheMillisecond() {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(NOW + 300).plusMillis(1), ZoneOffset.UTC);

        assertThat(verify(
                        new WebhookVerifier(List.of(SECRET), Optional.empty(), Mode.REQUIRED, clock),
                        SIGNATURE,
                        TIMESTAMP,
                        null))
                .isEqualTo(STALE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "+1786698752",
                "-1786698752",
                " 1786698752",
                "1786698752 ",
                "1786698752.0",
                "0x6A7E",
                "1e9",
                "１７８６６９８７５２",
                "0001786698752",
                "99999999999999999999"
            })
    void aTimestampIsOneToTwelveDigits(String timestamp) {
        String signature = signature(SECRET, timestamp, BODY);

        assertThat(verify(signedOnly, signature, timestamp, null)).isEqualTo(NOT_GENUINE);
    }

    @Test
    void aSignatureWithoutTimestampIsNot() {
        assertThat(verify(signedOnly, SIGNATURE, null, null)).isEqualTo(NOT_GENUINE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"whsec-old", "whsec-new", "ключ-ü-secret"})
    void anyOfSeveralSecretsSigns(String secret) {
        WebhookVerifier several = verifier(NOW, List.of("whsec-old", "whsec-new", "ключ-ü-secret"), Optional.empty());

        assertThat(verify(several, signature(secret, TIMESTAMP, BODY), TIMESTAMP, null))
                .isEqualTo(GENUINE);
    }

    @Test
    void theTokenAlonePasses() {
        assertThat(verify(tokenOnly, null, null, TOKEN)).isEqualTo(GENUINE);
        assertThat(verify(both, null, null, TOKEN))
                .as("automation and macro webhooks are unsigned")
                .isEqualTo(GENUINE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "token-of-the-ur", "token-of-the-url ", "Token-of-the-url", "token-of-the-urlx"})
    void anotherTokenDoesNot(String token) {
        assertThat(verify(tokenOnly, null, null, token)).isEqualTo(NOT_GENUINE);
        assertThat(verify(both, null, null, token)).isEqualTo(NOT_GENUINE);
    }

    @Test
    @Tag("attack-01")
    void nothingAtAllDoesNotPass() {
        assertThat(verify(tokenOnly, null, null, null)).isEqualTo(NOT_GENUINE);
        assertThat(verify(signedOnly, null, null, null)).isEqualTo(NOT_GENUINE);
        assertThat(verify(both, null, null, null)).isEqualTo(NOT_GENUINE);
    }

    @Test
    void theSignaturePassesWhateverTheToken() {
        assertThat(verify(both, SIGNATURE, TIMESTAMP, null)).isEqualTo(GENUINE);
        assertThat(verify(both, SIGNATURE, TIMESTAMP, "wrong")).isEqualTo(GENUINE);
    }

    @Test
    @Tag("attack-01")
    void aWrongSignatureFailsWhateverTheToken() {
        assertThat(verify(both, signature("other", TIMESTAMP, BODY), TIMESTAMP, TOKEN))
                .isEqualTo(NOT_GENUINE);
        assertThat(verify(both, "", TIMESTAMP, TOKEN)).as("present but empty").isEqualTo(NOT_GENUINE);
    }

    @Test
    @Tag("attack-03")
    void aStaleSignatureFailsWhateverTheToken() {
        WebhookVerifier later = verifier(NOW + 301, List.of(SECRET), Optional.of(TOKEN));

        assertThat(verify(later, SIGNATURE, TIMESTAMP, TOKEN)).isEqualTo(STALE);
        assertThat(verify(later, signature("other", TIMESTAMP, BODY), TIMESTAMP, TOKEN))
                .as("of whom it is not from, no clock is to be doubted")
                .isEqualTo(NOT_GENUINE);
    }

    @Test
    void whereNoSecretIsConfiguredTheTokenDecides() {
        assertThat(verify(tokenOnly, SIGNATURE, TIMESTAMP, TOKEN)).isEqualTo(GENUINE);
        assertThat(verify(tokenOnly, SIGNATURE, TIMESTAMP, null)).isEqualTo(NOT_GENUINE);
    }

    @Test
    void checkingCanBeSwitchedOff() {
        WebhookVerifier off = new WebhookVerifier(List.of(), Optional.empty(), Mode.NONE, Clock.systemUTC());

        assertThat(verify(off, "sha256=nonsense", null, null)).isEqualTo(GENUINE);
    }

    @Test
    void checkingWithNothingToCheckByIsRefused() {
        assertThatThrownBy(() -> verifier(NOW, List.of(), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("webhook.secrets and webhook.token are missing; expected one of them"
                        + " (or webhook.auth=none, which checks nothing)");
    }

    @Test
    void anEmptySecretOrTokenIsRefused() {
        assertThatThrownBy(() -> verifier(NOW, List.of(SECRET, " "), Optional.empty()))
                .hasMessage("webhook.secrets has an empty one; expected texts between commas");
        assertThatThrownBy(() -> verifier(NOW, List.of(SECRET), Optional.of("")))
                .hasMessage("webhook.token is empty; expected a text, or no such setting");
    }

    private static Verdict check(JsonNode vector, String signature, String timestamp) {
        WebhookVerifier verifier = verifier(
                vector.get("timestamp").asLong(), List.of(vector.get("secret").asText()), Optional.empty());
        return verifier.verify(
                vector.get("body").asText().getBytes(StandardCharsets.UTF_8),
                Optional.of(vector.get(signature).asText()),
                Optional.of(timestamp),
                Optional.empty());
    }

    private static WebhookVerifier verifier(long epochSecond, List<String> secrets, Optional<String> token) {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(epochSecond), ZoneOffset.UTC);
        return new WebhookVerifier(secrets, token, Mode.REQUIRED, clock);
    }

    private static Verdict verify(WebhookVerifier verifier, String signature, String timestamp, String token) {
        return verifier.verify(
                BODY, Optional.ofNullable(signature), Optional.ofNullable(timestamp), Optional.ofNullable(token));
    }

    private static String otherAt(String text, int at, char other) {
        StringBuilder changed = new StringBuilder(text);
        int index = at % text.length();
        changed.setCharAt(index, other == text.charAt(index) ? (char) (other + 1) : other);
        return changed.toString();
    }
}
