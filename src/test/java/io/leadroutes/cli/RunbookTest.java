package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every entry of docs/runbook.md names a test, which is there. */
class RunbookTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    static Stream<String> entries() throws IOException {
        return Arrays.stream(Files.readString(Path.of("docs/runbook.md")).split("(?m)^## "))
                .skip(1);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void saysHowItShowsWhatToDoAndWhatBringsItAbout(String entry) throws IOException {
        assertThat(entry).contains("**Shows**", "**Do**", "**Brought about by**");
        List<String[]> tests = TEST.matcher(entry)
                .results()
                .map(found -> new String[] {found.group(1), found.group(2)})
                .toList();
        assertThat(tests).isNotEmpty();
        for (String[] test : tests) {
            assertThat(source(test[0])).contains("void " + test[1] + "(");
        }
    }

    private static String source(String testClass) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return Files.readString(
                    files.filter(file -> file.getFileName().toString().equals(testClass + ".java"))
                            .findFirst()
                            .orElseThrow());
        }
    }
}
