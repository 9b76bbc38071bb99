package io.leadroutes.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signed webhooks of 4,096 bytes, each a new message, spread over {@link #CONVERSATIONS} conversations. */
final class WebhookMaker {
    static final int BODY_BYTES = 4_096;
    static final int CONVERSATIONS = 20_000;
    static final String SECRET = "bench-secret";

    // Of the same length whatever the number, so that every body has the same size.
    private static final long FIRST_MESSAGE = 100_000_000;
    static final long FIRST_CONVERSATION = 100_000;
    private static final String MESSAGE_MARK = "482201";
    private static final String CONVERSATION_MARK = "1580";

    private final AtomicLong sent = new AtomicLong();
    private final String template;
    private final Mac mac;

    WebhookMaker() throws IOException, GeneralSecurityException {
        ObjectMapper mapper = new ObjectMapper();
        Path recorded = Path.of("src/test/resources/webhooks/14-message_created-incoming-text.json");
        ObjectNode json = (ObjectNode) mapper.readTree(Files.readString(recorded));
        String content = json.get("content").asText();
        int missing = BODY_BYTES - body(json.toString(), 0).length();
        json.put("content", content + " Hello again.".repeat(missing / 13) + "!".repeat(missing % 13));
        template = json.toString();
        mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    }

    private static String body(String template, long number) {
        return body(template, number, CONVERSATIONS);
    }

    private static String body(String template, long number, int conversations) {
        return bodyOf(template, number, number % conversations);
    }

    private static String bodyOf(String template, long number, long conversation) {
        return template.replace(MESSAGE_MARK, Long.toString(FIRST_MESSAGE + number))
                .replace(CONVERSATION_MARK, Long.toString(FIRST_CONVERSATION + conversation));
    }

    /** The next body alone. Called by one thread. */
    byte[] nextBody(int conversations) {
        return body(template, sent.incrementAndGet(), conversations).getBytes(StandardCharsets.UTF_8);
    }

    /** The next body, in this conversation, counted from 0. Called by one thread. */
    byte[] nextBodyOf(long conversation) {
        return bodyOf(template, sent.incrementAndGet(), conversation).getBytes(StandardCharsets.UTF_8);
    }

    /** The next request as it goes over the wire. Called by one thread. */
    Buffer next() {
        long number = sent.incrementAndGet();
        byte[] body = body(template, number).getBytes(StandardCharsets.UTF_8);
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        mac.update((timestamp + ".").getBytes(StandardCharsets.US_ASCII));
        String signature = HexFormat.of().formatHex(mac.doFinal(body));
        return Buffer.buffer("POST /webhooks/chatwoot HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "X-Chatwoot-Delivery: delivery-" + number + "\r\nX-Chatwoot-Timestamp: " + timestamp
                        + "\r\nX-Chatwoot-Signature: sha256=" + signature + "\r\nContent-Length: " + body.length
                        + "\r\n\r\n")
                .appendBytes(body);
    }
}
