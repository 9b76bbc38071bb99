package io.leadroutes.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the harness did and saw, in order; also in a file of its own, outside of the system under test. Thread-safe. */
final class History implements AutoCloseable {
    private final List<Operation> operations = new ArrayList<>();
    private final Writer file;

    History(Path file) {
        try {
            Files.createDirectories(file.getParent());
            this.file = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void add(Operation.Kind kind, Letter letter, String delivery) {
        Operation operation = new Operation(operations.size() + 1L, kind, letter, delivery);
        operations.add(operation);
        write(operation.line());
    }

    /** A line that is no operation, such as a kill. */
    synchronized void remark(String text) {
        write("       " + text);
    }

    private void write(String line) {
        try {
            file.write(Instant.now() + " " + line + "\n");
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized List<Operation> operations() {
        return List.copyOf(operations);
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
