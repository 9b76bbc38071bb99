package io.leadroutes.bench;

import static io.leadroutes.bench.Report.number;
import static io.leadroutes.bench.Report.tell;
import static io.leadroutes.bench.Report.tellMachine;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.leadroutes.bench.BenchDatabase.Engine;
import io.leadroutes.cli.Product;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * From sending a webhook until the first call that comes of it has reached the sandbox, one at a time, without debounce. The
 * baseline takes turns with it: the handler of the API reference behind a bare HTTP server, which stores nothing.
 */
final class LatencyBench {
    private static final int WARM_UP = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private final SandboxChatwoot sandbox;
    private long conversation = WebhookMaker.FIRST_CONVERSATION;

    private LatencyBench(SandboxChatwoot sandbox) {
        this.sandbox = sandbox;
    }

    /** @param args webhooks to each (500), engine (H2) */
    static void run(List<String> args) throws Exception {
        int webhooks = number(args, 0, 500);
        Engine engine = args.size() > 1 ? Engine.valueOf(args.get(1)) : Engine.H2;
        tellMachine("%s; %d webhooks of %d bytes", engine.label, webhooks, WebhookMaker.BODY_BYTES);
        try (BenchDatabase database = new BenchDatabase(engine)) {
            Map<String, String> settings = new HashMap<>(database.settings());
            settings.putAll(Map.of(
                    "conversation.debounce", "0s",
                    "conversation.poll-ms", "5",
                    "outbox.poll-ms", "5",
                    "chatwoot.rate-limit", "100000"));
            SandboxChatwoot.Builder sandbox =
                    SandboxChatwoot.builder().autoCreate().rateLimitPerMinute(0);
            try (Product product = Product.alone(sandbox, settings)) {
                new LatencyBench(product.sandbox()).measure(product, webhooks);
            }
        }
    }

    private void measure(Product product, int webhooks) throws Exception {
        ReferenceHandler reference = new ReferenceHandler(sandbox, Clock.systemUTC(), 1);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> handle(exchange, reference));
        server.start();
        URI bare = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        WebhookMaker bodies = new WebhookMaker();
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int i = -WARM_UP; i < webhooks; i++) {
            double theirMs = millis(id -> http.send(
                    HttpRequest.newBuilder(bare)
                            .POST(HttpRequest.BodyPublishers.ofString(body(bodies, id)))
                            .build(),
                    HttpResponse.BodyHandlers.discarding()));
            double ourMs = millis(id -> product.post(body(bodies, id)));
            if (i >= 0) {
                theirs.add(theirMs);
                ours.add(ourMs);
            }
        }
        server.stop(0);
        theirs.sort(null);
        ours.sort(null);
        tell("reference  %s", shown(theirs));
        tell(
                "ours       %s, %.1f times the reference's p50",
                shown(ours), ours.get(ours.size() / 2) / theirs.get(theirs.size() / 2));
    }

    private static String body(WebhookMaker bodies, long conversation) {
        return new String(bodies.nextBodyOf(conversation - WebhookMaker.FIRST_CONVERSATION), StandardCharsets.UTF_8);
    }

    private static void handle(HttpExchange exchange, ReferenceHandler reference) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var json = new com.fasterxml.jackson.databind.ObjectMapper().readTree(body);
            reference.customerWrote(
                    json.path("conversation").path("id").asLong(),
                    json.path("content").asText());
            exchange.sendResponseHeaders(200, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private interface Sender {
        Object send(long conversation) throws Exception;
    }

    private double millis(Sender sender) throws Exception {
        long id = ++conversation;
        sandbox.addConversation(sandbox.addContact("Bench", "bench" + id + "@harborpine.example"), id);
        String path = "/conversations/" + id;
        Instant start = Instant.now();
        sender.send(id);
        List<Call> calls;
        do {
            Thread.sleep(1);
            calls = sandbox.calls(call -> call.path().contains(path));
        } while (calls.isEmpty() && Instant.now().isBefore(start.plus(PATIENCE)));
        Instant first = calls.get(0).at();
        // What else comes of it is not to be in the way of the next.
        Thread.sleep(30);
        sandbox.clearCalls();
        return Duration.between(start, first).toNanos() / 1e6;
    }

    private static String shown(List<Double> sorted) {
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p90 %.1f, p99 %.1f, longest %.1f",
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() * 9 / 10),
                sorted.get(sorted.size() * 99 / 100),
                sorted.get(sorted.size() - 1));
    }
}
