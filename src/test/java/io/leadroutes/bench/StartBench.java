package io.leadroutes.bench;

import static io.leadroutes.bench.Report.median;
import static io.leadroutes.bench.Report.spread;
import static io.leadroutes.bench.Report.tell;

import io.leadroutes.cli.ChildProcess;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * From the start of the process to ready, and the memory it holds when idle: the packaged jar, on the database of an earlier
 * start. From Java 25 on also with the JVM options of the image and an ahead-of-time cache, which is made here as the
 * Dockerfile makes it.
 */
final class StartBench {
    private static final Path JAR = Path.of("target/leadroutes.jar");
    private static final Duration IDLE = Duration.ofSeconds(10);

    private StartBench() {}

    private record Started(double readyMs, double cpuMs, double residentMiB) {}

    /** @param args rounds (5) */
    static void run(List<String> args) throws Exception {
        int rounds = args.isEmpty() ? 5 : Integer.parseInt(args.get(0));
        if (!Files.isRegularFile(JAR)) {
            throw new IllegalStateException(JAR + " is not there; expected it from: mvn -q package");
        }
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "start");
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        kinds.put("jar", List.of());
        kinds.put("jar, serial GC, C1", List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        if (Runtime.version().feature() >= 25) {
            Path cache = folder.resolve("leadroutes.aot");
            make(cache);
            tell("cache: %d MiB", Files.size(cache) >> 20);
            kinds.put("jar, options of the image", asTheImageWithoutCache());
            kinds.put("as the image", asTheImage(cache));
            kinds.put("as the image, 512 MiB", with(asTheImage(cache), "-XX:MaxRAM=512m"));
        }
        tell(
                "%d cores, Java %s; %d rounds, which alternate",
                Runtime.getRuntime().availableProcessors(), Runtime.version(), rounds);
        Map<String, List<Started>> all = new LinkedHashMap<>();
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder().start()) {
            start(folder, sandbox, List.of());
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<String, List<String>> kind : kinds.entrySet()) {
                    all.computeIfAbsent(kind.getKey(), name -> new ArrayList<>())
                            .add(start(folder, sandbox, kind.getValue()));
                }
            }
        }
        double base = median(each(all.get("jar"), Started::readyMs));
        tell(
                "%-26s %22s %7s %22s %14s",
                "medians (lowest-highest)", "ready, ms", "ratio", "processor time, ms", "resident, MiB");
        all.forEach((kind, started) -> tell(
                "%-26s %22s %7.2f %22s %14.0f",
                kind,
                spread(each(started, Started::readyMs), 0),
                median(each(started, Started::readyMs)) / base,
                spread(each(started, Started::cpuMs), 0),
                median(each(started, Started::residentMiB))));
    }

    /** The options of the image; that the cache is not used is an error here. */
    private static List<String> asTheImage(Path cache) throws IOException {
        return with(options(line -> line.replace("leadroutes.aot", cache.toString())), "-XX:AOTMode=on");
    }

    /** The same without the cache. */
    private static List<String> asTheImageWithoutCache() throws IOException {
        return options(line -> line.startsWith("-XX:AOTCache") ? "" : line);
    }

    private static List<String> options(UnaryOperator<String> change) throws IOException {
        return Files.readAllLines(Path.of("deploy/java.options")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(change)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static List<String> with(List<String> options, String... more) {
        return Stream.concat(options.stream(), Stream.of(more)).toList();
    }

    private static List<Double> each(List<Started> started, Function<Started, Double> figure) {
        return started.stream().map(figure).toList();
    }

    /** As the Dockerfile does: what a day of the demo loads. */
    private static void make(Path cache) throws Exception {
        Process training = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:AOTCacheOutput=" + cache,
                        "-XX:+UseG1GC",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:-AOTRecordTraining",
                        "-jar",
                        JAR.toString(),
                        "demo")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (training.waitFor() != 0) {
            throw new IllegalStateException("the demo ended with " + training.exitValue());
        }
    }

    private static Started start(Path folder, SandboxChatwoot sandbox, List<String> options) throws Exception {
        int port = ChildProcess.freePort();
        int managementPort = ChildProcess.freePort();
        List<String> command = new ArrayList<>(options);
        command.addAll(List.of("-jar", JAR.toString(), "run"));
        long began = System.nanoTime();
        try (ChildProcess product = ChildProcess.start(
                folder,
                managementPort,
                Map.of(
                        "HTTP_PORT", Integer.toString(port),
                        "MANAGEMENT_PORT", Integer.toString(managementPort),
                        "CHATWOOT_BASE_URL", sandbox.baseUrl().toString(),
                        "CHATWOOT_API_TOKEN", sandbox.apiToken(),
                        "CHATWOOT_ACCOUNT_ID", Long.toString(sandbox.accountId()),
                        "CHATWOOT_WEBHOOK_SECRETS", WebhookMaker.SECRET,
                        "DATABASE_URL", "jdbc:h2:file:" + folder.resolve("own").toAbsolutePath(),
                        "CRM_DATABASE_URL",
                                "jdbc:h2:file:" + folder.resolve("crm").toAbsolutePath()),
                command.toArray(new String[0]))) {
            while (!isReady(managementPort)) {
                if (!product.isAlive()) {
                    throw new IllegalStateException(product.output());
                }
                Thread.sleep(5);
            }
            double ms = (System.nanoTime() - began) / 1e6;
            double cpuMs = product.cpuTime().toMillis();
            Thread.sleep(IDLE.toMillis());
            long resident = product.residentMiB();
            product.terminate();
            product.awaitEnd(Duration.ofSeconds(30));
            return new Started(ms, cpuMs, resident);
        }
    }

    private static boolean isReady(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            socket.getOutputStream()
                    .write("GET /observe/health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (IOException notYet) {
            return false;
        }
    }
}
