package io.leadroutes.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A topic of Kafka. Connections are made when they are needed, as not even the brokers' names may be known before, and
 * kept. Thread-safe.
 */
public final class KafkaTopic implements AutoCloseable {
    /** For as long the brokers are given to say anything. */
    private static final int ANSWER_WITHIN_MS = 2_000;

    /** After this time it is given up to send a message, again and again as it may have been sent. */
    private static final int SEND_WITHIN_MS = 2 * ANSWER_WITHIN_MS;

    /** Of a message: the body of a webhook is 1 MiB at most, and may double as a JSON text. */
    private static final int MAX_MESSAGE_BYTES = 4 << 20;

    /** A consumer that was killed gives its share up to the others after this time, the least that brokers allow. */
    private static final int SESSION_MS = 6_000;

    private static final int MAX_MESSAGES_AT_ONCE = 256;
    private static final int PING_WITHIN_MS = 1_500;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private static final Pattern CONNECTION = Pattern.compile("(security|ssl|sasl)\\..+");

    private final String name;
    private final Map<String, Object> settings = new HashMap<>();
    private Producer<byte[], byte[]> producer;
    private Admin admin;

    /**
     * Connects to nothing yet.
     *
     * @param servers host:port of some of the brokers, comma-separated
     * @param file with settings of Kafka's client for TLS and signing in
     * @throws IllegalArgumentException if the file cannot be read, or a setting in it is wrong or for something else
     */
    public KafkaTopic(String name, String servers, Optional<Path> file) {
        this.name = name;
        file.ifPresent(from -> settings.putAll(read(from)));
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "leadroutes");
        try {
            // Tells what is wrong without asking for the servers' addresses.
            new ProducerConfig(ofProducer());
            new ConsumerConfig(ofConsumer());
        } catch (ConfigException e) {
            throw new IllegalArgumentException("kafka.config-file is not what was expected: " + e.getMessage());
        }
    }

    private static Map<String, Object> read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            // Its message may show what stands there, and in it a password.
            throw new IllegalArgumentException("kafka.config-file is \"" + file
                    + "\"; expected a file with settings of Kafka's client as name=value, in UTF-8 ("
                    + e.getClass().getSimpleName() + ")");
        }
        Map<String, Object> settings = new HashMap<>();
        for (String key : properties.stringPropertyNames()) {
            // All others are as they have to be, so that nothing is lost, doubled or out of order.
            if (!CONNECTION.matcher(key).matches()) {
                throw new IllegalArgumentException("kafka.config-file names " + key
                        + "; expected only settings that begin with security., ssl. or sasl.");
            }
            settings.put(key, properties.getProperty(key));
        }
        return settings;
    }

    private Map<String, Object> ofProducer() {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        // On the disk of each broker that has to have it, once, and in order whatever is sent again.
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_MESSAGE_BYTES);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ANSWER_WITHIN_MS);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_WITHIN_MS);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, SEND_WITHIN_MS);
        return all;
    }

    /** The group has the topic's name, so that what an operator allows to leadroutes is one name. */
    private Map<String, Object> ofConsumer() {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        all.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, name);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_MESSAGES_AT_ONCE);
        all.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MS);
        all.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_MS / 3);
        all.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, SEND_WITHIN_MS);
        return all;
    }

    /**
     * Sends messages and returns when all brokers that have to have them have them. Those of one key keep their order.
     *
     * @throws KafkaException if they are not known to have all; then they may have none, some or all
     */
    public <T> void send(List<T> messages, Function<T, String> key, Function<T, String> text) {
        send(messages.stream()
                .map(message -> new ProducerRecord<>(name, bytes(key.apply(message)), bytes(text.apply(message))))
                .toList());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    void send(List<ProducerRecord<byte[], byte[]>> records) {
        Producer<byte[], byte[]> sender = producer();
        try {
            List<Future<?>> sent = new ArrayList<>();
            for (ProducerRecord<byte[], byte[]> sending : records) {
                Future<?> outcome = sender.send(sending);
                if (outcome.isDone()) {
                    // Failed already, when no broker answers; each of the others would be waited for as long.
                    outcome.get();
                }
                sent.add(outcome);
            }
            sender.flush();
            for (Future<?> outcome : sent) {
                outcome.get();
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof RetriableException)) {
                giveUp(sender);
            }
            throw new KafkaException("not sent", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = new KafkaProducer<>(ofProducer());
        }
        return producer;
    }

    /** After some failures, such as of rights that were missing, one refuses everything for good. */
    private synchronized void giveUp(Producer<byte[], byte[]> failed) {
        if (producer == failed) {
            producer = null;
            failed.close(Duration.ZERO);
        }
    }

    /** A new member of the group of consumers. */
    Consumer<byte[], byte[]> consumer() {
        Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(ofConsumer());
        consumer.subscribe(List.of(name));
        return consumer;
    }

    /** @throws KafkaException if no broker answers, or there is no such topic */
    public void ping() {
        try {
            admin().describeTopics(List.of(name)).allTopicNames().get(PING_WITHIN_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new KafkaException("no answer", e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("no answer in time", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private synchronized Admin admin() {
        if (admin == null) {
            Map<String, Object> all = new HashMap<>(settings);
            all.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, PING_WITHIN_MS);
            all.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, PING_WITHIN_MS);
            admin = Admin.create(all);
        }
        return admin;
    }

    String name() {
        return name;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(CLOSE_WITHIN);
        }
        if (admin != null) {
            admin.close(CLOSE_WITHIN);
        }
    }
}
