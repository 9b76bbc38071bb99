package io.leadroutes.intake;

import io.leadroutes.store.Json;
import io.leadroutes.store.LogFields;
import io.leadroutes.store.NewEvent;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** What the route {@code webhook-intake} does; the route holds the flow. */
public final class Webhooks {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    private final WebhookGate gate;
    private final InboxWriter writer;
    private final Refusals refusals;
    private final Answered answered;
    private final long accountId;
    private final Clock clock;

    public Webhooks(
            WebhookGate gate, InboxWriter writer, Refusals refusals, Answered answered, long accountId, Clock clock) {
        this.gate = gate;
        this.writer = writer;
        this.refusals = refusals;
        this.answered = answered;
        this.accountId = accountId;
        this.clock = clock;
    }

    /**
     * Makes the body an event to be stored. Only what {@link WebhookRequest} names is read of the request; its headers
     * and query never enter the exchange.
     *
     * @throws RefusedException with the status to answer
     */
    public void check(Exchange exchange) throws RefusedException {
        Admission admission = admit(exchange);
        if (admission instanceof Admission.Refused refused) {
            LOG.info("webhook refused: {} {}", refused.status(), refused.why());
            throw new RefusedException(refused.status(), refused.error());
        }
        Admission.Accepted accepted = (Admission.Accepted) admission;
        answered.is(httpRequest(exchange.getMessage()), accepted.event().type());
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage()
                .setBody(new NewEvent(
                        accepted.event(),
                        accountId,
                        accepted.storedPayload(),
                        accepted.deliveryId(),
                        accepted.meaningKey(),
                        clock.instant()));
    }

    private Admission admit(Exchange exchange) throws RefusedException {
        if (leftMs(exchange) == 0) {
            throw busy(exchange, "too many webhooks at once");
        }
        return gate.admit(request(exchange.getMessage()));
    }

    /** Of the time to answer in, counted from when the body was there. */
    private static long leftMs(Exchange exchange) {
        return Math.max(0, InboxWriter.ANSWER_WITHIN_MS - exchange.getClock().elapsed());
    }

    private RefusedException busy(Exchange exchange, String reason) {
        refusals.add(reason, httpRequest(exchange.getMessage()));
        return new RefusedException(503, "try again");
    }

    /** Completes when the event in the body is on disk; fails with {@link RefusedException} 503 if it is not. */
    public CompletionStage<Void> store(Exchange exchange) {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        NewEvent event = exchange.getMessage().getBody(NewEvent.class);
        writer.store(event, leftMs(exchange)).whenComplete((done, failure) -> {
            if (failure == null) {
                tell(event);
                stored.complete(null);
            } else {
                stored.completeExceptionally(busy(exchange, failure.getMessage()));
            }
        });
        return stored;
    }

    private static void tell(NewEvent event) {
        LoggingEventBuilder line = LOG.atInfo().addKeyValue(LogFields.ACTION, "webhook-taken");
        OptionalLong conversation = event.event().conversationId();
        line = conversation.isPresent() ? line.addKeyValue(LogFields.CONVERSATION, conversation.getAsLong()) : line;
        Optional<String> delivery = event.deliveryId();
        line = delivery.isPresent() ? line.addKeyValue(LogFields.DELIVERY, delivery.get()) : line;
        Optional<String> trace = event.traceId();
        line = trace.isPresent() ? line.addKeyValue(LogFields.TRACE, trace.get()) : line;
        line.log("{} taken", event.event().type());
    }

    /** Makes the message the answer to a refused request. */
    public void refuse(Exchange exchange) {
        RefusedException refused = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, RefusedException.class);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, refused.status());
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        if (refused.status() == 503) {
            message.setHeader("Retry-After", "1");
        }
        message.setBody(Json.write(Map.of("error", refused.getMessage())));
    }

    private static WebhookRequest request(Message message) {
        HttpServerRequest request = httpRequest(message);
        return new WebhookRequest(
                request.method().name(),
                Optional.ofNullable(request.getHeader("Content-Type")),
                Optional.ofNullable(request.getHeader("Content-Encoding")),
                bytes(message.getBody()),
                Optional.ofNullable(request.getHeader("X-Chatwoot-Signature")),
                Optional.ofNullable(request.getHeader("X-Chatwoot-Timestamp")),
                Optional.ofNullable(request.getHeader("X-Chatwoot-Delivery")),
                Optional.ofNullable(request.getParam("secret")));
    }

    private static HttpServerRequest httpRequest(Message message) {
        return ((HttpMessage) message).getRequest();
    }

    /** The raw bytes as they came; empty for a body that the server has read as a form. */
    private static byte[] bytes(Object body) {
        return body instanceof Buffer buffer ? buffer.getBytes() : new byte[0];
    }

    /** A request that is answered with an error. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        RefusedException(int status, String error) {
            super(error);
            this.status = status;
        }

        int status() {
            return status;
        }
    }
}
