package io.leadroutes.cli;

import io.leadroutes.conversation.Comparison;
import io.leadroutes.conversation.Comparison.Both;
import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.Destinations;
import io.leadroutes.conversation.Differences;
import io.leadroutes.conversation.Rehearsal;
import io.leadroutes.conversation.Rehearsal.Heard;
import io.leadroutes.conversation.Steps;
import io.leadroutes.conversation.Waits;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.store.Database;
import io.leadroutes.store.History;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What other rules would have made of the stored events. Reads the database and nothing else. */
@Command(
        name = "replay",
        sortOptions = false,
        description = {
            "Tells what another rule file would have made of the events that are stored: labels, points, leads,"
                    + " escalations, calls.",
            "Decides on them twice in memory, by RULES_FILE and by the other file, and prints what differs. Nothing is"
                    + " written and nobody is called. Steps of your own are not replayed.",
            "A conversation that began before --since, or before what RETENTION_DAYS left, is taken to begin with the"
                    + " first event after it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes replay --rules new.yaml",
            "  leadroutes replay --rules new.yaml --since 30d",
            "  leadroutes replay --rules new.yaml --since 2026-01-31T09:00:00Z",
            "",
            "Environment (or application.properties, or -D):",
            "  DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD",
            "                        as the running leadroutes has them; an H2 file is its",
            "                        alone, unless its address ends in ;AUTO_SERVER=TRUE",
            "  CHATWOOT_ACCOUNT_ID   number of the account",
            "  RULES_FILE            default rules.yaml; what the other file is compared with"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, whether or not something differs",
            "1:the database cannot be read",
            "2:wrong use, wrong settings or a rule file that cannot be used"
        })
final class ReplayCommand implements Callable<Integer> {
    @Option(names = "--rules", paramLabel = "FILE", required = true, description = "the other rule file")
    private Path rulesFile;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "30d",
            description =
                    "events that came in at or after this time: 30d, 12h, 2026-01-31 or 2026-01-31T09:00:00Z (default:"
                            + " ${DEFAULT-VALUE})")
    private String since;

    @Spec
    private CommandSpec spec;

    private final SetupCommand.Source source;
    private final Clock clock;

    ReplayCommand() {
        this(() -> RunCommand.settings(Settings.Need.HISTORY), Clock.systemUTC());
    }

    ReplayCommand(SetupCommand.Source source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        Instant from = since();
        if (!Files.isReadable(rulesFile)) {
            throw wrongUse(
                    "--rules is \"" + Lines.plain(rulesFile.toString()) + "\"; expected a rule file that is there");
        }
        RuleBook other = RuleBook.load(rulesFile);
        Settings settings = source.get();
        RuleBook active = RuleBook.load(Path.of(settings.text("rules.file")));
        try (Database database = Database.toRead(
                "leadroutes",
                settings.text("database.url"),
                settings.text("database.user"),
                settings.text("database.password"))) {
            Replay replay = new Replay(settings, active, other, new History(database, settings.accountId()));
            replay.carryOut(from, clock.instant());
            out().printf(
                            "%,d event(s) of %,d conversation(s) since %s, by %s (%s) and %s (%s)%n",
                            replay.events,
                            replay.differences.summary().compared(),
                            from.truncatedTo(ChronoUnit.SECONDS),
                            settings.text("rules.file"),
                            active.version(),
                            rulesFile,
                            other.version());
            tell(replay.differences.summary());
            return 0;
        } catch (CannotGetJdbcConnectionException e) {
            return failed("database.url cannot be opened: "
                    + Lines.plain(String.valueOf(e.getCause().getMessage()))
                    + ". An H2 file is its leadroutes' alone: stop that meanwhile, or let it run with ;AUTO_SERVER=TRUE"
                    + " at the end of database.url (DATABASE_URL)");
        } catch (DataAccessException e) {
            return failed("database.url has no history that can be read: "
                    + e.getClass().getSimpleName());
        }
    }

    private Instant since() {
        String text = since.strip();
        if (text.matches("[1-9]\\d{0,4}[dh]")) {
            long number = Long.parseLong(text.substring(0, text.length() - 1));
            Duration ago = text.endsWith("d") ? Duration.ofDays(number) : Duration.ofHours(number);
            return clock.instant().minus(ago);
        }
        try {
            return BackfillCommand.time("--since", text);
        } catch (IllegalArgumentException e) {
            throw wrongUse(e.getMessage() + ", or a time until now such as 30d or 12h");
        }
    }

    private void tell(Differences.Summary summary) {
        for (Differences.Row row : summary.rows()) {
            out().printf(
                            "  %-11s %-40s %8s %8s   %s%n",
                            row.effect().kind().word(),
                            row.effect().what(),
                            row.more() == 0 ? "" : "+" + row.more(),
                            row.fewer() == 0 ? "" : "-" + row.fewer(),
                            row.conversations().stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
        if (summary.differing() == 0) {
            out().println("No conversation differs.");
        } else {
            out().printf(
                            "%d conversation(s) differ, %d in the score that they end with.%n",
                            summary.differing(), summary.scores());
        }
        out().printf(
                        "Calls: about %,d by the active rules, %,d by the others.%n",
                        summary.calls(), summary.otherCalls());
        out().flush();
    }

    /** Every conversation by both. */
    private static final class Replay {
        private final RuleBook active;
        private final RuleBook other;
        private final Destinations destinations;
        private final long accountId;
        private final History history;
        private final Differences differences = new Differences();
        private long events;

        Replay(Settings settings, RuleBook active, RuleBook other, History history) {
            this.active = active;
            this.other = other;
            this.destinations = new Destinations(
                    settings.list("on.lead-qualified"), settings.list("on.escalated"), settings.baseUrl());
            this.accountId = settings.accountId();
            this.history = history;
        }

        void carryOut(Instant since, Instant until) {
            for (long conversation : history.conversations(since)) {
                Comparison comparison = new Comparison(rehearsal(active, conversation), rehearsal(other, conversation));
                Both both = Both.NOTHING;
                for (History.Handled handled : history.of(conversation, since)) {
                    events += handled.events().size();
                    both = both.then(comparison.take(
                            handled.events().stream()
                                    .map(event -> new Heard(event.event(), event.receivedAt()))
                                    .toList(),
                            handled.at()));
                }
                differences.add(conversation, both.then(comparison.until(until)));
            }
        }

        private Rehearsal rehearsal(RuleBook rules, long conversation) {
            Steps steps = new Steps(rules, destinations);
            return new Rehearsal(steps, new Waits(rules, steps), ConversationState.unknown(accountId, conversation));
        }
    }

    private ParameterException wrongUse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int failed(String why) {
        spec.commandLine().getErr().println(why);
        return 1;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
