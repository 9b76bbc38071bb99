package io.leadroutes.rules;

/**
 * A keyword found in a text.
 *
 * @param rule the index of the rule that the keyword belongs to
 * @param first the index of its first word
 * @param last the index of its last word, inclusive
 */
record Match(int rule, int first, int last) {}
