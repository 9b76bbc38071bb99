package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.FaultRule;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each number is moved by what it counts, in the running product. */
class MetricsTest {
    /** Levels are looked at every five seconds of the system's clock. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String WEBHOOKS = "leadroutes_webhooks_total";
    private static final String WISHES = "leadroutes_wishes_total";
    private static final String AGE = "leadroutes_outbox_oldest_age_seconds";

    private final JumpingClock clock = new JumpingClock();
    private Product product;
    private SandboxChatwoot sandbox;
    private Scrape before;

    @BeforeEach
    void start() {
        product =
                Product.connected(SandboxChatwoot.builder().clock(clock), Map.of("chatwoot.rate-limit", "3000"), clock);
        sandbox = product.sandbox();
        before = Scrape.of(product);
    }

    @AfterEach
    void stop() {
        product.close();
    }

    /** What it has become more since the test began. */
    private double more(String name, String... labels) {
        return Scrape.of(product).value(name, labels) - before.value(name, labels);
    }

    private void awaitMore(double wanted, String name, String... labels) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(more(name, labels)).isEqualTo(wanted));
    }

    private void awaitValue(double wanted, String name, String... labels) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(Scrape.of(product).value(name, labels)).isEqualTo(wanted));
    }

    private void behind(String sql) throws SQLException {
        try (Connection connection = product.ownConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void webhooksAreCountedByHowTheyWereAnsweredAndWhatTheyWere() throws SQLException {
        product.post("{\"event\":\"inbox_created\",\"account\":{\"id\":7}}");
        product.post("{\"event\":\"secretword\",\"account\":{\"id\":7}}");
        product.post("{\"event\":\"inbox_created\",\"account\":{\"id\":8}}");
        product.post("no json");
        product.post("{\"event\":\"inbox_created\",\"x\":\"" + "x".repeat(1_050_000) + "\"}");
        product.send(HttpRequest.newBuilder(product.webhookUrl())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));
        product.send(HttpRequest.newBuilder(product.webhookUrl())
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{}")));
        behind("ALTER TABLE webhook_payload RENAME TO elsewhere");
        product.post("{\"event\":\"inbox_created\",\"account\":{\"id\":7}}");
        behind("ALTER TABLE elsewhere RENAME TO webhook_payload");

        awaitMore(1, WEBHOOKS, "result=accepted", "event=inbox_created");
        awaitMore(1, WEBHOOKS, "result=accepted", "event=other");
        awaitMore(1, WEBHOOKS, "result=other_account", "event=none");
        awaitMore(1, WEBHOOKS, "result=malformed", "event=none");
        awaitMore(1, WEBHOOKS, "result=too_large", "event=none");
        awaitMore(1, WEBHOOKS, "result=unauthorized", "event=none");
        awaitMore(1, WEBHOOKS, "result=unsupported", "event=none");
        awaitMore(1, WEBHOOKS, "result=busy", "event=inbox_created");
        awaitMore(8, WEBHOOKS);
        awaitMore(2, "leadroutes_webhook_ack_seconds_count");
        Scrape after = Scrape.of(product);
        assertThat(after.series("leadroutes_webhook_ack_seconds_bucket", "le=+Inf"))
                .singleElement()
                .satisfies(all -> assertThat(all.value()).isEqualTo(2));
        assertThat(after.text()).as("an unheard-of event's name").doesNotContain("secretword");
    }

    @Test
    void aLeadIsCountedWithItsDecisionRulesWishesAndCalls() {
        long id = product.conversation("Ada Counted");

        sandbox.customerWrites(id, "We are an enterprise with a budget and want a demo");
        product.settle();

        awaitMore(1, "leadroutes_leads_total");
        int messages = product.own("SELECT id FROM webhook_event WHERE event = 'message_created'")
                .size();
        awaitMore(messages, "leadroutes_events_handled_total", "event=message_created");
        assertThat(more("leadroutes_decisions_total")).isPositive();
        assertThat(more("leadroutes_escalations_total")).isZero();
        assertThat(more("leadroutes_rule_hits_total", "rule=budget")).isEqualTo(1);
        assertThat(more("leadroutes_rule_hits_total", "rule=qualify")).isEqualTo(1);
        assertThat(more(WISHES, "kind=attributes", "result=added")).isPositive();
        assertThat(more(WISHES, "kind=note", "result=granted")).isEqualTo(1);
        assertThat(more(WISHES, "kind=lead", "result=granted")).isPositive();
        assertThat(more("leadroutes_calls_total", "verb=set-labels", "status=200"))
                .isEqualTo(product.verbsOf(id).stream()
                        .filter("POST labels"::equals)
                        .count());
        assertThat(more("leadroutes_calls_total"))
                .as("each call")
                .isEqualTo(sandbox.calls().size());
        awaitValue(sandbox.calls().size(), "leadroutes_budget_used");
        awaitValue(3000, "leadroutes_budget_limit");

        sandbox.customerWrites(id, "a demo for the enterprise");
        product.settle();
        assertThat(more(WISHES, "kind=labels", "result=skipped"))
                .as("the labels are there")
                .isPositive();
        assertThat(more("leadroutes_leads_total")).as("once").isEqualTo(1);
    }

    @Test
    void anEscalationIsTimedFromItsMessageToItsFirstCall() {
        long id = product.conversation("Ben Timed");

        sandbox.customerWrites(id, "We are an enterprise and want to cancel");
        product.settle();

        awaitMore(1, "leadroutes_escalations_total");
        awaitMore(1, "leadroutes_escalation_send_seconds_count");
        assertThat(more("leadroutes_rule_hits_total", "rule=churn-risk-enterprise"))
                .isEqualTo(1);
        assertThat(more("leadroutes_escalation_send_seconds_sum")).isBetween(0.1, 20.0);
    }

    @Test
    void wishesThatWaitAreMergedAndGrowOld() {
        long id = product.conversation("Cy Waiting");
        try (FaultRule away = sandbox.failWhile(call -> call.isWrite(), Fault.status(503))) {
            sandbox.customerWrites(id, "a bug");
            awaitMore(1, WISHES, "kind=labels", "result=added");
            sandbox.customerWrites(id, "How much is it?");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(more(WISHES, "kind=labels", "result=merged"))
                    .isEqualTo(1));
            clock.jump(Duration.ofHours(1));

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Scrape.of(product).value(AGE, "lane=tagging"))
                            .isGreaterThan(3600));
            assertThat(Scrape.of(product).value("leadroutes_outbox_wishes", "lane=tagging"))
                    .isEqualTo(1);
            assertThat(Scrape.of(product).value(AGE, "lane=escalation")).isZero();
            assertThat(more("leadroutes_calls_total", "status=503")).isPositive();
        }

        clock.jump(Duration.ofHours(1));
        product.settle();
        awaitValue(0, AGE, "lane=tagging");
        awaitValue(0, "leadroutes_outbox_wishes");
    }

    @Test
    void eventsThatWaitGrowOld() throws SQLException {
        long id = product.conversation("Dee Waiting");
        sandbox.customerWrites(id, "Hello");
        product.settle();
        try (Connection connection = product.ownConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT lane FROM lane WHERE lane = 'conversation:7:" + id + "' FOR UPDATE");
            sandbox.customerWrites(id, "Anybody there?");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            Scrape.of(product).value("leadroutes_inbox_events", "state=waiting"))
                    .isPositive());
            clock.jump(Duration.ofHours(2));
            assertThat(Scrape.of(product).value("leadroutes_inbox_oldest_age_seconds"))
                    .isGreaterThan(7200);
            connection.rollback();
        }

        product.settle();
        awaitValue(0, "leadroutes_inbox_events", "state=waiting");
        awaitValue(0, "leadroutes_inbox_oldest_age_seconds");
    }

    @Test
    @Tag("invariant-9")
    void deadLettersAreCountedByTheClassOfTheirError() throws SQLException {
        long id = product.conversation("Eve Dead");
        sandbox.failNext(1, Fault.status(422, "{\"error\":\"secretword\"}"), call -> call.is("POST", "/labels"));
        sandbox.failNext(1, Fault.status(418, "{}"), call -> call.is("POST", "/custom_attributes"));
        sandbox.customerWrites(id, "a demo of the bug");
        product.settle();
        behind("INSERT INTO webhook_event (id, account_id, lane, event, received_at, due_at, state)"
                + " VALUES (-2, 7, 'other:bad', 'x', TIMESTAMP '2026-01-01 00:00:00', TIMESTAMP '2026-01-01 00:00:00',"
                + " 'done')");
        behind("INSERT INTO webhook_payload (event_id, payload) VALUES (-2, 'unreadable')");
        behind("UPDATE webhook_event SET state = 'new' WHERE id = -2");

        awaitMore(1, "leadroutes_dead_letters_total", "queue=wish", "reason=chatwoot-422");
        awaitMore(1, "leadroutes_dead_letters_total", "queue=wish", "reason=other");
        awaitMore(1, "leadroutes_dead_letters_total", "queue=event", "reason=bad-event");
        awaitValue(1, "leadroutes_inbox_events", "state=dead");
        awaitValue(2, "leadroutes_outbox_wishes", "state=dead");
        assertThat(more("leadroutes_calls_total", "status=4xx")).isEqualTo(1);
        assertThat(Scrape.of(product).text()).doesNotContain("secretword");
    }

    @Test
    void a429IsCountedAndThePauseAndLowerLimitAreShown() {
        sandbox.failNext(
                1,
                Fault.status(429, "Retry later\n", Map.of("Retry-After", "600")),
                call -> call.is("POST", "/labels"));
        sandbox.customerWrites(product.conversation("Flo Limited"), "a bug");

        awaitMore(1, "leadroutes_rate_limited_total");
        assertThat(more("leadroutes_calls_total", "verb=set-labels", "status=429"))
                .isEqualTo(1);
        awaitValue(1500, "leadroutes_budget_limit");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Scrape.of(product).value("leadroutes_budget_pause_seconds"))
                        .isPositive());
    }

    @Test
    void aRefusedTokenIsShownUntilItWorksAgain() {
        assertThat(before.value("leadroutes_token_refused")).isZero();
        sandbox.revokeToken(sandbox.apiToken());
        sandbox.customerWrites(product.conversation("Gus Token"), "a bug");
        awaitValue(1, "leadroutes_token_refused");

        sandbox.restoreToken(sandbox.apiToken());
        clock.jump(Duration.ofSeconds(61));
        awaitValue(0, "leadroutes_token_refused");
    }

    @Test
    void aCallWithoutAnAnswerIsCountedToo() {
        sandbox.failNext(1, Fault.dropBeforeCommit(), call -> call.is("POST", "/labels"));
        sandbox.customerWrites(product.conversation("Hal Dropped"), "a bug");
        product.settle();

        assertThat(more("leadroutes_calls_total", "verb=set-labels", "status=none"))
                .isEqualTo(1);
    }
}
