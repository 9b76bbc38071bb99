package io.leadroutes.intake;

import java.time.Instant;

/** Takes the times in which webhooks were refused, so that what they said can be fetched from Chatwoot. */
@FunctionalInterface
public interface GapSink {
    /**
     * @param from when the first was refused
     * @param to when the last was
     * @param reason why and how many, without text of a request
     * @throws RuntimeException if it could not be kept; it is then told again, perhaps longer
     */
    void record(Instant from, Instant to, String reason);
}
