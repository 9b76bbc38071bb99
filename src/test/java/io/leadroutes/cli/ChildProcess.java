package io.leadroutes.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** leadroutes in a JVM of its own, to be killed. Its output goes to a file in the given folder. */
public final class ChildProcess implements AutoCloseable {
    private static final int SHOWN_FRAMES = 30;

    private final Process process;
    private final int managementPort;
    private final Path output;

    private ChildProcess(Process process, int managementPort, Path output) {
        this.process = process;
        this.managementPort = managementPort;
        this.output = output;
    }

    /** @param java arguments of the JVM: a class path and a class, or a jar, and its arguments */
    public static ChildProcess start(Path folder, int managementPort, Map<String, String> environment, String... java) {
        return startIn(Path.of(""), folder, managementPort, environment, java);
    }

    /** @param current the process's current folder */
    static ChildProcess startIn(
            Path current, Path folder, int managementPort, Map<String, String> environment, String... java) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(java));
        Path output = folder.resolve("output.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(current.toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(builder.start(), managementPort, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ChildProcess awaitReady() {
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + managementPort + "/observe/health/ready"))
                .build();
        await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("ended with " + process.exitValue() + ": " + output());
            }
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        });
        return this;
    }

    /** SIGKILL: no hook runs, nothing is flushed. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
    }

    /** True after a SIGSTOP: it stands still, its connections stay open, until {@link #thaw()}. */
    public boolean isFrozen() {
        return run("ps", "-o", "stat=", "-p", Long.toString(process.pid())).startsWith("T");
    }

    /** SIGCONT. */
    public void thaw() {
        run("kill", "-CONT", Long.toString(process.pid()));
    }

    private static String run(String... command) {
        try {
            Process tool = new ProcessBuilder(command).start();
            String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (tool.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " ended with " + tool.exitValue());
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Writes a line to its standard input. */
    public void tell(String line) {
        try {
            OutputStream in = process.getOutputStream();
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    public int awaitEnd(Duration atMost) {
        await().atMost(atMost).until(() -> !process.isAlive());
        return process.exitValue();
    }

    /** Of all processors so far. */
    public Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The memory that it holds of the machine's now, heap and all else. */
    public long residentMiB() {
        return Long.parseLong(run("ps", "-o", "rss=", "-p", Long.toString(process.pid()))
                        .strip())
                / 1024;
    }

    /** What those of its threads do that are in this package: the innermost frames, or why they cannot be told. */
    public String threads(String packageName) {
        try {
            return Arrays.stream(run(
                                    Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                            .toString(),
                                    Long.toString(process.pid()),
                                    "Thread.print")
                            .split("\n\n"))
                    .filter(thread -> thread.contains("at " + packageName))
                    .map(thread -> thread.lines().limit(SHOWN_FRAMES).collect(Collectors.joining("\n")))
                    .collect(Collectors.joining("\n\n"));
        } catch (IllegalStateException | UncheckedIOException e) {
            return "threads: " + e;
        }
    }

    /** What Prometheus would read. */
    public String metrics() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + managementPort + "/observe/metrics"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
