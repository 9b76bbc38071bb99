package io.leadroutes.rules;

import java.time.Duration;
import java.util.Optional;

/**
 * When a rule that has acted may act again, in a new episode. An episode that nothing ends lasts as long as the conversation.
 *
 * @param resetBelow the episode ends when the score is lower than these points
 * @param coolDown the least time between the beginnings of two episodes
 */
public record Renewal(Optional<Integer> resetBelow, Optional<Duration> coolDown) {

    /** True if the file says that there may be more than one episode. */
    public boolean isPossible() {
        return resetBelow.isPresent() || coolDown.isPresent();
    }

    /** The cool-down; none if the file names none. */
    public Duration pause() {
        return coolDown.orElse(Duration.ZERO);
    }
}
