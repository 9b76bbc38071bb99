package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.leadroutes.jms.TestBroker;
import io.leadroutes.sandbox.SandboxChatwoot;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leads that go to a topic of a message broker. */
class JmsLeadsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String QUALIFYING = "An enterprise demo, urgently, we have a budget";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private TestBroker broker;
    private Product product;

    @BeforeEach
    void start(@TempDir Path folder) {
        broker = new TestBroker(folder);
        product = Product.connected(
                SandboxChatwoot.builder().withoutNoise(),
                Map.of(
                        "jms.url",
                        broker.url(),
                        "on.lead-qualified",
                        "jms:topic:leads",
                        "on.escalated",
                        "jms:topic:leads"));
    }

    @AfterEach
    void stop() {
        product.close();
        broker.close();
    }

    @Test
    void aLeadIsWhatTheSchemaSaysAndNamesItsConversationAsItsGroup() throws JMSException {
        long id = product.conversation("Jonas Feld");

        product.sandbox().customerWrites(id, QUALIFYING);
        product.settle();

        Message message = only(broker.messages(TestBroker.LEADS));
        JsonNode lead = json(message);
        assertThat(schema("lead").validate(lead)).isEmpty();
        assertThat(lead.path("version").asInt()).isEqualTo(1);
        assertThat(lead.path("name").asText()).isEqualTo("Jonas Feld");
        assertThat(lead.path("stage").asText()).isEqualTo("qualified");
        assertThat(message.getStringProperty("JMSXGroupID")).isEqualTo(Long.toString(id));
        assertThat(message.getStringProperty("_AMQ_DUPL_ID")).isNotBlank();
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
    }

    @Test
    void anEscalationGoesOutTheSameWay() throws JMSException {
        long id = product.conversation("Omar Haddad");

        product.sandbox().customerWrites(id, "Our enterprise will cancel");
        product.settle();

        JsonNode lead = json(only(broker.messages(TestBroker.LEADS)));
        assertThat(schema("lead").validate(lead)).isEmpty();
        assertThat(lead.path("stage").asText()).isEqualTo("escalated");
    }

    @Test
    @Tag("invariant-2")
    void whatIsSentAgainAfterACrashIsDroppedByTheBrokerAndANewerLeadIsNot() throws Exception {
        long id = product.conversation("Jonas Feld");
        product.sandbox().customerWrites(id, QUALIFYING);
        product.settle();

        // What a kill leaves between the broker's answer and the note of it.
        own("UPDATE outbox SET state = 'pending', done_at = NULL, due_at = created_at WHERE kind = 'lead'");
        product.settle();

        assertThat(product.own("SELECT id FROM outbox WHERE kind = 'lead' AND done_at IS NOT NULL"))
                .as("sent again")
                .hasSize(1);
        assertThat(broker.messages(TestBroker.LEADS)).hasSize(1);

        product.sandbox().agentSetsStatus(id, "resolved");
        product.settle();

        List<Message> leads = broker.messages(TestBroker.LEADS);
        assertThat(leads).hasSize(2);
        assertThat(json(leads.get(1)).path("stage").asText()).isEqualTo("resolved");
    }

    @Test
    @Tag("invariant-9")
    void whileTheBrokerIsAwayLeadsWaitAndEachArrivesOnce() throws JMSException {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            if (i == 4) {
                broker.stop();
            } else if (i == 8) {
                // Those of before have been tried in vain.
                await().atMost(PATIENCE)
                        .until(() -> product.own(
                                                "SELECT id FROM outbox WHERE kind = 'lead' AND state = 'pending' AND attempts > 0")
                                        .size()
                                >= 4);
                assertThat(health()).contains("the message broker does not answer");
                broker.start();
            }
            long id = product.conversation("Customer " + i);
            all.add(id);
            product.sandbox().customerWrites(id, QUALIFYING);
        }

        await().atMost(PATIENCE)
                .until(() -> product.own("SELECT id FROM outbox WHERE kind = 'lead' AND state = 'done'")
                                .size()
                        == all.size());

        List<Long> arrived = new ArrayList<>();
        for (Message message : broker.messages(TestBroker.LEADS)) {
            arrived.add(json(message).path("conversation_id").asLong());
        }
        assertThat(arrived).containsExactlyInAnyOrderElementsOf(all);
        await().atMost(PATIENCE).until(() -> !health().contains("the message broker does not answer"));
    }

    private String health() {
        return product.send(HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + product.runtime().managementPort() + "/observe/health"))
                        .GET())
                .body();
    }

    private void own(String sql) throws Exception {
        try (var connection = product.ownConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Message only(List<Message> messages) {
        assertThat(messages).hasSize(1);
        return messages.get(0);
    }

    static JsonNode json(Message message) throws JMSException {
        try {
            return MAPPER.readTree(((TextMessage) message).getText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonSchema schema(String name) {
        try (InputStream file = JmsLeadsTest.class.getResourceAsStream("/schema/" + name + ".schema.json")) {
            return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
