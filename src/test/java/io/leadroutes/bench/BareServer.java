package io.leadroutes.bench;

import io.vertx.core.Vertx;

/** The yardstick: a Vert.x server that reads the body and answers 200, in a JVM of its own. */
final class BareServer {
    private BareServer() {}

    public static void main(String[] args) {
        Vertx.vertx()
                .createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> request.response()
                        .putHeader("Content-Type", "application/json")
                        .end("{\"received\":true}")))
                .listen(Integer.parseInt(args[0]), "127.0.0.1");
    }
}
