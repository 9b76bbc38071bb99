package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Any file is a rule book or is refused with what is wrong in it; no tag of YAML makes an object of ours or of the JVM's. */
class RuleFileFuzzTest {

    @FuzzTest(maxDuration = "20s")
    void anyFileIsARuleBookOrRefused(byte[] bytes) {
        String yaml = new String(bytes, StandardCharsets.UTF_8);
        RuleBook book;
        try {
            book = RuleBook.parse("rules.yaml", yaml);
        } catch (RuleFileException refused) {
            assertThat(refused).hasMessageContaining("rules.yaml");
            return;
        }
        assertThat(book.version()).isNotEmpty();
    }
}
