package io.leadroutes.conversation;

import java.time.Instant;

/**
 * What a customer wrote where a value of an attribute was looked for, and why it is none (invariant 11).
 *
 * @param rule the id of the extract rule
 * @param attribute the key that was not set
 * @param messageId the message that says so, 0 if none
 * @param why the customer's words and what was expected
 * @param at when the message was written, as far as is known
 */
public record DroppedValue(String rule, String attribute, long messageId, String why, Instant at) {}
