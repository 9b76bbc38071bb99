package io.leadroutes.cli;

import io.leadroutes.rules.Hit;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.sandbox.Delivery;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.Records;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A scripted day: a sandbox Chatwoot and the product beside it, both in this process. The databases are files in a folder
 * that goes with it, as the start of an image's Java is trained by it: what runs elsewhere should be what runs here.
 */
final class Demo implements AutoCloseable {
    private static final String WEBHOOK_SECRET = "demo-webhook-secret";
    private static final String ADMIN_TOKEN = "demo";
    private static final long WEB_CHAT = 31;
    private static final long WHATSAPP = 32;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What the original reference spends: per lead and per escalation, beside each tagged and each scored message. */
    private static final int CALLS_PER_LEAD = 5;

    private static final int CALLS_PER_ESCALATION = 4;

    /** More than an account's 60: a whole day is played in less than a minute. */
    private static final int CALLS_PER_MINUTE = 600;

    /** @param labelsBefore those that were there before we did anything */
    private record Cast(long conversation, String name, String story, List<String> labelsBefore) {}

    private final PrintWriter out;
    private final Path folder;
    private final SandboxChatwoot sandbox;
    private final Duration stopWithin;
    private final LeadRoutes runtime;
    private final DemoWebhook webhook;
    private final RuleBook rules;
    private final DemoReport report;
    private final Map<String, Cast> cast = new LinkedHashMap<>();
    private int customerMessages;
    private int naiveCalls;

