package io.leadroutes.cli;

import io.leadroutes.chatwoot.Inputs;
import io.leadroutes.chatwoot.WebhookBodies;
import io.leadroutes.store.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Brings what was written before leadroutes came through the rules. May run any number of times: it goes on. */
@Command(
        name = "backfill",
        sortOptions = false,
        description = {
            "Brings the conversations from before leadroutes through the rules and into the CRM, oldest first.",
            "Reads them from Chatwoot within the budget of calls and hands what customers wrote to the running leadroutes,"
                    + " as webhooks; what it knows already has no effect. An interrupted run goes on with the same command,"
                    + " which also takes what is new and tries again what failed.",
            "What was written long ago gives labels, lead_score, the attributes of a lead and CRM leads, after all else"
                    + " that waits; it gives no notes, priorities, teams and escalations, unless --as-new."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  leadroutes backfill --dry-run",
            "  leadroutes backfill",
            "  leadroutes backfill --since 2026-01-01 --inbox 31",
            "  leadroutes backfill --status open --since 2026-08-25 --as-new",
            "",
            "Environment (or application.properties, or -D):",
            "  CHATWOOT_BASE_URL         the address of Chatwoot",
            "  CHATWOOT_API_TOKEN        access token of a user who sees the conversations",
            "  CHATWOOT_ACCOUNT_ID       number of the account",
            "  CHATWOOT_RATE_LIMIT       calls per minute, default 60",
            "  DATABASE_URL              where leadroutes counts its calls; on PostgreSQL those of",
            "                            both are together within the limit",
            "  CHATWOOT_WEBHOOK_SECRETS, CHATWOOT_WEBHOOK_TOKEN",
            "                            as the running leadroutes has them",
            "  RULES_FILE                default rules.yaml; for --dry-run",
            "  ROUTES_DIRECTORY          default routes; holds the gateway that calls pass"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all is handed over",
            "1:some failed, or are left; the same command goes on",
            "2:wrong use or wrong settings; nothing was done",
            "130:interrupted (143 by SIGTERM); the same command goes on"
        })
