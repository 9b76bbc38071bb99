package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * SECURITY.md, row 11: each name by which a component of Camel on the class path takes orders, from outside. The names are
 * those of the constants of all {@code *Constants} classes; each exchange is looked at when it begins, before and after
 * each call, and when it ends.
 */
@Tag("attack-11")
class HeaderAllowListTest {
    private static final String PLANTED = "planted-by-a-stranger";

    /** What HTTP itself goes by, and what of a request or an answer we do read. */
    private static final Set<String> MEANT = Set.of(
            "authorization",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "date",
            "expect",
            "host",
            "retry-after",
            "transfer-encoding",
            "upgrade");

    private static final Set<String> ADDRESS =
            Set.of("CamelHttpUri", "CamelHttpUrl", "CamelHttpQuery", "CamelHttpRawQuery");

    private static final List<String> NAMES = names();
    private static final int BATCH = 50;

    private static Product product;
    private static final Queue<String> ARRIVED = new ConcurrentLinkedQueue<>();
    private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() throws Exception {
        product = Product.alone(SandboxChatwoot.builder().autoCreate(), Map.of("chatwoot.rate-limit", "100000"));
        EventNotifierSupport spy = new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof ExchangeEvent of) {
                    look(event.getType() + " in " + of.getExchange().getFromRouteId(), of.getExchange());
                }
            }
        };
        product.runtime().camel().getManagementStrategy().addEventNotifier(spy);
        spy.start();
    }

    private static void look(String where, Exchange exchange) {
        SEEN.add(where);
        Stream.of(exchange.getMessage().getHeaders(), exchange.getProperties())
                .flatMap(map -> map.entrySet().stream())
                .filter(entry -> String.valueOf(entry.getValue()).contains(PLANTED))
                // Camel itself tells the address in them; our first step takes them out.
                .filter(entry -> !(where.startsWith("ExchangeCreated") && ADDRESS.contains(entry.getKey())))
                .forEach(entry -> ARRIVED.add(entry.getKey() + " at " + where));
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @BeforeEach
    void forget() {
        ARRIVED.clear();
        SEEN.clear();
    }

    @Test
    void theNamesAreThoseOfTheComponentsThatAreThere() {
        assertThat(NAMES)
                .hasSizeGreaterThan(300)
                .contains("CamelHttpUri", "CamelJdbcParameters", "camelhttpuri", "CAMELHTTPURI", "CamelBeanMethodName");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /webhooks/chatwoot",
        "GET, /admin/status",
        "GET, /admin/dead",
        "GET, /admin/conversations/1",
        "POST, /admin/rules/try",
        "POST, /admin/forget/1",
        "POST, /admin/outcome",
        "POST, /admin/dead/retry",
        "DELETE, /admin/dead/wish-1"
    })
    void noneArrivesAsAHeader(String method, String path) {
        for (List<String> batch : batches()) {
            HttpRequest.Builder request = request(method, path, "application/json");
            batch.forEach(name -> request.header(name, PLANTED));

            assertUntouched(product.send(request));
        }
        assertThat(SEEN).isNotEmpty();
        assertThat(ARRIVED).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /webhooks/chatwoot",
        "GET, /admin/status",
        "GET, /admin/conversations/1",
        "POST, /admin/rules/try",
        "POST, /admin/forget/1",
        "POST, /admin/outcome"
    })
    void noneArrivesAsAQueryParameter(String method, String path) {
        for (List<String> batch : batches()) {
            assertUntouched(product.send(request(method, path + "?" + parameters(batch), "application/json")));
        }
        assertThat(SEEN).isNotEmpty();
        assertThat(ARRIVED).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/webhooks/chatwoot", "/admin/rules/try", "/admin/forget/1", "/admin/dead/retry"})
    void noneArrivesAsAFormField(String path) {
        for (List<String> batch : batches()) {
            String form = parameters(batch);
            HttpResponse<String> answer =
                    product.send(request("POST", path, "application/x-www-form-urlencoded", form));

            assertUntouched(answer);
            assertThat(answer.statusCode()).isEqualTo(415);
        }
        assertThat(ARRIVED).isEmpty();
    }

    @Test
    void noneArrivesInAnAnswerOfChatwoot() {
        for (List<String> batch : batches()) {
            Map<String, String> headers =
                    batch.stream().collect(Collectors.toMap(name -> name, name -> PLANTED, (one, other) -> one));
            product.sandbox().failNext(1, Fault.status(200, "{\"payload\":[]}", headers), call -> true);

            Exchange answered = product.runtime()
                    .camel()
                    .createProducerTemplate()
                    .request("direct:chatwoot-list-labels", exchange -> exchange.getMessage()
                            .setHeader("conversationId", 1580));

            assertThat(answered.getException()).isNull();
        }
        assertThat(SEEN).contains("ExchangeSent in chatwoot-list-labels");
        assertThat(ARRIVED).isEmpty();
    }

    private static void assertUntouched(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isIn(200, 400, 404, 415, 503);
        assertThat(answer.headers().map().toString() + answer.body()).doesNotContain(PLANTED);
    }

    private static HttpRequest.Builder request(String method, String path, String type) {
        return request(method, path, type, "{\"event\":\"unheard_of\",\"content\":\"x\"}");
    }

    private static HttpRequest.Builder request(String method, String path, String type, String body) {
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + product.runtime().httpPort() + path))
                .header("Content-Type", type)
                .header("Authorization", "Bearer " + Product.ADMIN_TOKEN)
                .header("X-Chatwoot-Timestamp", timestamp)
                .header("X-Chatwoot-Signature", Product.sign(Product.SECRET, timestamp, body))
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }

    private static String parameters(List<String> names) {
        return names.stream().map(name -> name + "=" + PLANTED).collect(Collectors.joining("&"));
    }

    private static List<List<String>> batches() {
        List<List<String>> batches = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i += BATCH) {
            batches.add(NAMES.subList(i, Math.min(NAMES.size(), i + BATCH)));
        }
        return batches;
    }

    /** In three cases each, but for what HTTP cannot carry as a name. */
    private static List<String> names() {
        Set<String> names = new TreeSet<>();
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (jar.contains("camel") && jar.endsWith(".jar")) {
                constantsOf(jar)
                        .forEach(name -> names.addAll(
                                List.of(name, name.toLowerCase(Locale.ROOT), name.toUpperCase(Locale.ROOT))));
            }
        }
        // Without Camel's prefix, of components that are not here yet: CVE-2026-49098 and its kin.
        names.addAll(List.of("kafka.OVERRIDE_TOPIC", "kafka.TOPIC", "breadcrumbId", "org.apache.camel.anything"));
        names.removeIf(name -> MEANT.contains(name.toLowerCase(Locale.ROOT)) || !name.matches("[A-Za-z0-9._-]{2,100}"));
        return List.copyOf(names);
    }

    private static List<String> constantsOf(String jar) {
        try (JarFile file = new JarFile(jar)) {
            return file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith("org/apache/camel/") && name.endsWith("Constants.class")
                            || name.equals("org/apache/camel/Exchange.class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .flatMap(HeaderAllowListTest::textsOf)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> textsOf(String className) {
        try {
            List<String> texts = new ArrayList<>();
            for (Field field : Class.forName(className).getDeclaredFields()) {
                if (field.getType() == String.class
                        && Modifier.isStatic(field.getModifiers())
                        && field.trySetAccessible()) {
                    texts.add(String.valueOf(field.get(null)));
                }
            }
            return texts.stream();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(className, e);
        }
    }
}
