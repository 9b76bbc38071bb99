package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.micrometer.MicrometerUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FlipFlopFlowTest {

    @Test
    @Tag("invariant-8")
    @Tag("attack-20")
    void anAutomationThatTakesOurLabelAwayIsLeftToItAfterThreeRounds() {
        try (Product product = Product.connected(SandboxChatwoot.builder(), Map.of("chatwoot.rate-limit", "3000"))) {
            SandboxChatwoot sandbox = product.sandbox();
            long id = product.conversation("Flo Fight");
            long other = product.conversation("Flo Peace");

            for (int round = 0; round < 6; round++) {
                sandbox.customerWrites(id, "a bug");
                // Another label, so that both are never given by one shared call.
                sandbox.customerWrites(other, "How much is it?");
                product.settle();
                sandbox.agentSetsLabels(id);
                product.settle();
            }

            List<Call> writes = product.callsOf(id).stream()
                    .filter(call -> call.is("POST", "/labels"))
                    .toList();
            assertThat(writes).as("rounds").hasSize(3);
            JsonNode stopped = product.wish(id, "labels");
            assertThat(stopped.path("state").asText()).isEqualTo("dropped");
            assertThat(stopped.path("error").asText()).contains("undone it three times");
            assertThat(product.own("SELECT id FROM outbox WHERE state = 'dropped'"))
                    .as("told once")
                    .hasSize(1);
            assertThat(MicrometerUtils.getOrCreateMeterRegistry(
                                    product.runtime().camel().getRegistry(), MicrometerConstants.METRICS_REGISTRY_NAME)
                            .counter("leadroutes.wishes", "kind", "labels", "result", "fought_over")
                            .count())
                    .isEqualTo(1.0);
            assertThat(sandbox.conversation(other).labels()).containsExactly("pricing-inquiry");

            sandbox.customerWrites(id, "How much is it?");
            product.settle();
            assertThat(sandbox.conversation(id).labels())
                    .as("other values go on")
                    .containsExactly("pricing-inquiry");
        }
    }
}
