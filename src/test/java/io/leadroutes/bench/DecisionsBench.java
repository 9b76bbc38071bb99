package io.leadroutes.bench;

import static io.leadroutes.bench.Report.median;
import static io.leadroutes.bench.Report.number;
import static io.leadroutes.bench.Report.spread;
import static io.leadroutes.bench.Report.tell;
import static io.leadroutes.bench.Report.tellMachine;

import io.leadroutes.bench.BenchDatabase.Engine;
import io.leadroutes.bench.Stopwatch.Rate;
import io.leadroutes.cli.Product;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.Records;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Events decided per second: a stored backlog is worked off by the product in this JVM, its first third is warm-up. Beside
 * it, in the same round, the floor: the same events read and marked by bare JDBC, in one transaction for each conversation.
 */
final class DecisionsBench {
    private DecisionsBench() {}

    /** @param args rounds (3), events (15000), conversations (3000), events stored and done before (0), engines (both) */
    static void run(List<String> args) throws Exception {
        int rounds = number(args, 0, 3);
        int events = number(args, 1, 15_000);
        int conversations = number(args, 2, 3_000);
        int done = number(args, 3, 0);
        List<Engine> engines = args.size() > 4 ? List.of(Engine.valueOf(args.get(4))) : List.of(Engine.values());
        tellMachine(
                "%d events of %d bytes of %d conversations, %d done before; CPU of the Java threads of this JVM",
                events, WebhookMaker.BODY_BYTES, conversations, done);
        Map<Engine, List<Rate>> floors = new EnumMap<>(Engine.class);
        Map<Engine, List<Rate>> decided = new EnumMap<>(Engine.class);
        for (int round = 1; round <= rounds; round++) {
            for (Engine engine : engines) {
                try (BenchDatabase database = new BenchDatabase(engine)) {
                    WebhookMaker webhooks = new WebhookMaker();
                    database.append(done, i -> webhooks.nextBody(conversations));
                    database.allDone();
                    database.append(events, i -> webhooks.nextBody(conversations));
                    Rate floor = database.readAndMark();
                    Rate rate = decide(database, events, Map.of());
                    floors.computeIfAbsent(engine, e -> new ArrayList<>()).add(floor);
                    decided.computeIfAbsent(engine, e -> new ArrayList<>()).add(rate);
                    tell(
                            "round %d  %-10s  floor %6.0f events/s, %4.0f us CPU each   decided %6.0f events/s, %4.0f us"
                                    + " CPU each, %.0f%% of floor",
                            round,
                            engine.label,
                            floor.perSecond(),
                            floor.cpuMicros(),
                            rate.perSecond(),
                            rate.cpuMicros(),
                            100 * rate.perSecond() / floor.perSecond());
                }
            }
        }
        decided.forEach((engine, rates) -> tell(
                "median of %d  %-10s  %s events/s, %s us CPU each; floor %s events/s, %s us CPU each",
                rounds,
                engine.label,
                spread(perSecond(rates), 0),
                spread(rates.stream().map(Rate::cpuMicros).toList(), 0),
                spread(perSecond(floors.get(engine)), 0),
                spread(floors.get(engine).stream().map(Rate::cpuMicros).toList(), 0)));
    }

    /**
     * One process, and two that share a PostgreSQL and this machine's processors, in turns: what sharing costs.
     *
     * @param args rounds (3), events (15000), conversations (3000)
     */
    static void replicas(List<String> args) throws Exception {
        int rounds = number(args, 0, 3);
        int events = number(args, 1, 15_000);
        int conversations = number(args, 2, 3_000);
        tellMachine(
                "PostgreSQL; %d events of %d bytes of %d conversations; CPU of the Java threads of this JVM",
                events, WebhookMaker.BODY_BYTES, conversations);
        Map<Integer, List<Rate>> decided = new TreeMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (int replicas : List.of(1, 2)) {
                try (BenchDatabase database = new BenchDatabase(Engine.POSTGRESQL)) {
                    WebhookMaker webhooks = new WebhookMaker();
                    database.append(events, i -> webhooks.nextBody(conversations));
                    Rate rate = decide(database, events, Map.of(), replicas);
                    decided.computeIfAbsent(replicas, e -> new ArrayList<>()).add(rate);
                    tell(
                            "round %d  %d replica(s)  %6.0f events/s, %4.0f us CPU each",
                            round, replicas, rate.perSecond(), rate.cpuMicros());
                }
            }
        }
        double alone = median(perSecond(decided.get(1)));
        decided.forEach((replicas, rates) -> tell(
                "median of %d  %d replica(s)  %s events/s, %.2f of one, %s us CPU each",
                rounds,
                replicas,
                spread(perSecond(rates), 0),
                median(perSecond(rates)) / alone,
                spread(rates.stream().map(Rate::cpuMicros).toList(), 0)));
    }

    private static List<Double> perSecond(List<Rate> rates) {
        return rates.stream().map(Rate::perSecond).toList();
    }

    /** The rate at which the last two thirds of what waits are decided; nothing is sent. */
    static Rate decide(BenchDatabase database, int events, Map<String, String> more) throws Exception {
        return decide(database, events, more, 1);
    }

    private static Rate decide(BenchDatabase database, int events, Map<String, String> more, int replicas)
            throws Exception {
        Map<String, String> settings = new HashMap<>(database.settings());
        settings.putAll(Map.of(
                "conversation.debounce", "1s",
                "conversation.poll-ms", "50",
                "outbox.poll-ms", "60000"));
        settings.putAll(more);
        try (Product other = replicas == 1 ? null : Product.alone(SandboxChatwoot.builder(), settings);
                Product product = Product.alone(SandboxChatwoot.builder(), settings)) {
            Records records = product.runtime().records();
            Stopwatch watch = null;
            long left;
            do {
                Thread.sleep(50);
                left = records.inbox().pending();
                if (watch == null && left <= events * 2L / 3) {
                    watch = new Stopwatch(left);
                }
            } while (left > 0);
            if (records.inbox().dead() > 0) {
                throw new IllegalStateException("dead letters: " + product.admin("/admin/dead"));
            }
            return watch.stop();
        }
    }
}
