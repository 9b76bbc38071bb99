package io.leadroutes.bench;

import static io.leadroutes.bench.Report.number;
import static io.leadroutes.bench.Report.tell;
import static io.leadroutes.bench.Report.tellMachine;

import io.leadroutes.cli.ChildProcess;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The same load for a long time, on H2, in a heap of 512 MiB: whether memory grows, whether there is a full collection, and
 * whether anything is left behind. Growth is told by the least that a collection left, in each tenth of the time.
 */
final class SoakBench {
    private static final int PARTS = 10;
    private static final Duration WARM_UP = Duration.ofMinutes(2);
    private static final Pattern PAUSE = Pattern.compile("^\\[(\\d+)\\.\\d+s].*Pause (\\w+).* \\d+M->(\\d+)M\\(.*");

    private SoakBench() {}

    /** @param args minutes (60), webhooks a second (1000) */
    static void run(List<String> args) throws Exception {
        Duration measured = Duration.ofMinutes(number(args, 0, 60));
        int perSecond = number(args, 1, 1_000);
        tellMachine("%d webhooks a second for %d minutes, -Xmx512m", perSecond, measured.toMinutes());
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "soak");
        Path gcLog = folder.resolve("gc.log");
        int port = ChildProcess.freePort();
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder()
                        .autoCreate()
                        .rateLimitPerMinute(0)
                        .start();
                ChildProcess product = IntakeBench.product(
                        folder,
                        port,
                        sandbox,
                        "jdbc:h2:file:" + folder.resolve("own").toAbsolutePath(),
                        Map.of("CHATWOOT_RATE_LIMIT", "100000", "LOG_LEVEL", "warn"),
                        options(gcLog))) {
            List<Long> resident = new ArrayList<>();
            CompletableFuture<Load.Result> load = new CompletableFuture<>();
            new Thread(() -> send(product, port, perSecond, measured, load), "sender").start();
            Thread.sleep(WARM_UP.toMillis());
            for (int part = 0; part < PARTS; part++) {
                Thread.sleep(measured.dividedBy(PARTS).toMillis());
                resident.add(product.residentMiB());
            }
            Load.Result result = load.get(2, TimeUnit.MINUTES);
            tell(
                    "%.0f acknowledged/s, p99 %.1f ms, longest %.1f ms, %.0f us CPU each, by status %s",
                    result.acknowledgedPerSecond(),
                    result.p99Ms(),
                    result.longestMs(),
                    result.cpuMicros(),
                    result.answers());
            tell("resident, MiB          %s", resident);
            tellCollections(Files.readAllLines(gcLog), measured);
            product.metrics()
                    .lines()
                    .filter(line ->
                            line.matches("leadroutes_(inbox_events|outbox_wishes|dead_letters_total)\\{.* [1-9].*"))
                    .forEach(line -> tell("at the end             %s", line));
        }
    }

    private static List<String> options(Path gcLog) {
        List<String> options = new ArrayList<>(IntakeBench.options());
        options.addAll(List.of("-Xmx512m", "-Xlog:gc:file=" + gcLog));
        return options;
    }

    private static void send(
            ChildProcess product, int port, int perSecond, Duration measured, CompletableFuture<Load.Result> done) {
        try {
            done.complete(new Load(new WebhookMaker(), port, perSecond)
                    .run(product::cpuTime, IntakeBench.CONNECTIONS, WARM_UP, measured));
        } catch (Exception e) {
            done.completeExceptionally(e);
        }
    }

    private static void tellCollections(List<String> gcLog, Duration measured) {
        Map<String, Integer> pauses = new TreeMap<>();
        long[] least = new long[PARTS];
        Arrays.fill(least, Long.MAX_VALUE);
        for (String line : gcLog) {
            Matcher pause = PAUSE.matcher(line);
            if (pause.matches()) {
                pauses.merge(pause.group(2), 1, Integer::sum);
                long second = Long.parseLong(pause.group(1)) - WARM_UP.toSeconds();
                int part = (int) (second * PARTS / measured.toSeconds());
                if (second >= 0 && part < PARTS) {
                    least[part] = Math.min(least[part], Long.parseLong(pause.group(3)));
                }
            }
        }
        tell("least heap left, MiB   %s", Arrays.toString(least));
        tell("collections            %s", pauses);
    }
}
