package io.leadroutes.kafka;

import io.leadroutes.store.Failures;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what waits in a topic, beside others of its group, each of which has some of the partitions: {@link #next()}, then
 * {@link #done} or {@link #again}. Only what is done is taken out of the topic. For one thread at a time, but for
 * {@link #failingSince()}.
 */
public final class TopicReader implements AutoCloseable {
    /** The header of a message that was set aside that says why. */
    static final String REASON = "leadroutes_reason";

    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

    private final KafkaTopic topic;
    private final Clock clock;
    private final List<ConsumerRecord<byte[], byte[]>> inHand = new ArrayList<>();
    private Consumer<byte[], byte[]> consumer;
    private volatile Instant failingSince;

    public TopicReader(KafkaTopic topic, Clock clock) {
        this.topic = topic;
        this.clock = clock;
    }

    /**
     * Waits for up to half a second.
     *
     * @return the texts of the messages that come next, those of one key in order; null for one without
     */
    public List<String> next() {
        inHand.clear();
        if (consumer == null) {
            consumer = topic.consumer();
        }
        consumer.poll(WAIT).forEach(inHand::add);
        return inHand.stream().map(TopicReader::text).toList();
    }

    private static String text(ConsumerRecord<byte[], byte[]> message) {
        return message.value() == null ? null : new String(message.value(), StandardCharsets.UTF_8);
    }

    /**
     * Takes all that is in hand out of the topic.
     *
     * @param refused why some of it, by their places, are first to be set aside, as they came, in the topic with
     *     {@code .dead} at its end
     */
    public void done(@Body Map<Integer, String> refused) {
        if (!inHand.isEmpty()) {
            if (!refused.isEmpty()) {
                setAside(refused);
            }
            Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
            inHand.forEach(message -> next.put(partition(message), new OffsetAndMetadata(message.offset() + 1)));
            consumer.commitSync(next);
        }
        failingSince = null;
    }

    private void setAside(Map<Integer, String> refused) {
        topic.send(refused.entrySet().stream()
                .map(entry -> dead(inHand.get(entry.getKey()), entry.getValue()))
                .toList());
    }

    private ProducerRecord<byte[], byte[]> dead(ConsumerRecord<byte[], byte[]> message, String reason) {
        ProducerRecord<byte[], byte[]> dead =
                new ProducerRecord<>(topic.name() + ".dead", message.key(), message.value());
        dead.headers().add(REASON, reason.getBytes(StandardCharsets.UTF_8));
        return dead;
    }

    private static TopicPartition partition(ConsumerRecord<byte[], byte[]> message) {
        return new TopicPartition(message.topic(), message.partition());
    }

    /** Has what is in hand, and all after it, come again. */
    public void again(@ExchangeException Exception failure) {
        if (failingSince == null) {
            failingSince = clock.instant();
            LOG.warn("what waits in Kafka is not taken, and stays there until it can be: {}", Failures.kind(failure));
        }
        Map<TopicPartition, Long> first = new HashMap<>();
        inHand.forEach(message -> first.putIfAbsent(partition(message), message.offset()));
        // Of another's partitions that one knows where to begin.
        first.keySet().retainAll(consumer == null ? List.of() : consumer.assignment());
        first.forEach((partition, offset) -> consumer.seek(partition, offset));
    }

    /** Since when nothing can be taken; absent if that is not so. */
    public Optional<Instant> failingSince() {
        return Optional.ofNullable(failingSince);
    }

    /** Gives its share up to the others of the group. */
    @Override
    public void close() {
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(CLOSE_WITHIN));
        }
    }
}
