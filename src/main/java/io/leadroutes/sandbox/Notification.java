package io.leadroutes.sandbox;

/**
 * Somebody was told of a private note that mentions them (CONTRACT section 3.4).
 *
 * @param conversationId display id
 * @param kind {@code user} or {@code team}
 * @param mentionedId the agent's or team's id
 * @param name as written in the mention's link, still URL-encoded
 */
public record Notification(long conversationId, long messageId, String kind, long mentionedId, String name) {}
