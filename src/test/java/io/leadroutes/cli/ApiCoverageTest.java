package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The table in docs/api-coverage.md: each row names things that are there, and a test that drives it. */
class ApiCoverageTest {
    private static final Path TABLE = Path.of("docs/api-coverage.md");
    private static final Path TESTS = Path.of("src/test/java/io/leadroutes/cli");
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");

    private record Row(String subject, List<String> cells) {
        String test() {
            return cells.get(cells.size() - 1);
        }

        @Override
        public String toString() {
            return subject;
        }
    }

    static Stream<Row> rows() throws IOException {
        return Files.readAllLines(TABLE).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| endpoint") && !line.startsWith("| event"))
                .filter(line -> !line.startsWith("| workflow"))
                .map(line -> Stream.of(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .map(cells -> new Row(cells.get(0), cells.subList(1, cells.size())));
    }

    static Stream<Row> endpoints() throws IOException {
        return rows().filter(row -> row.cells.size() == 4);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void itsTestIsThere(Row row) throws IOException {
        String[] test = row.test().split("#");
        Path file = TESTS.resolve(test[0] + ".java");

        assertThat(file).exists();
        assertThat(Files.readString(file)).contains("void " + test[1] + "(");
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void itsRoutesKameletsAndCommandsAreThere(Row row) throws IOException {
        List<String> routes = new ArrayList<>();
        try (var files = Files.list(Path.of("routes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                routes.add(Files.readString(file));
            }
        }
        assertThat(names(row.cells.get(0))).isNotEmpty().allSatisfy(route -> assertThat(routes)
                .anyMatch(file -> file.contains("    id: " + route + "\n")));
        assertThat(names(row.cells.get(1)))
                .allSatisfy(kamelet -> assertThat(Path.of("routes/kamelets/" + kamelet + ".kamelet.yaml"))
                        .exists());
        assertThat(Main.commandLine(CommandLine.defaultFactory())
                        .getSubcommands()
                        .keySet())
                .containsAll(names(row.cells.get(2)));
    }

    private static List<String> names(String cell) {
        return NAME.matcher(cell)
                .results()
                .map(match -> match.group())
                .filter(name -> !name.equals("-"))
                .toList();
    }
}
