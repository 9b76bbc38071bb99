package io.leadroutes.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Hands webhook bodies in at a leadroutes' door, as Chatwoot does it (CONTRACT section 1). */
final class WebhookPost {
    private static final String HMAC = "HmacSHA256";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final URI url;
    private final Optional<String> secret;
    private final Clock clock;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** @param secret the key to sign with; without one it goes unsigned */
    WebhookPost(URI url, Optional<String> secret, Clock clock) {
        this.url = url;
        this.secret = secret;
        this.clock = clock;
    }

    /**
     * The status of the answer; 200 is a promise (invariant 1).
     *
     * @throws IOException if no answer came
     */
    int post(byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("X-Chatwoot-Delivery", UUID.randomUUID().toString())
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (secret.isPresent()) {
            String timestamp = Long.toString(clock.instant().getEpochSecond());
            request.header("X-Chatwoot-Timestamp", timestamp)
                    .header("X-Chatwoot-Signature", signature(secret.get(), timestamp, body));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static String signature(String key, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), HMAC));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + HMAC, e);
        }
    }
}
