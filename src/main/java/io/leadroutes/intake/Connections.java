package io.leadroutes.intake;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.VertxInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * The connections to our HTTP servers: so many, and none for longer than it is used. Camel 4.18 has no options for that;
 * it takes a Vert.x that it finds in its registry, and {@link #vertx} is one whose servers tell us of their connections.
 */
public final class Connections {
    /** Beyond it, the one that has been idle longest makes room. */
    static final int MAX = 1_000;

    /** Until the head of the first request is there. */
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** From one answer to the head of the next request. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** From the head of a request to the end of its body; Chatwoot waits 5 s in all (CONTRACT section 1). */
    private static final long BODY_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** For what is still sent of a request that has been answered: cut at once, the sender would not read the answer. */
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** One connection: its latest request, if any, and since when it is as it is. */
    private static final class Peer {
        private final HttpConnection connection;
        private volatile HttpServerRequest request;
        private volatile long sinceNanos;

        Peer(HttpConnection connection, long now) {
            this.connection = connection;
            this.sinceNanos = now;
        }

        boolean isInHand() {
            return request != null && !request.response().ended();
        }

        boolean isOverdue(long now) {
            long age = now - sinceNanos;
            if (request == null) {
                return age > FIRST_NANOS;
            }
            if (!request.response().ended()) {
                return !request.isEnded() && age > BODY_NANOS;
            }
            return age > (request.isEnded() ? IDLE_NANOS : REST_NANOS);
        }
    }

    private final LongSupplier nanoTime;
    private final Map<HttpConnection, Peer> peers = new ConcurrentHashMap<>();

    public Connections() {
        this(System::nanoTime);
    }

    Connections(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** To be bound in Camel's registry, and to be closed by whoever made it. */
    public Vertx vertx(VertxOptions options) {
        VertxInternal real = (VertxInternal) Vertx.vertx(options);
        real.setPeriodic(1_000, tick -> closeOverdue());
        return (Vertx) Proxy.newProxyInstance(
                VertxInternal.class.getClassLoader(), new Class<?>[] {VertxInternal.class}, (proxy, method, args) -> {
                    Object made = call(real, method, withoutHttp2(args));
                    return made instanceof HttpServer server ? server.connectionHandler(this::opened) : made;
                });
    }

    /** Over HTTP/2 one connection has many requests at a time; nobody who sends to us needs it. */
    private static Object[] withoutHttp2(Object[] args) {
        if (args != null && args.length == 1 && args[0] instanceof HttpServerOptions options) {
            options.setHttp2ClearTextEnabled(false);
        }
        return args;
    }

    private static Object call(VertxInternal real, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(real, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** @param camel started, so that its servers are there */
    public void install(CamelContext camel) {
        camel.getRegistry().findByType(VertxPlatformHttpRouter.class).forEach(this::install);
    }

    void install(Router router) {
        router.route().order(-3).handler(this::began);
    }

    private void opened(HttpConnection connection) {
        peers.put(connection, new Peer(connection, nanoTime.getAsLong()));
        connection.closeHandler(closed -> peers.remove(connection));
        if (peers.size() > MAX) {
            long now = nanoTime.getAsLong();
            peers.values().stream()
                    .filter(peer -> !peer.isInHand())
                    .max(Comparator.comparingLong(peer -> now - peer.sinceNanos))
                    .ifPresent(idle -> idle.connection.close());
        }
    }

    private void began(RoutingContext context) {
        Peer peer = peers.get(context.request().connection());
        if (peer != null) {
            peer.sinceNanos = nanoTime.getAsLong();
            peer.request = context.request();
            context.addEndHandler(ended -> peer.sinceNanos = nanoTime.getAsLong());
        }
        context.next();
    }

    void closeOverdue() {
        long now = nanoTime.getAsLong();
        peers.values().stream().filter(peer -> peer.isOverdue(now)).forEach(peer -> peer.connection.close());
    }
}
