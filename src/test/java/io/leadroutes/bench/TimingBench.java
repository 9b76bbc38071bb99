package io.leadroutes.bench;

import static io.leadroutes.bench.Report.tell;

import io.leadroutes.intake.WebhookVerifier;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whether the time that a wrong signature takes tells how much of it is right: Welch's t of two classes in mixed order, of
 * which the slowest tenth is left out, as dudect does (Reparaz, Balasch, Verbauwhede, 2017).
 */
final class TimingBench {
    private static final int EACH = 100_000;
    /** So many checks are timed together: a clock tells no single one. */
    private static final int TOGETHER = 20;

    private static final String SECRET = "timing-secret";
    private static final String TIMESTAMP = "1786698752";
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

    private TimingBench() {}

    static void run() throws Exception {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(Long.parseLong(TIMESTAMP)), ZoneOffset.UTC);
        WebhookVerifier verifier =
                new WebhookVerifier(List.of(SECRET), Optional.empty(), WebhookVerifier.Mode.REQUIRED, clock);
        byte[] right = hmac();
        byte[] wrongFirst = right.clone();
        wrongFirst[0] ^= 1;
        byte[] wrongLast = right.clone();
        wrongLast[right.length - 1] ^= 1;
        Optional<String> timestamp = Optional.of(TIMESTAMP);
        Predicate<Optional<String>> ours =
                header -> verifier.verify(BODY, header, timestamp, Optional.empty()) == WebhookVerifier.Verdict.GENUINE;
        Predicate<byte[]> naive = given -> {
            for (int i = 0; i < right.length; i++) {
                if (given[i] != right[i]) {
                    return false;
                }
            }
            return true;
        };
        tell("%d of each, %d timed together; |t| below 4.5 shows no difference", EACH, TOGETHER);
        tell("signature        t = %8.2f", t(ours, header(wrongFirst), header(wrongLast)));
        tell("ends at the first difference  t = %8.2f", t(naive, wrongFirst, wrongLast));
    }

    private static Optional<String> header(byte[] signature) {
        return Optional.of("sha256=" + HexFormat.of().formatHex(signature));
    }

    private static byte[] hmac() throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update((TIMESTAMP + ".").getBytes(StandardCharsets.UTF_8));
        return mac.doFinal(BODY);
    }

    private static <T> double t(Predicate<T> check, T one, T other) {
        Random random = new Random(7);
        double[][] nanos = new double[2][EACH];
        time(check, one, other, random, new double[2][EACH]);
        time(check, one, other, random, nanos);
        double cut = quantile(nanos, 0.9);
        double[] first = Arrays.stream(nanos[0]).filter(nano -> nano <= cut).toArray();
        double[] second = Arrays.stream(nanos[1]).filter(nano -> nano <= cut).toArray();
        return (mean(first) - mean(second))
                / Math.sqrt(variance(first) / first.length + variance(second) / second.length);
    }

    private static <T> void time(Predicate<T> check, T one, T other, Random random, double[][] nanos) {
        int[] done = new int[2];
        int genuine = 0;
        while (done[0] < EACH || done[1] < EACH) {
            int which = done[0] == EACH ? 1 : done[1] == EACH ? 0 : random.nextInt(2);
            T given = which == 0 ? one : other;
            long began = System.nanoTime();
            for (int i = 0; i < TOGETHER; i++) {
                genuine += check.test(given) ? 1 : 0;
            }
            nanos[which][done[which]++] = System.nanoTime() - began;
        }
        if (genuine != 0) {
            throw new IllegalStateException(genuine + " wrong ones were taken for genuine");
        }
    }

    private static double quantile(double[][] nanos, double share) {
        double[] all = new double[2 * EACH];
        System.arraycopy(nanos[0], 0, all, 0, EACH);
        System.arraycopy(nanos[1], 0, all, EACH, EACH);
        Arrays.sort(all);
        return all[(int) (share * all.length)];
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.length - 1);
    }
}
