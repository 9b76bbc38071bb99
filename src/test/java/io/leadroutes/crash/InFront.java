package io.leadroutes.crash;

import io.leadroutes.jms.TestBroker;
import io.leadroutes.kafka.TestKafka;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A broker in front of the inbox, in this process.
 *
 * @param settings environment variables of the product, by which it finds it
 * @param waiting how many webhooks have not been taken out of it
 */
record InFront(Map<String, String> settings, LongSupplier waiting, Runnable stop) implements AutoCloseable {
    private static final String NAME = "leadroutes.webhooks";

    /** @param broker none, jms or kafka */
    static Optional<InFront> start(String broker, Path folder) {
        return switch (broker) {
            case "none" -> Optional.empty();
            case "jms" -> Optional.of(jms(new TestBroker(folder)));
            case "kafka" -> Optional.of(kafka(new TestKafka(folder, NAME)));
            default ->
                throw new IllegalArgumentException("crash.broker is " + broker + "; expected none, jms or kafka");
        };
    }

    private static InFront jms(TestBroker broker) {
        return new InFront(
                Map.of("JMS_URL", broker.url(), "INTAKE_BROKER", "jms:queue:" + NAME),
                () -> broker.waiting(NAME),
                broker::close);
    }

    private static InFront kafka(TestKafka kafka) {
        return new InFront(
                Map.of("KAFKA_BOOTSTRAP_SERVERS", kafka.servers(), "INTAKE_BROKER", "kafka:" + NAME),
                () -> kafka.waiting(NAME),
                kafka::close);
    }

    @Override
    public void close() {
        stop.run();
    }
}
