package io.leadroutes.store;

import java.time.Duration;

/**
 * How long wishes wait, from the first of their kind, for others that are merged into them or share their call. Escalations
 * never do, nor do the attributes of a lead.
 *
 * @param leads what a lead is told of by, and from one macro that tells of leads to the next
 * @param tags tagging, and what is less urgent
 * @param attributes the same of attributes, which are only merged; half as long where no read is needed
 * @param fresh how long after it was received a snapshot is written on top of without a read; zero where each read is for one
 *     conversation
 */
public record Linger(Duration leads, Duration tags, Duration attributes, Duration fresh) {
    public static final Linger NONE = ofTags(Duration.ZERO);

    /** Where only tags wait. */
    public static Linger ofTags(Duration tags) {
        return new Linger(Duration.ZERO, tags, tags, Duration.ZERO);
    }

    public Duration longest() {
        return attributes.compareTo(tags) > 0 ? attributes : tags;
    }

    /** The same where all that may wait does so for so long. */
    Linger ofAll(Duration waiting) {
        return new Linger(waiting, waiting, waiting, fresh);
    }
}
