package io.leadroutes.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** Whatever a customer types stands in a note as text: no Liquid, mention, link or new line. */
@Tag("attack-18")
@Tag("attack-19")
class NoteFuzzTest {

    @FuzzTest(maxDuration = "20s")
    void anyTextIsHarmless(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        String note = NoteTemplate.render("{name}: {message}", Map.of("name", text, "message", text));

        assertThat(note)
                .doesNotContain("{{", "}}", "{%", "%}", "mention://", "](", "://")
                .doesNotContainPattern("[\\r\\n\\u2028\\u2029\\u0085\\u0000-\\u001f]");
        assertThat(Mention.in(note)).isEmpty();
    }
}
