package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leadroutes.jms.TestBroker;
import io.leadroutes.sandbox.ConversationView;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.store.FaultyDisk;
import io.leadroutes.store.Json;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.ObjectMessage;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands of other systems, from a queue of a message broker. */
class JmsCommandsTest {
    private static final String QUEUE = "leadroutes.commands";
    private static final String DEAD = QUEUE + ".dead";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestBroker broker;
    private static Product product;

    @BeforeAll
    static void start(@TempDir Path folder) {
        broker = new TestBroker(folder);
        product = Product.connected(
                SandboxChatwoot.builder().withoutNoise(),
                Map.of("jms.url", broker.url(), "jms.commands", "jms:queue:" + QUEUE));
    }

    @AfterAll
    static void stop() {
        product.close();
        broker.close();
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    @Test
    @Tag("invariant-4")
    void aCommandIsCarriedOutAndAnsweredWithItsWishes() {
        long id = product.conversation("Ada Commanded");
        product.sandbox().agentSetsLabels(id, "theirs", "old");
        String command = """
                {"version": 1, "id": "crm-1", "conversation_id": %d, "add_labels": ["Won-Back"],
                 "remove_labels": ["old"], "custom_attributes": {"plan": "gold", "seats": 80}, "priority": "high",
                 "team": "Sales", "status": "pending", "note": "From the **CRM**", "outcome": "won",
                 "deal_value": 50000}""".formatted(id);
        assertThat(JmsLeadsTest.schema("command").validate(json(command))).isEmpty();

        JsonNode answer = json(broker.ask(QUEUE, command));
        product.settle();

        assertThat(answer.path("accepted").asBoolean()).isTrue();
        assertThat(answer.path("id").asText()).isEqualTo("crm-1");
        assertThat(answer.path("wishes").size()).isEqualTo(6);
        assertThat(product.own("SELECT id FROM outbox WHERE state = 'done' AND conversation_id = " + id))
                .extracting(row -> row.get("id"))
                .containsExactlyInAnyOrderElementsOf(ids(answer));
        ConversationView shown = product.sandbox().conversation(id);
        assertThat(shown.labels()).containsExactlyInAnyOrder("theirs", "won-back", "won");
        assertThat(shown.customAttributes())
                .containsEntry("plan", "gold")
                .containsEntry("seats", 80)
                .containsEntry("deal_outcome", "won")
                .containsEntry("deal_value", 50000);
        assertThat(shown.priority()).contains("high");
        assertThat(shown.teamName()).contains("sales");
        assertThat(shown.status()).isEqualTo("pending");
        assertThat(shown.notes()).singleElement().satisfies(note -> assertThat(note.content())
                .isEqualTo("From the **CRM**"));
        assertThat(product.wish(id, "priority").path("reasons").toString()).contains("command", "crm-1");
    }

    private static List<Object> ids(JsonNode answer) {
        List<Object> ids = new ArrayList<>();
        answer.path("wishes").forEach(id -> ids.add(id.asLong()));
        return ids;
    }

    @Test
    @Tag("invariant-2")
    void oneThatComesAgainIsCarriedOutOnceAndAnsweredAsTheFirstTime() {
        long id = product.conversation("Bea Twice");
        String command = "{\"id\": \"crm-2\", \"conversation_id\": %d, \"note\": \"once\"}".formatted(id);

        String first = broker.ask(QUEUE, command);
        product.settle();
        String second = broker.ask(QUEUE, command);
        product.settle();

        assertThat(second).isEqualTo(first);
        assertThat(product.sandbox().conversation(id).notes()).hasSize(1);
    }

    @Test
    void withoutAnIdOfItsOwnTheMessagesIdNamesIt() {
        long id = product.conversation("Cy Unnamed");

        JsonNode answer = json(broker.ask(QUEUE, "{\"conversation_id\": %d, \"priority\": \"low\"}".formatted(id)));

        assertThat(answer.path("id").asText()).startsWith("ID:");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "no JSON|not JSON; expected one object",
                "[]|not a JSON object",
                "{\"conversation_id\":1,\"conversation_id\":2,\"note\":\"x\"}|without duplicate keys",
                "{\"note\":\"x\"}|conversation_id is missing; expected a whole number",
                "{\"conversation_id\":\"1/2\",\"note\":\"x\"}|conversation_id is \"1/2\"; expected a whole number",
                "{\"conversation_id\":1}|nothing is to be changed; expected at least one of add_labels",
                "{\"conversation_id\":1,\"lables\":[\"ab\"]}|\"lables\" is no field of a command; expected version, id",
                "{\"conversation_id\":1,\"version\":2,\"note\":\"x\"}|version is \"2\"; expected one of 1",
                "{\"conversation_id\":1,\"id\":\"a b\",\"note\":\"x\"}|id is no id; expected 1 to 200 visible",
                "{\"conversation_id\":1,\"add_labels\":[\"a,b\"]}|add_labels is \"a,b\"; expected labels of letters",
                "{\"conversation_id\":1,\"add_labels\":[\"ab\"],\"remove_labels\":[\"AB\"]}|label \"ab\" is in add_labels and",
                "{\"conversation_id\":1,\"custom_attributes\":{\"a b\":1}}|expected a key of letters",
                "{\"conversation_id\":1,\"priority\":\"highest\"}|priority is \"highest\"; expected none, low",
                "{\"conversation_id\":1,\"status\":\"done\"}|status is \"done\"; expected one of open",
                "{\"conversation_id\":1,\"snoozed_until\":\"2090-01-01T00:00:00Z\"}|snoozed_until is given without status",
                "{\"conversation_id\":1,\"status\":\"snoozed\",\"snoozed_until\":\"2001-01-01T00:00:00Z\"}|a time after now",
                "{\"conversation_id\":1,\"agent_id\":0}|agent_id is \"0\"; expected a whole number",
                "{\"conversation_id\":1,\"note\":\" \"}|note is blank; expected a text",
                "{\"conversation_id\":1,\"outcome\":\"maybe\"}|outcome is \"maybe\"; expected one of won, lost",
                "{\"conversation_id\":1,\"note\":\"x\",\"deal_value\":5}|deal_value is given without outcome",
                "{\"conversation_id\":1,\"outcome\":\"lost\",\"deal_value\":-5}|deal_value is \"-5\"; expected an amount",
                "{\"conversation_id\":1,\"note\":\"\\ud800\"}|half a character",
            })
    @Tag("invariant-9")
    void aWrongOneIsAnsweredAndSetAsideWithWhatIsWrong(String command, String wrong) throws JMSException {
        int before = broker.messages(DEAD).size();

        JsonNode answer = json(broker.ask(QUEUE, command));

        assertThat(answer.path("accepted").asBoolean(true)).isFalse();
        assertThat(answer.path("error").asText()).contains(wrong);
        await().until(() -> broker.waiting(QUEUE) == 0);
        List<Message> dead = broker.messages(DEAD);
        assertThat(dead).hasSize(before + 1);
        Message last = dead.get(before);
        assertThat(last.getBody(String.class)).isEqualTo(command);
        assertThat(last.getStringProperty("leadroutes_reason")).contains(wrong);
    }

