package io.leadroutes.intake;

import io.vertx.ext.web.RoutingContext;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * What every answer of every server says to a browser: keep nothing, guess no type, run and load nothing, send no address
 * on (notes, security, row 22). Nothing says that pages of others may read it.
 */
public final class AnswerHeaders {
    private AnswerHeaders() {}

    /** @param camel started, so that its servers are there */
    public static void install(CamelContext camel) {
        camel.getRegistry()
                .findByType(VertxPlatformHttpRouter.class)
                .forEach(router -> router.route().order(-2).handler(AnswerHeaders::add));
    }

    private static void add(RoutingContext request) {
        request.response()
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                .putHeader("Referrer-Policy", "no-referrer");
        request.next();
    }
}
