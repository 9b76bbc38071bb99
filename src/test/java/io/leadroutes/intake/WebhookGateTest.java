package io.leadroutes.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.EventDecoder;
import io.leadroutes.intake.Admission.Accepted;
import io.leadroutes.intake.Admission.Refused;
import io.leadroutes.intake.WebhookVerifier.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookGateTest {
    private static final long NOW = 1_786_698_752L;
    private static final String TIMESTAMP = Long.toString(NOW);
    private static final String SECRET = "whsec-one";
    private static final String TOKEN = "token-of-the-url";
    private static final String EVENT = "{\"event\":\"message_created\",\"id\":5,\"account\":{\"id\":7}}";

    private final WebhookGate gate = new WebhookGate(
            new WebhookVerifier(
                    List.of(SECRET),
                    Optional.of(TOKEN),
                    Mode.REQUIRED,
                    Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC)),
            new EventDecoder(),
            7);

    @Test
    void aSignedEventOfOurAccountIsAccepted() {
        byte[] body = EVENT.getBytes(StandardCharsets.UTF_8);

        Admission admission = gate.admit(new WebhookRequest(
                "POST",
                Optional.of("application/json"),
                Optional.empty(),
                body,
                Optional.of(Signed.signature(SECRET, TIMESTAMP, body)),
                Optional.of(TIMESTAMP),
                Optional.of("0b8f3a52-77ab-4d0e-9c0f-0e6a8f1b2c44"),
                Optional.empty()));

        Accepted accepted = (Accepted) admission;
        assertThat(accepted.event().type()).isEqualTo("message_created");
        assertThat(accepted.storedPayload()).isEqualTo(EVENT);
        assertThat(accepted.deliveryId()).hasValue("0b8f3a52-77ab-4d0e-9c0f-0e6a8f1b2c44");
        assertThat(accepted.meaningKey()).hasValue("message_created:7:5");
    }

    @Test
    void anUnsignedEventWithTokenIsAccepted() {
        assertThat(gate.admit(new Call().request())).isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "HEAD", "OPTIONS", "post", ""})
    void otherMethodsThanPostAreRefused(String method) {
        assertRefused(new Call().method(method), 405, "method not allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                " application/json ",
                "application/json;",
                "application/json; charset=utf-8",
                "application/json;charset=UTF-8",
                "application/json ; charset=\"utf-8\""
            })
    void jsonInUtf8IsTaken(String contentType) {
        assertThat(gate.admit(new Call().contentType(contentType).request())).isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "text/plain",
                "text/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/jsonp",
                "application/json; charset=iso-8859-1",
                "application/json; charset=utf-16",
                "application/json; charset=utf-8; charset=utf-16",
                "application/json, text/html",
                "application/json\r\nX-Injected: 1"
            })
    @Tag("attack-12")
    void otherContentTypesAreRefused(String contentType) {
        assertRefused(new Call().contentType(contentType), 415, "unsupported media type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd", "deflate", "identity, gzip", "x"})
    @Tag("attack-08")
    void packedBodiesAreRefused(String contentEncoding) {
        assertRefused(new Call().contentEncoding(contentEncoding), 415, "unsupported media type");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "identity", "Identity"})
    void plainBodiesAreTaken(String contentEncoding) {
        assertThat(gate.admit(new Call().contentEncoding(contentEncoding).request()))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void aBodyOfOneMebibyteIsTakenAndNoMore() {
        String atTheLimit = EVENT + " ".repeat(1_048_576 - EVENT.length());

        assertThat(gate.admit(new Call().body(atTheLimit).request())).isInstanceOf(Accepted.class);
        assertRefused(new Call().body(atTheLimit + " "), 413, "payload too large");
    }

    @Test
    void whatIsNotGenuineIsRefused() {
        assertRefused(new Call().token("wrong"), 401, "unauthorized");
        assertRefused(new Call().signature("sha256=" + "0".repeat(64)), 401, "unauthorized");
    }

    @Test
    void thatAClockMayBeWrongIsSaidToTheLogAlone() {
        String wrongClock = Long.toString(NOW - 600);
        byte[] body = EVENT.getBytes(StandardCharsets.UTF_8);

        assertThat(gate.admit(new WebhookRequest(
                        "POST",
                        Optional.of("application/json"),
                        Optional.empty(),
                        body,
                        Optional.of(Signed.signature(SECRET, wrongClock, body)),
                        Optional.of(wrongClock),
                        Optional.empty(),
                        Optional.empty())))
                .isEqualTo(new Refused(401, "unauthorized", "rightly signed, but not now: look at the clocks"));
    }

    @Test
    @Tag("attack-01")
    void genuinenessIsCheckedBeforeTheBodyIsParsed() {
        assertRefused(new Call().token("wrong").body("not json"), 401, "unauthorized");
        assertRefused(new Call().token("wrong").body(""), 401, "unauthorized");
    }

    @Test
    void whatIsNoEventIsRefused() {
        assertRefused(new Call().body("canary"), 400, "not JSON; expected one object in UTF-8 without duplicate keys");
        assertRefused(new Call().body(""), 400, "not a JSON object");
        assertRefused(new Call().body("{}"), 400, "event is missing; expected a text such as message_created");
    }

    @Test
    @Tag("attack-14")
    void anEventOfAnotherAccountIsRefused() {
        assertRefused(
                new Call().body("{\"event\":\"message_created\",\"id\":5,\"account\":{\"id\":8}}"),
                403,
                "another account");
        assertRefused(
                new Call().body("{\"event\":\"conversation_created\",\"id\":5,\"messages\":[{\"account_id\":8}]}"),
                403,
                "another account");
    }

    @Test
    void anEventWithoutAccountIsOurs() {
        assertThat(gate.admit(new Call()
                        .body("{\"event\":\"message_created\",\"id\":5}")
                        .request()))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void anUnknownEventIsAccepted() {
        assertThat(gate.admit(new Call().body("{\"event\":\"unheard.of\"}").request()))
                .isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "a b", "a\nb", "ä", "a/b", "a'b"})
    void aStrangeDeliveryIdIsAsGoodAsNone(String deliveryId) {
        Accepted accepted =
                (Accepted) gate.admit(new Call().deliveryId(deliveryId).request());

        assertThat(accepted.deliveryId()).isEmpty();
    }

    @Test
    void aDeliveryIdHasAtMostOneHundredCharacters() {
        Call longest = new Call().deliveryId("a".repeat(100));
        Call tooLong = new Call().deliveryId("a".repeat(101));

        assertThat(((Accepted) gate.admit(longest.request())).deliveryId()).hasValue("a".repeat(100));
        assertThat(((Accepted) gate.admit(tooLong.request())).deliveryId()).isEmpty();
    }

    @Test
    void secretsAreNotStored() {
        Accepted accepted = (Accepted) gate.admit(new Call()
                .body("{\"event\":\"inbox_created\",\"channel\":{\"secret\":\"canary\"}}")
                .request());

        assertThat(accepted.toString()).doesNotContain("canary");
    }

    @Test
    void aRequestInALogShowsNoTokenSignatureOrBody() {
        WebhookRequest request = new Call().signature("sha256=abc").request();

        assertThat(request).hasToString("WebhookRequest[" + EVENT.length() + " bytes]");
    }

    private void assertRefused(Call call, int status, String error) {
        assertThat(gate.admit(call.request())).isEqualTo(new Refused(status, error));
    }

    /** A good request, until something of it is changed. */
    private static final class Call {
        private String method = "POST";
        private String contentType = "application/json";
        private String contentEncoding;
        private String body = EVENT;
        private String signature;
        private String deliveryId = "d-1";
        private String token = TOKEN;

        Call method(String value) {
            method = value;
            return this;
        }

        Call contentType(String value) {
            contentType = value;
            return this;
        }

        Call contentEncoding(String value) {
            contentEncoding = value;
            return this;
        }

        Call body(String value) {
            body = value;
            return this;
        }

        Call signature(String value) {
            signature = value;
            return this;
        }

        Call deliveryId(String value) {
            deliveryId = value;
            return this;
        }

        Call token(String value) {
            token = value;
            return this;
        }

        WebhookRequest request() {
            return new WebhookRequest(
                    method,
                    Optional.ofNullable(contentType),
                    Optional.ofNullable(contentEncoding),
                    body.getBytes(StandardCharsets.UTF_8),
                    Optional.ofNullable(signature),
                    Optional.of(TIMESTAMP),
                    Optional.ofNullable(deliveryId),
                    Optional.of(token));
        }
    }
}
