package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code leadroutes new} and {@code leadroutes test}. */
class NewCommandTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void copyShippedRoutes() {
        Product.routesWith(folder, "nothing.txt", "");
    }

    private Settings settings() {
        Properties file = new Properties();
        file.setProperty("routes.directory", folder.toString());
        return Settings.load(file, Map.of(), new Properties(), Settings.Need.NONE);
    }

    private CommandRun make(String... args) {
        return CommandRun.of(
                new NewCommand(this::settings),
                Stream.concat(Stream.of("new"), Stream.of(args)).toArray(String[]::new));
    }

    private CommandRun test(String... args) {
        return CommandRun.of(
                new TestCommand(this::settings),
                Stream.concat(Stream.of("test"), Stream.of(args)).toArray(String[]::new));
    }

    @Test
    void whatIsWrittenWorksAndItsTestsPass() throws IOException {
        CommandRun step = make("step", "call-back");
        CommandRun destination = make("destination", "billing");
        CommandRun call = make("call", "remind");

        assertThat(step.out()).isEqualTo("""
                wrote %1$s/call-back.camel.yaml
                wrote %1$s/tests/CallBackTest.java
                Next: change both, try them with
                  leadroutes test CallBackTest
                and name it where each message is to pass it:
                  STEPS_MESSAGE=direct:step-tag,direct:step-score,direct:step-qualify,direct:step-escalate,direct:call-back
                """.formatted(folder));
        assertThat(destination.out()).contains("  ON_LEAD_QUALIFIED=direct:crm-sync,direct:billing\n");
        assertThat(call.out()).contains("  - to: {uri: \"direct:remind\"}\n");
        assertThat(RouteFiles.in(folder, property -> true, Optional.of("https://chat.example"))
                        .problems())
                .isEmpty();
        CommandRun tests = test();
        assertThat(tests.exitCode()).as(tests.out() + tests.err()).isZero();
        assertThat(tests.out())
                .contains(
                        "whoAsksForACallIsLabelled(TestLeadRoutes) [OK]",
                        "aQualifiedLeadIsDelivered(TestLeadRoutes) [OK]",
                        "itIsMade(TestLeadRoutes) [OK]");
    }

    @Test
    void aTestThatFailsOrDoesNotCompileEndsWithOne() throws IOException {
        make("step", "call-back");
        Path route = folder.resolve("call-back.camel.yaml");
        Files.writeString(route, Files.readString(route).replace("steps:", "stepps:"));

        CommandRun failed = test("CallBackTest");
        Path test = folder.resolve("tests/CallBackTest.java");
        Files.writeString(test, Files.readString(test).replace("long conversation", "longer conversation"));
        CommandRun uncompiled = test();

        assertThat(failed.exitCode()).as(failed.out()).isEqualTo(1);
        assertThat(failed.out()).containsPattern("call-back[.]camel[.]yaml:\\d+:\\d+: .*stepps");
        assertThat(uncompiled.exitCode()).isEqualTo(1);
        assertThat(uncompiled.err()).contains("CallBackTest.java:11").contains("longer");
    }

    @Test
    void withoutTestsItEndsWithTwo() {
        CommandRun none = test();
        CommandRun unknown = test("NoneTest");

        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("There are no tests in " + folder.resolve("tests"));
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("CLASS is \"NoneTest\"; expected one of");
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        make("step", "call-back");
        Files.writeString(folder.resolve("call-back.camel.yaml"), "mine");
        Files.createDirectories(folder.resolve("tests"));
        Files.writeString(folder.resolve("tests/OtherTest.java"), "mine");

        CommandRun again = make("call", "call-back");
        CommandRun other = make("step", "other");

        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("call-back.camel.yaml is there already; expected another name");
        assertThat(folder.resolve("call-back.camel.yaml")).hasContent("mine");
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).contains("OtherTest.java is there already");
        assertThat(folder.resolve("other.camel.yaml")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "step|CallBack|NAME is \"CallBack\"; expected lower-case words with hyphens",
                "step|../x|NAME is \"../x\"; expected",
                "step|step-tag|direct:step-tag begins a route in",
                "step|crm|crm.camel.yaml is there already",
                "stepp|x|'stepp'",
            })
    void wrongUseWritesNothing(String kind, String name, String told) throws IOException {
        CommandRun run = make(kind, name);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(told);
        assertThat(folder.resolve("tests")).doesNotExist();
    }
}
