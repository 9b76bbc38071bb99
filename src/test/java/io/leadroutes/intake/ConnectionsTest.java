package io.leadroutes.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server whose time goes on by hand: SECURITY.md, row 9. */
class ConnectionsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Connections connections = new Connections(nanos::get);
    private final Vertx vertx = connections.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private Socket socket;

    @BeforeEach
    void connect() throws Exception {
        Router router = Router.router(vertx);
        connections.install(router);
        router.route().handler(request -> request.end("here"));
        int port = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .actualPort();
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
    }

    @AfterEach
    void close() throws Exception {
        socket.close();
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    @Test
    @Tag("attack-09")
    void whatIsNotUsedForThirtySecondsIsDisconnected() throws Exception {
        assertThat(ask()).startsWith("HTTP/1.1 200 ");
        pass(Duration.ofSeconds(30));

        assertThat(ask()).as("after 30 s to the nanosecond").startsWith("HTTP/1.1 200 ");
        pass(Duration.ofSeconds(30).plusNanos(1));

        assertThat(socket.getInputStream().read()).as("end of the connection").isEqualTo(-1);
    }

    private String ask() throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] answer = new byte[1_000];
        return new String(answer, 0, Math.max(0, socket.getInputStream().read(answer)), StandardCharsets.US_ASCII);
    }

    /** Once the server's one thread has done what the last answer left it to do. */
    private void pass(Duration time) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        vertx.runOnContext(there -> done.complete(null));
        done.get();
        nanos.addAndGet(time.toNanos());
        connections.closeOverdue();
    }
}
