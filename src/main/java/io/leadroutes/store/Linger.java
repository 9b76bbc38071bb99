package io.leadroutes.store;

import java.time.Duration;

/**
 * How long wishes wait, from the first of their kind, for others that are merged into them or share their call. Escalations
 * never do, nor do the attributes of a lead, which have no shared call.
 *
 * @param leads what a lead is told of by
 * @param tags tagging, and what is less urgent
 */
public record Linger(Duration leads, Duration tags) {
    public static final Linger NONE = new Linger(Duration.ZERO, Duration.ZERO);

    /** Where only tags wait. */
    public static Linger ofTags(Duration tags) {
        return new Linger(Duration.ZERO, tags);
    }
}
