package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.camel.ConsumerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an engineer adds to the routes folder works as design section 8 says, and hurts nothing else when it fails. */
class DropInRoutesTest {
    private static final String POISON = "leadroutes.test.poison";

    private static final String STEPS = """
            - route:
                id: my-step
                description: Wishes for what a very important customer gets.
                from:
                  uri: direct:my-step
                  steps:
                    - filter:
                        expression:
                          simple:
                            expression: "${body.hasLabel('vip')}"
                        steps:
                          - bean:
                              ref: wishes
                              method: "addLabels('vip-wrote')"
                          - bean:
                              ref: wishes
                              method: "setPriority('high')"
                          - bean:
                              ref: wishes
                              method: "setAttribute('answer_within_h', '1')"
                          - bean:
                              ref: wishes
                              method: "assignTeam('sales')"
                          - bean:
                              ref: wishes
                              method: "note('vip', 'A very important customer wrote.')"
            - route:
                id: poison-step
                description: Fails on a certain text.
                from:
                  uri: direct:poison-step
                  steps:
                    - filter:
                        expression:
                          simple:
                            expression: "${body.text} contains 'poison' && ${sys.leadroutes.test.poison} == 'on'"
                        steps:
                          - throwException:
                              exceptionType: java.lang.IllegalStateException
                              message: "the step cannot digest it"
            """;

    private static final String JAVA = """
            import org.apache.camel.builder.RouteBuilder;

            public class JavaStep extends RouteBuilder {
                @Override
                public void configure() {
                    from("direct:java-step").routeId("java-step")
                        .filter(simple("${body.text} contains 'invoice'"))
                        .bean("wishes", "addLabels('billing')");
                }
            }
            """;

    private static Product product;
    private static SandboxChatwoot sandbox;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        System.setProperty(POISON, "on");
        Product.routesWith(folder, "my-step.camel.yaml", STEPS);
        Files.writeString(folder.resolve("JavaStep.java"), JAVA);
        product = Product.connected(
                SandboxChatwoot.builder(),
                Map.of(
                        "routes.directory",
                        folder.toString(),
                        "steps.message",
                        "direct:step-tag, direct:step-score, direct:step-qualify, direct:step-escalate,"
                                + " direct:my-step, direct:java-step, direct:poison-step",
                        "on.escalated",
                        "seda:escalations",
                        "on.lead-qualified",
                        "direct:crm-sync, seda:leads",
                        "chatwoot.rate-limit",
                        "3000"));
        sandbox = product.sandbox();
    }

    @AfterAll
    static void stop() {
        product.close();
        System.clearProperty(POISON);
    }

    @Test
    void aYamlStepReadsTheConversationAndWishes() {
        long id = product.conversation("Vi Important");
        sandbox.agentSetsLabels(id, "vip");

        write(id, "hello");

        var conversation = sandbox.conversation(id);
        assertThat(conversation.labels()).containsExactlyInAnyOrder("vip", "vip-wrote");
        assertThat(conversation.priority()).contains("high");
        assertThat(conversation.customAttributes()).containsEntry("answer_within_h", "1");
        assertThat(conversation.teamName()).contains("sales");
        assertThat(conversation.notes()).singleElement().satisfies(note -> assertThat(note.content())
                .isEqualTo("A very important customer wrote."));
    }

    @Test
    void aYamlStepLeavesOthersAlone() {
        long id = product.conversation("Al Ordinary");

        write(id, "hello");

        assertThat(product.callsOf(id)).isEmpty();
    }

    @Test
    void aJavaStepWishes() {
        long id = product.conversation("Jo Invoice");

        write(id, "where is my invoice");

        assertThat(sandbox.conversation(id).labels()).containsExactly("billing");
    }

    @Test
    void anyEndpointGetsQualifiedLeadsAndEscalationsAsJson() throws IOException {
        long id = product.conversation("Di Destination");

        write(id, "An enterprise with a budget wants a demo or will cancel");

        try (ConsumerTemplate endpoints = product.runtime().camel().createConsumerTemplate()) {
            String lead = endpoints.receiveBody("seda:leads", 2_000, String.class);
            String escalation = endpoints.receiveBody("seda:escalations", 2_000, String.class);
            assertThat(lead).contains("\"conversation_id\":" + id, "\"score\":75", "\"stage\":");
            assertThat(escalation).contains("\"conversation_id\":" + id, "\"stage\":\"escalated\"");
        }
        assertThat(product.lead(id)).containsEntry("score", 75);
    }

    @Test
    @Tag("invariant-9")
    @Tag("invariant-10")
    void aPoisonEventIsSetAsideAndCanBeTriedAgain() {
        long id = product.conversation("Po Ison");
        sandbox.customerWrites(id, "poison and a bug");
        sandbox.customerWrites(id, "the enterprise plan");
        await().untilAsserted(() -> assertThat(dead(id)).isNotEmpty());
        product.settle();

        assertThat(sandbox.conversation(id).labels())
                .as("the other message of the same burst")
                .containsExactly("enterprise-lead");
        write(id, "how much is it");
        assertThat(sandbox.conversation(id).labels())
                .as("a later message")
                .containsExactlyInAnyOrder("enterprise-lead", "pricing-inquiry");
        JsonNode letter = letter(id);
        assertThat(letter.path("queue").asText()).isEqualTo("event");
        assertThat(letter.path("attempts").asInt()).isEqualTo(5);
        assertThat(letter.path("error").asText()).contains("the step cannot digest it");

        System.setProperty(POISON, "off");
        var retried = product.send(
                product.adminRequest("/admin/dead/" + dead(id) + "/retry").POST(BodyPublishers.noBody()));
        product.settle();
        System.setProperty(POISON, "on");

        assertThat(retried.statusCode()).isEqualTo(200);
        assertThat(dead(id)).isEmpty();
        assertThat(sandbox.conversation(id).labels())
                .containsExactlyInAnyOrder("enterprise-lead", "pricing-inquiry", "technical-issue");
    }

    private static String dead(long conversation) {
        return letter(conversation).path("id").asText();
    }

    private static JsonNode letter(long conversation) {
        return StreamSupport.stream(product.admin("/admin/dead").spliterator(), false)
                .filter(dead -> dead.path("conversation_id").asLong() == conversation)
                .findFirst()
                .orElseGet(MissingNode::getInstance);
    }

    private static void write(long conversation, String text) {
        sandbox.customerWrites(conversation, text);
        product.settle();
    }
}