final class BackfillCommand implements Callable<Integer> {
    @Option(names = "--dry-run", description = "only tell what would come of it; hands nothing over")
    private boolean isDryRun;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "conversations with activity at or after this time, such as 2026-01-31 or 2026-01-31T09:00:00Z")
    private String since;

    @Option(names = "--until", paramLabel = "TIME", description = "conversations that began before this time")
    private String until;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            defaultValue = "all",
            description = "open, resolved, pending, snoozed or all (default: ${DEFAULT-VALUE})")
    private String status;

    @Option(
            names = "--labels",
            paramLabel = "LABEL[,LABEL]",
            description = "conversations that have any of these labels")
    private String labels;

    @Option(names = "--inbox", paramLabel = "ID", description = "conversations of this inbox")
    private String inbox;

    @Option(
            names = "--as-new",
            description = "handle old messages as if they were written now: with notes, priorities, teams, escalations")
    private boolean isAsNew;

    @Option(
            names = "--to",
            paramLabel = "URL",
            description = "where the running leadroutes takes webhooks (default:"
                    + " http://127.0.0.1:HTTP_PORT/webhooks/chatwoot)")
    private String to;

    @Option(
            names = "--results",
            paramLabel = "RESULTS",
            description =
                    "JSON lines with the result of each conversation, by which an interrupted run goes on (default:"
                            + " data/backfill-HASH.results.jsonl)")
    private Path resultsFile;

    @Option(names = "--restart", description = "begin anew, whatever the results say is done")
    private boolean isRestart;

    @Spec
    private CommandSpec spec;

    private final SetupCommand.Source source;
    private final Clock clock;
    private final Waiting waiting;
    private final BooleanSupplier isTerminal;

    BackfillCommand() {
        this(() -> RunCommand.settings(Settings.Need.CALLS), Clock.systemUTC(), Ansi.AUTO::enabled);
    }

    BackfillCommand(SetupCommand.Source source, Clock clock, BooleanSupplier isTerminal) {
        this.source = source;
        this.clock = clock;
        this.waiting = Waiting.by(clock);
        this.isTerminal = isTerminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Backlog.Selection selection = checked(this::selection);
        Optional<URI> given = Optional.ofNullable(to).map(this::address);
        Settings settings = source.get();
        String hash = hash(selection);
        Path results = resultsFile == null
                ? Path.of("data", "backfill-" + hash.substring(0, 8) + ".results.jsonl")
                : resultsFile;
        String account = settings.baseUrl() + " account " + settings.accountId();
        try {
            if (isDryRun) {
                return dryRun(selection, settings, hash, results, account);
            }
            URI url = given.orElseGet(
                    () -> URI.create("http://127.0.0.1:" + settings.text("camel.server.port") + "/webhooks/chatwoot"));
            try (BatchRecord record = BatchRecord.open(results, hash, account, isRestart)) {
                return handOver(selection, settings, url, record, results);
            }
        } catch (BatchRecord.RefusedException e) {
            err().println(e.getMessage());
            return 2;
        } catch (FileSystemException e) {
            return failed("a file cannot be used: " + Lines.plain(e.toString()));
        } catch (IOException e) {
            return failed(settings.baseUrl() + " does not answer, or " + results + " cannot be written: "
                    + Lines.plain(String.valueOf(e.getMessage())));
        }
    }

    private Backlog.Selection selection() {
        return new Backlog.Selection(
                labels == null ? List.of() : Inputs.storedLabels("--labels", labels),
                Inputs.anyStatus("--status", status),
                inbox == null ? OptionalLong.empty() : OptionalLong.of(Inputs.id("--inbox", inbox)),
                Optional.ofNullable(since).map(text -> time("--since", text)),
                Optional.ofNullable(until).map(text -> time("--until", text)));
    }

    /** @throws IllegalArgumentException naming the option */
    static Instant time(String option, String text) {
        try {
            return text.strip().length() == "2026-01-31".length()
                    ? LocalDate.parse(text.strip()).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(text.strip());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(option + " is \"" + Lines.plain(text)
                    + "\"; expected a day or a time in UTC, such as 2026-01-31 or 2026-01-31T09:00:00Z");
        }
    }

    private URI address(String text) {
        try {
            URI uri = new URI(text.strip());
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Told below; not the value, for its query may hold a secret.
        }
        throw wrongUse("--to is no address; expected one such as https://leadroutes.example.com/webhooks/chatwoot");
    }

    private <T> T checked(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw wrongUse(e.getMessage());
        }
    }

    /** Of what is handed over, and how: what was handed over quietly may be handed over as new. */
    private String hash(Backlog.Selection selection) {
        String all = Json.write(List.of("backfill", selection.toString(), isAsNew));
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private int dryRun(Backlog.Selection selection, Settings settings, String hash, Path results, String account)
            throws IOException, InterruptedException {
        BackfillTrial trial = new BackfillTrial(settings, clock);
        boolean goesOn = Files.exists(results) && !isRestart;
        try (BatchRecord earlier = goesOn ? BatchRecord.open(results, hash, account, false) : null) {
            return carryOut(
                    selection, settings, Optional.ofNullable(earlier), teller -> trial, (backfill, run, calls) -> {
                        out().printf(
                                        "%d conversation(s), %d of them with %d messages of customers. They would give:%n",
                                        run.done() + run.unchanged(), run.done(), backfill.messages());
                        trial.tell(out(), isAsNew, calls);
                        out().println("Nothing is handed over (--dry-run).");
                    });
        }
    }

    private int handOver(Backlog.Selection selection, Settings settings, URI url, BatchRecord record, Path results)
            throws IOException, InterruptedException {
        int before = record.finished();
        out().printf(
                        "to %s%s; results go to %s%n",
                        Lines.address(url.toString()), before == 0 ? "" : ", " + before + " done before", results);
        out().flush();
        return carryOut(
                selection,
                settings,
                Optional.of(record),
                teller -> new Inlet(url, settings, clock, teller),
                (backfill, run, calls) -> out().printf(
                                "%d conversation(s) with %d messages handed over, %d without any, %d failed; calls: %d.%n",
                                run.done(), backfill.messages(), run.unchanged(), run.failed(), calls));
    }

    private interface Summary {
        void tell(BackfillRun backfill, ConversationRun run, int calls);
    }

    private int carryOut(
            Backlog.Selection selection,
            Settings settings,
            Optional<BatchRecord> record,
            Function<Waiting, BackfillRun.Taker> taker,
            Summary summary)
            throws IOException, InterruptedException {
        Teller teller = new Teller(out(), clock, waiting);
        try (CountedCalls calls = new CountedCalls(settings, clock, teller)) {
            BatchProgress progress = new BatchProgress(
                    out(), isTerminal.getAsBoolean(), 0, settings.number("chatwoot.rate-limit"), clock);
            teller.above(progress);
            WebhookBodies bodies = new WebhookBodies(settings.accountId());
            out().println(calls.budget());
            ConversationRun run = new ConversationRun(calls, isDryRun ? Optional.empty() : record, progress, err());
            BackfillRun backfill = new BackfillRun(
                    new Backlog(calls, settings.accountId(), selection),
                    isAsNew ? bodies::message : bodies::oldMessage,
                    taker.apply(teller),
                    run,
                    record,
                    isDryRun,
                    progress);
            LongRun.carryOut(backfill::carryOut, progress, () -> interrupted(run, progress));
            if (run.isStopping()) {
                // The signal's thread tells it.
                return 1;
            }
            summary.tell(backfill, run, calls.taken());
            if (run.failed() == 0 && !run.isOver()) {
                return 0;
            }
            out().println("The same command goes on from here.");
            return 1;
        }
    }

    private void interrupted(ConversationRun run, BatchProgress progress) {
        run.stop();
        progress.end();
        err().printf("interrupted after %d conversation(s); the same command goes on from there%n", run.handled());
        err().flush();
    }

    private ParameterException wrongUse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int failed(String why) {
        err().println(why);
        return 1;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
