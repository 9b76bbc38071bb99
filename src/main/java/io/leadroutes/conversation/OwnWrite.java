package io.leadroutes.conversation;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;

/**
 * Our own write of a part that the API replaces whole, until its echo has told what stood there before it. The echo may
 * come after webhooks of later changes: Chatwoot keeps no order (CONTRACT section 1.1).
 *
 * @param base what we knew to stand there
 * @param written what we put in its place
 * @param until when the echo is waited for no longer
 */
public record OwnWrite<T>(T base, T written, Instant until) {

    /** True if this change is the echo: what it left behind is what we wrote, labels in any order. */
    boolean isEcho(Object after, Instant receivedAt) {
        boolean same = written instanceof List<?> ours && after instanceof List<?> theirs
                ? new HashSet<>(ours).equals(new HashSet<>(theirs))
                : Values.same(written, after);
        return same && receivedAt.isBefore(until);
    }
}