    @Test
    void allThatIsWrongIsToldAtOnce() {
        String error = json(broker.ask(QUEUE, "{\"conversation_id\":0,\"priority\":\"x\",\"status\":\"y\"}"))
                .path("error")
                .asText();

        assertThat(error).contains("conversation_id is", "priority is", "status is");
    }

    /** Tells when somebody reads it as an object. */
    private static final class Bomb implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        private static final Queue<String> READ = new ConcurrentLinkedQueue<>();

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            READ.add("read");
            in.defaultReadObject();
        }
    }

    @Test
    @Tag("attack-11")
    void anObjectIsSetAsideWithoutBeingReadAsOne() throws JMSException {
        int before = broker.messages(DEAD).size();

        broker.send(QUEUE, session -> {
            ObjectMessage message = session.createObjectMessage(new Bomb());
            message.setStringProperty("origin", "elsewhere");
            return message;
        });

        await().atMost(PATIENCE).until(() -> broker.messages(DEAD).size() == before + 1);
        Message last = broker.messages(DEAD).get(before);
        assertThat(last).isInstanceOf(ObjectMessage.class);
        assertThat(last.getStringProperty("leadroutes_reason")).contains("the message is no text");
        assertThat(last.getStringProperty("origin")).isEqualTo("elsewhere");
        assertThat(Bomb.READ).isEmpty();
    }

    @Test
    @Tag("attack-11")
    void noPropertyOfAMessageBecomesAHeader() throws Exception {
        Queue<String> arrived = new ConcurrentLinkedQueue<>();
        EventNotifierSupport spy = new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof ExchangeEvent of) {
                    Exchange exchange = of.getExchange();
                    exchange.getMessage().getHeaders().forEach((name, value) -> {
                        if (String.valueOf(value).contains("planted")) {
                            arrived.add(name);
                        }
                    });
                }
            }
        };
        product.runtime().camel().getManagementStrategy().addEventNotifier(spy);
        spy.start();
        long id = product.conversation("Eve Header");

        broker.send(QUEUE, session -> {
            Message message = session.createTextMessage(
                    "{\"id\": \"crm-header\", \"conversation_id\": %d, \"priority\": \"low\"}".formatted(id));
            for (String name : List.of("CamelHttpUri", "CamelJmsDestinationName", "kafka_DOT_OVERRIDE_TOPIC", "any")) {
                message.setStringProperty(name, "planted");
            }
            return message;
        });
        await().atMost(PATIENCE)
                .until(() -> product.sandbox().conversation(id).priority().isPresent());
        product.runtime().camel().getManagementStrategy().removeEventNotifier(spy);

        assertThat(arrived).isEmpty();
    }

    /** Counts what is tried again. */
    private static final class Tries extends EventNotifierSupport {
        private final AtomicInteger count = new AtomicInteger();

        static Tries of(Product product) {
            Tries tries = new Tries();
            product.runtime().camel().getManagementStrategy().addEventNotifier(tries);
            tries.start();
            return tries;
        }

        @Override
        public void notify(CamelEvent event) {
            if (event.getType() == CamelEvent.Type.ExchangeRedelivery) {
                count.incrementAndGet();
            }
        }

        void await(int more) {
            int before = count.get();
            Awaitility.await().atMost(PATIENCE).until(() -> count.get() >= before + more);
        }
    }

    @Test
    @Tag("invariant-9")
    void whileTheDatabaseIsAwayACommandIsKeptInHandAndThenCarriedOutOnce() throws SQLException {
        Tries tries = Tries.of(product);
        long id = product.conversation("Da Ta");
        int before = broker.messages(DEAD).size();
        try (Connection connection = product.ownConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE command RENAME TO hidden");
            broker.send(QUEUE, "{\"id\": \"crm-waits\", \"conversation_id\": %d, \"note\": \"once\"}".formatted(id));
            tries.await(3);
            assertThat(broker.waiting(QUEUE)).isEqualTo(1);
            statement.execute("ALTER TABLE hidden RENAME TO command");
        }

        await().atMost(PATIENCE).until(() -> broker.waiting(QUEUE) == 0);
        product.settle();
        product.runtime().camel().getManagementStrategy().removeEventNotifier(tries);
        assertThat(product.sandbox().conversation(id).notes()).hasSize(1);
        assertThat(broker.messages(DEAD)).hasSize(before);
        assertThat(broker.messages("DLA")).isEmpty();
    }

    @Test
    @Tag("invariant-1")
    void afterAFailedFsyncACommandIsKeptInHandUntilARestartAndThenCarriedOutOnce(@TempDir Path folder) {
        String queue = "leadroutes.broken";
        Map<String, String> settings = Map.of(
                "jms.url",
                broker.url(),
                "jms.commands",
                "jms:queue:" + queue,
                "database.url",
                "jdbc:h2:faulty:" + folder.resolve("own").toAbsolutePath());
        FaultyDisk.install();
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder().withoutNoise().start()) {
            Product broken = Product.beside(sandbox, settings, Clock.systemUTC());
            long id = broken.conversation("Fay Sync");
            Tries tries = Tries.of(broken);
            FaultyDisk.failSyncs();
            broker.send(queue, "{\"id\": \"crm-sync\", \"conversation_id\": %d, \"note\": \"once\"}".formatted(id));
            tries.await(1);

            FaultyDisk.heal();

            tries.await(2);
            assertThat(broker.waiting(queue))
                    .as("although the disk works again")
                    .isEqualTo(1);
            broken.stop();
            Product restarted = Product.beside(sandbox, settings, Clock.systemUTC());
            await().atMost(PATIENCE).until(() -> broker.waiting(queue) == 0);
            restarted.settle();
            restarted.stop();
            assertThat(sandbox.conversation(id).notes()).hasSize(1);
            assertThat(broker.messages("DLA")).isEmpty();
        } finally {
            FaultyDisk.heal();
        }
    }

    @Test
    @Tag("invariant-9")
    void whileTheBrokerIsAwayNothingIsLostOrDoneTwice() {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long id = product.conversation("Away " + i);
            all.add(id);
            broker.send(
                    QUEUE,
                    Json.write(
                            Map.of("id", "away-" + i, "conversation_id", id, "note", "note " + i, "outcome", "won")));
            if (i == 15 || i == 30) {
                // Some are carried out, one is perhaps in hand.
                broker.stop();
                broker.start();
            }
        }

        await().atMost(PATIENCE).until(() -> broker.waiting(QUEUE) == 0);
        product.settle();

        for (long id : all) {
            assertThat(product.sandbox().conversation(id).notes())
                    .as("notes of " + id)
                    .hasSize(1);
            assertThat(product.sandbox().conversation(id).customAttributes()).containsEntry("deal_outcome", "won");
        }
    }
}
