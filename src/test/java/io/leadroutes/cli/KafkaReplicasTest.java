package io.leadroutes.cli;

import static io.leadroutes.cli.KafkaIntakeTest.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.kafka.TestKafka;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.TestDatabases;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas behind one topic of Kafka, on one PostgreSQL. */
class KafkaReplicasTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    @Tag("invariant-2")
    @Tag("invariant-3")
    void eachTakesItsShareAndWhenOneStopsTheOtherTakesAll(@TempDir Path folder) {
        try (TestKafka kafka = new TestKafka(folder, TOPIC)) {
            Map<String, String> settings = Map.of(
                    "kafka.bootstrap-servers",
                    kafka.servers(),
                    "intake.broker",
                    "kafka:" + TOPIC,
                    "database.url",
                    TestDatabases.postgresUrl(),
                    "database.user",
                    "postgres");
            try (Product product = Product.connected(SandboxChatwoot.builder(), settings)) {
                play(product, Product.beside(product.sandbox(), settings, Clock.systemUTC()), kafka);
            }
        }
    }

    private static void play(Product product, Product other, TestKafka kafka) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kafka.shares(TOPIC)).containsExactly(2, 2));
        List<Long> conversations = KafkaIntakeTest.conversations(product);
        KafkaIntakeTest.write(product, conversations, "an enterprise", "a budget");
        product.sandbox().deliveries().forEach(product.sandbox()::redeliver);

        other.stop();

        KafkaIntakeTest.write(product, conversations, "a demo", "the price", "a bug");
        KafkaIntakeTest.settle(product, kafka);
        assertThat(kafka.shares(TOPIC)).containsExactly(4);
        KafkaIntakeTest.assertOnceAndInOrder(product, conversations);
    }
}
