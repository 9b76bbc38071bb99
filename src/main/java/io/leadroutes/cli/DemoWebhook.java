package io.leadroutes.cli;

import io.leadroutes.store.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The product's webhook address, and a message in the original reference's shape posted to it. */
final class DemoWebhook {
    private static final String HMAC = "HmacSHA256";

    private final URI url;
    private final String secret;
    private final HttpClient http = HttpClient.newHttpClient();

    DemoWebhook(int port, String secret) {
        this.url = URI.create("http://127.0.0.1:" + port + "/webhooks/chatwoot");
        this.secret = secret;
    }

    URI url() {
        return url;
    }

    /** @throws IllegalStateException if it is not answered with 200 */
    void postReferenceMessage(long account, long conversation, long message, String text) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("event", "message_created");
        body.put("id", message);
        body.put("content", text);
        body.put("account", Map.of("id", account, "name", "Harbor & Pine Outfitters"));
        body.put("conversation", Map.of("id", conversation, "inbox_id", 31, "status", "open", "labels", List.of()));
        body.put("message_type", "incoming");
        body.put("content_type", "text");
        body.put("content_attributes", Map.of());
        body.put("private", false);
        body.put("created_at", Instant.now().getEpochSecond());
        post(Json.write(body));
    }

    private void post(String body) {
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .header("X-Chatwoot-Delivery", UUID.randomUUID().toString())
                .header("X-Chatwoot-Timestamp", timestamp)
                .header("X-Chatwoot-Signature", signature(timestamp + "." + body))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 200) {
                throw new IllegalStateException("the webhook was answered with " + status + "; expected 200");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while posting a webhook", e);
        }
    }

    private String signature(String signed) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + HMAC, e);
        }
    }
}
