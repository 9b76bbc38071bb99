package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.Delivery;
import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Webhooks that were lost are made good for: Chatwoot sends each once. */
class ReconcileTest {
    private static final String TOKEN = "test-webhook-token";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SETTLED = Duration.ofSeconds(11);

    private final JumpingClock clock = new JumpingClock();
    private final Map<String, String> settings = new HashMap<>();
    private SandboxChatwoot sandbox;
    private Product product;

    @AfterEach
    void stop() {
        product.stop();
        sandbox.close();
    }

    private void start(Dialect dialect, String rateLimit) {
        sandbox = SandboxChatwoot.builder().dialect(dialect).clock(clock).start();
        String id = UUID.randomUUID().toString();
        settings.putAll(Map.of(
                "camel.server.port",
                Integer.toString(ChildProcess.freePort()),
                "database.url",
                "jdbc:h2:mem:own-" + id + ";DB_CLOSE_DELAY=-1",
                "crm.database.url",
                "jdbc:h2:mem:crm-" + id + ";DB_CLOSE_DELAY=-1",
                "webhook.token",
                TOKEN,
                "reconcile.every",
                "10m",
                "chatwoot.rate-limit",
                rateLimit));
        product = Product.beside(sandbox, settings, clock);
        sandbox.addWebhook(URI.create(product.webhookUrl() + "?secret=" + TOKEN), "");
    }

    private void restart() {
        product = Product.beside(sandbox, settings, clock);
    }

    /** Lets what webhooks may still be on their way arrive, and waits until no gap is open. */
    private void reconcile() {
        clock.jump(SETTLED);
        await().atMost(PATIENCE).until(() -> product.own("SELECT id FROM gap WHERE reconciled_at IS NULL")
                .isEmpty());
        product.settle();
    }

