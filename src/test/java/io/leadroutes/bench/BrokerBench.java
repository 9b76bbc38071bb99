package io.leadroutes.bench;

import static io.leadroutes.bench.Report.number;
import static io.leadroutes.bench.Report.spread;
import static io.leadroutes.bench.Report.tell;
import static io.leadroutes.bench.Report.tellMachine;

import io.leadroutes.cli.ChildProcess;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Webhooks a second through a broker into the inbox of a PostgreSQL, one product that is on both sides of the broker; nothing
 * is decided. The baseline takes turns with it: the same without a broker. This JVM sends; the product, the broker and
 * PostgreSQL are processes of their own.
 */
final class BrokerBench {
    /** @param inboxPerSecond webhooks that came into the inbox while the load lasted */
    private record Figures(Load.Result load, double inboxPerSecond) {}

    private final boolean isBehindBroker;
    private final List<Double> acknowledged = new ArrayList<>();
    private final List<Double> stored = new ArrayList<>();

    private BrokerBench(boolean isBehindBroker) {
        this.isBehindBroker = isBehindBroker;
    }

    /** @param args rounds (3), seconds of each measurement (10), of warming up (30) */
    static void run(List<String> args) throws Exception {
        int rounds = number(args, 0, 3);
        Duration measured = Duration.ofSeconds(number(args, 1, 10));
        Duration warmUp = Duration.ofSeconds(number(args, 2, 30));
        tellMachine(
                "PostgreSQL, worker paused; %d connections, bodies of %d bytes over %d conversations, %d s warm-up",
                IntakeBench.CONNECTIONS, WebhookMaker.BODY_BYTES, WebhookMaker.CONVERSATIONS, warmUp.toSeconds());
        List<BrokerBench> kinds = List.of(new BrokerBench(false), new BrokerBench(true));
        for (int round = 1; round <= rounds; round++) {
            for (BrokerBench kind : kinds) {
                kind.round(round, warmUp, measured);
            }
        }
        for (BrokerBench kind : kinds) {
            tell(
                    "medians of %d  %-15s %s acks/s, %s into the inbox/s",
                    rounds, kind.label(), spread(kind.acknowledged, 0), spread(kind.stored, 0));
        }
    }

    private String label() {
        return isBehindBroker ? "behind a broker" : "no broker";
    }

    private void round(int round, Duration warmUp, Duration measured) throws Exception {
        Figures figures = measure(warmUp, measured);
        acknowledged.add(figures.load.acknowledgedPerSecond());
        stored.add(figures.inboxPerSecond);
        tell(
                "round %d  %-15s %6.0f acks/s  %6.0f into the inbox/s  p50 %5.1f  p99 %6.1f ms  %4.0f us CPU each  %s",
                round,
                label(),
                figures.load.acknowledgedPerSecond(),
                figures.inboxPerSecond,
                figures.load.p50Ms(),
                figures.load.p99Ms(),
                figures.load.cpuMicros(),
                figures.load.answers());
    }

    private Figures measure(Duration warmUp, Duration measured) throws Exception {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "broker");
        int brokerPort = ChildProcess.freePort();
        Map<String, String> settings = new HashMap<>(IntakeBench.PAUSED);
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder().autoCreate().start();
                EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setDataDirectory(folder.resolve("pg"))
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("fsync", "on")
                        .start();
                ChildProcess broker = IntakeBench.java(
                        folder,
                        0,
                        Map.of(),
                        List.of(),
                        BrokerServer.class.getName(),
                        folder.resolve("queue").toString(),
                        Integer.toString(brokerPort))) {
            // The first look for lost webhooks would fetch what waits at the broker.
            settings.put("RECONCILE_EVERY", "0");
            if (isBehindBroker) {
                IntakeBench.awaitOpen(brokerPort);
                settings.put("JMS_URL", "tcp://127.0.0.1:" + brokerPort);
                settings.put("INTAKE_BROKER", "jms:queue:leadroutes.webhooks");
            }
            int port = ChildProcess.freePort();
            try (ChildProcess product = IntakeBench.product(
                            folder,
                            port,
                            sandbox,
                            postgres.getJdbcUrl("postgres", "postgres"),
                            settings,
                            IntakeBench.options());
                    Connection behind = postgres.getPostgresDatabase().getConnection()) {
                // At the begin and at the end of what is measured.
                List<Long> inbox = new ArrayList<>();
                Load.Result load = new Load(new WebhookMaker(), port)
                        .run(
                                () -> {
                                    inbox.add(stored(behind));
                                    return product.cpuTime();
                                },
                                IntakeBench.CONNECTIONS,
                                warmUp,
                                measured);
                return new Figures(load, (inbox.get(1) - inbox.get(0)) / (double) measured.toSeconds());
            }
        }
    }

    private static long stored(Connection behind) {
        try (Statement statement = behind.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM webhook_event")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
