package io.leadroutes.conversation;

import java.util.List;
import java.util.stream.Stream;

/** A wish with its urgency and its reasons. */
public record Wished(Wish wish, Urgency urgency, List<Reason> reasons) {

    /** The one that replaces {@code older}: merged effect, the more urgent lane, all reasons. */
    public Wished over(Wished older) {
        return new Wished(
                wish.over(older.wish),
                urgency.compareTo(older.urgency) < 0 ? urgency : older.urgency,
                Stream.concat(older.reasons.stream(), reasons.stream())
                        .distinct()
                        .toList());
    }
}
