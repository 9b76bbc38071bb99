package io.leadroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.store.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The results file: JSON lines, the first with a hash of the input, then one for each conversation, on disk (fsync) before
 * the next conversation is begun. It is what a second start goes on from. One process at a time has it.
 */
final class BatchRecord implements AutoCloseable {
    private static final String INPUT = "input";
    private static final String ACCOUNT = "account";
    private static final String SELECTED = "selected";
    private static final String PAGE = "page";
    private static final String CONVERSATION = "conversation_id";
    private static final String RESULT = "result";

    enum Result {
        DONE,
        UNCHANGED,
        FAILED;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Path file;
    private final FileChannel channel;
    private final Map<Long, String> results = new LinkedHashMap<>();
    private Optional<List<Long>> selected = Optional.empty();
    private Page page = new Page(0, 0, 0);

    /**
     * A page of a list of which nothing is left to do.
     *
     * @param number 0 for none
     * @param size how many conversations it had
     * @param last id of the last of them
     */
    record Page(long number, int size, long last) {}

    private BatchRecord(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens the file, or makes it with its folder.
     *
     * @param input hash of what is to be done
     * @param account where it is to be done
     * @param isRestart what an earlier run noted is dropped
     * @throws RefusedException if the file is of another input, another account, something else, or in use
     */
    static BatchRecord open(Path file, String input, String account, boolean isRestart) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(file, channel);
            BatchRecord record = new BatchRecord(file, channel);
            record.load(input, account, isRestart);
            return record;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(Path file, FileChannel channel) throws IOException {
        // Held until the channel closes.
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new RefusedException(file + " is in use; expected one run at a time to write it");
        }
    }

    private void load(String input, String account, boolean isRestart) throws IOException {
        String text = content();
        // Without its line break, the last line is what a crash left of one.
        int end = text.lastIndexOf('\n') + 1;
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.isEmpty() && !text.isBlank() && !text.startsWith("{\"" + INPUT)) {
            throw notOurs();
        }
        if (!lines.isEmpty()) {
            JsonNode header = parse(lines.get(0));
            if (!header.path(INPUT).isTextual()) {
                throw notOurs();
            }
            if (!isRestart) {
                check(header, input, account);
            }
        }
        if (isRestart || lines.isEmpty()) {
            channel.truncate(0);
            Map<String, Object> header = new LinkedHashMap<>();
            header.put(INPUT, input);
            header.put(ACCOUNT, account);
            append(header);
            return;
        }
        channel.truncate(text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
        lines.subList(1, lines.size()).forEach(this::take);
    }

    /** By the channel: where locks bind, nobody else may read. */
    private String content() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // Until the end.
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    private void check(JsonNode header, String input, String account) {
        if (!header.path(INPUT).asText().equals(input)) {
            throw new RefusedException(
                    file + " holds the results of another input; expected --results with another file,"
                            + " or --restart to begin anew");
        }
        if (!header.path(ACCOUNT).asText().equals(account)) {
            throw new RefusedException(file + " holds the results of "
                    + Lines.plain(header.path(ACCOUNT).asText())
                    + ", and the settings name " + account + "; expected --results with another file,"
                    + " or --restart to begin anew");
        }
    }

    private RefusedException notOurs() {
        return new RefusedException(file + " is no results file of leadroutes; expected --results with another file");
    }

    private void take(String line) {
        JsonNode json = parse(line);
        if (json.path(SELECTED).isArray()) {
            List<Long> ids = new ArrayList<>();
            json.path(SELECTED).forEach(id -> ids.add(id.asLong()));
            selected = Optional.of(ids);
        } else if (json.path(PAGE).isIntegralNumber()) {
            page = new Page(
                    json.path(PAGE).asLong(),
                    json.path("size").asInt(),
                    json.path("last").asLong());
        } else if (json.path(CONVERSATION).isIntegralNumber()) {
            results.put(json.path(CONVERSATION).asLong(), json.path(RESULT).asText());
        } else {
            throw new RefusedException(
                    file + " is damaged: a line in it is no result; expected --restart to begin anew");
        }
    }

    private JsonNode parse(String line) {
        try {
            return Json.tree(line);
        } catch (JsonProcessingException e) {
            throw notOurs();
        }
    }

    /** True if an earlier run, or this one, left nothing to do with it. */
    boolean isFinished(long conversation) {
        String result = results.get(conversation);
        return Result.DONE.word().equals(result) || Result.UNCHANGED.word().equals(result);
    }

    /** What an earlier run selected. */
    Optional<List<Long>> selected() {
        return selected;
    }

    void select(List<Long> conversations) throws IOException {
        append(Map.of(SELECTED, conversations));
        selected = Optional.of(List.copyOf(conversations));
    }

    /** The last that an earlier run, or this one, was through with. */
    Page page() {
        return page;
    }

    void page(Page done) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(PAGE, done.number());
        line.put("size", done.size());
        line.put("last", done.last());
        append(line);
        page = done;
    }

    /** How many {@link #isFinished} holds for. */
    int finished() {
        return (int) results.keySet().stream().filter(this::isFinished).count();
    }

    /** @param error why it failed */
    void add(long conversation, Result result, int calls, Optional<String> error) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(CONVERSATION, conversation);
        line.put(RESULT, result.word());
        line.put("calls", calls);
        error.ifPresent(why -> line.put("error", why));
        append(line);
        results.put(conversation, result.word());
    }

    private void append(Map<String, Object> line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8));
        channel.position(channel.size());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** A file that must not be written, or not be gone on from. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }
}
