package io.leadroutes.rules;

import java.util.List;

/**
 * A tag or score rule as the file has it.
 *
 * @param any keywords of which one must be found
 */
record KeywordRule(Hit.Kind kind, String id, List<String> any, int points, List<String> labels) {}
