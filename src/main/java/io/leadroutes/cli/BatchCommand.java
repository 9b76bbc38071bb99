package io.leadroutes.cli;

import io.leadroutes.chatwoot.ChatwootException;
import io.leadroutes.chatwoot.Inputs;
import io.leadroutes.store.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Changes many conversations (issue 3, item 5; API reference, "Batch Update Conversations"). May run any number of times:
 * it goes on where it was left.
 */
@Command(
        name = "batch",
        sortOptions = false,
        description = {
            "Changes many conversations within the budget of calls: labels, attributes, priority, status.",
            "What is already so is not written; labels and attributes of others stay. An interrupted run goes on with the"
                    + " same command, which also tries again what failed."
        },
        footerHeading = "%nThe file:%n",
        footer = {
            "  JSON lines, one conversation each, with any of these fields:",
            "    {\"conversation_id\": 123, \"add_labels\": [\"a\"], \"remove_labels\": [\"b\"],",
            "     \"labels\": [\"a\", \"b\"], \"custom_attributes\": {\"key\": \"value\"},",
            "     \"priority\": \"medium\", \"status\": \"resolved\"}",
            "    labels      exactly these; the others add and remove",
            "    priority    none, low, medium, high, urgent",
            "    status      open, resolved, pending, snoozed (until the customer writes)",
            "  Or CSV with a header of the same names: labels are separated by ;",
            "    attributes are columns attribute.KEY; an empty cell says nothing.",
            "  All lines are checked before anything is sent.",
            "",
            "Examples:",
            "  leadroutes batch campaign.jsonl",
            "  leadroutes batch - --results out.jsonl < campaign.csv",
            "  leadroutes batch --labels spam --set-status resolved",
            "  leadroutes batch --labels q3 --status all --remove-labels q3",
            "  leadroutes batch --status open --add-labels q4 --set source=email",
            "",
            "Environment (or application.properties, or -D):",
            "  CHATWOOT_BASE_URL     the address of Chatwoot",
            "  CHATWOOT_API_TOKEN    access token of a user; what an agent's token opens",
            "                        is assigned to that agent",
            "  CHATWOOT_ACCOUNT_ID   number of the account",
            "  CHATWOOT_RATE_LIMIT   calls per minute, default 60",
            "  DATABASE_URL          where leadroutes counts its calls; on PostgreSQL those of",
            "                        both are together within the limit, and its own go first",
            "  CHATWOOT_CONFIRM_WITHIN",
            "                        how long is waited for what many conversations were",
            "                        given in one call, default 2m",
            "  ROUTES_DIRECTORY      default routes; holds the gateway that calls pass"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all are done",
            "1:some failed, or are left; the same command goes on",
            "2:wrong use, wrong lines or wrong settings; nothing was sent",
            "130:interrupted (143 by SIGTERM); the same command goes on"
        })
