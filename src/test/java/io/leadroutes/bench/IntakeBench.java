package io.leadroutes.bench;

import static io.leadroutes.bench.Report.tell;

import com.sun.management.OperatingSystemMXBean;
import io.leadroutes.cli.ChildProcess;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Durable acknowledgements per second, beside a bare Vert.x server on the same cores and, where there is Node.js, the
 * reference's endpoint, which stores nothing.
 *
 * <p>This JVM sends; the product, the bare server and PostgreSQL are processes of their own. Each measurement starts its
 * server anew on an empty database; the kinds take turns, so that what else the machine does befalls all of them.
 */
final class IntakeBench {
    static final int CONNECTIONS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    /** Nothing is decided or sent. */
    static final Map<String, String> PAUSED = Map.of("CONVERSATION_POLL_MS", "60000", "OUTBOX_POLL_MS", "60000");

    private enum Target {
        BARE("bare Vert.x"),
        EXPRESS("the reference in Express"),
        H2("H2"),
        H2_PAUSED("H2, worker paused"),
        POSTGRESQL("PostgreSQL"),
        POSTGRESQL_PAUSED("PostgreSQL, worker paused");

        private final String label;

        Target(String label) {
            this.label = label;
        }
    }

    private IntakeBench() {}

    /** @param args rounds (3), seconds of each measurement (10), the kinds to measure (all) */
    static void run(List<String> args) throws Exception {
        int rounds = args.isEmpty() ? 3 : Integer.parseInt(args.get(0));
        Duration measured = Duration.ofSeconds(args.size() < 2 ? 10 : Integer.parseInt(args.get(1)));
        List<Target> targets = args.size() < 3
                ? possible()
                : Arrays.stream(args.get(2).split(",")).map(Target::valueOf).toList();
        tellMachine();
        Map<Target, List<Load.Result>> results = new EnumMap<>(Target.class);
        for (int round = 1; round <= rounds; round++) {
            for (Target target : targets) {
                Load.Result result = measure(target, CONNECTIONS, measured);
                results.computeIfAbsent(target, t -> new ArrayList<>()).add(result);
                tell(
                        "round %d  %-26s %8.0f/s  p50 %6.1f  p99 %6.1f  longest %7.1f ms  %5.0f us CPU each  %s",
                        round,
                        target.label,
                        result.acknowledgedPerSecond(),
                        result.p50Ms(),
                        result.p99Ms(),
                        result.longestMs(),
                        result.cpuMicros(),
                        result.answers());
            }
        }
        tell("");
        tell(
                "%-26s %10s %19s %9s %9s %11s %8s %8s",
                "medians of " + rounds,
                "acks/s",
                "(lowest-highest)",
                "p50 ms",
                "p99 ms",
                "longest ms",
                "of bare",
                "us CPU");
        double bare = results.containsKey(Target.BARE)
                ? median(results.get(Target.BARE), Load.Result::acknowledgedPerSecond)
                : Double.NaN;
        results.forEach((target, all) -> {
            double median = median(all, Load.Result::acknowledgedPerSecond);
            double[] sorted = sorted(all, Load.Result::acknowledgedPerSecond);
            tell(
                    "%-26s %10.0f %19s %9.1f %9.1f %11.1f %7.0f%% %8.0f",
                    target.label,
                    median,
                    String.format("(%.0f-%.0f)", sorted[0], sorted[sorted.length - 1]),
                    median(all, Load.Result::p50Ms),
                    median(all, Load.Result::p99Ms),
                    median(all, Load.Result::longestMs),
                    100 * median / bare,
                    median(all, Load.Result::cpuMicros));
        });
    }

    /** @param args the kind (H2), how many times the connections of the calm run (10), seconds (10) */
    static void overload(List<String> args) throws Exception {
        Target target = args.isEmpty() ? Target.H2 : Target.valueOf(args.get(0));
        int times = args.size() < 2 ? 10 : Integer.parseInt(args.get(1));
        Duration measured = Duration.ofSeconds(args.size() < 3 ? 10 : Integer.parseInt(args.get(2)));
        tellMachine();
        Load.Result calm = measure(target, CONNECTIONS, measured);
        tell(
                "%s, %d connections: %.0f acks/s, longest answer %.1f ms, answers by status %s",
                target.label, CONNECTIONS, calm.acknowledgedPerSecond(), calm.longestMs(), calm.answers());
        Load.Result over = measure(target, CONNECTIONS * times, measured);
        tell(
                "%s, %d connections: %.0f requests/s, %.1f times the %.0f acks/s, p99 %.1f, longest answer %.1f ms, by status %s",
                target.label,
                CONNECTIONS * times,
                over.answersPerSecond(),
                over.answersPerSecond() / over.acknowledgedPerSecond(),
                over.acknowledgedPerSecond(),
                over.p99Ms(),
                over.longestMs(),
                over.answers());
    }

