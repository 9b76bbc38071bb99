package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The example EspoLeads against an HTTP server that answers as EspoCRM's API is documented to (api/crud, api-search-params). */
class EspoExampleTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the CRM holds, and what was asked of it: method, path and, of a search, the attribute. */
    private static final List<Map<String, Object>> LEADS = new CopyOnWriteArrayList<>();

    private static final List<String> CALLS = new CopyOnWriteArrayList<>();

    /** For the next calls, in place of an answer; of a POST, {@code lost} creates and says nothing. */
    private static final Queue<String> FAULTS = new ConcurrentLinkedQueue<>();

    private static HttpServer espo;
    private static Product product;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        listen(0);
        System.setProperty("espo.url", "http://127.0.0.1:" + espo.getAddress().getPort());
        System.setProperty("espo.api-key", "espo-key");
        String example = Files.readString(Path.of("routes/examples/EspoLeads.java"));
        product = Product.connected(
                SandboxChatwoot.builder(),
                Map.of(
                        "routes.directory",
                        Product.routesWith(folder, "EspoLeads.java", example).toString(),
                        "on.lead-qualified",
                        "direct:crm-espo"));
    }

    private static void listen(int port) throws IOException {
        espo = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        espo.createContext("/", EspoExampleTest::answer);
        espo.start();
    }

    @AfterAll
    static void stop() {
        product.close();
        espo.stop(0);
        System.clearProperty("espo.url");
        System.clearProperty("espo.api-key");
    }

    @BeforeEach
    void empty() {
        LEADS.clear();
        CALLS.clear();
        FAULTS.clear();
        product.send(product.adminRequest("/admin/dead/drop?reason=impossible").POST(BodyPublishers.noBody()));
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String fault = FAULTS.poll();
            String method = exchange.getRequestMethod();
            Map<String, String> query = query(exchange);
            String attribute = query.getOrDefault("where[0][attribute]", "");
            CALLS.add(method + " " + exchange.getRequestURI().getPath() + " " + attribute);
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!"espo-key".equals(exchange.getRequestHeaders().getFirst("X-Api-Key"))) {
                send(exchange, 401, "");
            } else if (fault != null && fault.matches("\\d+")) {
                send(exchange, Integer.parseInt(fault), "{}");
            } else if (fault != null && !fault.equals("lost")) {
                send(exchange, 200, fault);
            } else if (method.equals("GET")) {
                List<Map<String, Object>> found = LEADS.stream()
                        .filter(lead ->
                                query.get("where[0][value]").equalsIgnoreCase(String.valueOf(lead.get(attribute))))
                        .toList();
                send(exchange, 200, JSON.writeValueAsString(Map.of("total", found.size(), "list", found)));
            } else {
                Map<String, Object> lead = save(exchange, method, body);
                if (fault == null) {
                    send(exchange, 200, JSON.writeValueAsString(lead));
                }
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> save(HttpExchange exchange, String method, byte[] body) throws IOException {
        Map<String, Object> given = JSON.readValue(body, Map.class);
        if (method.equals("POST")) {
            Map<String, Object> lead = new LinkedHashMap<>(Map.of("id", "e" + LEADS.size()));
            lead.putAll(given);
            LEADS.add(lead);
            return lead;
        }
        String path = exchange.getRequestURI().getPath();
        String id = path.substring(path.lastIndexOf('/') + 1);
        Map<String, Object> lead = LEADS.stream()
                .filter(one -> one.get("id").equals(id))
                .findFirst()
                .orElseThrow();
        lead.putAll(given);
        return lead;
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String part : raw == null ? new String[0] : raw.split("&")) {
            String[] pair = part.split("=", 2);
            query.put(
                    URLDecoder.decode(pair[0], StandardCharsets.UTF_8),
                    URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
        }
        return query;
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static void ask(long contact, Map<String, Object> facts) {
        Map<String, Object> headers = new HashMap<>(facts);
        headers.put("conversationId", 50_000 + contact);
        headers.put("contactId", contact);
        product.runtime().camel().createProducerTemplate().sendBodyAndHeaders("direct:crm-upsert-lead", null, headers);
    }

    private static void lead(long contact, Map<String, Object> facts) {
        ask(contact, facts);
        product.settle();
    }

    private static String external(long contact) {
        return product.sandbox().accountId() + "-" + contact;
    }

    private static List<String> errors() {
        List<String> errors = new ArrayList<>();
        product.admin("/admin/dead")
                .forEach(letter -> errors.add(letter.path("error").asText()));
        return errors;
    }

    private static Map<String, Object> byHand(String id, Map<String, Object> fields) {
        Map<String, Object> lead = new LinkedHashMap<>(Map.of("id", id));
        lead.putAll(fields);
        LEADS.add(lead);
        return lead;
    }

    @Test
    @Tag("invariant-2")
    void aLeadIsCreatedOnceThenFilledInAndThenLeftAlone() {
        lead(5, Map.of("name", "Jonas Feld", "phone", "+4790012345"));
        lead(5, Map.of("name", "Somebody Else", "email", "jonas+x@example.org"));
        CALLS.clear();
        lead(5, Map.of("name", "Jonas Feld"));

        assertThat(LEADS).singleElement().satisfies(lead -> assertThat(lead)
                .containsEntry("lastName", "Jonas Feld")
                .containsEntry("phoneNumber", "+4790012345")
                .containsEntry("emailAddress", "jonas+x@example.org")
                .containsEntry("cChatwootContact", external(5))
                .containsEntry("cChatwootStage", "qualified")
                .containsEntry("cChatwootScore", 0));
        assertThat(CALLS).as("nothing is new").containsExactly("GET /api/v1/Lead cChatwootContact");
    }

    @ParameterizedTest
    @CsvSource({"phoneNumber,+4790012345", "emailAddress,ADA+x@harborpine.example"})
    @Tag("invariant-6")
    void whoWasEnteredByHandIsFoundAndKeepsWhatIsThere(String field, String value) {
        Map<String, Object> there = byHand("h1", Map.of("lastName", "Lovelace", field, value));

        lead(6, Map.of("name", "ada", "phone", "+4790012345", "email", "ada+x@harborpine.example"));

        assertThat(LEADS).hasSize(1);
        assertThat(there)
                .containsEntry("lastName", "Lovelace")
                .containsEntry(field, value)
                .containsEntry("phoneNumber", "+4790012345")
                .containsEntry("cChatwootContact", external(6));
    }

    @Test
    @Tag("invariant-9")
    void whatMayBeTwoIsSetAside() {
        byHand("h1", Map.of("phoneNumber", "+4790012345"));
        byHand("h2", Map.of("emailAddress", "ada@harborpine.example"));

        lead(7, Map.of("phone", "+4790012345", "email", "ada@harborpine.example"));

        assertThat(LEADS).noneMatch(lead -> lead.containsKey("cChatwootContact"));
        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith("conflict: contact " + external(7))
                .contains("h1, h2");
    }

    @Test
    @Tag("invariant-2")
    void aCreationWhoseAnswerIsLostIsNotRepeated() {
        // Of the first try: three searches, and a creation of which nothing is heard.
        FAULTS.addAll(List.of("{\"list\":[]}", "{\"list\":[]}", "{\"list\":[]}", "lost"));

        lead(8, Map.of("name", "Lost", "phone", "+4790012345", "email", "lost@harborpine.example"));

        assertThat(LEADS).hasSize(1);
        assertThat(CALLS).filteredOn(call -> call.startsWith("POST")).hasSize(1);
        assertThat(errors()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"500", "503", "429", "401"})
    void whatPassesIsTriedAgain(String status) {
        FAULTS.addAll(List.of(status, status));

        lead(9, Map.of("name", "Patient"));

        assertThat(LEADS).hasSize(1);
        assertThat(CALLS).hasSizeGreaterThanOrEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | EspoCRM answers 400 to GET",
                "302 | EspoCRM answers 302 to GET",
                "<html>signed out</html> | EspoCRM's answer is no JSON object",
                "[] | EspoCRM's answer is no JSON object",
                "{\"total\":1} | EspoCRM answers a search without a list"
            })
    @Tag("invariant-9")
    void aBadAnswerIsADeadLetter(String fault, String error) {
        FAULTS.add(fault);

        lead(10, Map.of("name", "Bad"));

        assertThat(errors()).containsExactly(error);
        assertThat(LEADS).isEmpty();
    }

    @Test
    @Tag("invariant-9")
    void whatEspoTakesForADuplicateIsForAPersonToDecide() {
        FAULTS.addAll(List.of("{\"list\":[]}", "409"));

        lead(11, Map.of("name", "Twin"));

        assertThat(errors()).containsExactly("EspoCRM answers 409 to POST");
    }

    @Test
    void anOutageHoldsALeadUpAndLosesNothing() throws IOException {
        int port = espo.getAddress().getPort();
        espo.stop(0);
        ask(12, Map.of("name", "Away"));
        await().until(() ->
                product.own("SELECT id FROM outbox WHERE attempts > 0 AND state <> 'done' AND conversation_id = 50012")
                                .size()
                        == 1);

        listen(port);
        product.settle();

        assertThat(LEADS).hasSize(1);
        assertThat(errors()).isEmpty();
    }
}
