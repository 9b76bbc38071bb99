package io.leadroutes.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;

/** The reference's webhook endpoint in Express, which is installed from the npm registry. */
final class ExpressServer implements AutoCloseable {
    private static final String VERSION = "5.1.0";
    private static final Path FOLDER = Path.of("target/bench/express");

    private final Process process;

    private ExpressServer(Process process) {
        this.process = process;
    }

    /** True if this machine has Node.js and its package manager. */
    static boolean isPossible() {
        return isOnPath("node") && isOnPath("npm");
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    static ExpressServer start(int port) throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        if (!Files.exists(FOLDER.resolve("node_modules/express"))) {
            int ended = process("npm", "install", "--no-audit", "--no-fund", "express@" + VERSION)
                    .start()
                    .waitFor();
            if (ended != 0) {
                throw new IOException("npm install express@" + VERSION + " ended with " + ended + ", see " + FOLDER);
            }
        }
        Files.copy(
                Path.of("src/test/resources/bench/reference.js"),
                FOLDER.resolve("reference.js"),
                StandardCopyOption.REPLACE_EXISTING);
        return new ExpressServer(
                process("node", "reference.js", Integer.toString(port)).start());
    }

    private static ProcessBuilder process(String... command) {
        return new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve("output.log").toFile());
    }

    Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
