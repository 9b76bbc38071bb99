package io.leadroutes.conversation;

import java.util.List;

/**
 * Why something was wished (invariant 11).
 *
 * @param rule the rule's id, or the name of the step that asked
 * @param messageId the message that it was decided on, 0 if none
 * @param matched the words that matched, as the customer wrote them
 */
public record Reason(String rule, long messageId, List<String> matched) {}
