package io.leadroutes.intake;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.impl.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * Lets webhooks wait for the disk without a thread each. Camel 4.18's own consumer holds a worker thread until its route
 * has ended, even where the route does not: as many threads as webhooks in hand, put to sleep and woken for each of them.
 * All other endpoints have Camel's own.
 */
public final class AsyncHttpEngine extends VertxPlatformHttpEngine {
    /** The name that Camel looks for. */
    public static final String NAME = "platform-http-engine";

    private static final String PATH = "/webhooks/chatwoot";

    private final WorkerExecutor workers;

    /** @param vertx closes the threads that are made here, as many as can be at work at a time */
    public AsyncHttpEngine(Vertx vertx) {
        workers = vertx.createSharedWorkerExecutor(
                "webhook", Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return endpoint.getPath().equals(PATH)
                ? new AsyncConsumer(
                        endpoint, processor, VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort()), workers)
                : super.createConsumer(endpoint, processor);
    }

    private static final class AsyncConsumer extends VertxPlatformHttpConsumer {
        private final WorkerExecutor workers;

        AsyncConsumer(PlatformHttpEndpoint endpoint, Processor processor, String router, WorkerExecutor workers) {
            super(endpoint, processor, List.of(), router);
            this.workers = workers;
        }

        @Override
        protected void handleRequest(RoutingContext request) {
            if (isSuspended()) {
                super.handleRequest(request);
                return;
            }
            Exchange exchange = createExchange(false);
            exchange.setPattern(ExchangePattern.InOut);
            processHttpRequest(exchange, request)
                    .compose(read -> routed(request, exchange))
                    .onSuccess(routed -> answer(request, exchange))
                    .onFailure(failure -> {
                        getExceptionHandler().handleException("a webhook could not be routed", exchange, failure);
                        request.fail(failure);
                    })
                    .onComplete(answered -> {
                        doneUoW(exchange);
                        releaseExchange(exchange, false);
                    });
        }

        /** Completes on the request's own thread when the route has ended, wherever that is. */
        private Future<Void> routed(RoutingContext request, Exchange exchange) {
            Promise<Void> ended = ((ContextInternal) request.vertx().getOrCreateContext()).promise();
            workers.executeBlocking(
                            () -> {
                                createUoW(exchange);
                                return getAsyncProcessor().process(exchange, isSync -> end(exchange, ended));
                            },
                            false)
                    .onFailure(ended::fail);
            return ended.future();
        }

        private static void end(Exchange exchange, Promise<Void> ended) {
            if (exchange.getException() == null) {
                ended.complete();
            } else {
                ended.fail(exchange.getException());
            }
        }

        private void answer(RoutingContext request, Exchange exchange) {
            HttpServerResponse response = request.response();
            if (response.ended() || response.closed()) {
                return;
            }
            Message answer = exchange.getMessage();
            response.setStatusCode(answer.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class));
            answer.getHeaders().forEach((name, value) -> {
                if (!getEndpoint().getHeaderFilterStrategy().applyFilterToCamelHeaders(name, value, exchange)) {
                    response.putHeader(name, value.toString());
                }
            });
            // In one piece, with its length: Camel's own consumer sends a text in chunks.
            response.end(answer.getBody(String.class));
        }
    }
}
