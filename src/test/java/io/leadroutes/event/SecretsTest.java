package io.leadroutes.event;

import static io.leadroutes.event.Fixtures.decode;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant 12: secrets stay where they belong. */
class SecretsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pubsub_token",
                "hmac_token",
                "secret",
                "SECRET",
                "page_access_token",
                "accessToken",
                "auth-token",
                "line_channel_secret",
                "imap_password",
                "password",
                "api_key",
                "apiKey",
                "webhook_url"
            })
    void theValueOfASecretKeyIsRedacted(String key) {
        Decoded decoded = decode("{\"event\":\"x\",\"" + key + "\":\"canary\"}");

        assertThat(decoded.storedPayload()).isEqualTo("{\"event\":\"x\",\"" + key + "\":\"[redacted]\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"secretary", "tokens_left", "source_id", "identifier", "content"})
    void otherKeysKeepTheirValue(String key) {
        assertThat(decode("{\"event\":\"x\",\"" + key + "\":\"v\"}").storedPayload())
                .contains("\"v\"");
    }

    @Property(tries = 60)
    @net.jqwik.api.Tag("attack-04")
    void secretsAreRedactedAtAnyDepth(@ForAll @IntRange(min = 0, max = 14) int depth) {
        String body = "{\"event\":\"x\",\"v\":" + "[{\"o\":".repeat(depth) + "{\"api_key\":\"canary\"}"
                + "}]".repeat(depth) + "}";

        assertThat(decode(body).storedPayload()).doesNotContain("canary").contains("[redacted]");
    }

    @Test
    void aWholeObjectBehindASecretKeyIsRedacted() {
        Decoded decoded = decode("{\"event\":\"inbox_updated\",\"changed_attributes\":[{\"hmac_token\":"
                + "{\"previous_value\":\"canary\",\"current_value\":\"canary\"}}]}");

        assertThat(decoded.toString()).doesNotContain("canary");
    }

    @Test
    void nullStaysNull() {
        assertThat(decode("{\"event\":\"x\",\"secret\":null}").storedPayload())
                .isEqualTo("{\"event\":\"x\",\"secret\":null}");
    }

    @Test
    @Tag("attack-21")
    void theEventItselfCarriesNoSecret() {
        Decoded decoded = decode(
                "{\"event\":\"contact_created\",\"id\":1,\"custom_attributes\":{\"portal_password\":\"canary\"}}");

        assertThat(decoded.event().contact().orElseThrow().customAttributes())
                .containsEntry("portal_password", "[redacted]");
    }
}
