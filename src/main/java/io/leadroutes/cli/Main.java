package io.leadroutes.cli;

import io.leadroutes.rules.RuleFileException;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.function.Consumer;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Entry: {@code java -jar leadroutes.jar [COMMAND]}. Exit codes: 0 done, 1 failed, 2 wrong use. */
@Command(
        name = "leadroutes",
        description =
                "Runs Apache Camel routes between Chatwoot and your other systems: tags, scores, escalates, syncs leads.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Main.Version.class,
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            SetupCommand.class,
            BatchCommand.class,
            BackfillCommand.class,
            CheckCommand.class,
            ReplayCommand.class,
            StatusCommand.class,
            ExplainCommand.class,
            DeadCommand.class,
            ForgetCommand.class,
            HealthCommand.class,
            NewCommand.class,
            TestCommand.class,
            AutoComplete.GenerateCompletion.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes demo",
            "  leadroutes setup --dry-run",
            "  leadroutes",
            "",
            "Environment: each command's help names what it reads."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:something failed", "2:wrong use or wrong settings"})
public final class Main implements Runnable {
    /** Read by log4j2.properties. */
    private static final String LOG_LEVEL = "LOG_LEVEL";

    /** Read by Log4j. */
    private static final String LOG_CONFIGURATION = "log4j2.configurationFile";

    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        if (args.length > 0
                && args[0].equals("demo")
                && System.getProperty(LOG_LEVEL, System.getenv(LOG_LEVEL)) == null) {
            // The demo tells its own story.
            System.setProperty(LOG_LEVEL, "warn");
        }
        if (isJsonLog()) {
            // The second file's appender takes the place of the first one's.
            System.setProperty(LOG_CONFIGURATION, "classpath:log4j2.properties,classpath:log4j2-json.properties");
        }
        System.exit(execute(args));
    }

    /** Asked before the first logger is made. If settings are wrong, the command says so. */
    private static boolean isJsonLog() {
        try {
            return System.getProperty(LOG_CONFIGURATION) == null
                    && RunCommand.settings(Settings.Need.NONE)
                            .text("log.format")
                            .equals("json");
        } catch (Settings.SettingsException | IOException e) {
            return false;
        }
    }

    static int execute(String... args) {
        boolean isRun = args.length == 0 || args.length == 1 && args[0].equals("run");
        return isRun
                ? run(new RunCommand())
                : commandLine(CommandLine.defaultFactory()).execute(args);
    }

    /** Without the command line, which would first read what all commands take: an eighth of the start. */
    private static int run(RunCommand command) {
        try {
            return command.call();
        } catch (Exception e) {
            OptionalInt code = explain(e, System.err::println);
            if (code.isEmpty()) {
                e.printStackTrace();
            }
            return code.orElse(CommandLine.ExitCode.SOFTWARE);
        }
    }

    /** @param commands makes the subcommands */
    static CommandLine commandLine(CommandLine.IFactory commands) {
        return new CommandLine(new Main(), commands)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) ->
                        explain(failure, command.getErr()::println).orElseThrow(() -> failure));
    }

    /** What the operator did wrong is told in words, without a stack trace; returns the exit code, none for all else. */
    private static OptionalInt explain(Exception failure, Consumer<String> out) {
        if (failure instanceof Settings.SettingsException || failure instanceof RuleFileException) {
            out.accept(failure.getMessage());
            return OptionalInt.of(CommandLine.ExitCode.USAGE);
        }
        if (failure instanceof LeadRoutes.StartException) {
            out.accept(failure.getMessage());
            return OptionalInt.of(CommandLine.ExitCode.SOFTWARE);
        }
        return OptionalInt.empty();
    }

    /** Without a command the usage is shown; an empty command line means {@code run}. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"leadroutes " + (version == null ? "(not packaged)" : version)};
        }
    }
}
