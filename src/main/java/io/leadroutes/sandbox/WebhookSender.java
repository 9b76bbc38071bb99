package io.leadroutes.sandbox;

import io.leadroutes.sandbox.Rows.Hook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers webhooks beside the API: one attempt each, signed when the webhook has a secret, time stamp made when sent
 * (CONTRACT section 1). Redirects are not followed.
 */
final class WebhookSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

    private final Settings settings;
    private final Pending pending;
    private final ExecutorService workers;
    private final HttpClient client;
    private final Map<Long, Delivery> deliveries = new TreeMap<>();
    private final Map<Long, String> secrets = new TreeMap<>();
    private final List<Delivery> held = new ArrayList<>();
    private boolean isHolding;
    private long lastNumber;

    WebhookSender(Settings settings, Pending pending) {
        this.settings = settings;
        this.pending = pending;
        this.workers = Executors.newFixedThreadPool(settings.deliveryWorkers(), Threads.daemons("sandbox-webhook"));
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.webhookTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Queues a body, as it is now, for one webhook. */
    void enqueue(Hook hook, String event, Map<String, Object> body) {
        queue(hook.secret, UUID.randomUUID().toString(), event, URI.create(hook.url), Json.text(body));
    }

    /** Once more: the same body under the given delivery id. */
    synchronized void repeat(Delivery delivery, String deliveryId) {
        queue(secrets.get(delivery.number()), deliveryId, delivery.event(), delivery.url(), delivery.body());
    }

    private synchronized void queue(String secret, String deliveryId, String event, URI url, String body) {
        Delivery delivery = new Delivery(
                ++lastNumber, deliveryId, event, url, body, settings.clock().instant(), 0, "");
        deliveries.put(delivery.number(), delivery);
        if (secret != null) {
            secrets.put(delivery.number(), secret);
        }
        if (isHolding) {
            held.add(delivery);
        } else {
            submit(delivery);
        }
    }

    private void submit(Delivery delivery) {
        pending.run(workers, () -> attempt(delivery));
    }

    synchronized void hold() {
        isHolding = true;
    }

    /** Ends the holding and sends what was held in the order given back; what is left out is lost. */
    synchronized void release(UnaryOperator<List<Delivery>> order) {
        isHolding = false;
        List<Delivery> inOrder = order.apply(List.copyOf(held));
        held.clear();
        inOrder.forEach(this::submit);
    }

    synchronized List<Delivery> deliveries() {
        return List.copyOf(deliveries.values());
    }

    synchronized void clear() {
        deliveries.clear();
        secrets.clear();
    }

    private void attempt(Delivery delivery) {
        try {
            int status = client.send(request(delivery), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            keep(delivery.answered(status));
        } catch (IOException e) {
            // Chatwoot logs and drops a failed delivery: no second attempt.
            LOG.debug("sandbox: webhook {} {} failed", delivery.event(), delivery.deliveryId(), e);
            keep(delivery.failed(e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            keep(delivery.failed("sandbox closed"));
        }
    }

    private synchronized void keep(Delivery delivery) {
        deliveries.replace(delivery.number(), delivery);
    }

    private HttpRequest request(Delivery delivery) {
        byte[] body = delivery.body().getBytes(StandardCharsets.UTF_8);
        HttpRequest.Builder request = HttpRequest.newBuilder(delivery.url())
                .timeout(settings.webhookTimeout())
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (!settings.isReference()) {
            request.header("X-Chatwoot-Delivery", delivery.deliveryId());
        }
        String secret = secretOf(delivery);
        if (secret != null) {
            String timestamp = Long.toString(settings.clock().instant().getEpochSecond());
            request.header("X-Chatwoot-Timestamp", timestamp);
            request.header("X-Chatwoot-Signature", signature(secret, timestamp, body));
        }
        return request.build();
    }

    private synchronized String secretOf(Delivery delivery) {
        return secrets.get(delivery.number());
    }

    /** HMAC-SHA256 over time stamp, a dot and the raw body, the secret's UTF-8 text as key. */
    static String signature(String secret, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every Java runtime", e);
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
