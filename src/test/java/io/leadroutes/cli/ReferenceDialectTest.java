package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.Dialect;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same beside a Chatwoot that speaks as the original API reference says: other bodies, other answers, no signature. */
class ReferenceDialectTest {
    private static final String TOKEN = "test-webhook-token";

    private static Product product;
    private static SandboxChatwoot sandbox;

    @BeforeAll
    static void start() {
        product = Product.alone(
                SandboxChatwoot.builder().dialect(Dialect.REFERENCE),
                Map.of("webhook.token", TOKEN, "chatwoot.rate-limit", "3000"));
        sandbox = product.sandbox();
        sandbox.addWebhook(URI.create(product.webhookUrl() + "?secret=" + TOKEN), "");
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    void threeMessagesMakeAQualifiedLead() {
        long id = product.conversation("Ada Reference");

        write(id, "We are an enterprise.");
        write(id, "What about our budget?");
        write(id, "Can we have a demo please?");

        var conversation = sandbox.conversation(id);
        assertThat(conversation.labels())
                .containsExactlyInAnyOrder("enterprise-lead", "sales-qualified", "qualified", "hot-lead");
        assertThat(conversation.customAttributes()).containsEntry("lead_score", 75);
        assertThat(conversation.priority()).contains("high");
        assertThat(conversation.teamName()).contains("sales");
        assertThat(conversation.notes()).hasSize(1);
        assertThat(product.lead(id)).containsEntry("score", 75).containsEntry("stage", "qualified");
        assertThat(product.runtime().records().outbox().dead()).isZero();
    }

    @Test
    void aChurnRiskIsEscalated() {
        long id = product.conversation("Ben Reference");

        write(id, "I want to cancel our enterprise plan");

        var conversation = sandbox.conversation(id);
        assertThat(conversation.labels())
                .contains("enterprise-lead", "churn-risk", "escalated", "urgent", "requires-manager");
        assertThat(conversation.teamName()).contains("senior support");
        assertThat(conversation.notes()).hasSize(1);
    }

    @Test
    @Tag("invariant-6")
    void whatAgentsSetSurvives() {
        long id = product.conversation("Cy Reference");
        sandbox.agentSetsLabels(id, "vip");
        sandbox.agentSetsCustomAttributes(id, Map.of("order", "A-1"));

        write(id, "the enterprise plan");
        sandbox.agentSetsLabels(id, "vip", "enterprise-lead", "between");
        sandbox.agentSetsCustomAttributes(id, Map.of("order", "A-2", "lead_score", 30));
        write(id, "is in our budget, but there is a bug");

        assertThat(sandbox.conversation(id).labels())
                .containsExactlyInAnyOrder("vip", "enterprise-lead", "between", "technical-issue");
        assertThat(sandbox.conversation(id).customAttributes())
                .containsOnly(Map.entry("order", "A-2"), Map.entry("lead_score", 50));
    }

    @Test
    void aResolvedConversationResolvesItsLead() {
        long id = product.conversation("Dee Reference");
        write(id, "An enterprise with a budget wants a demo");

        sandbox.agentResolves(id);
        product.settle();

        assertThat(product.lead(id)).containsEntry("stage", "resolved");
        assertThat(product.lead(id).get("resolved_at")).isNotNull();
    }

    @Test
    @Tag("invariant-8")
    void ourOwnWritesComingBackCostNothing() {
        long id = product.conversation("Eve Reference");
        write(id, "An enterprise with a budget wants a demo");

        assertThat(product.callsOf(id).stream().filter(call -> call.isWrite()))
                .as("labels, attributes, priority, team, note")
                .hasSize(5);
    }

    private static void write(long conversation, String text) {
        sandbox.customerWrites(conversation, text);
        product.settle();
    }
}
