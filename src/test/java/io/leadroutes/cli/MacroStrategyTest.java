package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.ConversationView;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.MessageView;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole product with {@code chatwoot.strategy=macro}. */
class MacroStrategyTest {
    private static final String QUALIFYING = "An enterprise with a budget wants a demo";

    private static Product product;
    private static SandboxChatwoot sandbox;

    @BeforeAll
    static void start() {
        product = Product.connected(
                SandboxChatwoot.builder(),
                Map.of(
                        "chatwoot.rate-limit",
                        "3000",
                        "chatwoot.strategy",
                        "macro",
                        "chatwoot.confirm-within",
                        "3s",
                        "outbox.lease",
                        "6s"));
        sandbox = product.sandbox();
        product.installMacros();
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @AfterEach
    void mend() {
        sandbox.clearFaults();
    }

    private long write(String name, String text) {
        long id = product.conversation(name);
        sandbox.customerWrites(id, text);
        product.settle();
        return id;
    }

    private static void assertIsLead(long id) {
        ConversationView lead = sandbox.conversation(id);
        assertThat(lead.labels()).contains("qualified", "hot-lead", "enterprise-lead");
        assertThat(lead.priority()).contains("high");
        assertThat(lead.teamName()).contains("sales");
        assertThat(lead.customAttributes()).containsEntry("lead_score", 75);
        assertThat(lead.notes())
                .extracting(MessageView::content)
                .as("one note, as long as by its own call")
                .singleElement()
                .asString()
                .startsWith("**Lead qualified**")
                .contains("Score: 75/100", "Reasons: ");
    }

    private static List<Call> executions(long id) {
        return sandbox.calls(
                call -> call.path().endsWith("/execute") && call.body().contains("[" + id + "]"));
    }

    @Test
    @Tag("invariant-5")
    void aRuleIsOneCallBesideTheAttributes() {
        long id = write("Mia Macro", QUALIFYING);

        assertIsLead(id);
        assertThat(executions(id)).hasSize(1);
        assertThat(product.verbsOf(id))
                .as("calls of its own")
                .doesNotContain("POST assignments", "POST toggle_priority", "PATCH " + id, "POST messages");
        assertThat(product.wish(id, "note:qualify").path("state").asText()).isEqualTo("done");
    }

    @Test
    void anEscalationIsToldByItsMacro() {
        long id = write("Eve Macro", "Our enterprise wants to cancel");

        ConversationView escalated = sandbox.conversation(id);
        assertThat(executions(id)).hasSize(1);
        assertThat(escalated.labels()).contains("escalated", "urgent", "requires-manager");
        assertThat(escalated.priority()).contains("urgent");
        assertThat(escalated.teamName()).contains("senior support");
        assertThat(escalated.notes()).hasSize(1);
    }

    @Test
    @Tag("invariant-2")
    void whatNoWebhookConfirmsIsRepairedWithoutASecondNote() {
        sandbox.failNext(1, Fault.status(200, ""), call -> call.path().endsWith("/execute"));

        long id = write("Nan Lost", QUALIFYING);

        assertIsLead(id);
        assertThat(executions(id)).hasSize(1);
        assertThat(product.verbsOf(id)).contains("POST assignments", "GET messages", "POST messages");
    }

    @Test
    @Tag("invariant-2")
    void anExecutionWhoseAnswerIsLostIsNotRepeated() {
        sandbox.failNext(1, new Fault.DropAfterCommit(), call -> call.path().endsWith("/execute"));

        long id = write("Ole Unanswered", QUALIFYING);

        assertIsLead(id);
        assertThat(executions(id)).hasSize(1);
    }

    @Test
    @Tag("invariant-2")
    void aNoteOfAMacroThatWasNotToldOfIsFoundAmongTheMessages() {
        long id = product.conversation("Pat Untold");
        sandbox.failNext(1, Fault.delay(Duration.ofMillis(1)), call -> {
            boolean isExecution = call.path().endsWith("/execute");
            if (isExecution) {
                sandbox.holdDeliveries();
            }
            return isExecution;
        });

        sandbox.customerWrites(id, QUALIFYING);
        await().atMost(Duration.ofSeconds(60)).until(() -> product.verbsOf(id).contains("GET messages"));
        sandbox.releaseDeliveries();
        product.settle();

        assertIsLead(id);
        assertThat(product.verbsOf(id)).doesNotContain("POST messages");
    }

    @Test
    @Tag("invariant-6")
    void anAgentsHigherPriorityAndConversationStay() {
        long id = product.conversation("Quin Agent");
        sandbox.agentSetsPriority(id, "urgent");
        product.settle();

        sandbox.customerWrites(id, QUALIFYING);
        product.settle();

        assertThat(sandbox.conversation(id).priority()).contains("urgent");
        assertThat(sandbox.conversation(id).teamName()).contains("sales");
        assertThat(sandbox.conversation(id).notes()).hasSize(1);
        assertThat(executions(id)).isEmpty();
    }
}
