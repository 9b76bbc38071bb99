package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.jms.TestBroker;
import io.leadroutes.sandbox.MessageView;
import io.leadroutes.sandbox.SandboxChatwoot;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples with a message broker, installed as their headers say, beside a real Artemis. */
class JmsExamplesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> EXAMPLES = List.of("hot-leads-to-jms.camel.yaml", "orders-from-jms.camel.yaml");

    private TestBroker broker;
    private Product product;

    @BeforeEach
    void start(@TempDir Path journal, @TempDir Path routes) throws IOException {
        broker = new TestBroker(journal);
        Product.routesWith(routes, "nothing.txt", "");
        for (String example : EXAMPLES) {
            Files.copy(Path.of("routes/examples").resolve(example), routes.resolve(example));
        }
        System.setProperty("hot.score", "80");
        product = Product.connected(
                SandboxChatwoot.builder().withoutNoise(),
                Map.of(
                        "jms.url",
                        broker.url(),
                        "routes.directory",
                        routes.toString(),
                        "on.lead-qualified",
                        "direct:crm-sync,direct:hot-leads-to-jms"));
    }

    @AfterEach
    void stop() {
        product.close();
        broker.close();
        System.clearProperty("hot.score");
    }

    @Test
    void onlyAHotLeadIsSentInTheOrderOfItsConversation() throws JMSException {
        long warm = product.conversation("Wim Warm");
        product.sandbox().customerWrites(warm, "An enterprise demo, we have a budget");
        long hot = product.conversation("Hanna Hot");
        product.sandbox().customerWrites(hot, "An urgent enterprise demo, we have a budget");
        product.settle();

        List<Message> messages = broker.messages("hot-leads");

        assertThat(product.lead(warm)).containsEntry("score", 75);
        assertThat(product.lead(hot)).containsEntry("score", 90);
        assertThat(messages).hasSize(1);
        assertThat(((TextMessage) messages.get(0)).getText())
                .contains("\"conversation_id\":" + hot, "\"name\":\"Hanna Hot\"");
        assertThat(messages.get(0).getStringProperty("JMSXGroupID")).isEqualTo(Long.toString(hot));
    }

    @Test
    @Tag("invariant-2")
    void anOrderIsNotedOnceHoweverOftenItIsTold() {
        long id = product.conversation("Odo Order");
        String shipped = "{\"order\": \"A-17\", \"conversation\": " + id + ", \"state\": \"shipped\"}";

        broker.send("orders", shipped);
        broker.send("orders", shipped);
        broker.send("orders", shipped.replace("shipped", "delivered"));

        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(product.sandbox().conversation(id).notes()).hasSize(2));
        await().atMost(PATIENCE).until(() -> broker.waiting("orders") == 0);
        product.settle();
        assertThat(product.sandbox().conversation(id).notes())
                .extracting(MessageView::content)
                .satisfiesExactly(note -> assertThat(note).contains("Order A-17 is shipped."), note -> assertThat(note)
                        .contains("Order A-17 is delivered."));
    }
}
