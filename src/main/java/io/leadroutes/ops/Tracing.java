package io.leadroutes.ops;

import io.leadroutes.store.Claim;
import io.leadroutes.store.Delivery;
import io.leadroutes.store.Failures;
import io.leadroutes.store.NewEvent;
import io.leadroutes.store.StoredEvent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Tells an OpenTelemetry collector, by OTLP over HTTP, the way of each webhook from its receipt to every call that comes of
 * it. Names and attributes are those of OpenTelemetry's semantic conventions for HTTP, messaging and databases; our own
 * begin with {@code leadroutes}. They hold ids, kinds and addresses without a query, no customer's text (invariant 12).
 *
 * <p>A unit of work that takes several events or wishes goes on in the trace of the newest, with links to the others.
 *
 * <p>Each webhook begins a trace of its own: a {@code traceparent} that it brings is not read, because its sender is a
 * stranger, who could have all be sampled, or be told as part of any trace.
 */
public final class Tracing implements AutoCloseable {
    private static final long FLUSH_WITHIN_S = 10;
    static final String TRACEPARENT = "traceparent";
    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    /** The first word of a statement, and the table that it is about. */
    private static final Pattern STATEMENT = Pattern.compile(
            "\\s*(\\w+)\\b(?:\\s+INTO|\\s+FROM)?\\s+([\\w.\"]+).*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<Long> CONVERSATION = AttributeKey.longKey("leadroutes.conversation.id");

    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final URI chatwoot;
    private final String crmSystem;

    /**
     * @param endpoint of the collector, without {@code /v1/traces}
     * @param headers sent with each export, such as a key
     * @param share of the webhooks whose way is traced, 0 to 1
     * @param chatwoot the address that calls go to
     * @param crmSystem the CRM's database, such as {@code postgresql}
     */
    public Tracing(String endpoint, Map<String, String> headers, double share, URI chatwoot, String crmSystem) {
        // It tells by java.util.logging what it cannot export.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint + "/v1/traces")
                .setCompression("gzip");
        headers.forEach(exporter::addHeader);
        provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault()
                        .merge(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "leadroutes"))))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(share)))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter.build()).build())
                .build();
        tracer = provider.get("io.leadroutes");
        this.chatwoot = chatwoot;
        this.crmSystem = crmSystem;
    }

    /** The W3C traceparent of what this thread does; absent if that is in no trace. */
    public Optional<String> current() {
        Map<String, String> carrier = new HashMap<>();
        W3C.inject(Context.current(), carrier, Map::put);
        return Optional.ofNullable(carrier.get(TRACEPARENT));
    }

    /** What is done in this thread until it is ended there. */
    static final class Open {
        private final Span span;
        private Scope scope;

        // Closed by end.
        @SuppressWarnings("MustBeClosed")
        private Open(Span span) {
            this.span = span;
            this.scope = span.makeCurrent();
        }

        /** What this thread does from now on is none of it; any thread may end it. */
        void leave() {
            scope.close();
            scope = Scope.noop();
        }

        String traceId() {
            return span.getSpanContext().getTraceId();
        }

        void answered(int status) {
            span.setAttribute(STATUS, (long) status);
            if (status >= 400) {
                span.setAttribute(ERROR, Integer.toString(status)).setStatus(StatusCode.ERROR);
            }
        }

        /** @param failure told by its class only, because its message may hold a customer's text; null if there is none */
        void end(Throwable failure) {
            if (failure != null) {
                span.setAttribute(ERROR, Failures.kind(failure)).setStatus(StatusCode.ERROR);
            }
            scope.close();
            span.end();
        }
    }

    /** @param sinceMs when its request came, in milliseconds since the epoch */
    Open receive(NewEvent event, long sinceMs) {
        SpanBuilder span = tracer.spanBuilder("POST /webhooks/chatwoot")
                .setNoParent()
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(sinceMs, TimeUnit.MILLISECONDS)
                .setAttribute(METHOD, "POST")
                .setAttribute("http.route", "/webhooks/chatwoot")
                .setAttribute("url.path", "/webhooks/chatwoot")
                .setAttribute("url.scheme", "http")
                .setAttribute("leadroutes.event", event.event().type());
        event.event().conversationId().ifPresent(id -> span.setAttribute(CONVERSATION, id));
        return new Open(span.startSpan());
    }

    Open decide(Claim claim) {
        List<StoredEvent> events = claim.getEvents();
        SpanBuilder span = work("decide", "inbox", events.size());
        follow(
                span,
                events.stream()
                        .sorted(Comparator.comparingLong(StoredEvent::id).reversed())
                        .flatMap(event -> event.trace().stream())
                        .toList());
        span.setAttribute(
                AttributeKey.longArrayKey("leadroutes.event.ids"),
                events.stream().map(StoredEvent::id).toList());
        events.get(0).event().conversationId().ifPresent(id -> span.setAttribute(CONVERSATION, id));
        return new Open(span.startSpan());
    }

    Open grant(Delivery delivery) {
        SpanBuilder span = work("grant", "outbox", delivery.all().size());
        follow(
                span,
                delivery.all().stream()
                        .sorted(Comparator.comparingLong(Delivery::id).reversed())
                        .flatMap(one -> one.traces().stream())
                        .toList());
        span.setAttribute(
                AttributeKey.longArrayKey("leadroutes.wish.ids"),
                delivery.all().stream().map(Delivery::id).toList());
        span.setAttribute("leadroutes.wish.kind", delivery.kind());
        span.setAttribute("leadroutes.wish.attempts", delivery.attempts());
        if (delivery.conversationId() != 0 && !delivery.isShared()) {
            span.setAttribute(CONVERSATION, delivery.conversationId());
        }
        return new Open(span.startSpan());
    }

    private SpanBuilder work(String operation, String queue, int count) {
        return tracer.spanBuilder(operation + " " + queue)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "leadroutes")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.operation.name", operation)
                .setAttribute("messaging.destination.name", queue)
                .setAttribute("messaging.batch.message_count", count);
    }

    /** @param traces the newest first */
    private static void follow(SpanBuilder span, List<String> traces) {
        if (traces.isEmpty()) {
            span.setNoParent();
            return;
        }
        span.setParent(context(traces.get(0)));
        traces.stream()
                .skip(1)
                .distinct()
                .forEach(trace -> span.addLink(Span.fromContext(context(trace)).getSpanContext()));
    }

    private static Context context(String traceparent) {
        return W3C.extract(Context.root(), traceparent, new TextMapGetter<>() {
            @Override
            public Iterable<String> keys(String carrier) {
                return List.of(TRACEPARENT);
            }

            @Override
            public String get(String carrier, String key) {
                return key.equals(TRACEPARENT) ? carrier : null;
            }
        });
    }

    /**
     * @param verb what is asked for, such as {@code set-labels}
     * @param path below Chatwoot's address, without a query
     */
    Open call(String verb, String method, String path) {
        return new Open(tracer.spanBuilder(method + " " + verb)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(METHOD, method)
                .setAttribute("url.full", chatwoot + path)
                .setAttribute("server.address", chatwoot.getHost())
                .setAttribute("server.port", port())
                .startSpan());
    }

    private long port() {
        int given = chatwoot.getPort();
        return given >= 0 ? given : chatwoot.getScheme().equals("https") ? 443 : 80;
    }

    /** @param statement with parameters, not values */
    Open execute(String statement) {
        Matcher words = STATEMENT.matcher(statement);
        String operation = words.matches() ? words.group(1).toUpperCase(Locale.ROOT) : "execute";
        String table = words.matches() ? words.group(2) : "crm";
        return new Open(tracer.spanBuilder(operation + " " + table)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute("db.system.name", crmSystem)
                .setAttribute("db.operation.name", operation)
                .setAttribute("db.collection.name", table)
                .startSpan());
    }

    /** Exports what has not been yet, within 10 seconds; nothing else depends on it. */
    @Override
    public void close() {
        provider.shutdown().join(FLUSH_WITHIN_S, TimeUnit.SECONDS);
    }
}
