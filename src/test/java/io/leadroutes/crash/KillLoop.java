package io.leadroutes.crash;

import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.store.TestDatabases.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/**
 * Rounds of: load, SIGKILL, start again, come to rest, check. The kill comes at a random moment, at a
 * {@link Breakpoint}, or in the middle of a call; sometimes a second one comes while the product starts, and sometimes
 * it lives until the gap hunter has fetched what the kills have lost. All that is random comes from the seed; what the
 * threads make of it does not.
 */
final class KillLoop {
    /** Longer than a wish waits for the webhook that confirms it (chatwoot.confirm-within), which a kill may have lost. */
    private static final Duration REST_WITHIN = Duration.ofMinutes(4);

    private static final int LONGEST_LOAD_MS = 1_500;
    private static final Duration LONGEST_WAIT_FOR_KILL = Duration.ofSeconds(4);

    /** A new Chatwoot and new databases after so many, so that a thousand rounds need no more memory than these. */
    private static final int ROUNDS_PER_BENCH = 50;

    private final Engine engine;
    private final long seed;
    private final String broker;

    /** @param broker in front of the inbox: none, jms or kafka */
    KillLoop(Engine engine, long seed, String broker) {
        this.engine = engine;
        this.seed = seed;
        this.broker = broker;
    }

    /** @return the sum; throws AssertionError, with the seed and the shortest histories, at the first violation */
    String run(int rounds) {
        Instant start = Instant.now();
        int acknowledged = 0;
        int processed = 0;
        for (int done = 0; done < rounds; done += ROUNDS_PER_BENCH) {
            Report report = runOnOneBench(done, Math.min(ROUNDS_PER_BENCH, rounds - done));
            acknowledged += report.acknowledged();
            processed += report.processed();
        }
        return "%s%s, seed %d: rounds %d, acknowledged %d, processed %d, lost 0, doubled 0, reordered 0, %d s"
                .formatted(
                        engine,
                        broker.equals("none") ? "" : " behind " + broker,
                        seed,
                        rounds,
                        acknowledged,
                        processed,
                        Duration.between(start, Instant.now()).toSeconds());
    }

    private Report runOnOneBench(int first, int rounds) {
        Path place = Bench.place(engine + " " + seed + " " + first);
        Random random = new Random(seed + first);
        Report report = new Report(0, 0, List.of());
        try (History history = new History(place.resolve("history.txt"));
                Bench bench = new Bench(
                        place,
                        Bench.databases(engine, place),
                        random,
                        history,
                        Map.of(),
                        InFront.start(broker, place.resolve("broker")))) {
            Bench.Replica replica = bench.start();
            replica.process().awaitReady();
            try {
                for (int round = first + 1; round <= first + rounds; round++) {
                    Instant start = Instant.now();
                    bench.deliverTo(replica);
                    String kill = loadAndKill(bench, replica, random);
                    history.remark("round " + round + ": killed " + kill);
                    replica = restart(bench, random, history);
                    if (broker.equals("none") && random.nextInt(8) == 0) {
                        bench.awaitReconciled(REST_WITHIN);
                        kill += ", gap closed";
                    }
                    report = bench.check(replica, REST_WITHIN);
                    say("round %d (%s, seed %d): killed %s; %s; %d ms"
                            .formatted(
                                    round,
                                    engine,
                                    seed,
                                    kill,
                                    report.numbers(),
                                    Duration.between(start, Instant.now()).toMillis()));
                    report.mustBeClean("round " + round + " on " + engine + " with -Dcrash.seed=" + seed + ", killed "
                            + kill + ", history in " + place);
                }
            } finally {
                replica.process().close();
            }
        }
        return report;
    }

    private String loadAndKill(Bench bench, Bench.Replica replica, Random random) {
        BooleanSupplier isDead = () -> !replica.process().isAlive();
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                int ms = random.nextInt(LONGEST_LOAD_MS);
                bench.load(Duration.ofMillis(ms), isDead);
                replica.process().kill();
                return "after " + ms + " ms";
            }
            case 3 -> {
                boolean isApplied = random.nextBoolean();
                CountDownLatch called = new CountDownLatch(1);
                Fault fault = isApplied ? Fault.delay(Duration.ofMillis(500)) : Fault.hang();
                int skip = random.nextInt(30);
                List<Call> seen = new ArrayList<>();
                bench.sandbox().failNext(1, fault, call -> isAt(call, skip, seen, called));
                bench.load(LONGEST_WAIT_FOR_KILL, () -> called.getCount() == 0 || isDead.getAsBoolean());
                replica.process().kill();
                bench.sandbox().clearFaults();
                return "in mid-call, " + (isApplied ? "carried out" : "carried out when it was dead");
            }
            default -> {
                List<Breakpoint> points = new ArrayList<>(Breakpoint.COMMON);
                if (engine == Engine.H2) {
                    points.addAll(Breakpoint.OF_H2);
                }
                Breakpoint point = points.get(random.nextInt(points.size())).at(1 + random.nextInt(12));
                replica.process().tell(point.line());
                bench.load(LONGEST_WAIT_FOR_KILL, isDead);
                boolean isReached = !replica.process().isAlive();
                replica.process().kill();
                return isReached ? point.name() + ", time " + point.count() : "late, not " + point.name();
            }
        }
    }

    private static boolean isAt(Call call, int skip, List<Call> seen, CountDownLatch called) {
        if (call.isWrite()) {
            seen.add(call);
        }
        boolean isAt = seen.size() == skip + 1;
        if (isAt) {
            called.countDown();
        }
        return isAt;
    }

    private static Bench.Replica restart(Bench bench, Random random, History history) {
        if (random.nextInt(6) == 0) {
            int ms = 500 + random.nextInt(2_500);
            Bench.Replica early = bench.start();
            bench.deliverTo(early);
            Bench.pause(ms);
            early.process().kill();
            history.remark("killed " + ms + " ms after the start");
        }
        Bench.Replica replica = bench.start();
        replica.process().awaitReady();
        return replica;
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
