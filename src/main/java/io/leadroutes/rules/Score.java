package io.leadroutes.rules;

import java.time.Duration;
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

    /**
     * What is left of points that halve in each half-life, in whole points, halves rounded away from 0: so what takes points
     * back leaves, at any age, what they left.
     *
     * @param age nothing has faded before 0
     */
    public static int remaining(int points, Duration halfLife, Duration age) {
        if (age.isNegative() || age.isZero()) {
            return points;
        }
        double halvings = (double) age.toMillis() / halfLife.toMillis();
        // StrictMath: a replay on another machine must come to the same score.
        return Integer.signum(points) * (int) Math.round(Math.abs(points) * StrictMath.pow(0.5, halvings));
    }
}