    private static List<Target> possible() {
        if (!ExpressServer.isPossible()) {
            tell("no node and npm here: without the reference's endpoint");
        }
        return Arrays.stream(Target.values())
                .filter(target -> target != Target.EXPRESS || ExpressServer.isPossible())
                .toList();
    }

    private static Load.Result measure(Target target, int connections, Duration measured) throws Exception {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "run");
        int port = ChildProcess.freePort();
        WebhookMaker webhooks = new WebhookMaker();
        if (target == Target.BARE) {
            try (ChildProcess server =
                    java(folder, 0, Map.of(), options(), BareServer.class.getName(), Integer.toString(port))) {
                awaitOpen(port);
                return new Load(webhooks, port).run(server::cpuTime, connections, WARM_UP, measured);
            }
        }
        if (target == Target.EXPRESS) {
            try (ExpressServer server = ExpressServer.start(port)) {
                awaitOpen(port);
                return new Load(webhooks, port).run(server::cpuTime, connections, WARM_UP, measured);
            }
        }
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder().autoCreate().start();
                EmbeddedPostgres postgres = isPostgres(target)
                        ? EmbeddedPostgres.builder()
                                .setDataDirectory(folder.resolve("pg"))
                                .setServerConfig("synchronous_commit", "on")
                                .setServerConfig("fsync", "on")
                                .start()
                        : null) {
            String url = postgres == null
                    ? "jdbc:h2:file:" + folder.resolve("own").toAbsolutePath()
                    : postgres.getJdbcUrl("postgres", "postgres");
            Map<String, String> settings =
                    target == Target.H2_PAUSED || target == Target.POSTGRESQL_PAUSED ? PAUSED : Map.of();
            try (ChildProcess product = product(folder, port, sandbox, url, settings, options())) {
                Load.Result result = new Load(webhooks, port).run(product::cpuTime, connections, WARM_UP, measured);
                tell("%s: %d MiB resident under this load", target.label, product.residentMiB());
                return result;
            }
        }
    }

    /** @param databaseUrl H2 for user sa, or PostgreSQL for postgres */
    static ChildProcess product(
            Path folder,
            int port,
            SandboxChatwoot sandbox,
            String databaseUrl,
            Map<String, String> settings,
            List<String> options) {
        int managementPort = ChildProcess.freePort();
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("HTTP_PORT", Integer.toString(port));
        environment.put("MANAGEMENT_PORT", Integer.toString(managementPort));
        environment.put("CHATWOOT_BASE_URL", sandbox.baseUrl().toString());
        environment.put("CHATWOOT_API_TOKEN", sandbox.apiToken());
        environment.put("CHATWOOT_ACCOUNT_ID", Long.toString(sandbox.accountId()));
        environment.put("CHATWOOT_WEBHOOK_SECRETS", WebhookMaker.SECRET);
        environment.put("DATABASE_URL", databaseUrl);
        environment.put("DATABASE_USER", databaseUrl.startsWith("jdbc:h2:") ? "sa" : "postgres");
        environment.put(
                "CRM_DATABASE_URL", "jdbc:h2:file:" + folder.resolve("crm").toAbsolutePath());
        return java(folder, managementPort, environment, options, "io.leadroutes.cli.Main", "run")
                .awaitReady();
    }

    static List<String> options() {
        String options = System.getProperty("bench.java", "");
        return options.isEmpty() ? List.of() : List.of(options.split(" "));
    }

    private static boolean isPostgres(Target target) {
        return target == Target.POSTGRESQL || target == Target.POSTGRESQL_PAUSED;
    }

    static ChildProcess java(
            Path folder,
            int managementPort,
            Map<String, String> environment,
            List<String> options,
            String... mainAndArgs) {
        List<String> command = new ArrayList<>(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(mainAndArgs));
        return ChildProcess.start(folder, managementPort, environment, command.toArray(new String[0]));
    }

    static void awaitOpen(int port) throws InterruptedException {
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port));
                return;
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
    }

    private static double median(List<Load.Result> results, ToDoubleFunction<Load.Result> figure) {
        return Report.median(results.stream().map(figure::applyAsDouble).toList());
    }

    private static double[] sorted(List<Load.Result> results, ToDoubleFunction<Load.Result> figure) {
        return results.stream().mapToDouble(figure).sorted().toArray();
    }

    private static void tellMachine() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        tell(
                "%d cores, %d GiB, Java %s; %d connections, bodies of %d bytes over %d conversations, %d s warm-up",
                Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize() >> 30,
                Runtime.version(),
                CONNECTIONS,
                WebhookMaker.BODY_BYTES,
                WebhookMaker.CONVERSATIONS,
                WARM_UP.toSeconds());
    }
}