final class BatchCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            description = "JSON lines or CSV, one conversation a line; - for standard input")
    private String file;

    @Option(
            names = "--labels",
            paramLabel = "LABEL[,LABEL]",
            description = "instead of a file: the conversations that have any of these labels")
    private String labels;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description =
                    "instead of a file: those of this status: open (if not given), resolved, pending, snoozed, all")
    private String status;

    @Option(names = "--add-labels", paramLabel = "LABEL[,LABEL]", description = "for those selected: labels to add")
    private String addLabels;

    @Option(names = "--remove-labels", paramLabel = "LABEL[,LABEL]", description = "labels to take away")
    private String removeLabels;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "a custom attribute; may be given several times. 5 is a number, true a boolean, \"5\" in quotes"
                            + " and all else a text")
    private List<String> attributes = new ArrayList<>();

    @Option(names = "--priority", paramLabel = "PRIORITY", description = "none, low, medium, high or urgent")
    private String priority;

    @Option(names = "--set-status", paramLabel = "STATUS", description = "open, resolved, pending or snoozed")
    private String newStatus;

    @Option(
            names = "--results",
            paramLabel = "RESULTS",
            description =
                    "JSON lines with the result of each conversation, by which an interrupted run goes on (default:"
                            + " FILE.results.jsonl; without a file, data/batch-HASH.results.jsonl)")
    private Path resultsFile;

    @Option(names = "--restart", description = "begin anew, whatever the results say is done")
    private boolean isRestart;

    @Spec
    private CommandSpec spec;

    private final SetupCommand.Source source;
    private final Clock clock;
    private final Waiting waiting;
    private final BooleanSupplier isTerminal;
    private final Supplier<InputStream> standardInput;

    BatchCommand() {
        this(() -> RunCommand.settings(Settings.Need.CALLS), Clock.systemUTC(), Ansi.AUTO::enabled, () -> System.in);
    }

    BatchCommand(
            SetupCommand.Source source, Clock clock, BooleanSupplier isTerminal, Supplier<InputStream> standardInput) {
        this.source = source;
        this.clock = clock;
        this.waiting = Waiting.by(clock);
        this.isTerminal = isTerminal;
        this.standardInput = standardInput;
    }

    /**
     * What is to be done.
     *
     * @param items empty for a selection, which has to be asked for
     * @param change of all those selected
     */
    private record Work(boolean isSelection, String hash, List<BatchItem> items, BatchChange change) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkUse();
        Work work;
        try {
            work = file == null ? selection() : fromFile();
        } catch (BatchInput.WrongLinesException e) {
            return wrong(e.getMessage() + System.lineSeparator() + "Nothing was sent.");
        } catch (NoSuchFileException e) {
            return wrong(file + ": there is no such file; expected JSON lines or CSV, or - for standard input");
        } catch (IOException e) {
            return wrong(file + " cannot be read: " + Lines.plain(e.toString()));
        }
        Settings settings = source.get();
        Path results = resultsFile(work.hash());
        String account = settings.baseUrl() + " account " + settings.accountId();
        try (BatchRecord record = BatchRecord.open(results, work.hash(), account, isRestart)) {
            return carryOut(work, settings, record, results);
        } catch (BatchRecord.RefusedException e) {
            return wrong(e.getMessage());
        } catch (FileSystemException e) {
            return failed("a file cannot be used: " + Lines.plain(e.toString()));
        } catch (ChatwootException e) {
            return failed("Chatwoot answers " + Refusal.of(e).text());
        } catch (IOException e) {
            return failed(settings.baseUrl() + " does not answer, or " + results + " cannot be written: "
                    + Lines.plain(String.valueOf(e.getMessage())));
        }
    }

    private void checkUse() {
        boolean isSelecting = labels != null || status != null;
        boolean isChanging = addLabels != null
                || removeLabels != null
                || !attributes.isEmpty()
                || priority != null
                || newStatus != null;
        if (file == null && !isSelecting) {
            throw wrongUse("which conversations? expected FILE, or --labels or --status to select them");
        }
        if (file != null && (isSelecting || isChanging)) {
            throw wrongUse("FILE says which conversations and what becomes of them; expected no --labels, --status,"
                    + " --add-labels, --remove-labels, --set, --priority and --set-status with it");
        }
    }

    private Work fromFile() throws IOException {
        byte[] content =
                file.equals(STANDARD_INPUT) ? standardInput.get().readAllBytes() : Files.readAllBytes(Path.of(file));
        List<BatchItem> items = BatchInput.read(content);
        return new Work(false, hash(content), items, items.get(0).change());
    }

    private Work selection() {
        Map<String, Object> given = new LinkedHashMap<>();
        giveIfThere(given, BatchFields.ADD_LABELS, addLabels);
        giveIfThere(given, BatchFields.REMOVE_LABELS, removeLabels);
        if (!attributes.isEmpty()) {
            given.put(BatchFields.ATTRIBUTES, attributes());
        }
        giveIfThere(given, BatchFields.PRIORITY, priority);
        giveIfThere(given, BatchFields.STATUS, newStatus);
        BatchFields fields = new BatchFields(given, BatchCommand::optionName);
        BatchChange change = fields.change();
        if (!fields.problems().isEmpty()) {
            throw wrongUse(String.join(System.lineSeparator(), fields.problems()));
        }
        byte[] all = Json.write(List.of("select", selectedLabels(), selectedStatus(), given))
                .getBytes(StandardCharsets.UTF_8);
        return new Work(true, hash(all), List.of(), change);
    }

    private static void giveIfThere(Map<String, Object> given, String field, String value) {
        if (value != null) {
            given.put(field, value);
        }
    }

    private static String optionName(String field) {
        return switch (field) {
            case BatchFields.ATTRIBUTES -> "--set";
            case BatchFields.STATUS -> "--set-status";
            // There is no option for exactly these labels.
            case BatchFields.LABELS -> "--add-labels";
            default -> "--" + field.replace('_', '-');
        };
    }

    private Map<String, Object> attributes() {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String attribute : attributes) {
            int equals = attribute.indexOf('=');
            if (equals < 1) {
                throw wrongUse("--set is \"" + Lines.plain(attribute)
                        + "\"; expected KEY=VALUE, such as campaign_source=email");
            }
            values.put(attribute.substring(0, equals).strip(), BatchFields.value(attribute.substring(equals + 1)));
        }
        return values;
    }

    private List<String> selectedLabels() {
        return labels == null ? List.of() : checked(() -> Inputs.storedLabels("--labels", labels));
    }

    private String selectedStatus() {
        return status == null ? "open" : checked(() -> Inputs.anyStatus("--status", status));
    }

    private <T> T checked(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw wrongUse(e.getMessage());
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private Path resultsFile(String hash) {
        if (resultsFile != null) {
            return resultsFile;
        }
        return file == null || file.equals(STANDARD_INPUT)
                ? Path.of("data", "batch-" + hash.substring(0, 8) + ".results.jsonl")
                : Path.of(file + ".results.jsonl");
    }

    private int carryOut(Work work, Settings settings, BatchRecord record, Path results)
            throws ChatwootException, IOException, InterruptedException {
        Teller teller = new Teller(out(), clock, waiting);
        try (CountedCalls calls = new CountedCalls(settings, clock, teller)) {
            List<BatchItem> items =
                    work.isSelection() ? selected(work, calls, settings.accountId(), record) : work.items();
            if (items.isEmpty()) {
                out().println("Nothing is selected.");
                return 0;
            }
            List<BatchItem> toDo = items.stream()
                    .filter(item -> !record.isFinished(item.conversation()))
                    .toList();
            int before = items.size() - toDo.size();
            if (toDo.isEmpty()) {
                out().printf("Nothing is left: all %d are done by %s; --restart does them again.%n", before, results);
                return 0;
            }
            out().println(calls.budget());
            out().printf(
                            "%d to do%s; results go to %s%n",
                            toDo.size(), before == 0 ? "" : ", " + before + " done before", results);
            out().flush();
            BatchProgress progress = new BatchProgress(
                    out(), isTerminal.getAsBoolean(), toDo.size(), settings.number("chatwoot.rate-limit"), clock);
            teller.above(progress);
            ConversationRun run = new ConversationRun(calls, Optional.of(record), progress, err());
            BatchShare share =
                    new BatchShare(calls, settings.accountId(), run, teller, clock, settings.confirmWithin());
            BatchRun batch = new BatchRun(calls, settings.accountId(), share, run);
            LongRun.carryOut(() -> batch.carryOut(toDo), progress, () -> interrupted(run, toDo.size(), progress));
            return summary(run, toDo.size(), calls.taken());
        }
    }

    private List<BatchItem> selected(Work work, CountedCalls calls, long accountId, BatchRecord record)
            throws ChatwootException, IOException, InterruptedException {
        List<Long> ids;
        if (record.selected().isPresent()) {
            // What an earlier run changed may be in the selection no longer.
            ids = record.selected().get();
        } else {
            ids = BatchRun.select(calls, accountId, selectedLabels(), selectedStatus());
            if (!ids.isEmpty()) {
                record.select(ids);
            }
        }
        return ids.stream().map(id -> new BatchItem(id, work.change())).toList();
    }

    private void interrupted(ConversationRun run, int total, BatchProgress progress) {
        run.stop();
        progress.end();
        err().printf("interrupted after %d of %d; the same command goes on from there%n", run.handled(), total);
        err().flush();
    }

    private int summary(ConversationRun run, int total, int calls) {
        if (run.isStopping()) {
            // The signal's thread tells it.
            return 1;
        }
        int left = total - run.handled();
        out().printf(
                        "%d done, %d unchanged, %d failed%s; calls: %d.%n",
                        run.done(), run.unchanged(), run.failed(), left == 0 ? "" : ", " + left + " not tried", calls);
        if (run.failed() + left == 0) {
            return 0;
        }
        out().println("The same command tries these again.");
        return 1;
    }

    private ParameterException wrongUse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int wrong(String why) {
        err().println(why);
        return 2;
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
