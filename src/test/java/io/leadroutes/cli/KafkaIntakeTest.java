package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.kafka.TestKafka;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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

/** Kafka in front of the inbox. */
class KafkaIntakeTest {
    static final String TOPIC = "leadroutes.webhooks";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of a conversation that the sandbox does not have; nothing is to be done for it. */
    private static final String MESSAGE = "{\"event\":\"message_created\",\"id\":900001,\"content\":\"hello\","
            + "\"message_type\":\"incoming\",\"private\":false,\"account\":{\"id\":7},\"conversation\":{\"id\":900},"
            + "\"sender\":{\"id\":5,\"name\":\"Ada\"}}";

    private TestKafka kafka;
    private Product product;

    @BeforeEach
    void start(@TempDir Path folder) {
        kafka = new TestKafka(folder, TOPIC);
        product = Product.connected(
                SandboxChatwoot.builder(),
                Map.of("kafka.bootstrap-servers", kafka.servers(), "intake.broker", "kafka:" + TOPIC));
    }

    @AfterEach
    void stop() {
        product.close();
        kafka.close();
    }

    private void settle() {
        settle(product, kafka);
    }

    /** Until what Kafka has is in the inbox, and that is done. */
    static void settle(Product product, TestKafka kafka) {
        await().atMost(PATIENCE).until(() -> {
            product.sandbox().quiesce(PATIENCE);
            if (kafka.waiting(TOPIC) > 0) {
                return false;
            }
            product.settle();
            return kafka.waiting(TOPIC) == 0;
        });
    }

    static List<Long> conversations(Product product) {
        List<Long> conversations = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            conversations.add(product.conversation("Customer " + i));
        }
        return conversations;
    }

    static void write(Product product, List<Long> conversations, String... texts) {
        for (String text : texts) {
            conversations.forEach(id -> product.sandbox().customerWrites(id, text));
        }
    }

    /** After "an enterprise", "a budget", "a demo", "the price", "a bug". */
    static void assertOnceAndInOrder(Product product, List<Long> conversations) {
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
    @Tag("invariant-2")
    @Tag("invariant-3")
    void whatComesThroughKafkaHasItsEffectOnceAndInOrder() {
        List<Long> conversations = conversations(product);
        write(product, conversations, "an enterprise", "a budget", "a demo", "the price", "a bug");
        product.sandbox().deliveries().forEach(product.sandbox()::redeliver);
        settle();

        assertOnceAndInOrder(product, conversations);
        assertThat(RoutesTest.used(product)).contains("webhook-topic-feed");
        assertThat(kafka.messages(TOPIC)).hasSizeGreaterThan(2 * 5 * conversations.size());
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
            await().atMost(PATIENCE).until(() -> kafka.waiting(TOPIC) > 1);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(observe("health")).contains("webhooks wait in Kafka"));
            ready = observed("health/ready");
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
        assertThat(observe("health")).doesNotContain("webhooks wait in Kafka");
    }

    private HttpResponse<String> observed(String what) {
        return product.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + product.runtime().managementPort() + "/observe/" + what))
                .GET());
    }

    private String observe(String what) {
        return observed(what).body();
    }

    @Test
    @Tag("invariant-1")
    @Tag("invariant-2")
    @Tag("invariant-3")
    void whileKafkaIsAwayWebhooksAreRefusedInTimeAndNothingTakenIsLostOrDoubled() {
        List<Long> conversations = conversations(product);
        write(product, conversations, "an enterprise", "a budget");
        product.sandbox().quiesce(PATIENCE);

        kafka.stop();
        Instant start = Instant.now();
        HttpResponse<String> refused = product.post(MESSAGE, "again");
        Duration taken = Duration.between(start, Instant.now());
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(observed("health/ready").statusCode()).isEqualTo(503));
        kafka.start();

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(taken).isLessThan(Duration.ofSeconds(5));
        await().atMost(PATIENCE).until(() -> product.post(MESSAGE, "again").statusCode() == 200);
        write(product, conversations, "a demo", "the price", "a bug");
        settle();
        assertThat(product.own("SELECT id FROM webhook_event WHERE delivery_id = 'again'"))
                .hasSize(1);
        assertOnceAndInOrder(product, conversations);
        // Told to the reconciler.
        await().atMost(PATIENCE)
                .until(() -> !product.own("SELECT reason FROM gap").isEmpty());
    }

    @Test
    @Tag("invariant-9")
    void whatIsNoWebhookIsSetAsideWithTheReasonAndHoldsUpNothing() {
        kafka.send(TOPIC, "a", "{\"version\":1,\"account_id\":8,\"body\":\"{}\"}".getBytes(StandardCharsets.UTF_8));
        kafka.send(TOPIC, "a", "no JSON".getBytes(StandardCharsets.UTF_8));
        kafka.send(TOPIC, "a", null);
        kafka.send(TOPIC, "a", new byte[] {(byte) 0xff, 0});
        long id = product.conversation("Af Ter");
        product.sandbox().customerWrites(id, "A demo");
        settle();

        String notJson = "the message is not JSON; expected a webhook of leadroutes";
        assertThat(kafka.messages(TOPIC + ".dead"))
                .extracting(dead -> new String(
                        dead.headers().lastHeader("leadroutes_reason").value(), StandardCharsets.UTF_8))
                .containsExactly("account_id is that of another account; expected 7", notJson, notJson, notJson);
        assertThat(kafka.messages(TOPIC + ".dead"))
                .as("as they came")
                .extracting(dead -> dead.value())
                .contains(null, new byte[] {(byte) 0xff, 0});
        assertThat(product.sandbox().conversation(id).labels()).contains("sales-qualified");
    }
}
