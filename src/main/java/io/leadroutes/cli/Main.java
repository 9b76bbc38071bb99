package io.leadroutes.cli;

import io.leadroutes.rules.RuleFileException;
import java.io.IOException;
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
        return commandLine(CommandLine.defaultFactory()).execute(args.length == 0 ? new String[] {"run"} : args);
    }

    /** @param commands makes the subcommands */
    static CommandLine commandLine(CommandLine.IFactory commands) {
        return new CommandLine(new Main(), commands)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Main::explain);
    }

    /** What the operator did wrong is told in words, without a stack trace. */
    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        if (failure instanceof Settings.SettingsException || failure instanceof RuleFileException) {
            command.getErr().println(failure.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        if (failure instanceof LeadRoutes.StartException) {
            command.getErr().println(failure.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw failure;
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
