package io.leadroutes.rules;

/**
 * A place that meets a rule.
 *
 * @param rule the index of the rule
 * @param from where it begins in {@link Tokens#shown()}
 * @param to where it ends, exclusive
 */
record Match(int rule, int from, int to) {}
