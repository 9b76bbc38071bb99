package io.leadroutes.ops;

import io.leadroutes.event.Event;
import io.leadroutes.store.Claim;
import io.leadroutes.store.Delivery;
import io.leadroutes.store.LogFields;
import io.leadroutes.store.NewEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.slf4j.MDC;

/**
 * Stands around those nodes of the routes at which an event or a wish is in hand: what is logged meanwhile tells its
 * conversation, and, if tracing is on, its trace; then calls, too, are told to it. A route that has lost a node by its id is
 * not followed there, and does the same as ever.
 */
public final class Trail implements InterceptStrategy {
    private static final String WORK = "leadroutesWork";

    private final Optional<Tracing> tracing;

    public Trail(Optional<Tracing> tracing) {
        this.tracing = tracing;
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext camel, NamedNode node, Processor target, Processor nextTarget) {
        String id = String.valueOf(node.getId());
        if (id.equals("insert-inbox") && tracing.isPresent()) {
            return new Received(target, tracing.get());
        }
        return stepAt(id).<Processor>map(step -> new Followed(target, step)).orElse(target);
    }

    /** What is done when an exchange comes to a node; it gives what is done when the exchange leaves it. */
    private interface Step extends Function<Exchange, Consumer<Exchange>> {}

    private Optional<Step> stepAt(String node) {
        return switch (node) {
            case "to-lane-worker" -> Optional.of(this::lane);
            case "by-kind" -> Optional.of(this::wish);
            case "to-destination" -> Optional.of(this::destination);
            case "wish-done", "wish-failed", "lead-done", "lead-failed" -> Optional.of(Trail::outcome);
            case "call-chatwoot" -> tracing.map(t -> exchange -> call(t, exchange));
            case "upsert-lead" -> tracing.map(t -> exchange -> statement(t, exchange));
            default -> Optional.empty();
        };
    }

    /** What is in hand, by the fields that its log lines have; and its span, while that is under way. */
    private static final class Work {
        private final Map<String, String> fields = new HashMap<>();
        private Optional<Tracing.Open> span = Optional.empty();

        void begin(Tracing.Open begun) {
            span = Optional.of(begun);
            fields.put(LogFields.TRACE, begun.traceId());
            MDC.put(LogFields.TRACE, begun.traceId());
        }

        void show() {
            fields.forEach(MDC::put);
        }

        void hide() {
            fields.keySet().forEach(MDC::remove);
        }

        void end(Exchange done) {
            span.ifPresent(begun -> begun.end(done.getException()));
            hide();
        }
    }

    private Consumer<Exchange> lane(Exchange exchange) {
        Claim claim = exchange.getMessage().getBody(Claim.class);
        Work work = new Work();
        Event.conversationOf(claim.getLane()).ifPresent(id -> work.fields.put(LogFields.CONVERSATION, id));
        tracing.ifPresent(t -> work.begin(t.decide(claim)));
        work.show();
        return work::end;
    }

    private Consumer<Exchange> wish(Exchange exchange) {
        Delivery delivery = exchange.getVariable("delivery", Delivery.class);
        Work work = new Work();
        if (!delivery.isShared()) {
            work.fields.put(LogFields.CONVERSATION, Long.toString(delivery.conversationId()));
            work.fields.put(LogFields.WISH, Long.toString(delivery.id()));
        }
        exchange.setProperty(WORK, work);
        tracing.ifPresent(t -> work.begin(t.grant(delivery)));
        work.show();
        return work::end;
    }

    /** Who takes what is delivered may go on with the trace, by the header that W3C says. */
    private Consumer<Exchange> destination(Exchange exchange) {
        Consumer<Exchange> end = wish(exchange);
        tracing.ifPresent(
                t -> t.current().ifPresent(trace -> exchange.getMessage().setHeader(Tracing.TRACEPARENT, trace)));
        return end;
    }

    /** What came of it is told when its span has ended. */
    private static Consumer<Exchange> outcome(Exchange exchange) {
        Work work = exchange.getProperty(WORK, Work.class);
        if (work == null) {
            return done -> {};
        }
        work.show();
        return done -> work.hide();
    }

    private static Consumer<Exchange> call(Tracing tracing, Exchange exchange) {
        Tracing.Open span = tracing.call(
                exchange.getVariable("verb", String.class),
                exchange.getMessage().getHeader(Exchange.HTTP_METHOD, String.class),
                exchange.getMessage().getHeader(Exchange.HTTP_PATH, String.class));
        return done -> {
            Optional.ofNullable(done.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class))
                    .ifPresent(span::answered);
            span.end(done.getException());
        };
    }

    private static Consumer<Exchange> statement(Tracing tracing, Exchange exchange) {
        Tracing.Open span = tracing.execute(exchange.getMessage().getBody(String.class));
        return done -> span.end(done.getException());
    }

    /** Ends in the thread in which it began, which alone has the context; what these nodes do, they do there anyway. */
    private static final class Followed extends DelegateAsyncProcessor {
        private final Step step;

        Followed(Processor target, Step step) {
            super(target);
            this.step = step;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Consumer<Exchange> end = step.apply(exchange);
            try {
                processor.process(exchange);
            } catch (Exception e) {
                exchange.setException(e);
            } finally {
                end.accept(exchange);
            }
            callback.done(true);
            return true;
        }
    }

    /** A webhook waits for the disk without a thread, and goes on in another. */
    private static final class Received extends DelegateAsyncProcessor {
        private final Tracing tracing;

        Received(Processor target, Tracing tracing) {
            super(target);
            this.tracing = tracing;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            NewEvent event = exchange.getMessage().getBody(NewEvent.class);
            Tracing.Open span = tracing.receive(event, exchange.getClock().getCreated());
            tracing.current().ifPresent(trace -> exchange.getMessage().setBody(event.in(trace)));
            span.leave();
            return processor.process(exchange, isSync -> {
                span.answered(exchange.getException() == null ? 200 : 503);
                span.end(exchange.getException());
                callback.done(isSync);
            });
        }
    }
}
