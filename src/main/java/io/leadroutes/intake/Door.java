package io.leadroutes.intake;

import io.leadroutes.store.Json;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * Lets in as many webhooks as there are threads and memory for; the others are answered at once, before their body is
 * read, with 503 (invariant 1). Camel's consumer runs its route on a worker thread for as long as the request is in hand;
 * without a door the requests past the last thread would wait for one, for as long as it takes.
 */
public final class Door implements Handler<RoutingContext> {
    /** Webhooks in hand; so many can share one fsync. */
    static final int MAX_REQUESTS = 256;

    /** Bytes of their bodies: a text of 4 KB is the usual, 1 MiB the largest. */
    static final long MAX_BYTES = 16L << 20;

    /** Chatwoot waits 5 s for its answer (CONTRACT section 1): who takes longer to send is somebody else. */
    private static final long SENT_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** For the requests to /admin, which the door does not count. */
    private static final int OTHER_THREADS = 32;

    private static final String BUSY = Json.write(Map.of("error", "try again"));

    private record InHand(RoutingContext request, long sinceNanos) {}

    private final Refusals refusals;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Set<InHand> inHand = ConcurrentHashMap.newKeySet();

    private Door(Refusals refusals) {
        this.refusals = refusals;
    }

    /** A thread for each request that is let in; each HTTP server has its own, so that health is told in a crowd, too. */
    public static VertxOptions threads() {
        return new VertxOptions().setWorkerPoolSize(MAX_REQUESTS + OTHER_THREADS);
    }

    /** @param camel started, so that its servers are there */
    public static void install(CamelContext camel, Refusals refusals) {
        camel.getRegistry().findByType(VertxPlatformHttpRouter.class).stream()
                .filter(VertxPlatformHttpRouter::isMainServer)
                .forEach(router -> install(router, router.vertx(), refusals));
    }

    private static void install(Router router, Vertx vertx, Refusals refusals) {
        Door door = new Door(refusals);
        router.route("/webhooks/*").order(-1).handler(door);
        vertx.setPeriodic(1_000, tick -> door.closeSlow());
    }

    @Override
    public void handle(RoutingContext context) {
        if (context.request().method() != HttpMethod.POST) {
            context.next();
            return;
        }
        long length = length(context.request());
        boolean isFull = requests.incrementAndGet() > MAX_REQUESTS | bytes.addAndGet(length) > MAX_BYTES;
        if (isFull) {
            leave(length);
            refusals.add("too many webhooks at once");
            context.response()
                    .setStatusCode(503)
                    .putHeader("Content-Type", "application/json")
                    .putHeader("Retry-After", "1")
                    .end(BUSY);
            return;
        }
        InHand entered = new InHand(context, System.nanoTime());
        inHand.add(entered);
        context.addEndHandler(ended -> {
            inHand.remove(entered);
            leave(length);
        });
        context.next();
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

    private void closeSlow() {
        long now = System.nanoTime();
        for (InHand entered : inHand) {
            HttpServerRequest request = entered.request.request();
            if (!request.isEnded() && now - entered.sinceNanos > SENT_WITHIN_NANOS) {
                request.connection().close();
            }
        }
    }
}
