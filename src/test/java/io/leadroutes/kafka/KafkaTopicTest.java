package io.leadroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaTopicTest {
    private static TestKafka kafka;
    private static Path folder;

    private String name;
    private KafkaTopic topic;
    private final List<TopicReader> readers = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path given) {
        folder = given;
        kafka = new TestKafka(given.resolve("kafka"));
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @BeforeEach
    void connect(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName() + "-"
                + Math.abs(test.getDisplayName().hashCode());
        kafka.create(name);
        topic = new KafkaTopic(name, kafka.servers(), Optional.empty());
    }

    @AfterEach
    void disconnect() {
        readers.forEach(TopicReader::close);
        topic.close();
    }

    private TopicReader reader() {
        readers.add(new TopicReader(topic, Clock.systemUTC()));
        return readers.get(readers.size() - 1);
    }

    private void send(String key, String... texts) {
        topic.send(List.of(texts), text -> key, text -> text);
    }

    /** What comes next; done with none of it. */
    private static List<String> next(TopicReader reader) {
        List<String> found = new ArrayList<>();
        await().until(() -> {
            found.addAll(reader.next());
            return !found.isEmpty();
        });
        return found;
    }

    @Test
    @Tag("invariant-3")
    void whatHasOneKeyIsInOnePartitionInOrder() {
        List<String> texts = IntStream.range(0, 300).mapToObj(Integer::toString).toList();
        topic.send(texts, text -> "key " + Integer.parseInt(text) % 10, text -> text);

        for (int key = 0; key < 10; key++) {
            String wanted = "key " + key;
            List<ConsumerRecord<byte[], byte[]>> found = kafka.messages(name).stream()
                    .filter(message -> new String(message.key(), StandardCharsets.UTF_8).equals(wanted))
                    .toList();
            assertThat(found)
                    .hasSize(30)
                    .extracting(ConsumerRecord::partition)
                    .containsOnly(found.get(0).partition());
            assertThat(found)
                    .extracting(message -> Integer.valueOf(new String(message.value(), StandardCharsets.UTF_8)))
                    .isSorted();
        }
    }

    @Test
    @Tag("invariant-1")
    void whatIsNotDoneComesAgainInOrder() {
        send("a", "one", "two");
        TopicReader reader = reader();
        assertThat(next(reader)).containsExactly("one", "two");
        send("a", "three");

        reader.again(new IllegalStateException("the database is away"));

        assertThat(reader.failingSince()).isPresent();
        assertThat(next(reader)).startsWith("one", "two");
        assertThat(kafka.waiting(name)).isEqualTo(3);
    }

    @Test
    @Tag("invariant-1")
    @Tag("invariant-2")
    void whoeverFollowsBeginsWithWhatIsNotDone() {
        send("a", "one", "two");
        TopicReader reader = reader();
        next(reader);
        reader.done(Map.of());
        send("a", "three");
        next(reader);

        reader.close();
        readers.clear();

        assertThat(next(reader())).containsExactly("three");
    }

    @Test
    @Tag("invariant-9")
    void whatCannotBeSetAsideStays() {
        String withoutDead = name + ".dead";
        try (KafkaTopic lone = new KafkaTopic(withoutDead, kafka.servers(), Optional.empty());
                TopicReader reader = new TopicReader(lone, Clock.systemUTC())) {
            lone.send(List.of("no webhook"), text -> text, text -> text);
            next(reader);

            assertThatThrownBy(() -> reader.done(Map.of(0, "a reason"))).isInstanceOf(KafkaException.class);
            reader.again(new KafkaException());

            assertThat(next(reader)).containsExactly("no webhook");
            assertThat(kafka.waiting(withoutDead)).isOne();
        }
    }

    @Test
    void onceSomethingIsDoneAllIsWell() {
        TopicReader reader = reader();
        reader.next();
        reader.again(new IllegalStateException("away"));

        reader.next();
        reader.done(Map.of());

        assertThat(reader.failingSince()).isEmpty();
    }

    @Test
    void theBodyOfTheLargestWebhookGoesThrough() {
        send("a", "x".repeat(3 << 20));

        assertThat(next(reader())).containsExactly("x".repeat(3 << 20));
    }

    @Test
    void whatIsTooLargeIsRefusedAndTheNextIsNot() {
        assertThatThrownBy(() -> send("a", "x".repeat(5 << 20))).isInstanceOf(KafkaException.class);

        send("a", "small");

        assertThat(next(reader())).containsExactly("small");
    }

    @Test
    void aTopicThatIsNotThereIsToldByThePing() {
        topic.ping();

        try (KafkaTopic none = new KafkaTopic("none", kafka.servers(), Optional.empty())) {
            assertThatThrownBy(none::ping).isInstanceOf(KafkaException.class);
        }
    }

    @Test
    void brokersWhoseNamesNobodyKnowsYetAreLookedForAgain() {
        try (KafkaTopic early = new KafkaTopic(name, "kafka.invalid:9092", Optional.empty());
                TopicReader reader = new TopicReader(early, Clock.systemUTC())) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(early::ping).isInstanceOf(KafkaException.class);
                assertThatThrownBy(() -> early.send(List.of("a"), text -> text, text -> text))
                        .isInstanceOf(KafkaException.class);
                assertThatThrownBy(reader::next).isInstanceOf(KafkaException.class);
                reader.again(new KafkaException());
            }
        }
    }

    @Test
    void whatTheFileSaysIsDone() throws IOException {
        Path file = Files.writeString(folder.resolve("tls.properties"), "security.protocol=SSL\n");

        try (KafkaTopic secured = new KafkaTopic(name, kafka.servers(), Optional.of(file))) {
            assertThatThrownBy(secured::ping).as("it speaks no TLS").isInstanceOf(KafkaException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "transactional.id=x|names transactional.id; expected only settings that begin with security., ssl. or sasl.",
                "acks=0|names acks;",
                "security.protocol=TLS|security.protocol",
                "sasl.jaas.config=hidden \\uXYZ|settings of Kafka's client as name=value"
            })
    void aFileThatIsWrongIsNamedWithoutItsSecrets(String line, String wrong) throws IOException {
        Path file = Files.writeString(folder.resolve("wrong.properties"), line);

        assertThatThrownBy(() -> new KafkaTopic(name, kafka.servers(), Optional.of(file)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("kafka.config-file", wrong)
                .hasMessageNotContaining("hidden");
    }
}
