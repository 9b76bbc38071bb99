package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.ConsumerTemplate;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Routes that begin with the kamelet chatwoot-event-source, dropped into the routes folder. */
class EventSourceTest {
    private static final String FAILING = "leadroutes.test.failing";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String ROUTES = """
            - route:
                id: audit
                description: Gets every event.
                from:
                  uri: kamelet:chatwoot-event-source
                  parameters:
                    name: audit
                  steps:
                    - to:
                        uri: seda:audit
            - route:
                id: talk
                description: Gets messages and contacts, and cannot digest some.
                from:
                  uri: kamelet:chatwoot-event-source
                  parameters:
                    name: talk
                    types: message_created, contact_updated
                  steps:
                    - filter:
                        expression:
                          simple:
                            expression: "${sys.leadroutes.test.failing} == 'on' && ${body[content]} contains 'poison'"
                        steps:
                          - throwException:
                              exceptionType: java.lang.IllegalStateException
                              message: the route cannot digest it
                    - to:
                        uri: seda:talk
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void prepare() {
        System.setProperty(FAILING, "on");
        Product.routesWith(folder, "sources.camel.yaml", ROUTES);
    }

    @AfterEach
    void tidy() {
        System.clearProperty(FAILING);
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("routes.directory", folder.toString());
        settings.put("chatwoot.rate-limit", "3000");
        return settings;
    }

    @Test
    @Tag("invariant-2")
    void eachEventComesOnceToEachRouteThatWantsItsType() {
        try (Product product = Product.connected(SandboxChatwoot.builder(), settings())) {
            long id = product.conversation("Ada Source");
            product.sandbox().customerWrites(id, "A demo for our enterprise?");
            product.post(Product.body("27"), "same");
            product.post(Product.body("27"), "same");
            product.settle();

            List<Exchange> audit = received(product, "audit");
            List<Map<String, Object>> stored = product.own("SELECT id, event FROM webhook_event ORDER BY id");
            assertThat(audit)
                    .extracting(event -> event.getMessage().getHeader("eventId", Long.class))
                    .containsExactlyInAnyOrderElementsOf(
                            stored.stream().map(row -> (Long) row.get("id")).toList());
            assertThat(audit)
                    .extracting(EventSourceTest::type)
                    .contains("conversation_updated", "message_created", "contact_updated");
            assertThat(received(product, "talk"))
                    .extracting(EventSourceTest::type)
                    .containsExactlyInAnyOrderElementsOf(stored.stream()
                            .map(row -> (String) row.get("event"))
                            .filter(List.of("message_created", "contact_updated")::contains)
                            .toList());
            assertThat(product.sandbox().conversation(id).labels())
                    .as("the conversation is decided on as ever")
                    .contains("enterprise-lead");
        }
    }

    @Test
    @Tag("invariant-12")
    void theBodyIsTheWebhooksWithItsSecretsRedacted() {
        try (Product product = Product.alone(SandboxChatwoot.builder().autoCreate(), settings())) {
            product.post(Product.body("14"));
            product.settle();

            Exchange event = received(product, "talk").get(0);
            assertThat(event.getMessage().getBody(Map.class))
                    .containsEntry("event", "message_created")
                    .containsEntry("message_type", "incoming")
                    .extracting("conversation.contact_inbox.pubsub_token")
                    .isEqualTo("[redacted]");
        }
    }

    @Test
    @Tag("invariant-9")
    @Tag("invariant-10")
    void whatARouteCannotDigestIsTriedAgainThenSetAsideAndStopsNothing() throws SQLException {
        try (Product product = Product.connected(SandboxChatwoot.builder(), settings())) {
            long id = product.conversation("Po Ison");
            product.sandbox().customerWrites(id, "poison with a bug");
            await().atMost(PATIENCE)
                    .until(() -> product.own("SELECT 1 FROM outbox WHERE attempts >= 2 AND state = 'pending'")
                                    .size()
                            == 1);
            product.sandbox().customerWrites(id, "the enterprise plan");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            product.sandbox().conversation(id).labels())
                    .contains("technical-issue", "enterprise-lead"));
            List<Exchange> talk = new ArrayList<>();
            await().atMost(PATIENCE).until(() -> {
                talk.addAll(received(product, "talk"));
                return contents(talk).contains("the enterprise plan");
            });
            exhaust(product);
            product.settle();

            JsonNode letter = product.admin("/admin/dead").path(0);
            assertThat(letter.path("kind").asText()).startsWith("event:");
            assertThat(letter.path("destination").asText()).isEqualTo("chatwoot-event:talk");
            assertThat(letter.path("error").asText()).contains("IllegalStateException");
            assertThat(received(product, "audit")).as("the other route has it").anyMatch(event -> String.valueOf(
                            event.getMessage().getBody(Map.class))
                    .contains("poison"));

            System.setProperty(FAILING, "off");
            product.send(product.adminRequest("/admin/dead/" + letter.path("id").asText() + "/retry")
                    .POST(BodyPublishers.noBody()));
            product.settle();
            talk.addAll(received(product, "talk"));
            assertThat(contents(talk)).containsExactly("the enterprise plan", "poison with a bug");
        }
    }

    /** As if the 72 hours of trying were almost over. */
    private static void exhaust(Product product) throws SQLException {
        try (Connection connection = product.ownConnection();
                Statement statement = connection.createStatement()) {
            await().atMost(PATIENCE)
                    .until(() -> statement.executeUpdate("UPDATE outbox SET attempts = 297, due_at = created_at"
                                    + " WHERE state = 'pending' AND destination = 'chatwoot-event:talk'")
                            == 1);
        }
    }

    @Test
    @Tag("invariant-1")
    @Tag("invariant-4")
    void whatWaitsOnEitherSideSurvivesARestart() {
        Map<String, String> settings = settings();
        settings.put("database.url", "jdbc:h2:file:" + folder.resolve("own"));
        try (Product product = Product.alone(SandboxChatwoot.builder().autoCreate(), settings)) {
            product.post(Product.body("14").replaceFirst("(\"content\": ?\")", "$1poison "));
            await().atMost(PATIENCE)
                    .until(() -> product.runtime().records().inbox().pending() == 0);
        }
        settings.put("conversation.debounce", "5s");
        try (Product product = Product.alone(SandboxChatwoot.builder().autoCreate(), settings)) {
            product.post(Product.body("27"));
            assertThat(product.runtime().records().inbox().pending()).isOne();
        }

        System.setProperty(FAILING, "off");
        settings.put("conversation.debounce", "0ms");
        try (Product product = Product.alone(SandboxChatwoot.builder().autoCreate(), settings)) {
            product.settle();

            assertThat(received(product, "talk"))
                    .extracting(EventSourceTest::type)
                    .containsExactlyInAnyOrder("message_created", "contact_updated");
        }
    }

    @Test
    void theWorkerStartsAfterTheRoutesThatWantEvents() {
        try (Product product = Product.alone(SandboxChatwoot.builder(), settings())) {
            List<String> order = product.runtime().camel().getCamelContextExtension().getRouteStartupOrder().stream()
                    .map(started -> started.getRoute().getEndpoint().getEndpointUri())
                    .toList();
            assertThat(order)
                    .contains("chatwoot-event://audit?types=")
                    .last()
                    .asString()
                    .startsWith("scheduler://conversations");
        }
    }

    @Test
    @Tag("invariant-5")
    void withoutSuchRoutesNothingIsStored(@TempDir Path shipped) {
        try (Product product = Product.alone(
                SandboxChatwoot.builder().autoCreate(),
                Map.of(
                        "routes.directory",
                        Product.routesWith(shipped, "none.camel.yaml", "[]").toString()))) {
            product.post(Product.body("27"));
            product.settle();

            assertThat(product.own("SELECT id FROM outbox")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: audit, types: message_created}|Cannot add a 2nd consumer to the same endpoint: chatwoot-event://audit",
                "{name: other, types: message_create}|types is \"message_create\"; expected types of events",
                "name: a b|name is \"a b\"; expected letters, digits, - and _",
                "types: message_created|Route template chatwoot-event-source the following mandatory parameters"
            })
    void aWrongOneIsToldAndLeftOut(String parameters, String message) {
        Product.routesWith(
                folder.resolve("wrong"),
                "wrong.camel.yaml",
                ROUTES + """
                - route:
                    id: wrong
                    from:
                      uri: kamelet:chatwoot-event-source
                      parameters: %s
                      steps:
                        - to:
                            uri: seda:wrong
                """.formatted(parameters.startsWith("{") ? parameters : "{" + parameters + "}"));
        Map<String, String> settings = settings();
        settings.put("routes.directory", folder.resolve("wrong").toString());

        try (Product product = Product.alone(SandboxChatwoot.builder(), settings)) {
            assertThat(product.runtime().dropInProblems())
                    .singleElement()
                    .asString()
                    .contains(message);
        }
    }

    private static List<Object> contents(List<Exchange> events) {
        return events.stream()
                .filter(event -> type(event).equals("message_created"))
                .map(event -> event.getMessage().getBody(Map.class).get("content"))
                .toList();
    }

    private static String type(Exchange event) {
        return String.valueOf(event.getMessage().getBody(Map.class).get("event"));
    }

    /** What has come to {@code seda:NAME} and was not taken yet. */
    private static List<Exchange> received(Product product, String name) {
        List<Exchange> events = new ArrayList<>();
        try (ConsumerTemplate endpoint = product.runtime().camel().createConsumerTemplate()) {
            Exchange event = endpoint.receive("seda:" + name, 200);
            while (event != null) {
                events.add(event);
                event = endpoint.receive("seda:" + name, 50);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return events;
    }
}
