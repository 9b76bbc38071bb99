/**
 * The rule book: which words give which labels and points, when a lead is qualified, and what escalates.
 *
 * <p>Pure: reads the rule file and nothing else, knows no clock, keeps nothing between calls. A text goes through
 * {@code Markup} (visible text), {@code Fold} (letters made comparable), {@code Tokens} (words), {@code Matcher}
 * (keywords) and {@code Negation} (hits that the customer denies), each keeping the way back to the original text.
 */
package io.leadroutes.rules;
