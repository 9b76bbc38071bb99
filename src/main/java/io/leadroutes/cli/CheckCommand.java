package io.leadroutes.cli;

import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.cli.Present.Kind;
import io.leadroutes.cli.SetupAction.AddMacro;
import io.leadroutes.conversation.RulesTrial;
import io.leadroutes.conversation.RulesTrial.TrialHit;
import io.leadroutes.conversation.RulesTrial.TrialMark;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.rules.RuleFileException;
import io.leadroutes.rules.RuleLint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says all that is wrong before a start would, without one. Changes nothing. */
@Command(
        name = "check",
        sortOptions = false,
        description = {
            "Checks settings, rules with their examples, and routes; says all that is wrong at once, each with its place,"
                    + " its value and what was expected.",
            "Warnings are about what can be used and is hardly meant; they fail nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes check",
            "  leadroutes check --online",
            "  leadroutes check --say \"Our team wants a demo, but no trial\"",
            "",
            "Environment (or application.properties, or -D):",
            "  all that run takes; for --say only",
            "  RULES_FILE            default rules.yaml"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing is wrong", "1:something is wrong; standard error tells what", "2:wrong use"})
final class CheckCommand implements Callable<Integer> {
    private static final List<String> ENDPOINTS = List.of("steps.message", "on.lead-qualified", "on.escalated");

    /** Where the settings come from. */
    @FunctionalInterface
    interface Source {
        Settings get(Settings.Need need) throws IOException;
    }

    @Option(
            names = "--online",
            description =
                    "also ask Chatwoot, with a few calls, whether it takes the token and has the labels, attributes and"
                            + " teams that the rules need")
    private boolean isOnline;

    @Option(
            names = "--say",
            paramLabel = "TEXT",
            description = "only tell what the rules would make of a message, and why, with the words marked")
    private String say;

    @Spec
    private CommandSpec spec;

    private final Source source;
    private final Path settingsFile;
    private final Clock clock;
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    CheckCommand() {
        this(RunCommand::settings, RunCommand.SETTINGS_FILE, Clock.systemUTC());
    }

    CheckCommand(Source source, Path settingsFile, Clock clock) {
        this.source = source;
        this.settingsFile = settingsFile;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (say != null && isOnline) {
            throw new ParameterException(
                    spec.commandLine(), "--say tells of a text only; expected no --online with it");
        }
        Settings settings = source.get(Settings.Need.NONE);
        Path rulesFile = Path.of(settings.text("rules.file"));
        if (say != null) {
            Optional<RuleBook> rules = rules(rulesFile);
            rules.ifPresent(book -> tell(book, new RulesTrial(book).run(say, Map.of())));
            return conclude(rules.isPresent() ? "" : "The rules cannot be used.");
        }
        boolean isSet = checkSettings();
        Optional<RuleBook> rules = Files.isReadable(rulesFile) ? rules(rulesFile) : Optional.empty();
        settings.optional("rules.shadow").map(Path::of).ifPresent(this::rules);
        checkRoutes(settings);
        if (isOnline && isSet && rules.isPresent()) {
            askChatwoot(settings, rules.get());
        } else if (isOnline) {
            problems.add("Chatwoot is not asked before settings and rules are right");
        }
        return conclude(
                problems.isEmpty()
                        ? "Settings, rules and routes are right"
                                + (isOnline ? ", and Chatwoot has what they need." : ".")
                        : "");
    }

    private int conclude(String allIsWell) {
        PrintWriter err = spec.commandLine().getErr();
        warnings.forEach(warning -> out().println("warning: " + warning));
        problems.forEach(err::println);
        if (problems.isEmpty()) {
            out().print(allIsWell.isEmpty() ? "" : allIsWell + "\n");
        } else {
            err.printf("%d problem(s), %d warning(s).%n", problems.size(), warnings.size());
        }
        out().flush();
        err.flush();
        return problems.isEmpty() ? 0 : 1;
    }

    private Optional<RuleBook> rules(Path file) {
        try {
            RuleLint.Linted linted = RuleLint.load(file);
            warnings.addAll(linted.warnings());
            return Optional.of(linted.rules());
        } catch (RuleFileException e) {
            problems.addAll(e.problems());
            return Optional.empty();
        }
    }

    private boolean checkSettings() throws IOException {
        SettingsFile file = SettingsFile.read(settingsFile);
        Settings.unknown(file.names())
                .forEach((name, expected) -> warnings.add(file.place(name) + name + " is no setting; expected "
                        + expected + ", or a property of a route of your own"));
        try {
            source.get(Settings.Need.ALL);
            return true;
        } catch (Settings.SettingsException e) {
            e.getMessage()
                    .lines()
                    .map(line -> file.place(line.split(" ", 2)[0]) + line)
                    .forEach(problems::add);
            return false;
        }
    }

    private void checkRoutes(Settings settings) throws IOException {
        Path folder = Path.of(settings.text("routes.directory"));
        if (!Files.isDirectory(folder)) {
            return;
        }
        Set<String> own = SettingsFile.read(settingsFile).names();
        Set<String> known = settings.asProperties().keySet();
        RouteFiles.Found found = RouteFiles.in(
                folder,
                name -> known.contains(name) || own.contains(name) || System.getProperty(name) != null,
                settings.optional("chatwoot.base-url").filter(Settings::isBaseUrl));
        problems.addAll(found.problems());
        for (String property : ENDPOINTS) {
            for (String uri : settings.list(property)) {
                String name = uri.replaceFirst("^direct:(//)?", "direct:");
                if (name.startsWith("direct:")
                        && found.problems().isEmpty()
                        && !found.directs().contains(name)) {
                    problems.add(SettingsFile.read(settingsFile).place(property) + property + " names \"" + uri
                            + "\"; expected the beginning of a route in " + folder);
                }
            }
        }
    }

    private void askChatwoot(Settings settings, RuleBook rules) throws InterruptedException {
        try (ChatwootSession session = ChatwootSession.open(settings, clock, Waiting.by(clock))) {
            SetupAccount account = new SetupAccount(session, settings.accountId());
            Present present = account.look(EnumSet.of(Kind.LABEL, Kind.ATTRIBUTE, Kind.TEAM));
            SetupNeeds needs = SetupNeeds.of(rules, settings.dealLabelsIfGiven());
            SetupPlan plan = SetupPlan.of(needs, SetupPlan.Wanted.nothing(), present);
            plan.actions().stream()
                    .filter(action -> !(action instanceof AddMacro))
                    .forEach(action -> problems.add("Chatwoot has no " + action.description()
                            + "; expected it there: leadroutes setup makes it"));
            problems.addAll(plan.problems());
            plan.notes().stream().filter(note -> !note.startsWith("macro")).forEach(warnings::add);
        } catch (ChatwootException e) {
            Refusal refusal = Refusal.of(e);
            problems.add(
                    refusal.isOfToken()
                            ? "Chatwoot refuses the token in chatwoot.api-token (CHATWOOT_API_TOKEN); expected the access"
                                    + " token of a user of account " + settings.accountId()
                            : "Chatwoot answers " + refusal.text());
        } catch (Present.UnknownShapeException e) {
            problems.add(e.getMessage());
        } catch (IOException e) {
            problems.add(settings.baseUrl() + " does not answer: " + Lines.plain(String.valueOf(e.getMessage())));
        }
    }

    private void tell(RuleBook rules, RulesTrial.Result result) {
        out().println(marked(say, result.marks()));
        for (TrialHit hit : result.hits()) {
            String points = hit.points() == 0 ? "" : "%+d".formatted(hit.points());
            out().println(line(hit.kind(), hit.rule(), points, String.join(", ", hit.matched())));
        }
        for (TrialMark mark : result.marks()) {
            if (mark.denied()) {
                String words = say.substring(mark.from(), mark.to());
                out().println(line("denied", mark.rule(), "", words + ", so it does not count"));
            }
        }
        out().println("labels: " + (result.labels().isEmpty() ? "none" : String.join(", ", result.labels())));
        out().println("score: " + result.score()
                + rules.qualify()
                        .map(rule ->
                                ", a lead from " + rule.at() + (result.qualifies() ? ": qualified" : ": not qualified"))
                        .orElse(""));
        out().println("escalates: " + (result.escalates().isEmpty() ? "no" : String.join(", ", result.escalates())));
    }

    private static String line(String kind, String rule, String points, String why) {
        return "  %-10s%-24s%6s  %s"
                .formatted(kind, rule, points, Lines.plain(why))
                .stripTrailing();
    }

    /** What counts in square brackets, what is denied in parentheses. */
    private static String marked(String text, List<TrialMark> marks) {
        BitSet counts = places(marks.stream().filter(mark -> !mark.denied()));
        BitSet denied = places(marks.stream().filter(TrialMark::denied));
        denied.andNot(counts);
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            shown.append(begins(counts, i) ? "[" : "").append(begins(denied, i) ? "(" : "");
            shown.append(text.charAt(i));
            shown.append(ends(counts, i) ? "]" : "").append(ends(denied, i) ? ")" : "");
        }
        return Lines.plain(shown.toString());
    }

    private static BitSet places(Stream<TrialMark> marks) {
        BitSet places = new BitSet();
        marks.forEach(mark -> places.set(mark.from(), mark.to()));
        return places;
    }

    private static boolean begins(BitSet places, int at) {
        return places.get(at) && (at == 0 || !places.get(at - 1));
    }

    private static boolean ends(BitSet places, int at) {
        return places.get(at) && !places.get(at + 1);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** The lines of application.properties. */
    private record SettingsFile(Path file, Map<String, Integer> lines) {
        static SettingsFile read(Path file) throws IOException {
            Map<String, Integer> lines = new LinkedHashMap<>();
            if (Files.isReadable(file)) {
                List<String> all = Files.readAllLines(file);
                for (int i = 0; i < all.size(); i++) {
                    Properties line = new Properties();
                    line.load(new StringReader(all.get(i)));
                    int place = i + 1;
                    line.stringPropertyNames().forEach(name -> lines.put(name, place));
                }
            }
            return new SettingsFile(file, lines);
        }

        Set<String> names() {
            return lines.keySet();
        }

        /** Where a property stands, or where else a value comes from. */
        String place(String name) {
            return lines.containsKey(name) ? file + ":" + lines.get(name) + ":1: " : "";
        }
    }
}
