package io.leadroutes.bench;

import static io.leadroutes.bench.Report.number;
import static io.leadroutes.bench.Report.spread;
import static io.leadroutes.bench.Report.tell;
import static io.leadroutes.bench.Report.tellMachine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.leadroutes.bench.BenchDatabase.Engine;
import io.leadroutes.cli.ChildProcess;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.ConversationView;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * From the start of the product beside a stored backlog until nothing waits any more: all is decided and sent to a sandbox
 * whose limiter is off, whose webhooks about our writes have come back and are decided, too. The product is a process of its
 * own; the sandbox is in this JVM. The baseline is the floor of deciding alone: the same events read and marked by bare JDBC.
 */
final class DrainBench {
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final Duration TELL_EVERY = Duration.ofSeconds(10);
    private static final String ADMIN_TOKEN = "bench-admin-token";
    /** As many as Sidekiq works on at once unless it is told otherwise. */
    private static final int WEBHOOKS_AT_ONCE = 10;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

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
                double took = drain(database, round, events, conversations);
                seconds.add(took);
                ratios.add(took / floor);
                tell("round %d  drained in %.1f s, %.1f times the floor of %.1f s", round, took, took / floor, floor);
            }
        }
        tell("median of %d  %s s, %s times the floor", rounds, spread(seconds, 1), spread(ratios, 1));
    }

    private static double drain(BenchDatabase database, int round, int events, int conversations) throws Exception {
        int port = ChildProcess.freePort();
        try (SandboxChatwoot sandbox = sandbox(conversations, port)) {
            Duration ownBefore = ownCpu();
            long start = System.nanoTime();
            try (ChildProcess product = IntakeBench.product(
                    database.folder(),
                    port,
                    sandbox,
                    database.url(),
                    Map.of(
                            "ADMIN_TOKEN", ADMIN_TOKEN,
                            // It would read each of these conversations, which are new to it.
                            "RECONCILE_EVERY", "0",
                            "CONVERSATION_WORKERS", Integer.toString(BenchDatabase.WORKERS),
                            "CONVERSATION_POLL_MS", "50",
                            "OUTBOX_POLL_MS", "50",
                            "CHATWOOT_CONCURRENCY", "16",
                            "CHATWOOT_RATE_LIMIT", "100000"),
                    IntakeBench.options())) {
                awaitEmpty(port, sandbox, start);
                double took = seconds(start);
                tell(
                        "round %d  %,d calls; CPU for each event: product %.0f us, its start included; sandbox %.0f us; %s",
                        round,
                        sandbox.calls().size(),
                        product.cpuTime().toNanos() / 1e3 / events,
                        ownCpu().minus(ownBefore).toNanos() / 1e3 / events,
                        kinds(sandbox.calls()));
                verify(sandbox, conversations);
                return took;
            }
        }
    }

    /** With the conversations of the backlog, without whom bulk actions would do nothing. */
    private static SandboxChatwoot sandbox(int conversations, int port) {
        SandboxChatwoot sandbox = SandboxChatwoot.builder()
                .autoCreate()
                .rateLimitPerMinute(0)
                .deliveryWorkers(WEBHOOKS_AT_ONCE)
                .start();
        for (long id = WebhookMaker.FIRST_CONVERSATION; id < WebhookMaker.FIRST_CONVERSATION + conversations; id++) {
            sandbox.addConversation(sandbox.addContact("Bench", ""), id);
        }
        sandbox.addWebhook(URI.create("http://127.0.0.1:" + port + "/webhooks/chatwoot"), WebhookMaker.SECRET);
        return sandbox;
    }

    /** Asks not often, as counting is work for the product. */
    private static void awaitEmpty(int port, SandboxChatwoot sandbox, long start) throws Exception {
        long told = start;
        boolean wasEmpty = false;
        while (true) {
            // Looked at first: what is on its way to the inbox is in neither.
            boolean isQuiet = sandbox.isQuiet();
            JsonNode status = status(port);
            if (status.at("/inbox/dead").asLong() + status.at("/outbox/dead").asLong() > 0) {
                throw new IllegalStateException("there are dead letters: " + status);
            }
            long waiting = status.at("/inbox/pending").asLong()
                    + status.at("/outbox/pending").asLong();
            if (waiting == 0 && isQuiet && wasEmpty) {
                return;
            }
            wasEmpty = waiting == 0 && isQuiet;
            if (System.nanoTime() - told > TELL_EVERY.toNanos()) {
                told = System.nanoTime();
                tell(
                        "%6.1f s  %s  %,d calls",
                        seconds(start), status, sandbox.calls().size());
            }
            if (seconds(start) > PATIENCE.toSeconds()) {
                throw new IllegalStateException("not empty after " + PATIENCE + ": " + status);
            }
            Thread.sleep(waiting > 1_000 ? 1_000 : 100);
        }
    }

    private static JsonNode status(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/admin/status"))
                .header("Authorization", "Bearer " + ADMIN_TOKEN)
                .build();
        return JSON.readTree(
                HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private static void verify(SandboxChatwoot sandbox, int conversations) {
        for (long id = WebhookMaker.FIRST_CONVERSATION; id < WebhookMaker.FIRST_CONVERSATION + conversations; id++) {
            ConversationView shown = sandbox.conversation(id);
            if (shown.labels().size() != 2 || !shown.customAttributes().containsKey("lead_score")) {
                throw new IllegalStateException("conversation " + id + " has " + shown.labels() + ", "
                        + shown.customAttributes() + "; expected two labels and a score");
            }
        }
    }

    private static Map<String, Long> kinds(List<Call> calls) {
        return calls.stream()
                .collect(Collectors.groupingBy(
                        call -> Report.kind(call) + " " + call.status(), TreeMap::new, Collectors.counting()));
    }

    private static Duration ownCpu() {
        return Duration.ofNanos(
                ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime());
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
