package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies as Chatwoot sends them, posted signed; what the conversation becomes and what it costs. */
class RecordedWebhooksTest {
    private Product product;

    @BeforeEach
    void start() {
        product = Product.alone(SandboxChatwoot.builder().autoCreate(), Map.of("conversation.debounce", "1s"));
    }

    @AfterEach
    void stop() {
        product.close();
    }

    @Test
    void aFirstMessageIsTaggedAndScoredInTwoCallsAndItsRepetitionCostsNone() {
        product.post(Product.body("01"), "delivery-a");
        product.post(Product.body("14"), "delivery-b");
        product.settle();

        var conversation = product.sandbox().conversation(1580);
        assertThat(conversation.labels()).containsExactlyInAnyOrder("pricing-inquiry", "enterprise-lead");
        assertThat(conversation.customAttributes()).containsEntry("lead_score", 30);
        assertThat(product.sandbox().calls()).as("calls").hasSize(2);

        product.post(Product.body("01"), "delivery-a");
        product.post(Product.body("14"), "delivery-b");
        product.post(Product.body("14"), "delivery-c");
        product.settle();

        assertThat(product.sandbox().calls()).as("calls after repetition").hasSize(2);
    }
}
