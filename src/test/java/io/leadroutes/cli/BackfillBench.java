package io.leadroutes.cli;

import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Stream;
import picocli.CommandLine;

/** {@code leadroutes backfill} beside a whole product and a sandbox with old conversations. */
final class BackfillBench implements AutoCloseable {
    private static final List<String> TEXTS = List.of(
            "Hello",
            "How much is it?",
            "We are an enterprise with 40 seats",
            "We have the budget",
            "Could we see a demo?",
            "An enterprise with a budget wants a demo",
            "There is a bug",
            "I want to cancel and get a refund",
            "Thanks!",
            "Not interested in a demo");

    private static final String TOKEN = "test-webhook-token";

    private final Product product;
    private final Path folder;
    private final Map<String, String> settings = new HashMap<>();

    /** @param isLive whether webhooks reach the product */
    BackfillBench(Dialect dialect, Path folder, boolean isLive) {
        SandboxChatwoot.Builder sandbox = SandboxChatwoot.builder().dialect(dialect);
        Map<String, String> fast = Map.of("chatwoot.rate-limit", "100000", "webhook.token", TOKEN);
        product = Product.alone(sandbox, fast);
        if (isLive) {
            // The reference's webhooks are not signed.
            sandbox().addWebhook(URI.create(product.webhookUrl() + "?secret=" + TOKEN), "");
        }
        this.folder = folder;
        settings.put("chatwoot.base-url", sandbox().baseUrl().toString());
        settings.put("chatwoot.api-token", sandbox().apiToken());
        settings.put("chatwoot.account-id", Long.toString(sandbox().accountId()));
        settings.put("chatwoot.rate-limit", "100000");
        settings.put("chatwoot.redelivery-delay-ms", "20");
        settings.put("webhook.secrets", Product.SECRET);
        settings.put("camel.server.port", Integer.toString(product.runtime().httpPort()));
    }

    Product product() {
        return product;
    }

    SandboxChatwoot sandbox() {
        return product.sandbox();
    }

    BackfillBench with(String property, String value) {
        settings.put(property, value);
        return this;
    }

    /** The same conversations for the same seed; returns how many messages customers wrote in them. */
    int history(int conversations, long seed) {
        Random random = new Random(seed);
        int messages = 0;
        for (int i = 0; i < conversations; i++) {
            long id = product.conversation("Customer " + i);
            if (i % 7 == 0) {
                sandbox().agentSetsLabels(id, "vip");
            }
            int count = random.nextInt(6);
            for (int n = 0; n < count; n++) {
                sandbox().customerWrites(id, TEXTS.get(random.nextInt(TEXTS.size())));
                messages++;
                if (random.nextInt(4) == 0) {
                    sandbox().agentReplies(id, "An enterprise demo within your budget?");
                    sandbox().agentWritesPrivateNote(id, "urgent enterprise budget demo");
                }
            }
            if (i % 3 == 0) {
                sandbox().agentResolves(id);
            }
        }
        return messages;
    }

    Path results() {
        return folder.resolve("backfill.results.jsonl");
    }

    /** {@code backfill} with these arguments. */
    SetupBench.Run backfill(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine(new Commands())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(Stream.concat(
                                Stream.of("backfill", "--results", results().toString()), Stream.of(args))
                        .toArray(String[]::new));
        return new SetupBench.Run(exitCode, out.toString(), err.toString());
    }

    private Settings settings() {
        Properties file = new Properties();
        file.putAll(settings);
        return Settings.load(file, Map.of(), new Properties(), Settings.Need.CALLS);
    }

    private final class Commands implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            return type == BackfillCommand.class
                    ? type.cast(new BackfillCommand(BackfillBench.this::settings, Clock.systemUTC(), () -> false))
                    : CommandLine.defaultFactory().create(type);
        }
    }

    ChildProcess child(String callsPerMinute) {
        Map<String, String> environment = new HashMap<>();
        environment.put("CHATWOOT_BASE_URL", settings.get("chatwoot.base-url"));
        environment.put("CHATWOOT_API_TOKEN", settings.get("chatwoot.api-token"));
        environment.put("CHATWOOT_ACCOUNT_ID", settings.get("chatwoot.account-id"));
        environment.put("CHATWOOT_RATE_LIMIT", callsPerMinute);
        environment.put("CHATWOOT_WEBHOOK_SECRETS", Product.SECRET);
        environment.put("HTTP_PORT", settings.get("camel.server.port"));
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return ChildProcess.start(
                folder,
                0,
                environment,
                "-cp",
                classPath,
                Main.class.getName(),
                "backfill",
                "--results",
                results().toString());
    }

    /** What backfill reads and the product does not, each as {@code GET /conversations/5/messages?after=0}. */
    List<String> reads() {
        return sandbox().calls(call -> !call.isWrite() && call.path().matches(".*(/conversations|/messages)")).stream()
                .map(BackfillBench::text)
                .toList();
    }

    private static String text(Call call) {
        String query = call.query().isEmpty() ? "" : "?" + call.query();
        return call.method() + " " + call.path().replaceFirst("^/api/v1/accounts/\\d+", "") + query;
    }

    /**
     * All that Chatwoot and the CRM show, by conversation; times left out, and the channel, which
     * the reference's webhooks do not tell.
     */
    List<Map<String, Object>> outcome() {
        List<Map<String, Object>> all = new ArrayList<>();
        Map<Object, Map<String, Object>> leads = new HashMap<>();
        product.leads().forEach(lead -> leads.put(lead.get("conversation_id"), lead));
        for (var conversation : sandbox().conversations()) {
            Map<String, Object> shown = new HashMap<>();
            shown.put("id", conversation.id());
            shown.put(
                    "labels",
                    List.copyOf(conversation.labels().stream().sorted().toList()));
            shown.put("attributes", conversation.customAttributes());
            shown.put("priority", conversation.priority());
            shown.put("team", conversation.teamName());
            shown.put(
                    "notes",
                    conversation.notes().stream()
                            .map(note -> note.content())
                            .sorted()
                            .toList());
            Map<String, Object> lead = new HashMap<>(leads.getOrDefault(conversation.id(), Map.of()));
            lead.keySet()
                    .removeAll(List.of("qualified_at", "updated_at", "resolved_at", "conversation_url", "channel"));
            shown.put("lead", lead);
            all.add(shown);
        }
        return all;
    }

    @Override
    public void close() {
        product.close();
    }
}
