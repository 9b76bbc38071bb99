package io.leadroutes.kafka;

import io.leadroutes.cli.ChildProcess;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A real Kafka of one node, in KRaft mode, in this JVM, on a port of its own; what is in its topics outlives a stop. */
public final class TestKafka implements AutoCloseable {
    private static final int PARTITIONS = 4;

    private final Path folder;
    private final int port = ChildProcess.freePort();
    private final int controllerPort = ChildProcess.freePort();
    private KafkaRaftServer server;

    /**
     * Starts it, with these topics.
     *
     * @param folder for its log
     */
    public TestKafka(Path folder, String... topics) {
        this.folder = folder;
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .addDirectory(folder.toString())
                    .setMetadataLogDirectory(folder.toString())
                    .setControllerListenerName("CONTROLLER")
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        start();
        for (String topic : topics) {
            create(topic);
        }
    }

    /** Makes a topic, and the one with {@code .dead} at its end. */
    void create(String topic) {
        List<NewTopic> both = List.of(
                new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty()),
                new NewTopic(topic + ".dead", Optional.of(1), Optional.empty()));
        ask(admin -> admin.createTopics(both).all().get());
    }

    /** As kafka.bootstrap-servers. */
    public String servers() {
        return "127.0.0.1:" + port;
    }

    public void start() {
        String controller = "127.0.0.1:" + controllerPort;
        server = new KafkaRaftServer(
                new KafkaConfig(
                        Map.ofEntries(
                                Map.entry("process.roles", "broker,controller"),
                                Map.entry("node.id", "1"),
                                Map.entry("controller.quorum.voters", "1@" + controller),
                                Map.entry("controller.listener.names", "CONTROLLER"),
                                Map.entry("listeners", "PLAINTEXT://" + servers() + ",CONTROLLER://" + controller),
                                Map.entry("log.dirs", folder.toString()),
                                Map.entry("auto.create.topics.enable", "false"),
                                Map.entry("message.max.bytes", Integer.toString(4 << 20)),
                                Map.entry("default.replication.factor", "1"),
                                Map.entry("offsets.topic.replication.factor", "1"),
                                Map.entry("offsets.topic.num.partitions", "1"),
                                Map.entry("transaction.state.log.replication.factor", "1"),
                                Map.entry("group.initial.rebalance.delay.ms", "0")),
                        false),
                Time.SYSTEM);
        server.startup();
    }

    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    private interface Question<T> {
        T of(Admin admin) throws ExecutionException, InterruptedException;
    }

    private <T> T ask(Question<T> question) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
            return question.of(admin);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** How many are in a topic that its group, which has its name, has not committed. */
    public long waiting(String topic) {
        return ask(admin -> {
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            partitions(admin, topic).forEach(partition -> ends.put(partition, OffsetSpec.latest()));
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(topic)
                    .partitionsToOffsetAndMetadata()
                    .get();
            return admin.listOffsets(ends).all().get().entrySet().stream()
                    .mapToLong(end -> end.getValue().offset()
                            - Optional.ofNullable(committed.get(end.getKey()))
                                    .map(OffsetAndMetadata::offset)
                                    .orElse(0L))
                    .sum();
        });
    }

    private static List<TopicPartition> partitions(Admin admin, String topic)
            throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    /** Of a topic's partitions, how many each member of its group has. */
    public List<Integer> shares(String topic) {
        return ask(admin -> admin.describeConsumerGroups(List.of(topic)).all().get().get(topic).members().stream()
                .map(member -> member.assignment().topicPartitions().size())
                .toList());
    }

    /** All that was ever sent to a topic. */
    public List<ConsumerRecord<byte[], byte[]>> messages(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = ask(admin -> partitions(admin, topic));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(offset -> offset)
                    .sum();
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
            while (partitions.stream().mapToLong(consumer::position).sum() < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
            return found;
        }
    }

    public void send(String topic, String key, byte[] message) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), message))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
