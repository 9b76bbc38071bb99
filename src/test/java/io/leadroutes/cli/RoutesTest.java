package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.jms.TestBroker;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.NodeEvent;

/** The files in routes/: their form (notes, style, section 2), and that each route is used. */
class RoutesTest {
    /** Routes of chatwoot.camel.yaml that nobody calls by hand. */
    private static final Set<String> NO_VERBS = Set.of("chatwoot-dispatcher", "chatwoot-send", "chatwoot-api");

    /** One sentence: a capital letter, a full stop at the end and none followed by another sentence. */
    private static final Pattern SENTENCE = Pattern.compile("[A-Z](?:(?!\\. [A-Z]).)+\\.");

    private static final Pattern KEBAB_CASE = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /** Keys whose value is an endpoint: a map with a uri, in canonical form. */
    private static final Set<String> ENDPOINTS = Set.of("from", "to", "toD", "wireTap", "enrich", "pollEnrich", "poll");

    private static final Set<String> LANGUAGES = Set.of("simple", "constant", "jsonpath", "groovy", "method", "header");

    static List<Path> files() throws IOException {
        return files(Path.of("routes"));
    }

    /** Also those that {@code leadroutes new} writes. */
    static List<Path> filesAndExamples() throws IOException {
        return Stream.of(files(), files(Path.of("routes/examples")), files(Path.of("src/main/resources/new")))
                .flatMap(List::stream)
                .toList();
    }

