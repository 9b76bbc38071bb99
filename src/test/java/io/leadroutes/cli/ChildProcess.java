package io.leadroutes.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** leadroutes in a JVM of its own, to be killed. Its output goes to a file in the given folder. */
final class ChildProcess implements AutoCloseable {
    private final Process process;
    private final int managementPort;
    private final Path output;

    private ChildProcess(Process process, int managementPort, Path output) {
        this.process = process;
        this.managementPort = managementPort;
        this.output = output;
    }

    /** @param java arguments of the JVM: a class path and a class, or a jar, and its arguments */
    static ChildProcess start(Path folder, int managementPort, Map<String, String> environment, String... java) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(java));
        Path output = folder.resolve("output.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(builder.start(), managementPort, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ChildProcess awaitReady() {
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + managementPort + "/observe/health/ready"))
                .build();
        await().atMost(Duration.ofSeconds(40)).ignoreExceptions().until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("ended with " + process.exitValue() + ": " + output());
            }
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        });
        return this;
    }

    /** SIGKILL: no hook runs, nothing is flushed. */
    void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    int awaitEnd(Duration atMost) {
        await().atMost(atMost).until(() -> !process.isAlive());
        return process.exitValue();
    }

    String output() {
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
