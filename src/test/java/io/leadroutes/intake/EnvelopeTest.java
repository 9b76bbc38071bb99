package io.leadroutes.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leadroutes.event.Decoded;
import io.leadroutes.event.EventDecoder;
import io.leadroutes.store.Json;
import io.leadroutes.store.NewEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EnvelopeTest {
    private static final Instant AT = Instant.parse("2026-09-01T10:00:00.123456Z");
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    static List<Path> bodies() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/webhooks"))) {
            return files.sorted().toList();
        }
    }

    private static NewEvent event(byte[] body) {
        Decoded decoded = new EventDecoder().decode(body);
        return new NewEvent(
                decoded.event(),
                7,
                decoded.storedPayload(),
                Optional.of("a-delivery"),
                decoded.meaningKey(),
                AT,
                Optional.of(TRACE));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void whatComesOutIsWhatWentIn(Path body) throws IOException {
        NewEvent event = event(Files.readAllBytes(body));

        assertThat(Envelope.read(Envelope.write(event), 7)).isEqualTo(event);
    }

    @Test
    void whatTheInboxIsNotToldStaysAbsent() {
        Decoded decoded = new EventDecoder().decode("{\"event\":\"unheard_of\"}".getBytes(StandardCharsets.UTF_8));
        NewEvent event =
                new NewEvent(decoded.event(), 7, decoded.storedPayload(), Optional.empty(), decoded.meaningKey(), AT);

        assertThat(Envelope.read(Envelope.write(event), 7)).isEqualTo(event);
        assertThat(Envelope.group(event)).isEqualTo("account:7");
    }

    @ParameterizedTest
    @CsvSource({
        "version, 2, version is not 1",
        "account_id, 8, account_id is that of another account; expected 7",
        "received_at, yesterday, received_at is no time",
        "body, {, body is wrong: not JSON"
    })
    void whatIsWrongIsNamed(String field, String value, String wrong) throws IOException {
        Map<String, Object> envelope =
                new HashMap<>(Json.map(Json.tree(Envelope.write(event(Files.readAllBytes(bodies().get(0)))))));
        envelope.put(field, value);

        assertThatThrownBy(() -> Envelope.read(Json.write(envelope), 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(wrong);
    }
}
