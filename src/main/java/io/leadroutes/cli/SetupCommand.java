package io.leadroutes.cli;

import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.cli.Present.Kind;
import io.leadroutes.cli.Present.Thing;
import io.leadroutes.cli.SetupRecord.Made;
import io.leadroutes.rules.RuleBook;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Brings an account to what the rules need. May run any number of times. */
@Command(
        name = "setup",
        sortOptions = false,
        description = {
            "Brings a Chatwoot account to what rules.yaml needs: labels, attributes, teams, macros, and the webhook.",
            "Shows the difference, then makes it. What exists is taken over as it is; nothing is changed back.",
            "Needs an administrator's token, this once."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes setup --dry-run",
            "  leadroutes setup --webhook-url https://lr.example.com/webhooks/chatwoot",
            "  leadroutes setup --member sales=mara@example.com,omar@example.com",
            "  leadroutes setup --member \"senior support=li@example.com\"",
            "  leadroutes setup --remove",
            "",
            "Environment (or application.properties, or -D):",
            "  CHATWOOT_BASE_URL     the address of Chatwoot",
            "  CHATWOOT_API_TOKEN    access token of an administrator",
            "  CHATWOOT_ACCOUNT_ID   number of the account",
            "  CHATWOOT_RATE_LIMIT   calls per minute, default 60",
            "  RULES_FILE            default rules.yaml",
            "  ROUTES_DIRECTORY      default routes; holds the gateway that calls pass"
        })
final class SetupCommand implements Callable<Integer> {
    /** Where the settings come from. */
    @FunctionalInterface
    interface Source {
        Settings get() throws IOException;
    }

    @Option(names = "--dry-run", description = "show the difference and change nothing, neither there nor here")
    private boolean isDryRun;

