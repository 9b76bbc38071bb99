package io.leadroutes.cli;

import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** {@code leadroutes batch} beside a sandbox, with its files in a folder of the test's. */
final class BatchBench implements AutoCloseable {
    private final SetupBench bench;
    private final Path folder;
    private final long contact;
    private boolean isTerminal;
    private String standardInput = "";

    BatchBench(SandboxChatwoot.Builder builder, Path folder) {
        bench = new SetupBench(builder, folder);
        this.folder = folder;
        contact = sandbox().addContact("Jo Berg", "jo@example.com");
    }

    SandboxChatwoot sandbox() {
        return bench.sandbox();
    }

    BatchBench with(String property, String value) {
        bench.with(property, value);
        return this;
    }

    /** What the command calls by, without the command. */
    ChatwootSession session() {
        return ChatwootSession.open(bench.settings(), Clock.systemUTC(), Waiting.by(Clock.systemUTC()));
    }

    BatchBench onTerminal() {
        isTerminal = true;
        return this;
    }

    BatchBench withInput(String text) {
        standardInput = text;
        return this;
    }

    /** Conversations with these ids, open and bare. */
    BatchBench conversations(long... ids) {
        for (long id : ids) {
            sandbox().addConversation(contact, id);
        }
        return this;
    }

    Path file() {
        return folder.resolve("work.jsonl");
    }

    Path results() {
        return folder.resolve("work.jsonl.results.jsonl");
    }

    /** {@code batch} with a file of these lines. */
    SetupBench.Run batch(String... lines) {
        return batchText(String.join("\n", lines) + "\n");
    }

    SetupBench.Run batchText(String text) {
        write(file(), text);
        return again();
    }

    /** The same file once more. */
    SetupBench.Run again(String... options) {
        String[] args = new String[options.length + 2];
        args[0] = "batch";
        args[1] = file().toString();
        System.arraycopy(options, 0, args, 2, options.length);
        return run(args);
    }

    SetupBench.Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine(new Commands())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
        return new SetupBench.Run(exitCode, out.toString(), err.toString());
    }

    private final class Commands implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            return type == BatchCommand.class
                    ? type.cast(new BatchCommand(
                            bench::settings,
                            Clock.systemUTC(),
                            () -> isTerminal,
                            () -> new ByteArrayInputStream(standardInput.getBytes(StandardCharsets.UTF_8))))
                    : CommandLine.defaultFactory().create(type);
        }
    }

    /** The lines of the results after the first. */
    List<String> resultLines() {
        List<String> lines = read(results()).lines().toList();
        return lines.subList(1, lines.size());
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each call as {@code GET /conversations/5}. */
    List<String> calls() {
        return bench.calls().stream()
                .map(call -> call.method() + " " + call.path().replaceFirst("^/api/v1/accounts/\\d+", ""))
                .toList();
    }

    List<Call> writes() {
        return bench.writes();
    }

    Map<String, String> environment() {
        return Map.of(
                "CHATWOOT_BASE_URL", sandbox().baseUrl().toString(),
                "CHATWOOT_API_TOKEN", sandbox().apiToken(),
                "CHATWOOT_ACCOUNT_ID", Long.toString(sandbox().accountId()));
    }

    @Override
    public void close() {
        bench.close();
    }
}
