package io.leadroutes.intake;

import io.leadroutes.store.Json;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * Lets in as many webhooks as there is room for; the others are answered at once, before their body is read, with 503
 * (invariant 1). Who was let in and has no answer within a second gets the same, whatever holds it up. Who sends too slowly
 * is {@link Connections}' to cut.
 */
public final class Door implements Handler<RoutingContext> {
    /** Webhooks in hand; so many can share one fsync. */
    static final int MAX_REQUESTS = 256;

    /** Bytes of their bodies: a text of 4 KB is the usual, 1 MiB the largest. */
    static final long MAX_BYTES = 16L << 20;

    /**
     * From when its body was there: who has no answer then gets one from here, whatever its thread is doing. What it said
     * may be stored all the same, but nobody was promised that.
     */
    static final Duration ANSWERED_WITHIN = Duration.ofMillis(InboxWriter.ANSWER_WITHIN_MS + 50);

    static final long LOOK_EVERY_MS = 50;

    private static final String BUSY = Json.write(Map.of("error", "try again"));

    /** A webhook that was let in; the time is for the one thread that looks at it. */
    private static final class InHand {
        private final RoutingContext request;
        private final Context thread;
        private OptionalLong completeNanos = OptionalLong.empty();

        InHand(RoutingContext request, Context thread) {
            this.request = request;
            this.thread = thread;
        }
    }

    private final Refusals refusals;
    private final Answered answered;
    private final LongSupplier nanoTime;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Set<InHand> inHand = ConcurrentHashMap.newKeySet();

    private Door(Refusals refusals, Answered answered, LongSupplier nanoTime) {
        this.refusals = refusals;
        this.answered = answered;
        this.nanoTime = nanoTime;
    }

    /** @param camel started, so that its servers are there */
    public static void install(CamelContext camel, Refusals refusals, Answered answered) {
        camel.getRegistry().findByType(VertxPlatformHttpRouter.class).stream()
                .filter(VertxPlatformHttpRouter::isMainServer)
                .forEach(router -> install(router, router.vertx(), refusals, answered, System::nanoTime));
    }

    static void install(Router router, Vertx vertx, Refusals refusals, Answered answered, LongSupplier nanoTime) {
        Door door = new Door(refusals, answered, nanoTime);
        router.route("/webhooks/*").order(-1).handler(door);
        // The server outlives the route when the product stops: 404 would say that it was never there.
        router.route("/webhooks/chatwoot").last().handler(context -> door.refuse(context, "stopping"));
        vertx.setPeriodic(LOOK_EVERY_MS, tick -> door.look());
    }

    @Override
    public void handle(RoutingContext context) {
        if (context.request().method() != HttpMethod.POST) {
            context.next();
            return;
        }
        tellWhenAnswered(context);
        long length = length(context.request());
        boolean isFull = requests.incrementAndGet() > MAX_REQUESTS | bytes.addAndGet(length) > MAX_BYTES;
        if (isFull) {
            leave(length);
            refuse(context, "too many webhooks at once");
            return;
        }
        InHand entered = new InHand(context, context.vertx().getOrCreateContext());
        inHand.add(entered);
        context.addEndHandler(ended -> {
            inHand.remove(entered);
            leave(length);
        });
        context.next();
    }

    private void tellWhenAnswered(RoutingContext context) {
        long began = nanoTime.getAsLong();
        answered.began(context.request());
        context.addEndHandler(ended -> answered.ended(
                context.request(),
                ended.succeeded() ? context.response().getStatusCode() : 0,
                Duration.ofNanos(nanoTime.getAsLong() - began)));
    }

    private void leave(long length) {
        requests.decrementAndGet();
        bytes.addAndGet(-length);
    }

    /** What it says, or the most that is taken. */
    private static long length(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return length != null && length.matches("\\d{1,6}") ? Long.parseLong(length) : WebhookGate.MAX_BODY_BYTES;
    }

    private void refuse(RoutingContext context, String reason) {
        refusals.add(reason, context.request());
        context.response()
                .setStatusCode(503)
                .putHeader("Content-Type", "application/json")
                .putHeader("Retry-After", "1")
                .end(BUSY);
    }

    private void look() {
        long now = nanoTime.getAsLong();
        for (InHand entered : inHand) {
            if (!entered.request.request().isEnded()) {
                continue;
            }
            if (entered.completeNanos.isEmpty()) {
                entered.completeNanos = OptionalLong.of(now);
            } else if (now - entered.completeNanos.getAsLong() > ANSWERED_WITHIN.toNanos() && inHand.remove(entered)) {
                entered.thread.runOnContext(there -> refuseLate(entered.request));
            }
        }
    }

    private void refuseLate(RoutingContext context) {
        if (!context.response().ended() && !context.response().closed()) {
            refuse(context, "not answered in time");
        }
    }
}
