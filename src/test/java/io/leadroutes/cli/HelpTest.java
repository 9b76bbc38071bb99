package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What every command's help must say. */
class HelpTest {
    static Stream<CommandLine> commands() {
        return all(Main.commandLine(CommandLine.defaultFactory()))
                .filter(command -> !command.getCommandName().equals("generate-completion"));
    }

    private static Stream<CommandLine> all(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(HelpTest::all));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void hasExamplesOfItselfExitCodesAndWhatItReadsOfTheEnvironment(CommandLine command) {
        String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);

        String examples = help.substring(help.indexOf("Examples:"));
        assertThat(examples).contains("\n  " + command.getCommandSpec().qualifiedName());
        assertThat(help).containsPattern("\nExit codes:\n  +[01] ").containsPattern("\nEnvironment\\b");
        assertThat(help.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }
}
