package io.leadroutes.cli;

import io.leadroutes.intake.Envelope;
import io.leadroutes.jms.DeadMessages;
import io.leadroutes.jms.JmsBroker;
import io.leadroutes.kafka.KafkaTopic;
import io.leadroutes.kafka.TopicReader;
import io.leadroutes.ops.Health;
import io.leadroutes.ops.Health.Problem;
import io.leadroutes.store.NewEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.main.Main;

/**
 * The message brokers that the settings name: one of JMS, which has queues and topics for leads, commands and webhooks, and
 * a topic of Kafka for webhooks. Of one that is not named no class is loaded.
 */
final class Brokers implements AutoCloseable {
    private final Optional<JmsBroker> jms;
    private final Optional<KafkaTopic> topic;
    private final Optional<TopicReader> reader;
    private final Optional<BeforeInbox> beforeInbox;
    private final Clock clock;

    /**
     * What keeps webhooks until they are in the inbox.
     *
     * @param store returns when the broker has them on its disk
     * @param ping throws what is wrong if it does not answer
     */
    record BeforeInbox(Consumer<List<NewEvent>> store, Runnable ping) {}

    /**
     * Connects to nothing yet.
     *
     * @throws Settings.SettingsException if a setting of a broker's client is not what it takes
     */
    Brokers(Settings settings, Clock clock) {
        this.clock = clock;
        // By no lambda: making one would load the class.
        jms = settings.optional("jms.url").isPresent() ? Optional.of(jms(settings)) : Optional.empty();
        topic = settings.intakeTopic().isPresent() ? Optional.of(topic(settings)) : Optional.empty();
        reader = topic.isPresent() ? Optional.of(new TopicReader(topic.get(), clock)) : Optional.empty();
        beforeInbox = topic.isPresent()
                ? Optional.of(inTopic(topic.get()))
                : settings.intakeQueue().map(queue -> inQueue(jms.orElseThrow(), queue));
    }

    private static JmsBroker jms(Settings settings) {
        try {
            return new JmsBroker(
                    settings.text("jms.connection-factory"),
                    settings.text("jms.url"),
                    settings.optional("jms.user"),
                    settings.optional("jms.password"));
        } catch (IllegalArgumentException e) {
            throw new Settings.SettingsException(List.of(e.getMessage()));
        }
    }

    private static KafkaTopic topic(Settings settings) {
        try {
            return new KafkaTopic(
                    settings.intakeTopic().orElseThrow(),
                    settings.text("kafka.bootstrap-servers"),
                    settings.optional("kafka.config-file").map(Path::of));
        } catch (IllegalArgumentException e) {
            throw new Settings.SettingsException(List.of(e.getMessage()));
        }
    }

    private static BeforeInbox inQueue(JmsBroker broker, String queue) {
        return new BeforeInbox(events -> broker.send(queue, events, Envelope::group, Envelope::write), broker::ping);
    }

    private static BeforeInbox inTopic(KafkaTopic topic) {
        return new BeforeInbox(events -> topic.send(events, Envelope::group, Envelope::write), topic::ping);
    }

    /** The one in front of the inbox (setting intake.broker), if there is one. */
    Optional<BeforeInbox> beforeInbox() {
        return beforeInbox;
    }

    boolean hasJms() {
        return jms.isPresent();
    }

    /** Gives the routes what they need of those that are named. */
    void bind(Main main) {
        if (jms.isPresent()) {
            JmsBroker broker = jms.get();
            main.bind("jms", broker.component());
            main.bind("deadMessages", new DeadMessages());
            main.bind(
                    "jmsHealth",
                    Health.news(
                            "jms", () -> Problem.ifFails(broker::ping, "the message broker does not answer"), clock));
        }
        if (reader.isPresent()) {
            main.bind("webhookTopic", reader.get());
            main.bind("kafkaHealth", Health.news("kafka", this::problemOfTopic, clock));
        }
    }

    private Optional<Problem> problemOfTopic() {
        return reader.flatMap(TopicReader::failingSince)
                .map(since -> Problem.since(since, "webhooks wait in Kafka, and are not taken from it"))
                .or(() -> topic.flatMap(it -> Problem.ifFails(it::ping, "Kafka does not answer")));
    }

    @Override
    public void close() {
        if (jms.isPresent()) {
            jms.get().close();
        }
        if (topic.isPresent()) {
            reader.orElseThrow().close();
            topic.get().close();
        }
    }
}
