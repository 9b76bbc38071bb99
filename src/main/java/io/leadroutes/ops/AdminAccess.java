package io.leadroutes.ops;

import io.leadroutes.ops.Admin.RefusedException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who may use {@code /admin}: who has the one bearer token, compared in constant time. From an address that guesses, nobody
 * is heard for a while, longer with each wrong guess. Thread-safe; remembers so many addresses, the latest ones.
 */
final class AdminAccess {
    /** Wrong tokens of one address that cost nothing; the right one starts it anew. */
    static final int FREE_GUESSES = 5;

    /** The most that an operator behind the same address as a guesser has to wait. */
    static final Duration LONGEST = Duration.ofMinutes(1);

    static final int MAX_ADDRESSES = 10_000;

    private static final String BEARER = "Bearer ";

    private record Guesses(int wrong, Instant heardAgain) {}

    private final Optional<byte[]> tokenDigest;
    private final Clock clock;
    private final Map<String, Guesses> guesses = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Guesses> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    AdminAccess(Optional<String> token, Clock clock) {
        this.tokenDigest = token.map(AdminAccess::sha256);
        this.clock = clock;
    }

    /**
     * Returns if the request may go on.
     *
     * @param address of the sender, as a number
     * @param authorization the header; null without one
     * @throws RefusedException 404 without a configured token, 401 without the right one, 429 after guesses
     */
    void check(String address, String authorization) throws RefusedException {
        if (tokenDigest.isEmpty()) {
            throw new RefusedException(404, "not found");
        }
        if (authorization == null || !authorization.startsWith(BEARER)) {
            // Nothing was guessed.
            throw new RefusedException(401, "unauthorized");
        }
        // Digests have one length, so that the comparison tells nothing about the token's.
        boolean isRight = MessageDigest.isEqual(sha256(authorization.substring(BEARER.length())), tokenDigest.get());
        judge(network(address), isRight);
    }

    private synchronized void judge(String network, boolean isRight) throws RefusedException {
        Instant now = clock.instant();
        Guesses before = guesses.getOrDefault(network, new Guesses(0, now));
        if (before.heardAgain.isAfter(now)) {
            throw new RefusedException(
                    429,
                    "too many wrong tokens",
                    Duration.between(now, before.heardAgain).toSeconds() + 1);
        }
        if (isRight) {
            guesses.remove(network);
            return;
        }
        int wrong = before.wrong + 1;
        guesses.put(network, new Guesses(wrong, now.plus(pause(wrong))));
        throw new RefusedException(401, "unauthorized");
    }

    /** 1, 2, 4 ... seconds from the last free guess on. */
    private static Duration pause(int wrong) {
        if (wrong < FREE_GUESSES) {
            return Duration.ZERO;
        }
        Duration pause = Duration.ofSeconds(1L << Math.min(wrong - FREE_GUESSES, 10));
        return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
    }

    /** Who has one IPv6 address has all of its /64. */
    private static String network(String address) {
        try {
            InetAddress parsed = InetAddress.getByName(address);
            return parsed instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), 8))
                    : parsed.getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address is no number", e);
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
