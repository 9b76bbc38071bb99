package io.leadroutes.rules;

/**
 * A place of a text at which a rule finds what it looks for.
 *
 * @param rule the rule's id; of words that a condition asks for, where in the file they stand
 * @param from where it begins in the text
 * @param to where it ends, exclusive
 * @param denied true if the customer denies it, so that it does not count
 */
public record Mark(Hit.Kind kind, String rule, int from, int to, boolean denied) {}
