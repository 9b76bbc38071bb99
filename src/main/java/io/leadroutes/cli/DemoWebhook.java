package io.leadroutes.cli;

import io.leadroutes.store.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The product's webhook address, and a message in the original reference's shape posted to it. */
final class DemoWebhook {
    private final URI url;
    private final WebhookPost post;

    DemoWebhook(int port, String secret) {
        this.url = URI.create("http://127.0.0.1:" + port + "/webhooks/chatwoot");
        this.post = new WebhookPost(url, Optional.of(secret), Clock.systemUTC());
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
        try {
            int status = post.post(body.getBytes(StandardCharsets.UTF_8));
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
}
