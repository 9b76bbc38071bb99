package io.leadroutes.intake;

import io.leadroutes.store.Json;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * Gives the errors that the HTTP server answers before any route sees the request the form of all others: a JSON object
 * with one key (design, section 5).
 */
public final class HttpErrors {
    private static final Map<Integer, String> ERRORS = Map.of(
            400, "bad request",
            404, "not found",
            405, "method not allowed",
            413, "payload too large",
            415, "unsupported media type",
            500, "internal error");

    private HttpErrors() {}

    /** @param camel started, so that its servers are there; health and metrics keep their own answers */
    public static void install(CamelContext camel) {
        camel.getRegistry().findByType(VertxPlatformHttpRouter.class).stream()
                .filter(VertxPlatformHttpRouter::isMainServer)
                .forEach(router -> {
                    ERRORS.forEach(
                            (status, error) -> router.errorHandler(status, request -> answer(request, status, error)));
                    router.route().failureHandler(HttpErrors::cutShort);
                    router.route().order(-2).handler(HttpErrors::refuseForm);
                });
    }

    /** Nobody needs forms, and Vert.x writes the files of one to disk before any route asks who sent it. */
    private static void refuseForm(RoutingContext request) {
        String type = Optional.ofNullable(request.request().getHeader("Content-Type"))
                .orElse("")
                .toLowerCase(Locale.ROOT);
        if (type.contains("multipart/") || type.contains("x-www-form-urlencoded")) {
            request.fail(415);
        } else {
            request.next();
        }
    }

    /** A request that cannot be read to its end is its sender's fault, who has often gone: no failure of ours to log. */
    private static void cutShort(RoutingContext request) {
        if (request.failure() == null || request.request().isEnded()) {
            request.next();
        } else if (!request.response().closed()) {
            request.response().putHeader("Connection", "close");
            answer(request, 400, ERRORS.get(400));
        }
    }

    private static void answer(RoutingContext request, int status, String error) {
        if (!request.response().ended()) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", "application/json")
                    .end(Json.write(Map.of("error", error)));
        }
    }
}