    Demo(PrintWriter out, int port) throws IOException {
        this.out = out;
        folder = Files.createTempDirectory("leadroutes-demo");
        sandbox = SandboxChatwoot.builder().rateLimitPerMinute(CALLS_PER_MINUTE).start();
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "camel.server.port",
                Integer.toString(port),
                "camel.management.port",
                "0",
                "chatwoot.base-url",
                sandbox.baseUrl().toString(),
                "chatwoot.api-token",
                sandbox.apiToken(),
                "chatwoot.account-id",
                Long.toString(sandbox.accountId()),
                "conversation.debounce",
                "500ms",
                "webhook.secrets",
                WEBHOOK_SECRET,
                "database.url",
                "jdbc:h2:file:" + folder.resolve("leadroutes"),
                "crm.database.url",
                "jdbc:h2:file:" + folder.resolve("crm"),
                "admin.token",
                ADMIN_TOKEN));
        settings.put("chatwoot.rate-limit", Integer.toString(CALLS_PER_MINUTE));
        Settings checked = Settings.load(settings, Map.of(), new Properties());
        stopWithin = checked.stopWithin();
        rules = RuleBook.load(Path.of(checked.text("rules.file")));
        runtime = LeadRoutes.start(checked, Clock.systemUTC());
        webhook = new DemoWebhook(runtime.httpPort(), WEBHOOK_SECRET);
        sandbox.addWebhook(webhook.url(), WEBHOOK_SECRET);
        report = new DemoReport(out, runtime.records(), sandbox);
    }

    Duration stopWithin() {
        return stopWithin;
    }

    /** Returns whether everything was handled: nothing waits, nothing is a dead letter, no call was refused, all is well. */
    boolean play() throws IOException, InterruptedException {
        morning();
        noon();
        afternoon();
        evening();
        return tell();
    }

    private void morning() {
        act("09:00", "Jonas writes a burst of five messages");
        starts("Jonas Feld", "a burst of five messages", WEB_CHAT, Map.of("company_size", "51-200"), "Hello!");
        says("Jonas Feld", "What is the price?");
        says("Jonas Feld", "It is for the enterprise plan, 40 seats");
        says("Jonas Feld", "We have the budget");
        says("Jonas Feld", "And could we see a demo?");
        act("09:05", "Priya sends a photo without text, then what is wrong with it");
        starts("Priya Vasanth", "an attachment without text", WHATSAPP, Map.of(), "Hi");
        sandbox.customerSendsAttachment(conversation("Priya Vasanth"), "image");
        customerMessages++;
        says("Priya Vasanth", "It arrived broken");
        act("09:10", "Klaus asks in German, all in one message");
        starts(
                "Klaus Brandt",
                "German",
                WEB_CHAT,
                Map.of("industry", "Manufacturing"),
                "Guten Tag, wir brauchen ein Enterprise-Angebot. Das Budget steht, bitte eine Demo!");
        settle();
    }

    private void noon() {
        act("12:00", "Camille declines in French");
        starts("Camille Roux", "French, declines", WEB_CHAT, Map.of(), "Merci, mais je ne veux pas de demo.");
        act("12:05", "Lucia's message is delivered twice, and once more under another delivery id");
        starts("Lucia Prado", "Spanish, delivered three times", WHATSAPP, Map.of(), "Hola");
        says("Lucia Prado", "Necesito una demo, es urgent");
        sandbox.quiesce(PATIENCE);
        Delivery twice = lastMessage("Necesito una demo");
        sandbox.redeliver(twice);
        sandbox.deliverTwin(twice);
        act("12:10", "An agent writes a private note full of keywords; Tom only says hello");
        starts("Tom Ames", "an agent's private note with keywords", WEB_CHAT, Map.of(), "Hello there");
        sandbox.agentWritesPrivateNote(conversation("Tom Ames"), "Ask for enterprise budget, urgent demo");
        act("12:15", "An agent has labelled Ines a VIP; the label stays");
        starts("Ines Duarte", "an agent's label stays", WEB_CHAT, Map.of(), "Hello");
        agentLabels("Ines Duarte", "vip");
        says("Ines Duarte", "How much is it for a whole team?");
        settle();
    }

    private void afternoon() {
        act("15:00", "Omar, an enterprise customer, wants to leave: escalation");
        starts("Omar Haddad", "escalation", WEB_CHAT, Map.of(), "Our enterprise plan is not working");
        says("Omar Haddad", "Cancel it, and I want a refund");
        act("15:05", "Words in other words are no keywords");
        starts("Grace Kim", "words within words", WEB_CHAT, Map.of(), "Democracy is priceless, so is terroir");
        act("15:10", "Nils' message comes as older servers send it");
        starts("Nils Holm", "the older webhook dialect", WEB_CHAT, Map.of(), "Hej");
        webhook.postReferenceMessage(
                sandbox.accountId(), conversation("Nils Holm"), 900_001, "Is there a trial? We have a budget.");
        count("Is there a trial? We have a budget.");
        act("15:12", "An agent has noted an order on Pia's conversation; it stays beside the score");
        starts("Pia Lund", "an agent's attribute stays", WEB_CHAT, Map.of(), "Hello");
        sandbox.agentSetsCustomAttributes(conversation("Pia Lund"), Map.of("order_ref", "HP-20417"));
        says("Pia Lund", "It is urgent, I see errors everywhere");
        act("15:15", "Ana gathers points over three visits");
        starts("Ana Sousa", "points over three visits", WEB_CHAT, Map.of(), "Is there an enterprise edition?");
        settle();
        says("Ana Sousa", "We got our budget");
        settle();
        says("Ana Sousa", "Could you give us a demo?");
        settle();
    }

    private void evening() {
        act("18:00", "An agent answers Jonas and resolves: the lead in the CRM is resolved, too");
        sandbox.agentReplies(conversation("Jonas Feld"), "The demo is on Monday.");
        sandbox.agentResolves(conversation("Jonas Feld"));
        act("18:05", "Klaus' company gets its name: the CRM follows");
        sandbox.updateContact(
                sandbox.conversation(conversation("Klaus Brandt")).contactId(),
                Map.of("additional_attributes", Map.of("company_name", "Brandt Antriebe")));
        settle();
    }

    private boolean tell() throws IOException, InterruptedException {
        out.println();
        for (Cast person : cast.values()) {
            report.conversation(person.conversation, person.name + ", " + person.story, person.labelsBefore);
        }
        int leads = report.leads(runtime.leads());
        long escalations = cast.values().stream()
                .filter(person ->
                        sandbox.conversation(person.conversation).labels().contains("escalated"))
                .count();
        int naive = naiveCalls + CALLS_PER_LEAD * leads + (int) (CALLS_PER_ESCALATION * escalations);
        report.calls(customerMessages, naive, leads, (int) escalations);
        Records.Depth inbox = runtime.records().inbox();
        Records.Depth outbox = runtime.records().outbox();
        out.printf("Waiting %d, dead letters %d.%n", inbox.pending() + outbox.pending(), inbox.dead() + outbox.dead());
        out.flush();
        return inbox.pending() + outbox.pending() + inbox.dead() + outbox.dead() == 0
                && sandbox.calls(call -> call.status() != 200).isEmpty()
                && HealthCommand.ask(runtime.managementPort()).statusCode() == 200;
    }

    void tellWhereItRuns() {
        out.printf("%nStill running. Webhooks: %s (secret %s)%n", webhook.url(), WEBHOOK_SECRET);
        out.printf("Sandbox Chatwoot: %s (token %s)%n", sandbox.baseUrl(), sandbox.apiToken());
        out.printf(
                "Try: curl -H 'Authorization: Bearer %s' http://127.0.0.1:%d/admin/status%n",
                ADMIN_TOKEN, runtime.httpPort());
        out.flush();
    }

    private void starts(String name, String story, long inbox, Map<String, Object> attributes, String text) {
        String email = name.toLowerCase(Locale.ROOT).replace(' ', '.') + "@customer.example";
        long contact = sandbox.contactAppears(Map.of("name", name, "email", email, "custom_attributes", attributes));
        long conversation = sandbox.customerStartsConversation(contact, inbox, text);
        cast.put(name, new Cast(conversation, name, story, List.of()));
        count(text);
    }

    private void says(String name, String text) {
        sandbox.customerWrites(conversation(name), text);
        count(text);
    }

    private void agentLabels(String name, String... labels) {
        sandbox.agentSetsLabels(conversation(name), labels);
        Cast person = cast.get(name);
        cast.put(name, new Cast(person.conversation, person.name, person.story, List.of(labels)));
    }

    private long conversation(String name) {
        return cast.get(name).conversation;
    }

    private void count(String text) {
        customerMessages++;
        List<Hit.Kind> kinds =
                rules.hits(text).stream().map(Hit::kind).distinct().toList();
        naiveCalls += kinds.size();
    }

    private Delivery lastMessage(String text) {
        List<Delivery> found = new ArrayList<>(sandbox.deliveries(delivery ->
                delivery.event().equals("message_created") && delivery.body().contains(text)));
        return found.get(found.size() - 1);
    }

    private void act(String time, String what) {
        out.printf("%s  %s%n", time, what);
        out.flush();
    }

    /** Returns when all that was said is handled and all that was wished is done, the echoes of it too. */
    private void settle() {
        Instant end = Instant.now().plus(PATIENCE);
        while (!isSettled()) {
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException("still at work after " + PATIENCE.toSeconds() + " s");
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private boolean isSettled() {
        sandbox.quiesce(PATIENCE);
        int sent = sandbox.deliveries().size();
        boolean idle = runtime.records().inbox().pending() == 0
                && runtime.records().outbox().pending() == 0;
        sandbox.quiesce(PATIENCE);
        return idle
                && sandbox.deliveries().size() == sent
                && runtime.records().inbox().pending() == 0;
    }

    @Override
    public void close() throws IOException {
        runtime.close();
        sandbox.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
