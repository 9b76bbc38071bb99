package io.leadroutes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table in SECURITY.md: 29 attacks, each with tests that are there and carry its number. */
class SecurityTableTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");

    record Row(int number, String tests) {
        @Override
        public String toString() {
            return "row " + number;
        }
    }

    static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("SECURITY.md"))) {
            String[] cells = line.split("\\|");
            if (cells.length == 5 && cells[1].strip().matches("\\d+")) {
                rows.add(new Row(Integer.parseInt(cells[1].strip()), cells[4]));
            }
        }
        return rows;
    }

    @Test
    void allRowsAreThere() throws IOException {
        assertThat(rows())
                .extracting(Row::number)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 29).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void itsTestsAreThereAndCarryItsNumber(Row row) throws IOException {
        Matcher tests = TEST.matcher(row.tests);
        int count = 0;
        while (tests.find()) {
            count++;
            String tag = String.format("Tag(\"attack-%02d\")", row.number);
            assertThat(annotationsOf(tests.group(1), tests.group(2)))
                    .as(tests.group())
                    .contains(tag);
        }
        assertThat(count).as("tests of " + row).isPositive();
    }

    /** What stands above the method, back to the blank line, and above its class. */
    private static String annotationsOf(String className, String method) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            Path file = files.filter(path -> path.endsWith(className + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no class " + className));
            String source = Files.readString(file);
            // A method, or a rule of ArchUnit.
            Matcher found = Pattern.compile(" " + method + "( =|\\()").matcher(source);
            assertThat(found.find()).as(className + "#" + method).isTrue();
            int at = found.start();
            return source.substring(source.lastIndexOf("\n\n", at), at)
                    + source.substring(0, source.indexOf("class " + className));
        }
    }
}
