package io.leadroutes.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a route that works, with a test beside it, to begin from. */
@Command(
        name = "new",
        sortOptions = false,
        description = {
            "Writes a route that works, to begin from: routes/NAME.camel.yaml, and its test, routes/tests/NameTest.java.",
            "A step is one of each customer message, a destination gets leads, a call asks something of Chatwoot."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes new step call-back",
            "  leadroutes new destination billing",
            "",
            "Environment (or application.properties, or -D):",
            "  ROUTES_DIRECTORY      default routes"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "2:wrong use; nothing is written"})
final class NewCommand implements Callable<Integer> {
    private static final String NAME = "[a-z][a-z0-9]*(-[a-z0-9]+)*";
    private static final int LONGEST_NAME = 60;

    /** What can be made, by the names of the files in resources/new. */
    enum Kind {
        STEP("name it where each message is to pass it:", "STEPS_MESSAGE", "steps.message"),
        DESTINATION("name it where leads go (ON_ESCALATED for escalations):", "ON_LEAD_QUALIFIED", "on.lead-qualified"),
        CALL("call it from another route, with the header conversationId:", "", "");

        private final String next;
        private final String variable;
        private final String property;

        Kind(String next, String variable, String property) {
            this.next = next;
            this.variable = variable;
            this.property = property;
        }

        /** As it is written in the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The setting as it is, with the new endpoint at its end. */
        String line(Settings settings, String endpoint) {
            return property.isEmpty()
                    ? "- to: {uri: \"" + endpoint + "\"}"
                    : variable + "="
                            + settings.optional(property).map(now -> now + ",").orElse("") + endpoint;
        }
    }

    /** Where the settings come from. */
    @FunctionalInterface
    interface Source {
        Settings get() throws IOException;
    }

    @Parameters(index = "0", paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}")
    private Kind kind;

    @Parameters(
            index = "1",
            paramLabel = "NAME",
            description = "the route's: lower-case words with hyphens, such as call-back")
    private String name;

    @Spec
    private CommandSpec spec;

    private final Source source;

    NewCommand() {
        this(() -> RunCommand.settings(Settings.Need.NONE));
    }

    NewCommand(Source source) {
        this.source = source;
    }

    @Override
    public Integer call() throws IOException {
        if (!name.matches(NAME) || name.length() > LONGEST_NAME) {
            throw wrong(
                    "NAME is \"" + Lines.plain(name) + "\"; expected lower-case words with hyphens, such as call-back, "
                            + LONGEST_NAME + " characters at most");
        }
        Settings settings = source.get();
        Path folder = Path.of(settings.text("routes.directory"));
        if (!Files.isDirectory(folder)) {
            throw wrong("routes.directory is \"" + folder + "\"; expected the folder of the routes");
        }
        String testClass = Arrays.stream(name.split("-"))
                        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                        .collect(Collectors.joining())
                + "Test";
        Path route = folder.resolve(name + ".camel.yaml");
        Path test = folder.resolve("tests").resolve(testClass + ".java");
        for (Path file : new Path[] {route, test}) {
            if (Files.exists(file)) {
                throw wrong(file + " is there already; expected another name");
            }
        }
        if (RouteFiles.in(folder, property -> true, Optional.empty()).directs().contains("direct:" + name)) {
            throw wrong("direct:" + name + " begins a route in " + folder + " already; expected another name");
        }
        write(route, template("camel.yaml"));
        write(test, template("java").replace("NewNameTest", testClass));
        tell(settings, route, test, testClass);
        return 0;
    }

    private void tell(Settings settings, Path route, Path test, String testClass) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("wrote " + route);
        out.println("wrote " + test);
        out.println("Next: change both, try them with");
        out.println("  leadroutes test " + testClass);
        out.println("and " + kind.next);
        out.println("  " + kind.line(settings, "direct:" + name));
        out.flush();
    }

    private String template(String ending) throws IOException {
        String file = "/new/" + kind + "." + ending;
        try (InputStream in = NewCommand.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("new-name", name);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), what);
    }
}