    @Option(
            names = "--webhook-url",
            paramLabel = "URL",
            description = "the address of leadroutes as Chatwoot reaches it; without it webhooks are left alone")
    private String webhookUrl;

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            defaultValue = "data/webhook-secret",
            description = "where the webhook's secret goes, readable by its owner only (default: ${DEFAULT-VALUE})")
    private Path secretFile;

    @Option(
            names = "--member",
            paramLabel = "TEAM=EMAIL[,EMAIL]",
            description = "agents to add to a team; may be given several times")
    private List<String> members = new ArrayList<>();

    @Option(
            names = "--remove",
            description = "take back what setup made; what somebody changed since is left, with a message")
    private boolean isRemoval;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            defaultValue = "data/setup.json",
            description = "where setup notes what it made, for --remove (default: ${DEFAULT-VALUE})")
    private Path recordFile;

    @Spec
    private CommandSpec spec;

    private final Source source;
    private final Clock clock;
    private final Waiting waiting;

    SetupCommand() {
        this(() -> RunCommand.settings(Settings.Need.CALLS), Clock.systemUTC());
    }

    SetupCommand(Source source, Clock clock) {
        this.source = source;
        this.clock = clock;
        this.waiting = Waiting.by(clock);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkOptions();
        Map<String, List<String>> byTeam = membersByTeam();
        Settings settings = source.get();
        Optional<RuleBook> rules =
                isRemoval ? Optional.empty() : Optional.of(RuleBook.load(Path.of(settings.text("rules.file"))));
        SetupRecord record;
        try {
            record = SetupRecord.open(recordFile, settings.baseUrl() + " account " + settings.accountId());
        } catch (IOException e) {
            return failed(file(e));
        }
        try (ChatwootSession session = ChatwootSession.open(settings, clock, this::await)) {
            SetupAccount account = new SetupAccount(session, settings.accountId());
            boolean isDone = rules.isPresent()
                    ? setUp(account, record, SetupNeeds.of(rules.get(), settings.dealLabelsIfGiven()), byTeam)
                    : remove(account, record);
            return isDone ? 0 : 1;
        } catch (SetupAccount.RefusedException | Present.UnknownShapeException e) {
            return failed(e.getMessage());
        } catch (ChatwootException e) {
            return failed("Chatwoot answers " + Refusal.of(e).text());
        } catch (FileSystemException e) {
            return failed(file(e));
        } catch (IOException e) {
            return failed(settings.baseUrl() + " does not answer: " + Lines.plain(String.valueOf(e.getMessage())));
        }
    }

    private static String file(IOException e) {
        return e instanceof FileSystemException
                ? "a file cannot be used: " + Lines.plain(e.toString())
                : Lines.plain(String.valueOf(e.getMessage()));
    }

    private boolean setUp(SetupAccount account, SetupRecord record, SetupNeeds needs, Map<String, List<String>> byTeam)
            throws ChatwootException, IOException, InterruptedException {
        Set<Kind> kinds = EnumSet.of(Kind.WEBHOOK, Kind.LABEL, Kind.ATTRIBUTE, Kind.TEAM, Kind.MACRO);
        if (!byTeam.isEmpty()) {
            kinds.add(Kind.AGENT);
        }
        Present present = account.withMembers(account.read(kinds), byTeam.keySet());
        SetupPlan plan = SetupPlan.of(
                needs,
                new SetupPlan.Wanted(Optional.ofNullable(webhookUrl), secretFile, PrivateFile.read(secretFile), byTeam),
                present);
        tell(plan);
        boolean isDone = true;
        if (!isDryRun && !plan.actions().isEmpty()) {
            record.save();
            isDone = new SetupRun(account, record, present, out()).carryOut(plan.actions());
        }
        return isDone && plan.problems().isEmpty();
    }

    private void tell(SetupPlan plan) {
        plan.actions().forEach(action -> out().println("  + " + action.description()));
        plan.notes().forEach(note -> out().println("note: " + note));
        plan.problems().forEach(problem -> spec.commandLine().getErr().println(problem));
        if (plan.actions().isEmpty()) {
            out().println("Nothing is to be done.");
        } else {
            out().printf(
                            "%d to be done%s%n",
                            plan.actions().size(), isDryRun ? "; nothing is changed (--dry-run)." : ":");
        }
        out().flush();
    }

    private boolean remove(SetupAccount account, SetupRecord record)
            throws ChatwootException, IOException, InterruptedException {
        List<Made> all = record.all();
        if (all.isEmpty()) {
            out().println("Nothing is to be removed: " + recordFile
                    + " names nothing that setup made in this account.");
            return true;
        }
        Set<Kind> kinds = EnumSet.of(Kind.WEBHOOK, Kind.LABEL, Kind.ATTRIBUTE, Kind.TEAM, Kind.MACRO);
        Present present = account.read(kinds);
        for (Thing team : present.all(Kind.TEAM)) {
            if (all.stream().anyMatch(made -> made.id() == team.id() && concernsTeam(made))) {
                present = present.withMembers(team.id(), account.members(team.id()));
            }
        }
        List<SetupRemoval.Step> steps = SetupRemoval.plan(all, present);
        if (isDryRun) {
            steps.forEach(step -> out().println(
                            (step.verdict() == SetupRemoval.Verdict.REMOVE ? "  - " : "    ") + step.description()));
            out().println("Nothing is changed (--dry-run).");
            return true;
        }
        return new SetupRemoval(account, record, secretFile, out()).carryOut(steps, present);
    }

    private static boolean concernsTeam(Made made) {
        return made.kind().equals(Kind.TEAM.word()) || made.kind().equals(SetupRecord.MEMBERS);
    }

    private void checkOptions() {
        if (isRemoval && (webhookUrl != null || !members.isEmpty())) {
            throw wrongUse(
                    "--remove takes back what the record names; expected no --webhook-url and no --member with it");
        }
        if (webhookUrl != null) {
            webhookUrl = webhookUrl.strip();
            if (!isWebhookUrl(webhookUrl)) {
                // Not the value: its query may hold a secret.
                throw wrongUse("--webhook-url is no address; expected one such as"
                        + " https://leadroutes.example.com/webhooks/chatwoot");
            }
        }
    }

    private static boolean isWebhookUrl(String text) {
        try {
            URI uri = new URI(text);
            return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private Map<String, List<String>> membersByTeam() {
        Map<String, List<String>> byTeam = new LinkedHashMap<>();
        for (String member : members) {
            int equals = member.indexOf('=');
            List<String> emails = Arrays.stream(member.substring(equals + 1).split(","))
                    .map(String::strip)
                    .filter(email -> !email.isEmpty())
                    .toList();
            boolean isWrong = equals < 1
                    || member.substring(0, equals).isBlank()
                    || emails.isEmpty()
                    || emails.stream().anyMatch(email -> email.indexOf('@') < 1);
            if (isWrong) {
                throw wrongUse("--member is \"" + member
                        + "\"; expected a team and agents' addresses, such as sales=mara@example.com,omar@example.com");
            }
            byTeam.computeIfAbsent(member.substring(0, equals).strip(), absent -> new ArrayList<>())
                    .addAll(emails);
        }
        return byTeam;
    }

    private ParameterException wrongUse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void await(Instant until) throws InterruptedException {
        if (until.isAfter(clock.instant().plusSeconds(2))) {
            out().println("waits for Chatwoot until " + until.truncatedTo(ChronoUnit.SECONDS));
            out().flush();
        }
        waiting.until(until);
    }

    private int failed(String why) {
        spec.commandLine().getErr().println(why);
        return 1;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
