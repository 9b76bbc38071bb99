package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.jms.TestBroker;
import io.leadroutes.sandbox.SandboxChatwoot;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message broker in front of the inbox. */
class BrokerIntakeTest {
    private static final String QUEUE = "leadroutes.webhooks";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of a conversation that the sandbox does not have; nothing is to be done for it. */
    private static final String MESSAGE = "{\"event\":\"message_created\",\"id\":900001,\"content\":\"hello\","
            + "\"message_type\":\"incoming\",\"private\":false,\"account\":{\"id\":7},\"conversation\":{\"id\":900},"
            + "\"sender\":{\"id\":5,\"name\":\"Ada\"}}";

    private TestBroker broker;
    private Product product;

    @BeforeEach
    void start(@TempDir Path folder) {
        broker = new TestBroker(folder);
        product = Product.connected(
                SandboxChatwoot.builder(), Map.of("jms.url", broker.url(), "intake.broker", "jms:queue:" + QUEUE));
    }

    @AfterEach
    void stop() {
        product.close();
        broker.close();
    }

    /** Until what the broker has is in the inbox, and that is done. */
    private void settle() {
        await().atMost(PATIENCE).until(() -> {
            product.sandbox().quiesce(PATIENCE);
            if (broker.waiting(QUEUE) > 0) {
                return false;
            }
            product.settle();
            return broker.waiting(QUEUE) == 0;
        });
    }

    @Test
    @Tag("invariant-2")
    @Tag("invariant-3")
    void whatComesThroughTheBrokerHasItsEffectOnceAndInOrder() {
        List<Long> conversations = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            conversations.add(product.conversation("Customer " + i));
        }
        for (String text : List.of("an enterprise", "a budget", "a demo", "the price", "a bug")) {
            conversations.forEach(id -> product.sandbox().customerWrites(id, text));
        }
        product.sandbox().deliveries().forEach(product.sandbox()::redeliver);
        settle();

        for (long id : conversations) {
            assertThat(product.sandbox().conversation(id).labels())
                    .contains("qualified", "pricing-inquiry", "technical-issue");
            assertThat(product.sandbox().conversation(id).customAttributes()).containsEntry("lead_score", 75);
            assertThat(product.sandbox().conversation(id).notes()).hasSize(1);
            assertThat(product.own("SELECT message_id FROM score_entry WHERE conversation_id = " + id + " ORDER BY id"))
                    .extracting(row -> (Long) row.get("message_id"))
                    .as("in the order in which they were written")
                    .hasSize(3)
                    .isSorted();
        }
        assertThat(product.leads()).hasSize(conversations.size());
    }

    @Test
    @Tag("invariant-1")
    void whileTheDatabaseIsAwayWebhooksAreTakenAndDecidedAfterwards() throws SQLException {
        long id = product.conversation("Pat Ient");
        HttpResponse<String> taken;
        HttpResponse<String> ready;
        try (Connection connection = product.ownConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE webhook_payload RENAME TO hidden");
            taken = product.post(MESSAGE, "while-away");
            product.sandbox().customerWrites(id, "A demo please");
            product.sandbox().quiesce(PATIENCE);
            await().atMost(PATIENCE).until(() -> broker.waiting(QUEUE) > 1);
            ready = product.send(HttpRequest.newBuilder(URI.create(
                            "http://127.0.0.1:" + product.runtime().managementPort() + "/observe/health/ready"))
                    .GET());
            statement.execute("ALTER TABLE hidden RENAME TO webhook_payload");
        }

        assertThat(taken.statusCode()).isEqualTo(200);
        assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
        await().atMost(PATIENCE)
                .until(() -> product.own("SELECT id FROM webhook_event WHERE delivery_id = 'while-away'")
                                .size()
                        == 1);
        settle();
        assertThat(product.sandbox().conversation(id).labels()).contains("sales-qualified");
    }

    @Test
    @Tag("invariant-1")
    void whileTheBrokerIsAwayWebhooksAreRefusedInTimeAndNothingTakenIsLost() {
        long id = product.conversation("Mo Re");
        product.sandbox().customerWrites(id, "An enterprise");
        product.sandbox().quiesce(PATIENCE);

        broker.stop();
        Instant start = Instant.now();
        HttpResponse<String> refused = product.post(MESSAGE, "again");
        Duration taken = Duration.between(start, Instant.now());
        broker.start();

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(taken).isLessThan(Duration.ofSeconds(5));
        await().atMost(PATIENCE).until(() -> product.post(MESSAGE, "again").statusCode() == 200);
        product.sandbox().customerWrites(id, "A demo");
        settle();
        assertThat(product.own("SELECT id FROM webhook_event WHERE delivery_id = 'again'"))
                .hasSize(1);
        assertThat(product.sandbox().conversation(id).labels()).contains("enterprise-lead", "sales-qualified");
        // Told to the reconciler.
        await().atMost(PATIENCE)
                .until(() -> !product.own("SELECT reason FROM gap").isEmpty());
    }

    @Test
    @Tag("invariant-9")
    void whatIsNoWebhookIsSetAsideWithTheReasonAndHoldsUpNothing() throws JMSException {
        broker.send(QUEUE, "{\"version\":1,\"account_id\":8,\"body\":\"{}\"}");
        broker.send(QUEUE, "no JSON");
        long id = product.conversation("Af Ter");
        product.sandbox().customerWrites(id, "A demo");
        settle();

        List<String> reasons = new ArrayList<>();
        for (Message message : broker.messages(QUEUE + ".dead")) {
            reasons.add(message.getStringProperty("leadroutes_reason"));
        }
        assertThat(reasons)
                .containsExactlyInAnyOrder(
                        "account_id is that of another account; expected 7",
                        "the message is not JSON; expected a webhook of leadroutes");
        assertThat(product.sandbox().conversation(id).labels()).contains("sales-qualified");
    }
}
