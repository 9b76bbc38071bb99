package io.leadroutes.rules;

import java.util.Collection;

/** The arithmetic of lead scores. */
public final class Score {

    /** The highest score. The reference qualifies at 70 of 100. */
    public static final int CAP = 100;

    private Score() {}

    /** The sum of these points, clamped once at the end to 0 to {@link #CAP}; so their order does not matter. */
    public static int total(Collection<Integer> points) {
        long sum = points.stream().mapToLong(Integer::longValue).sum();
        return (int) Math.max(0, Math.min(CAP, sum));
    }
}
