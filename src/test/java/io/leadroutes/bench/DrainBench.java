package io.leadroutes.bench;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * From a stored backlog to an empty outbox: decided and sent to the sandbox, whose limiter is off and which runs in this JVM
 * too. The baseline is the floor of deciding alone: the same events read and marked by bare JDBC.
 */
final class DrainBench {
    private DrainBench() {}

    /** @param args rounds (1), events (100000), conversations (5000), engine (H2) */
    static void run(List<String> args) throws Exception {
        int rounds = number(args, 0, 1);
        int events = number(args, 1, 100_000);
        int conversations = number(args, 2, 5_000);
        Engine engine = args.size() > 3 ? Engine.valueOf(args.get(3)) : Engine.H2;
        tellMachine("%s; %,d events of %,d conversations", engine.label, events, conversations);
        List<Double> seconds = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            try (BenchDatabase database = new BenchDatabase(engine)) {
                WebhookMaker webhooks = new WebhookMaker();
                database.append(events, i -> webhooks.nextBody(conversations));
                double floor = events / database.readAndMark().perSecond();
                double took = drain(database, round, events);
                seconds.add(took);
                ratios.add(took / floor);
                tell("round %d  drained in %.1f s, %.1f times the floor of %.1f s", round, took, took / floor, floor);
            }
        }
        tell("median of %d  %s s, %s times the floor", rounds, spread(seconds, 1), spread(ratios, 1));
    }

    private static double drain(BenchDatabase database, int round, int events) throws Exception {
        Map<String, String> settings = new HashMap<>(database.settings());
        settings.putAll(Map.of(
                "conversation.debounce", "1s",
                "conversation.poll-ms", "50",
                "outbox.poll-ms", "50",
                "chatwoot.concurrency", "16",
                "chatwoot.rate-limit", "100000"));
        long start = System.nanoTime();
        Stopwatch watch = new Stopwatch(events);
        SandboxChatwoot.Builder sandbox = SandboxChatwoot.builder().autoCreate().rateLimitPerMinute(0);
        try (Product product = Product.alone(sandbox, settings)) {
            Records records = product.runtime().records();
            double decidedAfter = 0;
            while (decidedAfter == 0 || records.outbox().pending() > 0) {
                Thread.sleep(50);
                if (decidedAfter == 0 && records.inbox().pending() == 0) {
                    decidedAfter = seconds(start);
                }
            }
            double took = seconds(start);
            Rate rate = watch.stop();
            if (records.inbox().dead() + records.outbox().dead() > 0) {
                throw new IllegalStateException("dead letters: " + product.admin("/admin/dead"));
            }
            tell(
                    "round %d  decided after %.1f s, %,d calls, %.0f us CPU for each event, sandbox and start included",
                    round, decidedAfter, product.sandbox().calls().size(), rate.cpuMicros());
            return took;
        }
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
