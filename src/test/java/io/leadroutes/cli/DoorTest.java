package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stands in front of the intake, over raw connections. */
class DoorTest {
    private static Product product;

    private final List<Socket> sockets = new ArrayList<>();

    @BeforeAll
    static void start() {
        product = Product.alone(SandboxChatwoot.builder().autoCreate(), Map.of());
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    @Tag("attack-27")
    void moreBytesThanMemoryIsSetAsideForAreRefusedBeforeTheyAreSent() throws IOException {
        for (int i = 0; i < 16; i++) {
            announce("Content-Length: 1048576");
        }
        await().untilAsserted(() -> assertThat(answer(announce("Content-Length: 1000000")))
                .startsWith("HTTP/1.1 503 ")
                .containsIgnoringCase("Retry-After: 1")
                .endsWith("{\"error\":\"try again\"}"));

        close();

        await().untilAsserted(() -> assertThat(
                        product.post("{\"event\":\"unheard_of\"}").statusCode())
                .as("when they are gone")
                .isEqualTo(200));
    }

    @Test
    @Tag("attack-09")
    void moreRequestsThanThreadsAreRefusedAndTheRestOfTheServerAnswers() throws IOException {
        for (int i = 0; i < 256; i++) {
            announce("Content-Length: 10");
        }
        await().untilAsserted(
                        () -> assertThat(answer(announce("Content-Length: 10"))).startsWith("HTTP/1.1 503 "));

        assertThat(product.admin("/admin/status").has("inbox")).isTrue();
    }

    @Test
    @Tag("attack-09")
    void aSenderThatDoesNotFinishIsDisconnected() throws IOException {
        Socket slow = announce("Content-Length: 10");
        slow.setSoTimeout(20_000);

        assertThat(slow.getInputStream().read()).as("end of the connection").isEqualTo(-1);
    }

    @Test
    void theThreadsOfTheServersEndWithThem() {
        long before = serverThreads();

        try (Product other = Product.alone(SandboxChatwoot.builder().autoCreate(), Map.of())) {
            other.post("{\"event\":\"unheard_of\"}");
            assertThat(serverThreads()).isGreaterThan(before);
        }

        await().untilAsserted(() -> assertThat(serverThreads()).isLessThanOrEqualTo(before));
    }

    private static long serverThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("vert.x-"))
                .count();
    }

    /** Sends the head of a request whose body does not come. */
    private Socket announce(String length) throws IOException {
        Socket socket = new Socket("127.0.0.1", product.webhookUrl().getPort());
        sockets.add(socket);
        socket.getOutputStream()
                .write(("POST /webhooks/chatwoot HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        socket.setSoTimeout(2_000);
        byte[] answer = new byte[1_000];
        int length = socket.getInputStream().read(answer);
        return new String(answer, 0, Math.max(length, 0), StandardCharsets.US_ASCII);
    }
}
