package io.leadroutes.bench;

import static io.leadroutes.bench.Report.tell;

import io.leadroutes.cli.ChildProcess;
import io.leadroutes.cli.Product;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.Database;
import io.leadroutes.store.LargeStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the page at /admin asks, answered over HTTP by a product of its own with {@code -Xmx128m} on an H2 file, where much is
 * stored and, as the baseline, where little is.
 */
final class PageBench {
    private static final int LITTLE = 1_000;
    private static final int TIMES = 40;
    private static final String HEAP = "-Xmx128m";

    private PageBench() {}

    private record Asked(double medianMs, double longestMs) {}

    private record Run(Map<String, Asked> answers, long residentMiB) {}

    /** @param args events stored, ten to a conversation (1000000) */
    static void run(List<String> args) throws Exception {
        int events = args.isEmpty() ? 1_000_000 : Integer.parseInt(args.get(0));
        tell(
                "%d cores, Java %s; %s, H2 on disk, each question %d times after as many to warm up",
                Runtime.getRuntime().availableProcessors(), Runtime.version(), HEAP, TIMES);
        Run little = measure(LITTLE);
        Run much = measure(events);
        tell("%-22s %21s %21s %7s", "median (longest), ms", LITTLE + " events", events + " events", "ratio");
        much.answers.forEach((question, asked) -> {
            Asked base = little.answers.get(question);
            tell(
                    "%-22s %10.1f %10s %10.1f %10s %7.1f",
                    question,
                    base.medianMs,
                    String.format(Locale.ROOT, "(%.1f)", base.longestMs),
                    asked.medianMs,
                    String.format(Locale.ROOT, "(%.1f)", asked.longestMs),
                    asked.medianMs / base.medianMs);
        });
        tell(
                "%-22s %21d %21d %7.1f",
                "resident, MiB", little.residentMiB, much.residentMiB, (double) much.residentMiB / little.residentMiB);
    }

    private static Run measure(int events) throws Exception {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "page");
        String url = "jdbc:h2:file:" + folder.resolve("own").toAbsolutePath();
        try (Database database = new Database("leadroutes", url, "sa", "", "db/migration", 1);
                Connection connection = database.dataSource().getConnection()) {
            LargeStore.fill(connection, events);
        }
        int port = ChildProcess.freePort();
        int managementPort = ChildProcess.freePort();
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder().start();
                ChildProcess product = ChildProcess.start(
                        folder,
                        managementPort,
                        Map.ofEntries(
                                Map.entry("HTTP_PORT", Integer.toString(port)),
                                Map.entry("MANAGEMENT_PORT", Integer.toString(managementPort)),
                                Map.entry("CHATWOOT_BASE_URL", sandbox.baseUrl().toString()),
                                Map.entry("CHATWOOT_API_TOKEN", sandbox.apiToken()),
                                Map.entry("CHATWOOT_ACCOUNT_ID", Long.toString(sandbox.accountId())),
                                Map.entry("CHATWOOT_WEBHOOK_SECRETS", WebhookMaker.SECRET),
                                Map.entry("ADMIN_TOKEN", Product.ADMIN_TOKEN),
                                // What is stored is of one day of long ago, and is to stay.
                                Map.entry("RETENTION_DAYS", "3650"),
                                Map.entry("DATABASE_URL", url),
                                Map.entry(
                                        "CRM_DATABASE_URL",
                                        "jdbc:h2:file:" + folder.resolve("crm").toAbsolutePath())),
                        HEAP,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.leadroutes.cli.Main",
                        "run")) {
            product.awaitReady();
            Map<String, Asked> answers = new LinkedHashMap<>();
            HttpClient http = HttpClient.newHttpClient();
            for (Map.Entry<String, HttpRequest> question :
                    questions(port, events).entrySet()) {
                answers.put(question.getKey(), ask(http, question.getValue()));
            }
            return new Run(answers, product.residentMiB());
        }
    }

    private static Map<String, HttpRequest> questions(int port, int events) {
        int last = events / LargeStore.EVENTS_OF_A_CONVERSATION;
        Map<String, HttpRequest> questions = new LinkedHashMap<>();
        questions.put("page", get(port, ""));
        questions.put("overview", get(port, "/overview"));
        questions.put("conversation", get(port, "/conversations/5"));
        questions.put("leads", post(port, "/leads", "{\"search\":\"\"}"));
        questions.put("leads by name", post(port, "/leads", "{\"search\":\"Guest " + last + "\"}"));
        questions.put("dead letters", get(port, "/dead?limit=50"));
        questions.put("rules", get(port, "/rules"));
        questions.put("a text tried", post(port, "/rules/try", "{\"content\":\"A demo for our enterprise?\"}"));
        return questions;
    }

    private static HttpRequest get(int port, String path) {
        return request(port, path).GET().build();
    }

    private static HttpRequest post(int port, String path, String json) {
        return request(port, path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/admin" + path))
                .header("Authorization", "Bearer " + Product.ADMIN_TOKEN);
    }

    private static Asked ask(HttpClient http, HttpRequest request) throws Exception {
        double[] ms = new double[TIMES];
        for (int i = -TIMES; i < TIMES; i++) {
            long began = System.nanoTime();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(
                        request + " was answered with " + answer.statusCode() + ": " + answer.body());
            }
            ms[Math.max(i, 0)] = (System.nanoTime() - began) / 1e6;
        }
        Arrays.sort(ms);
        return new Asked(ms[TIMES / 2], ms[TIMES - 1]);
    }
}
