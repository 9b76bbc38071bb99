package io.leadroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.sandbox.SandboxChatwoot;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no HTTP client library would send: SECURITY.md, rows 5, 9 and 10. */
class HttpAttacksTest {
    /** Far more than a connection gets through in the second or two until it is cut. */
    private static final long ENDLESS = 32L << 30;

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
    @Tag("attack-05")
    void aBodyWithoutEndIsCutOffAndTakesNoMemory() throws IOException {
        Socket socket = connect();
        socket.setSoTimeout(10_000);
        send(socket, head("Transfer-Encoding: chunked"));
        byte[] chunk = ("10000\r\n" + "a".repeat(65_536) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        System.gc();
        long before = usedHeap();
        OutputStream out = socket.getOutputStream();
        for (int i = 0; i <= 16; i++) {
            out.write(chunk);
        }

        assertThat(readSome(socket)).as("answer to the first byte too many").startsWith("HTTP/1.1 413 ");
        long sent = 0;
        try {
            for (; sent < ENDLESS; sent += 65_536) {
                out.write(chunk);
            }
        } catch (SocketException cut) {
            assertThat(cut).hasMessageMatching("(?i).*(reset|broken pipe).*");
        }
        System.gc();

        assertThat(sent).as("bytes sent until the connection was cut").isLessThan(ENDLESS);
        assertThat(usedHeap() - before).as("growth of the heap").isLessThan(32L << 20);
        assertThat(product.post("{\"event\":\"unheard_of\"}").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @Tag("attack-05")
    @ValueSource(longs = {1_048_577, 1L << 30})
    void aBodyThatIsTooLargeIsAnsweredBeforeItEnds(long bytes) throws IOException {
        Socket socket = connect();
        Instant start = Instant.now();

        send(socket, head("Content-Length: " + bytes));
        String answer = readSome(socket);

        assertThat(answer).startsWith("HTTP/1.1 413 ").endsWith("{\"error\":\"payload too large\"}");
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
        assertClosed(socket, Duration.ofSeconds(5));
    }

    private static long usedHeap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @ParameterizedTest
    @Tag("attack-09")
    @ValueSource(strings = {"", "POST", "POST /webhooks/chatwoot HTTP/1.1\r\nHost: x\r\nX-Slow: "})
    void aSenderWhoseFirstHeadDoesNotEndIsDisconnected(String start) throws IOException {
        Socket socket = connect();
        send(socket, start);

        assertDisconnectedThoughItDrips(socket, Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @Tag("attack-09")
    @ValueSource(strings = {"/webhooks/chatwoot", "/admin/rules/try", "/nowhere"})
    void aSenderWhoseBodyDripsIsDisconnected(String path) throws IOException {
        Socket socket = connect();
        send(
                socket,
                "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                        + Product.ADMIN_TOKEN + "\r\nContent-Length: 1000\r\n\r\n");

        assertDisconnectedThoughItDrips(socket, Duration.ofSeconds(10));
    }

    @Test
    @Tag("attack-09")
    void whoeverHoldsAThousandConnectionsKeepsNobodyOutAndTheIdlestMakesRoom() throws IOException {
        Socket idle = connect();
        send(idle, "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(readSome(idle)).startsWith("HTTP/1.1 404 ");
        for (int i = 0; i < 1_100; i++) {
            connect();
        }

        int status = product.post("{\"event\":\"unheard_of\"}").statusCode();

        assertThat(status).isEqualTo(200);
        // By itself it would be for 30 s.
        assertClosed(idle, Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @Tag("attack-10")
    @ValueSource(
            strings = {
                "Content-Length: 4\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 4",
                "Content-Length: 4\r\nContent-Length: 5",
                "Content-Length: 4, 5",
                "Content-Length: +4",
                "Content-Length: -4",
                "Content-Length: 4x",
                "Content-Length: 0x4",
                "Content-Length : 4",
                "Transfer-Encoding: identity, chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding: chunked\r\n X-Folded: 1",
                "Content-Length: 4\r\n\tfolded",
                "X-Null: a\u0000b\r\nContent-Length: 4",
                "X-Bare: a\rTransfer-Encoding: chunked",
                "X Space: 1\r\nContent-Length: 4"
            })
    void aRequestOfTwoMeaningsIsRefusedAndTheConnectionClosed(String headers) throws IOException {
        assertRefusedAlone("POST /webhooks/chatwoot HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + headers
                + "\r\n\r\n0\r\n\r\n" + SMUGGLED);
    }

    @ParameterizedTest
    @Tag("attack-10")
    @ValueSource(
            strings = {
                "5;x=\n\r\nhello\r\n0\r\n\r\n",
                "5\nhello\r\n0\r\n\r\n",
                "5 x\r\nhello\r\n0\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloXX0\r\n\r\n",
                "fffffffffffffffff\r\nhello\r\n0\r\n\r\n"
            })
    void aChunkOfTwoMeaningsIsRefusedAndTheConnectionClosed(String chunks) throws IOException {
        assertRefusedAlone(head("Transfer-Encoding: chunked") + chunks + SMUGGLED);
    }

    @ParameterizedTest
    @Tag("attack-10")
    @ValueSource(
            strings = {
                "POST /webhooks/chatwoot HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "\u0001POST /webhooks/chatwoot HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
                "POST /webhooks/chatwoot HTTP/2.0\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
                "POST /webhooks/chatwoot  HTTP/1.1 x\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "garbage\r\n\r\n"
            })
    void aRequestLineOfTwoMeaningsIsRefusedAndTheConnectionClosed(String request) throws IOException {
        assertRefusedAlone(request + SMUGGLED);
    }

    @ParameterizedTest
    @Tag("attack-12")
    @ValueSource(strings = {"/webhooks/chatwoot", "/admin/rules/try", "/nowhere"})
    void aFormIsRefusedBeforeItsFilesAreWritten(String path) throws IOException {
        Socket socket = connect();

        send(
                socket,
                "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n"
                        + "Content-Type: Multipart/Form-Data; boundary=b\r\n\r\n--b\r\nContent-Disposition: form-data;"
                        + " name=\"f\"; filename=\"f.txt\"\r\nContent-Type: text/plain\r\n\r\nthe beginning");

        assertThat(readSome(socket)).startsWith("HTTP/1.1 415 ");
        assertThat(new File("file-uploads").list())
                .as("files that were written")
                .isNullOrEmpty();
    }

    private static final String SMUGGLED =
            "GET /admin/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + Product.ADMIN_TOKEN + "\r\n\r\n";

    /** One answer, of a refusal, and nothing after it: what follows in the connection is nobody's request. */
    private void assertRefusedAlone(String bytes) throws IOException {
        Socket socket = connect();
        socket.setSoTimeout(10_000);

        send(socket, bytes);
        String all = readAll(socket);

        assertThat(all).as("answers").doesNotContain("HTTP/1.1 200").doesNotContain("inbox");
        assertThat(all.split("HTTP/\\d\\.\\d ", -1)).as("number of answers + 1").hasSizeLessThanOrEqualTo(2);
        if (!all.isEmpty()) {
            assertThat(all).matches("(?s)HTTP/\\d\\.\\d [45]\\d\\d .*");
        }
    }

    private static void assertDisconnectedThoughItDrips(Socket socket, Duration atMost) throws IOException {
        Instant end = Instant.now().plus(atMost);
        socket.setSoTimeout(500);
        while (Instant.now().isBefore(end)) {
            try {
                if (socket.getInputStream().read() < 0) {
                    return;
                }
            } catch (SocketTimeoutException stillThere) {
                try {
                    send(socket, "a");
                } catch (SocketException gone) {
                    return;
                }
            } catch (SocketException gone) {
                return;
            }
        }
        throw new AssertionError("still connected after " + atMost);
    }

    private static void assertClosed(Socket socket, Duration atMost) throws IOException {
        socket.setSoTimeout((int) atMost.toMillis());
        try {
            assertThat(socket.getInputStream().read())
                    .as("end of the connection")
                    .isEqualTo(-1);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", product.webhookUrl().getPort());
        sockets.add(socket);
        return socket;
    }

    private static String head(String length) {
        return "POST /webhooks/chatwoot HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + length
                + "\r\n\r\n";
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String readSome(Socket socket) throws IOException {
        socket.setSoTimeout(5_000);
        byte[] answer = new byte[2_000];
        int length = socket.getInputStream().read(answer);
        return new String(answer, 0, Math.max(length, 0), StandardCharsets.ISO_8859_1);
    }

    private static String readAll(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }
}
