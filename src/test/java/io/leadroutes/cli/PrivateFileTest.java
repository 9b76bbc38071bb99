package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("invariant-12")
class PrivateFileTest {
    @TempDir
    private Path folder;

    @Test
    void aFileThatAllCouldReadIsItsOwnersAfterwards() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        PrivateFile.write(file, "new");

        assertThat(file).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aLinkInItsPlaceIsReplacedAndNotFollowed() throws Exception {
        Path other = Files.writeString(folder.resolve("other"), "another's");
        Path link = Files.createSymbolicLink(folder.resolve("secret"), other);

        PrivateFile.write(link, "new");

        assertThat(link).isRegularFile().hasContent("new");
        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(other).hasContent("another's");
    }

    @Test
    void itsFolderIsMadeAndNothingElseStaysInIt() throws Exception {
        Path file = folder.resolve("data/secret");

        PrivateFile.write(file, "new");

        assertThat(file.getParent()).isDirectoryContaining(found -> found.equals(file));
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }
}