    static List<Path> filesAndKamelets() throws IOException {
        return Stream.of(filesAndExamples(), files(Path.of("routes/kamelets")))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("filesAndExamples")
    void everyRouteHasAnIdAndSaysInOneSentenceWhatItDoes(Path file) throws IOException {
        for (Map<?, ?> route : entities(file, "route")) {
            assertThat((String) route.get("id")).as("id").matches(KEBAB_CASE);
            assertThat((String) route.get("description"))
                    .as("description of " + route.get("id"))
                    .matches(SENTENCE);
        }
    }

    @ParameterizedTest
    @MethodSource("filesAndExamples")
    void everyFileIsInCanonicalForm(Path file) throws IOException {
        List<String> compact = new ArrayList<>();
        for (Object entity : (List<?>) yaml(file)) {
            findCompact(entity, "", compact);
        }

        assertThat(compact).as("compact notation in " + file).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("filesAndKamelets")
    void everyFileHasOneCommentAtItsTopAndNoAnchors(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        long comments =
                lines.stream().filter(line -> line.strip().startsWith("#")).count();
        long header = lines.stream().takeWhile(line -> line.startsWith("#")).count();

        assertThat(header).isPositive();
        assertThat(comments).as("comments that Kaoto would drop").isEqualTo(header);
        assertThat(new Parse(LoadSettings.builder().build()).parseString(Files.readString(file)))
                .noneMatch(event ->
                        event instanceof NodeEvent node && node.getAnchor().isPresent());
    }

    @Test
    void everyCallableRouteIsNamedAsItIsCalled() throws IOException {
        for (Path file : filesAndExamples()) {
            for (Map<?, ?> route : entities(file, "route")) {
                String uri = (String) ((Map<?, ?>) route.get("from")).get("uri");
                if (uri.startsWith("direct:")) {
                    assertThat(uri).isEqualTo("direct:" + route.get("id"));
                }
            }
        }
    }

    @Test
    void everyRouteOfTheFilesRunsAndIsUsed(@TempDir Path folder) throws IOException {
        List<String> inFiles = new ArrayList<>();
        for (Path file : files()) {
            // Webhooks come by JMS here; KafkaIntakeTest has the other way.
            if (!file.endsWith("kafka.camel.yaml")) {
                entities(file, "route").forEach(route -> inFiles.add((String) route.get("id")));
            }
        }
        // The account has no macros: what they would do is done by direct calls, then.
        Map<String, String> settings =
                new HashMap<>(Map.of("chatwoot.rate-limit", "3000", "chatwoot.strategy", "macro"));
        try (TestBroker broker = new TestBroker(folder)) {
            settings.put("jms.url", broker.url());
            settings.put("jms.commands", "jms:queue:commands");
            settings.put("intake.broker", "jms:queue:webhooks");
            useAll(inFiles, settings, broker);
        }
    }

    private static void useAll(List<String> inFiles, Map<String, String> settings, TestBroker broker) {
        try (Product product = Product.connected(SandboxChatwoot.builder(), settings)) {
            useEverything(product);
            useVerbs(product, inFiles);
            broker.ask("commands", "{}");

            assertThat(product.runtime().camel().getRoutes())
                    .extracting(Route::getId)
                    .containsExactlyInAnyOrderElementsOf(inFiles);
            // Those that look now and then begin a little later.
            await().untilAsserted(() -> assertThat(used(product)).containsAll(inFiles));
        }
    }

    /** While one conversation's call is on its way, equal wishes of two others come together. */
    private static void shareACall(Product product) {
        List<Fault.Hang> hanging = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long busy = product.conversation("Bea Busy " + i);
            hanging.add(Fault.hang());
            product.sandbox().failNext(1, hanging.get(i), call -> call.path().contains("/conversations/" + busy + "/"));
            product.sandbox().customerWrites(busy, "a demo");
        }
        await().until(() ->
                product.own("SELECT id FROM outbox WHERE state = 'sending'").size() == 3);
        product.sandbox().customerWrites(product.conversation("Cy Equal"), "a bug");
        product.sandbox().customerWrites(product.conversation("Dee Equal"), "a bug");
        await().until(() -> product.own("SELECT id FROM outbox WHERE payload LIKE '%technical-issue%'")
                        .size()
                == 2);
        hanging.forEach(Fault.Hang::release);
        product.settle();
    }

    private static void useEverything(Product product) {
        SandboxChatwoot sandbox = product.sandbox();
        sandbox.failNext(1, Fault.status(422), call -> call.is("POST", "/toggle_priority"));
        long id = product.conversation("Ada Routed");
        sandbox.customerWrites(id, "An enterprise with a budget wants a demo");
        product.settle();
        sandbox.customerWrites(id, "or will cancel");
        product.settle();
        shareACall(product);
        product.admin("/admin/status");
        product.admin("/admin/conversations/" + id);
        for (String path : List.of("/admin", "/admin/page/page.js")) {
            product.send(product.adminRequest(path).GET());
        }
        for (String path : List.of("/admin/overview", "/admin/rules")) {
            product.admin(path);
        }
        product.send(product.adminRequest("/admin/leads").POST(BodyPublishers.noBody()));
        product.send(product.adminRequest("/admin/session").POST(BodyPublishers.noBody()));
        product.send(product.adminRequest("/admin/session").DELETE());
        String dead = product.admin("/admin/dead").path(0).path("id").asText();
        product.send(product.adminRequest("/admin/dead/" + dead + "/retry").POST(BodyPublishers.noBody()));
        product.send(product.adminRequest("/admin/dead/wish-0").DELETE());
        product.send(product.adminRequest("/admin/dead/retry?reason=failed").POST(BodyPublishers.noBody()));
        product.send(product.adminRequest("/admin/dead/drop?reason=failed").POST(BodyPublishers.noBody()));
        product.send(
                product.adminRequest("/admin/rules/try").POST(BodyPublishers.ofString("{\"content\":\"a demo\"}")));
        product.settle();
        product.send(product.adminRequest("/admin/outcome")
                .POST(BodyPublishers.ofString("{\"outcome\":\"won\",\"conversation_id\":" + id + "}")));
        product.send(product.adminRequest("/admin/forget/1").POST(BodyPublishers.noBody()));
    }

    /** Each verb once, with one set of inputs that suits all; what they do is for their own tests. */
    private static void useVerbs(Product product, List<String> routes) {
        Map<String, Object> inputs = Map.ofEntries(
                Map.entry("conversationId", 1580),
                Map.entry("conversationIds", "1580"),
                Map.entry("contactId", 9021),
                Map.entry("inboxId", 31),
                Map.entry("labels", "vip"),
                Map.entry("attributes", "{\"a\":1}"),
                Map.entry("keys", "a"),
                Map.entry("key", "a"),
                Map.entry("name", "A name"),
                Map.entry("type", "text"),
                Map.entry("model", "contact"),
                Map.entry("priority", "low"),
                Map.entry("status", "open"),
                Map.entry("team", "sales"),
                Map.entry("teamId", 2),
                Map.entry("agentId", 12),
                Map.entry("agentIds", 12),
                Map.entry("text", "a text"),
                Map.entry("url", "http://127.0.0.1:9/hook"),
                Map.entry("subscriptions", "message_created"),
                Map.entry("webhookId", 1),
                Map.entry("definitionId", 1),
                Map.entry("macroId", 1),
                Map.entry("actions", "[{\"action_name\":\"resolve_conversation\"}]"),
                Map.entry("title", "spring"),
                Map.entry("labelId", 1));
        for (String route : routes) {
            boolean isVerb = route.startsWith("chatwoot-") || route.equals("crm-upsert-lead");
            if (isVerb && !NO_VERBS.contains(route)) {
                product.runtime()
                        .camel()
                        .createProducerTemplate()
                        .send("direct:" + route, exchange -> exchange.getMessage()
                                .setHeaders(new HashMap<>(inputs)));
            }
        }
        product.settle();
    }

    @Test
    void everySchedulerWaitsForItsOwnRound() throws IOException {
        List<Map<?, ?>> schedulers = new ArrayList<>();
        for (Path file : files()) {
            for (Map<?, ?> route : entities(file, "route")) {
                Map<?, ?> from = (Map<?, ?>) route.get("from");
                if (String.valueOf(from.get("uri")).startsWith("scheduler:")) {
                    schedulers.add((Map<?, ?>) from.get("parameters"));
                }
            }
        }

        assertThat(schedulers).isNotEmpty().allSatisfy(parameters -> assertThat(parameters.get("synchronous"))
                .as("a greedy one that does not wait takes the same work over and over")
                .isEqualTo(true));
    }

    /** Ids of the routes that have handled an exchange, by Camel's own metrics. */
    static Set<String> used(Product product) {
        String metrics = product.send(HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + product.runtime().managementPort() + "/observe/metrics"))
                        .GET())
                .body();
        return Pattern.compile("(?m)^camel_exchanges_total\\{[^}]*routeId=\"([^\"]+)\"[^}]*} ([0-9.E]+)")
                .matcher(metrics)
                .results()
                .filter(count -> Double.parseDouble(count.group(2)) > 0)
                .map(count -> count.group(1))
                .collect(Collectors.toSet());
    }

    private static void findCompact(Object node, String path, List<String> compact) {
        if (node instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                findCompact(list.get(i), path + "[" + i + "]", compact);
            }
        } else if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                String here = path + "/" + key;
                boolean isEndpoint = ENDPOINTS.contains(key);
                boolean isParameter = path.endsWith("/parameters");
                if (!isParameter && isEndpoint && !(value instanceof Map<?, ?> to && to.get("uri") instanceof String)) {
                    compact.add(here + " without uri");
                }
                if (isEndpoint
                        && value instanceof Map<?, ?> to
                        && String.valueOf(to.get("uri")).contains("?")) {
                    compact.add(here + " with parameters in its uri");
                }
                boolean isExpression = path.endsWith("/expression") || path.endsWith("/handled");
                if (LANGUAGES.contains(key) && !(isExpression && value instanceof Map<?, ?>)) {
                    if (!isParameter && !(value instanceof String && isOrdinaryProperty(path))) {
                        compact.add(here + " outside of an expression block");
                    }
                }
                findCompact(value, here, compact);
            });
        }
    }

    /** {@code method} is a property of the bean EIP and of the language of that name, too. */
    private static boolean isOrdinaryProperty(String path) {
        return path.endsWith("/bean") || path.endsWith("/expression/method");
    }

    static List<Map<?, ?>> entities(Path file, String kind) throws IOException {
        List<Map<?, ?>> found = new ArrayList<>();
        for (Object entity : (List<?>) yaml(file)) {
            if (((Map<?, ?>) entity).get(kind) instanceof Map<?, ?> map) {
                found.add(map);
            }
        }
        return found;
    }

    private static Object yaml(Path file) throws IOException {
        return new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    }
}
