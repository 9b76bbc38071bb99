package io.leadroutes.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.leadroutes.intake.WebhookVerifier.Mode;
import io.leadroutes.intake.WebhookVerifier.Verdict;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** Nothing is genuine but exactly what the secret's owner would send now. */
@Tag("attack-01")
class SignatureFuzzTest {
    private static final String SECRET = "the-secret";
    private static final long NOW = 1_770_000_000;

    private final WebhookVerifier verifier = new WebhookVerifier(
            List.of("another", SECRET),
            Optional.of("the-token"),
            Mode.REQUIRED,
            Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC));

    @FuzzTest(maxDuration = "20s")
    void onlyTheRightSignatureIsGenuine(FuzzedDataProvider data) {
        String timestamp =
                data.consumeBoolean() ? Long.toString(NOW + data.consumeInt(-400, 400)) : data.consumeString(20);
        String signature = data.consumeString(80);
        byte[] body = data.consumeRemainingAsBytes();
        boolean isTime = timestamp.matches("[0-9]{1,12}");
        boolean isFresh = isTime && Math.abs(Long.parseLong(timestamp) - NOW) <= 300;
        Verdict ofRight = isFresh ? Verdict.GENUINE : isTime ? Verdict.STALE : Verdict.NOT_GENUINE;
        String right = Signed.signature(SECRET, timestamp, body);

        assertThat(verdict(body, right, timestamp)).isEqualTo(ofRight);
        String nearly = right.substring(0, right.length() - 1) + (right.endsWith("0") ? "1" : "0");
        assertThat(verdict(body, nearly, timestamp)).isEqualTo(Verdict.NOT_GENUINE);
        if (!signature.equals(right)) {
            assertThat(verdict(body, signature, timestamp)).isEqualTo(Verdict.NOT_GENUINE);
        }
        assertThat(verifier.verify(body, Optional.empty(), Optional.of(timestamp), Optional.of(signature)))
                .isEqualTo(signature.equals("the-token") ? Verdict.GENUINE : Verdict.NOT_GENUINE);
    }

    private Verdict verdict(byte[] body, String signature, String timestamp) {
        return verifier.verify(body, Optional.of(signature), Optional.of(timestamp), Optional.of("the-token"));
    }
}
