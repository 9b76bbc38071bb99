package io.leadroutes.intake;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells whether a webhook comes from our Chatwoot: a valid signature within {@link #TOLERANCE} or the valid token of the
 * webhook URL passes; where secrets are configured, a signature that is present and wrong or stale fails whatever the
 * token (CONTRACT section 1). Several secrets stand side by side: webhooks, API inboxes and agent bots each have their
 * own, and so has a rotation.
 *
 * <p>One answer without detail, and the same work whichever secret matches. Immutable and safe for any number of
 * threads.
 */
public final class WebhookVerifier {
    /** How far the signed timestamp may be from now, before or after. */
    public static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final String HMAC = "HmacSHA256";
    private static final Pattern SIGNATURE = Pattern.compile("sha256=([0-9a-f]{64})");
    private static final Pattern TIMESTAMP = Pattern.compile("[0-9]{1,12}");

    /** {@code webhook.auth}. */
    public enum Mode {
        REQUIRED,
        /** Everything is genuine; for servers in a closed network. */
        NONE
    }

    public enum Verdict {
        GENUINE,
        NOT_GENUINE,
        /** Rightly signed at another time: sent again by a stranger, or one of both clocks is wrong. */
        STALE
    }

    private final List<SecretKeySpec> keys;
    private final Optional<byte[]> tokenDigest;
    private final Mode mode;
    private final Clock clock;

    /**
     * @param secrets {@code webhook.secrets}, each used as its UTF-8 bytes
     * @param token {@code webhook.token}
     * @throws IllegalArgumentException if a secret or the token is blank, or if there is neither and the mode requires
     *     one
     */
    public WebhookVerifier(List<String> secrets, Optional<String> token, Mode mode, Clock clock) {
        if (secrets.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("webhook.secrets has an empty one; expected texts between commas");
        }
        if (token.filter(String::isBlank).isPresent()) {
            throw new IllegalArgumentException("webhook.token is empty; expected a text, or no such setting");
        }
        if (mode == Mode.REQUIRED && secrets.isEmpty() && token.isEmpty()) {
            throw new IllegalArgumentException("webhook.secrets and webhook.token are missing; expected one of them"
                    + " (or webhook.auth=none, which checks nothing)");
        }
        this.keys = secrets.stream()
                .map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC))
                .toList();
        this.tokenDigest = token.map(WebhookVerifier::digest);
        this.mode = mode;
        this.clock = clock;
    }

    /**
     * Checks one delivery; may be repeated, and gives the same answer until the timestamp is stale.
     *
     * @param rawBody the bytes as they came; parsed and written again they are others
     * @param signature header {@code X-Chatwoot-Signature}
     * @param timestamp header {@code X-Chatwoot-Timestamp}
     * @param token query parameter {@code secret}
     */
    public Verdict verify(
            byte[] rawBody, Optional<String> signature, Optional<String> timestamp, Optional<String> token) {
        if (mode == Mode.NONE) {
            return Verdict.GENUINE;
        }
        if (signature.isEmpty() || keys.isEmpty()) {
            return isToken(token) ? Verdict.GENUINE : Verdict.NOT_GENUINE;
        }
        String signedAt = timestamp.orElse("");
        if (!isSigned(rawBody, signature.get(), signedAt)) {
            return Verdict.NOT_GENUINE;
        }
        return isFresh(Long.parseLong(signedAt)) ? Verdict.GENUINE : Verdict.STALE;
    }

    private boolean isSigned(byte[] rawBody, String signature, String timestamp) {
        var hex = SIGNATURE.matcher(signature);
        if (!hex.matches() || !TIMESTAMP.matcher(timestamp).matches()) {
            return false;
        }
        byte[] given = HexFormat.of().parseHex(hex.group(1));
        boolean matches = false;
        for (SecretKeySpec key : keys) {
            // No early end: the time taken must not tell which secret it was.
            matches |= MessageDigest.isEqual(hmac(key, timestamp, rawBody), given);
        }
        return matches;
    }

    private boolean isFresh(long epochSecond) {
        Duration distance = Duration.between(Instant.ofEpochSecond(epochSecond), clock.instant());
        return distance.abs().compareTo(TOLERANCE) <= 0;
    }

    /** Compared by digest, so that neither length nor content shows in the time taken. */
    private boolean isToken(Optional<String> token) {
        return tokenDigest.isPresent()
                && token.isPresent()
                && MessageDigest.isEqual(tokenDigest.get(), digest(token.get()));
    }

    private static byte[] hmac(SecretKeySpec key, String timestamp, byte[] rawBody) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            mac.update(timestamp.getBytes(StandardCharsets.US_ASCII));
            mac.update((byte) '.');
            return mac.doFinal(rawBody);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + HMAC, e);
        }
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
