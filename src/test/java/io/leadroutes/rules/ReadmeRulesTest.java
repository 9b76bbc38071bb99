package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What README's chapter on rules shows can be used as it stands. */
class ReadmeRulesTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$");
    private static final Pattern IN_LINE = Pattern.compile("(?m)^\\| `((?:any|near|regex): [^`]+)` \\|");

    private static String chapter() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int from = readme.indexOf("\n## Rules\n");
        return readme.substring(from, readme.indexOf("\n## ", from + 1));
    }

    private static List<String> found(Pattern pattern) throws IOException {
        Matcher blocks = pattern.matcher(chapter());
        return blocks.results().map((MatchResult block) -> block.group(1)).toList();
    }

    private static Stream<String> blocks() throws IOException {
        return found(BLOCK).stream();
    }

    private static Stream<String> keys() throws IOException {
        return found(IN_LINE).stream();
    }

    @Test
    void thereAreBlocksAndKeys() throws IOException {
        assertThat(blocks()).hasSizeGreaterThanOrEqualTo(6);
        assertThat(keys()).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void aBlockIsARuleFileWithoutWarnings(String yaml) {
        String points = yaml.startsWith("scores:")
                ? ""
                : "scores: [{id: any-points, any: [anything], points: 100, half-life: 30d}]\n";

        assertThat(RuleLint.parse("README.md", points + yaml).warnings()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aKeyOfTheTableCanStandInARule(String key) {
        assertThat(RuleBook.parse("README.md", "tags: [{id: a, labels: [ab], " + key + "}]"))
                .isNotNull();
    }
}
