package io.leadroutes.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;

/** Any bytes are an event or refused; what is taken is text, and what is stored of it can be stored and read. */
@Tag("attack-07")
class EventDecoderFuzzTest {
    private final EventDecoder decoder = new EventDecoder();

    @FuzzTest(maxDuration = "20s")
    void anyBytesAreAnEventOrRefused(byte[] body) {
        Decoded decoded;
        try {
            decoded = decoder.decode(body);
        } catch (BadEventException refused) {
            assertThat(refused).hasMessageMatching("\\p{Print}{1,200}");
            return;
        }
        assertThat(new String(body, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
                .as("well-formed UTF-8")
                .isEqualTo(body);
        // The event's own texts are stored, too, no longer as escapes.
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(decoded.storedPayload() + decoded.event()))
                .as("a database takes it")
                .isTrue();
        if (decoded.problem().isEmpty()) {
            assertThat(decoder.stored(decoded.storedPayload())).isEqualTo(decoded.event());
        }
    }
}
