package io.leadroutes.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Files that only their owner reads (mode 0600, or the owner alone where there are no modes). */
final class PrivateFile {
    private PrivateFile() {}

    /**
     * Replaces the file in one step, so that a reader sees the old or the new text, and a link in its place is not
     * followed. Makes its folder at need.
     */
    static void write(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        // A temporary file is the owner's alone from the beginning: 0600.
        Path draft = Files.createTempFile(folder, "." + file.getFileName(), ".new");
        try {
            if (!Files.getFileStore(draft).supportsFileAttributeView("posix")) {
                ownerOnly(draft);
            }
            Files.writeString(draft, text);
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void ownerOnly(Path file) throws IOException {
        boolean isDone = file.toFile().setReadable(false, false)
                && file.toFile().setReadable(true, true)
                && file.toFile().setWritable(false, false)
                && file.toFile().setWritable(true, true);
        if (!isDone) {
            throw new IOException(file + " could not be kept from others");
        }
    }

    static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
