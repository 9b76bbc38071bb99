package io.leadroutes.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the tests of engineers' routes with the test kit, where there is no Maven. */
@Command(
        name = "test",
        description = {
            "Runs the tests in routes/tests with JUnit, beside a sandbox Chatwoot; needs a JDK.",
            "Nothing of the real Chatwoot, databases or settings is used."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes test",
            "  leadroutes test CallBackTest",
            "",
            "Environment (or application.properties, or -D):",
            "  ROUTES_DIRECTORY      default routes",
            "  RULES_FILE            default rules.yaml"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all passed", "1:some failed, or do not compile", "2:wrong use, or there are no tests"})
final class TestCommand implements Callable<Integer> {
    private static final String JAVA = ".java";

    @Parameters(paramLabel = "CLASS", arity = "0..*", description = "only these tests; default all")
    private List<String> names = List.of();

    @Spec
    private CommandSpec spec;

    private final NewCommand.Source source;
    private Settings settings;

    TestCommand() {
        this(() -> RunCommand.settings(Settings.Need.NONE));
    }

    TestCommand(NewCommand.Source source) {
        this.source = source;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        settings = source.get();
        Path folder = Path.of(settings.text("routes.directory")).resolve("tests");
        List<Path> tests = tests(folder);
        for (String name : names) {
            if (!tests.contains(folder.resolve(name + JAVA))) {
                throw new ParameterException(
                        spec.commandLine(),
                        "CLASS is \"" + Lines.plain(name) + "\"; expected one of " + String.join(", ", classes(tests)));
            }
        }
        if (tests.isEmpty()) {
            spec.commandLine().getErr().println("There are no tests in " + folder + "; leadroutes new makes one.");
            return 2;
        }
        Path compiled = Files.createTempDirectory("leadroutes-tests");
        try {
            return compile(tests, compiled) ? run(compiled, names.isEmpty() ? classes(tests) : names) : 1;
        } finally {
            delete(compiled);
        }
    }

    private static List<Path> tests(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(JAVA)).sorted().toList();
        }
    }

    private static List<String> classes(List<Path> tests) {
        return tests.stream()
                .map(test -> test.getFileName().toString().replaceFirst("[.]java$", ""))
                .toList();
    }

    private boolean compile(List<Path> tests, Path to) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            err.println("This Java cannot compile; expected a JDK, not a JRE.");
            return false;
        }
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(said, null, StandardCharsets.UTF_8)) {
            boolean isCompiled = compiler.getTask(
                            err,
                            files,
                            said,
                            List.of("-cp", classPath(), "-d", to.toString()),
                            null,
                            files.getJavaFileObjectsFromPaths(tests))
                    .call();
            said.getDiagnostics().forEach(err::println);
            err.flush();
            return isCompiled;
        }
    }

    /** In a process of its own: the tests' class path has more than ours. */
    private int run(Path compiled, List<String> classes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Without it the sandbox's answers wait for delayed acknowledgements.
                "-Dsun.net.httpserver.nodelay=true",
                "-DLOG_LEVEL=error",
                "-Droutes.directory=" + settings.text("routes.directory"),
                "-Drules.file=" + settings.text("rules.file"),
                "-cp",
                compiled + File.pathSeparator + classPath(),
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--disable-banner",
                "--disable-ansi-colors",
                "--fail-if-no-tests",
                "--include-engine=junit-jupiter",
                "--details=tree",
                "--details-theme=ascii"));
        classes.forEach(name -> command.add("--select-class=" + name));
        Process tests = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = tests.inputReader(StandardCharsets.UTF_8)) {
            PrintWriter out = spec.commandLine().getOut();
            output.lines().forEach(out::println);
            out.flush();
        }
        return tests.waitFor();
    }

    /** Ours, and what is in lib/test beside the program: JUnit and the test kit. */
    private static String classPath() throws IOException {
        Path program = program();
        Path libraries = program.resolveSibling("lib").resolve("test");
        Stream<Path> jars = Files.isDirectory(libraries) ? Files.list(libraries) : Stream.empty();
        try (jars) {
            return Stream.concat(
                            Stream.of(System.getProperty("java.class.path")),
                            jars.sorted().map(Path::toString))
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }

    private static Path program() {
        try {
            return Path.of(TestCommand.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
