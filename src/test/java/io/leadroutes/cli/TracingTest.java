package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.leadroutes.sandbox.Fault;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.Link;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collector is told of a webhook's way. */
class TracingTest {
    private static final String RECEIVED = "POST /webhooks/chatwoot";
    private static final String QUALIFYING = "canary-customer-text enterprise budget demo";

    @TempDir
    private Path folder;

    private final Collector collector = new Collector();

    @AfterEach
    void stop() {
        collector.close();
    }

    @Test
    void oneWebhookIsOneTraceFromItsReceiptToEachCallAndTheLead() {
        List<String> paths;
        try (Product product = Product.alone(SandboxChatwoot.builder().autoCreate(), settings(Map.of()))) {
            post(product, message(product, 77, QUALIFYING));
            product.settle();

            paths = product.sandbox().calls(call -> true).stream()
                    .map(call -> product.sandbox().baseUrl() + call.path())
                    .toList();
            assertThat(product.leads()).hasSize(1);
        }

        assertThat(collector.refused()).isEmpty();
        Span received = only(RECEIVED);
        assertThat(received.getParentSpanId()).isEqualTo(ByteString.EMPTY);
        assertThat(received.getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
        assertThat(Collector.attribute(received, "http.response.status_code")).contains("200");
        Span decided = only("decide inbox");
        assertThat(collector.childrenOf(received)).containsExactly(decided);
        assertThat(Collector.attribute(decided, "leadroutes.conversation.id")).contains("1580");
        Map<ByteString, Span> granted =
                collector.childrenOf(decided).stream().collect(Collectors.toMap(Span::getSpanId, Function.identity()));
        assertThat(granted.values())
                .extracting(Span::getName)
                .as("labels, score, priority, team, note, lead")
                .hasSizeGreaterThanOrEqualTo(6)
                .containsOnly("grant outbox");
        List<Span> calls =
                collector.spans(span -> Collector.attribute(span, "url.full").isPresent());
        assertThat(calls)
                .extracting(span -> Collector.attribute(span, "url.full").orElseThrow())
                .as("each call, and no other")
                .containsExactlyInAnyOrderElementsOf(paths);
        assertThat(calls).allSatisfy(call -> {
            assertThat(granted).containsKey(call.getParentSpanId());
            assertThat(call.getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
        });
        Span lead = only("MERGE crm_lead");
        assertThat(Collector.attribute(granted.get(lead.getParentSpanId()), "leadroutes.wish.kind"))
                .contains("lead");
        assertThat(Collector.attribute(lead, "db.system.name")).contains("h2");
        assertThat(collector.spans()).extracting(Span::getTraceId).containsOnly(received.getTraceId());
        assertThat(collector.spans()).hasSize(2 + granted.size() + calls.size() + 1);
    }

    @Test
    void theTraceGoesOnOverARestartBetweenEventAndDecisionAndBetweenDecisionAndCall() {
        Map<String, String> files = Map.of(
                "database.url", "jdbc:h2:file:" + folder.resolve("own"),
                "crm.database.url", "jdbc:h2:file:" + folder.resolve("crm"));
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder().autoCreate().start()) {
            Product receiver = beside(sandbox, files, Map.of("conversation.poll-ms", "60000"));
            post(receiver, message(receiver, 77, QUALIFYING));
            receiver.stop();
            assertThat(collector.named(RECEIVED)).hasSize(1);
            assertThat(collector.named("decide inbox")).isEmpty();

            Product decider = beside(sandbox, files, Map.of("outbox.poll-ms", "60000"));
            await().until(() -> decider.runtime().records().inbox().pending() == 0);
            decider.stop();
            assertThat(collector.named("decide inbox")).hasSize(1);
            assertThat(collector.named("grant outbox")).isEmpty();

            Product sender = beside(sandbox, files, Map.of());
            await().until(() -> sender.runtime().records().outbox().pending() == 0);
            sender.stop();
        }

        Span received = only(RECEIVED);
        Span decided = only("decide inbox");
        assertThat(decided.getParentSpanId()).isEqualTo(received.getSpanId());
        assertThat(collector.childrenOf(decided)).extracting(Span::getName).containsOnly("grant outbox");
        assertThat(only("MERGE crm_lead").getTraceId()).isEqualTo(received.getTraceId());
        assertThat(collector.spans()).extracting(Span::getTraceId).containsOnly(received.getTraceId());
    }

    @Test
    void severalEventsDecidedTogetherAreInTheTraceOfTheNewestWithLinksToTheOthers() {
        try (Product product = Product.alone(
                SandboxChatwoot.builder().autoCreate(), settings(Map.of("conversation.debounce", "1s")))) {
            post(product, message(product, 77, "canary-customer-text, a bug"));
            post(product, message(product, 78, "canary-customer-text, a price"));
            product.settle();
        }

        List<Span> received = collector.named(RECEIVED).stream()
                .sorted((a, b) -> Long.compare(a.getEndTimeUnixNano(), b.getEndTimeUnixNano()))
                .toList();
        Span decided = only("decide inbox");
        assertThat(received).hasSize(2);
        assertThat(decided.getParentSpanId()).isEqualTo(received.get(1).getSpanId());
        assertThat(decided.getTraceId()).isEqualTo(received.get(1).getTraceId());
        assertThat(decided.getLinksList())
                .extracting(Link::getTraceId, Link::getSpanId)
                .containsExactly(
                        tuple(received.get(0).getTraceId(), received.get(0).getSpanId()));
    }

    @Test
    void aCallThatIsSharedIsInTheTraceOfTheNewestWishWithALinkToTheOther() {
        Map<String, String> files = Map.of(
                "database.url", "jdbc:h2:file:" + folder.resolve("own"),
                "crm.database.url", "jdbc:h2:file:" + folder.resolve("crm"));
        try (SandboxChatwoot sandbox = SandboxChatwoot.builder().autoCreate().start()) {
            Product decider = beside(sandbox, files, Map.of("outbox.poll-ms", "60000"));
            for (long conversation = 1580; conversation <= 1581; conversation++) {
                post(decider, message(decider, conversation, 70 + conversation, "canary-customer-text: a bug"));
                await().until(() -> decider.runtime().records().inbox().pending() == 0);
            }
            decider.stop();

            Product sender = beside(sandbox, files, Map.of());
            await().until(() ->
                    sender.own("SELECT id FROM outbox WHERE state = 'asked'").size() == 2);
            sender.stop();
        }

        List<Span> decided = collector.named("decide inbox");
        assertThat(decided).hasSize(2);
        Span shared = collector
                .spans(span -> span.getName().equals("grant outbox")
                        && Collector.attribute(span, "messaging.batch.message_count")
                                .equals(Optional.of("2")))
                .get(0);
        assertThat(shared.getParentSpanId()).isEqualTo(decided.get(1).getSpanId());
        assertThat(shared.getLinksList())
                .extracting(Link::getTraceId, Link::getSpanId)
                .containsExactly(
                        tuple(decided.get(0).getTraceId(), decided.get(0).getSpanId()));
        assertThat(collector.childrenOf(shared))
                .extracting(span -> Collector.attribute(span, "url.full").orElseThrow())
                .singleElement()
                .asString()
                .endsWith("/bulk_actions");
    }

    @Test
    void aTraceThatTheSenderNamesIsNotTaken() {
        String strange = "0af7651916cd43dd8448eb211c80319c";
        try (Product product = Product.alone(SandboxChatwoot.builder().autoCreate(), settings(Map.of()))) {
            String body = message(product, 77, "nothing");
            String timestamp = Long.toString(Instant.now().getEpochSecond());
            product.send(HttpRequest.newBuilder(product.webhookUrl())
                    .header("Content-Type", "application/json")
                    .header("X-Chatwoot-Timestamp", timestamp)
                    .header("X-Chatwoot-Signature", Product.sign(Product.SECRET, timestamp, body))
                    .header("traceparent", "00-" + strange + "-b7ad6b7169203331-01")
                    .header("tracestate", "strange=1")
                    .header("baggage", "strange=1")
                    .POST(BodyPublishers.ofString(body)));
            product.settle();
        }

        assertThat(only(RECEIVED).getParentSpanId()).isEqualTo(ByteString.EMPTY);
        assertThat(collector.spans()).hasSize(2).noneMatch(span -> span.toString()
                .contains("strange"));
        assertThat(collector.spans()).extracting(Collector::traceId).doesNotContain(strange);
    }

    @Test
    @Tag("invariant-12")
    void spansTellOfFailuresWithoutSecretsAndTextsOfCustomers() {
        String token;
        try (Product product = Product.alone(SandboxChatwoot.builder().autoCreate(), settings(Map.of()))) {
            token = product.sandbox().apiToken();
            product.sandbox()
                    .failNext(1, Fault.status(422, "{\"error\":\"canary-customer-echo\"}"), call -> call.isWrite());
            product.sandbox().failNext(1, Fault.malformedJson(), call -> call.isWrite());
            post(product, message(product, 77, QUALIFYING));
            product.post("{\"event\":\"message_created\",\"canary-customer-key\":1}");
            product.settle();
        }

        assertThat(collector.spans(
                        span -> Collector.attribute(span, "error.type").equals(Optional.of("422"))))
                .singleElement()
                .satisfies(call -> {
                    assertThat(call.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
                    assertThat(collector.spans(span -> span.getSpanId().equals(call.getParentSpanId())))
                            .singleElement()
                            .satisfies(grant -> assertThat(Collector.attribute(grant, "error.type"))
                                    .contains("Rejected"));
                });
        assertThat(collector.spans()).extracting(Span::toString).isNotEmpty().allSatisfy(span -> assertThat(span)
                .doesNotContainIgnoringCase("canary")
                .doesNotContain(token, Product.SECRET, Collector.KEY));
        assertThat(collector.spans()).allSatisfy(span -> assertThat(
                        Collector.attribute(span, "url.full").orElse(""))
                .doesNotContain("?"));
    }

    @Test
    void ofAShareOfWebhooksTheWayIsTracedToItsEndOrNotAtAll() {
        try (Product product =
                Product.alone(SandboxChatwoot.builder().autoCreate(), settings(Map.of("tracing.share", "0.0")))) {
            post(product, message(product, 77, QUALIFYING));
            product.settle();

            assertThat(product.own("SELECT trace FROM webhook_event"))
                    .singleElement()
                    .satisfies(
                            row -> assertThat((String) row.get("trace")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[02]"));
        }

        assertThat(collector.spans()).isEmpty();
    }

    @Test
    void anEventThatFailsIsToldByTheClassOfItsFailureOnly() {
        try (Product product = Product.alone(
                SandboxChatwoot.builder().autoCreate(),
                settings(Map.of("steps.message", "seda:nobody?failIfNoConsumers=true")))) {
            post(product, message(product, 77, QUALIFYING));
            product.settle();
        }

        Span received = only(RECEIVED);
        assertThat(collector.named("decide inbox"))
                .as("each try, and no more of it")
                .hasSize(5)
                .allSatisfy(decided -> {
                    assertThat(decided.getParentSpanId()).isEqualTo(received.getSpanId());
                    assertThat(decided.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
                    assertThat(Collector.attribute(decided, "error.type").orElseThrow())
                            .contains("SedaConsumerNotAvailableException");
                });
        assertThat(collector.spans()).hasSize(6).noneMatch(span -> span.toString()
                .contains("canary"));
    }

    @Test
    void aCollectorThatIsAwayHoldsUpNothing() {
        Map<String, String> settings = settings(Map.of());
        collector.close();
        try (Product product = Product.alone(SandboxChatwoot.builder().autoCreate(), settings)) {
            post(product, message(product, 77, QUALIFYING));
            product.settle();

            assertThat(product.leads()).hasSize(1);
        }
    }

    @Test
    void withoutACollectorNoTraceIsStored() {
        try (Product product = Product.alone(SandboxChatwoot.builder().autoCreate(), Map.of())) {
            post(product, message(product, 77, QUALIFYING));
            product.settle();

            assertThat(product.own("SELECT id FROM webhook_event WHERE trace IS NULL"))
                    .hasSize(1);
            assertThat(product.own("SELECT id FROM outbox")).isNotEmpty();
            assertThat(product.own("SELECT id FROM outbox WHERE traces IS NOT NULL"))
                    .isEmpty();
        }
    }

    private Product beside(SandboxChatwoot sandbox, Map<String, String> files, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings(files));
        all.putAll(settings);
        return Product.beside(sandbox, all, Clock.systemUTC());
    }

    private Map<String, String> settings(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "tracing.endpoint",
                collector.endpoint(),
                "tracing.headers",
                "x-key=" + Collector.KEY,
                "chatwoot.rate-limit",
                "3000"));
        settings.putAll(more);
        return settings;
    }

    private static String message(Product product, long id, String text) {
        return message(product, 1580, id, text);
    }

    private static String message(Product product, long conversation, long id, String text) {
        return "{\"event\":\"message_created\",\"id\":" + id + ",\"content\":\"" + text
                + "\",\"message_type\":\"incoming\",\"private\":false,\"account\":{\"id\":"
                + product.sandbox().accountId()
                + "},\"conversation\":{\"id\":" + conversation
                + "},\"sender\":{\"id\":5,\"type\":\"contact\",\"name\":\"Canary Customer\","
                + "\"email\":\"canary-customer@harborpine.example\"}}";
    }

    private static void post(Product product, String body) {
        assertThat(product.post(body).statusCode()).isEqualTo(200);
    }

    private Span only(String name) {
        assertThat(collector.named(name)).as(name).hasSize(1);
        return collector.named(name).get(0);
    }
}
