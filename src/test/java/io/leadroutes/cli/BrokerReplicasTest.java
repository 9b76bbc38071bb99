package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.jms.TestBroker;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.TestDatabases;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas on one database take webhooks, put them into one queue and take them out of it. */
class BrokerReplicasTest {
    private static final String QUEUE = "leadroutes.webhooks";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private TestBroker broker;
    private SandboxChatwoot sandbox;
    private Product first;
    private Product second;
    private Consumed byFirst;
    private Consumed bySecond;

    /** Counts what a replica takes out of the queue. */
    private static final class Consumed extends EventNotifierSupport {
        private final AtomicInteger count = new AtomicInteger();

        static Consumed by(Product replica) {
            Consumed consumed = new Consumed();
            replica.runtime().camel().getManagementStrategy().addEventNotifier(consumed);
            consumed.start();
            return consumed;
        }

        @Override
        public void notify(CamelEvent event) {
            if (event.getType() == CamelEvent.Type.ExchangeCompleted && event instanceof ExchangeEvent of) {
                Exchange exchange = of.getExchange();
                if ("webhook-inbox-feed".equals(exchange.getFromRouteId())) {
                    count.incrementAndGet();
                }
            }
        }
    }

    @BeforeEach
    void start(@TempDir Path folder) {
        broker = new TestBroker(folder);
        sandbox = SandboxChatwoot.start();
        Map<String, String> settings = Map.of(
                "jms.url",
                broker.url(),
                "intake.broker",
                "jms:queue:" + QUEUE,
                "database.url",
                TestDatabases.postgresUrl(),
                "database.user",
                "postgres",
                "crm.database.url",
                TestDatabases.postgresUrl(),
                "crm.database.user",
                "postgres");
        first = Product.beside(sandbox, settings, Clock.systemUTC());
        second = Product.beside(sandbox, settings, Clock.systemUTC());
        byFirst = Consumed.by(first);
        bySecond = Consumed.by(second);
    }

    @AfterEach
    void stop() {
        first.stop();
        second.stop();
        sandbox.close();
        broker.close();
    }

    /** Until what the broker has is in the inbox, and that is done. */
    private void settle() {
        await().atMost(PATIENCE).until(() -> {
            sandbox.quiesce(PATIENCE);
            if (broker.waiting(QUEUE) > 0) {
                return false;
            }
            second.settle();
            return broker.waiting(QUEUE) == 0;
        });
    }

    private void sayInAll(List<Long> conversations, List<String> texts) {
        for (String text : texts) {
            conversations.forEach(id -> sandbox.customerWrites(id, text));
            // The queue has them in this order then.
            sandbox.quiesce(PATIENCE);
        }
    }

    private void eachIsQualifiedOnceAndInOrder(List<Long> conversations) {
        for (long id : conversations) {
            assertThat(sandbox.conversation(id).labels()).contains("qualified", "pricing-inquiry", "technical-issue");
            assertThat(sandbox.conversation(id).customAttributes()).containsEntry("lead_score", 75);
            assertThat(sandbox.conversation(id).notes()).hasSize(1);
            assertThat(second.own("SELECT message_id FROM score_entry WHERE conversation_id = " + id + " ORDER BY id"))
                    .extracting(row -> (Long) row.get("message_id"))
                    .as("in the order in which they were written")
                    .hasSize(3)
                    .isSorted();
        }
        assertThat(second.leads()).hasSize(conversations.size());
    }

    private List<Long> conversations(int count) {
        List<Long> conversations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            conversations.add(first.conversation("Customer " + i));
        }
        return conversations;
    }

    @Test
    @Tag("invariant-2")
    @Tag("invariant-3")
    void whatBothTakeOutOfTheQueueHasItsEffectOnceAndInOrder() {
        List<Long> conversations = conversations(16);
        // Each webhook comes to both, under a delivery id of its own.
        sandbox.addWebhook(first.webhookUrl(), Product.SECRET);
        sandbox.addWebhook(second.webhookUrl(), Product.SECRET);

        sayInAll(conversations, List.of("an enterprise", "a budget", "a demo", "the price", "a bug"));
        settle();

        eachIsQualifiedOnceAndInOrder(conversations);
        assertThat(byFirst.count).as("taken by the first").hasPositiveValue();
        assertThat(bySecond.count).as("taken by the second").hasPositiveValue();
    }

    @Test
    @Tag("invariant-1")
    @Tag("invariant-2")
    @Tag("invariant-3")
    void whenOneStopsInBetweenTheOtherGoesOnWithItsConversations() {
        List<Long> conversations = conversations(16);
        sandbox.addWebhook(second.webhookUrl(), Product.SECRET);
        sayInAll(conversations, List.of("an enterprise", "a budget"));
        await().atMost(PATIENCE).until(() -> byFirst.count.get() > 0);

        first.stop();
        sayInAll(conversations, List.of("a demo", "the price", "a bug"));
        settle();

        eachIsQualifiedOnceAndInOrder(conversations);
    }
}
