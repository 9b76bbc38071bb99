package io.leadroutes.rules;

import java.time.Duration;
import java.util.Optional;

/**
 * How often a score rule counts in one conversation.
 *
 * @param atMost so many messages, 1 or more
 * @param every the least time between two of them
 * @param group of rules that share a cap; one of {@link RuleBook#caps}
 * @param halfLife in which its points halve; absent if they stay
 */
public record ScoreRule(String id, int atMost, Duration every, Optional<String> group, Optional<Duration> halfLife) {}