    private Map<String, Integer> lost() {
        String metrics = product.send(HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + product.runtime().managementPort() + "/observe/metrics"))
                        .GET())
                .body();
        Map<String, Integer> lost = new HashMap<>();
        Pattern.compile("(?m)^leadroutes_webhooks_lost_total\\{[^}]*event=\"([^\"]+)\"[^}]*} ([0-9.]+)")
                .matcher(metrics)
                .results()
                .filter(line -> Double.parseDouble(line.group(2)) > 0)
                .forEach(line -> lost.put(line.group(1), (int) Double.parseDouble(line.group(2))));
        return lost;
    }

    private List<Call> lists() {
        return sandbox.calls(call -> call.query().contains("updated_within"));
    }

    private int eventsOf(long conversation, String event) {
        return product.own("SELECT id FROM webhook_event WHERE event = '" + event + "' AND conversation_id = "
                        + conversation)
                .size();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-2")
    void aLeadFollowsItsContactIntoAnotherOneThoughNoWebhookTells(Dialect dialect) {
        start(dialect, "3000");
        long stays = sandbox.addContact("Ada Lovelace", "ada@example.org");
        long conversation = product.conversation("Visitor");
        sandbox.customerWrites(conversation, "An enterprise with a budget wants a demo");
        product.settle();

        // In the reference's dialect, versions are whole seconds.
        clock.jump(Duration.ofSeconds(2));
        sandbox.agentMergesContacts(stays, sandbox.conversation(conversation).contactId());
        clock.jump(Duration.ofMinutes(10).plus(SETTLED));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(product.leads()).singleElement().satisfies(lead -> assertThat(lead)
                        .containsEntry("contact_id", stays)
                        .containsEntry("name", "Ada Lovelace")));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("invariant-2")
    void whatHappenedWhileItWasDownIsAsIfTheWebhooksHadCome(Dialect dialect) {
        start(dialect, "3000");
        long lead = product.conversation("Ada Down");
        long resolved = product.conversation("Ben Down");
        long labelled = product.conversation("Cy Down");
        for (long id : List.of(lead, resolved, labelled)) {
            sandbox.customerWrites(id, "We are an enterprise.");
        }
        product.settle();
        product.stop();
        sandbox.clearDeliveries();

        clock.jump(Duration.ofHours(3));
        sandbox.customerWrites(lead, "What about our budget?");
        sandbox.customerWrites(lead, "Can we have a demo please?");
        sandbox.agentResolves(resolved);
        sandbox.agentSetsLabels(labelled, "enterprise-lead", "vip");
        long begun = sandbox.customerStartsConversation(
                sandbox.addContact("Dee Down", "dee.down@harborpine.example"), 31, "This is a bug");
        sandbox.quiesce(PATIENCE);
        List<Delivery> missed = sandbox.deliveries();
        restart();
        reconcile();

        assertThat(missed).isNotEmpty().noneMatch(Delivery::isAccepted);
        assertThat(sandbox.conversation(lead).labels())
                .containsExactlyInAnyOrder("enterprise-lead", "sales-qualified", "qualified", "hot-lead");
        assertThat(sandbox.conversation(lead).notes()).hasSize(1);
        assertThat(product.lead(lead)).containsEntry("score", 75).containsEntry("stage", "qualified");
        assertThat(product.admin("/admin/conversations/" + resolved)
                        .path("status")
                        .asText())
                .isEqualTo("resolved");
        assertThat(product.admin("/admin/conversations/" + labelled).path("labels"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder("enterprise-lead", "vip");
        assertThat(sandbox.conversation(begun).labels()).containsExactly("technical-issue");
        assertThat(eventsOf(lead, "message_created")).as("with our note").isEqualTo(4);
        assertThat(lost())
                .containsEntry("message_created", 3)
                .containsEntry("conversation_status_changed", 1)
                .containsEntry("conversation_updated", 1)
                .containsEntry("conversation_created", 1)
                .hasSize(4);

        int calls = sandbox.calls().size();
        int notes = sandbox.conversation(lead).notes().size();
        missed.stream().filter(twin -> twin.event().equals("message_created")).forEach(sandbox::deliverTwin);
        product.settle();

        assertThat(eventsOf(lead, "message_created")).as("with late twins").isEqualTo(4);
        assertThat(sandbox.calls()).hasSize(calls);
        assertThat(sandbox.conversation(lead).notes()).hasSize(notes);
        assertThat(lost()).containsEntry("message_created", 3);
    }

    @ParameterizedTest
    @EnumSource
    void whereNothingWasLostItCostsOneCallAPeriod(Dialect dialect) {
        start(dialect, "3000");
        for (String name : List.of("Ada Kept", "Ben Kept", "Cy Kept")) {
            sandbox.customerWrites(product.conversation(name), "An enterprise with a budget wants a demo");
        }
        product.settle();
        int before = sandbox.calls().size();

        for (int period = 1; period <= 3; period++) {
            int lists = period;
            clock.jump(Duration.ofMinutes(10).plus(SETTLED));
            await().atMost(PATIENCE).until(() -> lists().size() == lists);
            product.settle();
        }

        assertThat(sandbox.calls().stream().skip(before))
                .as("calls in three periods")
                .hasSize(3)
                .allMatch(call -> call.query().contains("updated_within"));
        assertThat(lost()).isEmpty();
    }

    @Test
    void aWebhookThatWasLostOnItsWayIsFoundInTheNextPeriod() {
        start(Dialect.ACTUAL, "3000");
        long id = product.conversation("Ada Dropped");
        sandbox.customerWrites(id, "hello");
        product.settle();
        sandbox.holdDeliveries();
        sandbox.customerWrites(id, "This is a bug");
        sandbox.releaseDeliveries(held -> List.of());
        product.settle();

        assertThat(sandbox.conversation(id).labels()).isEmpty();
        clock.jump(Duration.ofMinutes(10).plus(SETTLED));
        await().atMost(PATIENCE).until(() -> lost().containsKey("message_created"));
        product.settle();

        assertThat(sandbox.conversation(id).labels()).containsExactly("technical-issue");
        assertThat(lost()).isEqualTo(Map.of("message_created", 1));
    }

    @Test
    void afterARecordedGapALossIsFoundThatALaterWebhookHides() {
        start(Dialect.ACTUAL, "3000");
        long id = product.conversation("Ada Hidden");
        sandbox.customerWrites(id, "hello");
        product.settle();
        product.stop();
        clock.jump(Duration.ofMinutes(3));
        sandbox.customerWrites(id, "This is a bug");
        sandbox.quiesce(PATIENCE);
        clock.jump(Duration.ofMinutes(3));
        restart();
        sandbox.customerWrites(id, "Anybody there?");
        product.settle();

        assertThat(sandbox.conversation(id).labels())
                .as("before it is looked for")
                .isEmpty();
        reconcile();

        assertThat(sandbox.conversation(id).labels()).containsExactly("technical-issue");
        assertThat(lost()).isEqualTo(Map.of("message_created", 1));
    }

    @Test
    void moreMessagesThanAPageAreAllFound() {
        start(Dialect.ACTUAL, "3000");
        long known = product.conversation("Ada Many");
        sandbox.customerWrites(known, "hello");
        product.settle();
        clock.jump(Duration.ofMinutes(10).plus(SETTLED));
        await().atMost(PATIENCE)
                .until(() -> product.own("SELECT holder FROM reconciliation WHERE holder IS NULL")
                                .size()
                        == lists().size());
        product.stop();
        clock.jump(Duration.ofMinutes(30));
        long begun = product.conversation("Ben Many");
        for (int i = 0; i < 130; i++) {
            sandbox.customerWrites(known, "line " + i);
        }
        for (int i = 0; i < 45; i++) {
            sandbox.customerWrites(begun, "line " + i);
        }
        sandbox.quiesce(PATIENCE);
        restart();
        reconcile();

        assertThat(eventsOf(known, "message_created")).isEqualTo(131);
        assertThat(eventsOf(begun, "message_created")).isEqualTo(45);
        assertThat(sandbox.calls(call -> call.is("GET", "/conversations/" + known + "/messages")))
                .as("100 at a time after the last that is known")
                .hasSize(2);
        assertThat(lost()).containsEntry("message_created", 175);
    }

    @Test
    void historyBeforeTheFirstStartIsLeftAlone() {
        start(Dialect.ACTUAL, "3000");
        product.stop();
        String fresh = UUID.randomUUID().toString();
        long id = product.conversation("Ada Old");
        sandbox.customerWrites(id, "This is a bug");
        sandbox.quiesce(PATIENCE);
        clock.jump(Duration.ofMinutes(5));
        settings.put("database.url", "jdbc:h2:mem:own-" + fresh + ";DB_CLOSE_DELAY=-1");

        restart();
        clock.jump(Duration.ofMinutes(10).plus(SETTLED));
        await().atMost(PATIENCE).until(() -> !lists().isEmpty());
        product.settle();

        assertThat(eventsOf(id, "message_created")).isZero();
        assertThat(lost()).isEmpty();
    }

    @Test
    @Tag("invariant-7")
    void itTakesAtMostATenthOfTheBudget() {
        start(Dialect.ACTUAL, "60");
        product.stop();
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            ids.add(product.conversation("Ada Share" + i));
            sandbox.customerWrites(ids.get(i), "hello");
        }
        sandbox.quiesce(PATIENCE);
        restart();

        Instant end = Instant.now().plus(PATIENCE);
        clock.jump(SETTLED);
        while (!product.own("SELECT id FROM gap WHERE reconciled_at IS NULL").isEmpty()) {
            int before = sandbox.calls().size();
            assertThat(Instant.now()).as("it ends").isBefore(end);
            await().atMost(PATIENCE).until(() -> sandbox.calls().size() >= Math.min(15, before + 6));
            clock.jump(Duration.ofSeconds(61));
        }
        product.settle();

        List<Instant> calls = sandbox.calls().stream().map(Call::at).toList();
        assertThat(calls).as("a list and the messages of each").hasSize(15);
        for (int i = 6; i < calls.size(); i++) {
            assertThat(Duration.between(calls.get(i - 6), calls.get(i)))
                    .as("six a minute")
                    .isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        }
        assertThat(lost()).containsEntry("message_created", 14);
    }

    @Test
    void aConversationThatIsGoneAndAnOutageStopNothingElse() {
        start(Dialect.ACTUAL, "3000");
        product.stop();
        long gone = product.conversation("Ada Gone");
        long there = product.conversation("Ben There");
        sandbox.customerWrites(gone, "This is a bug");
        sandbox.customerWrites(there, "This is a bug");
        sandbox.quiesce(PATIENCE);
        sandbox.failNext(1, Fault.status(503), call -> call.query().contains("updated_within"));
        sandbox.failNext(1, Fault.status(404), call -> call.is("GET", "/conversations/" + gone + "/messages"));
        restart();
        clock.jump(SETTLED);
        await().atMost(PATIENCE).until(() -> lists().size() == 1);
        await().atMost(PATIENCE).until(() -> lists().get(0).status() == 503);
        await().during(Duration.ofMillis(1_500)).atMost(PATIENCE).until(() -> lists().size() == 1);
        clock.jump(Duration.ofSeconds(61));
        reconcile();

        assertThat(sandbox.conversation(there).labels()).containsExactly("technical-issue");
        assertThat(lost()).containsEntry("message_created", 1);
    }
}
